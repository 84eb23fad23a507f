"""Names that lead nowhere else, what buckets take, what retention takes, and the check of bytes."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.objects import Checked
from domain.objects.content import Content, ContentDiffers
from domain.objects.name import Bucket, ObjectName, UnfitKey, fit_prefix
from domain.objects.policy import DAY, POLICIES, TooLarge, WrongType, admit, due

LEADING_OUT = (
    "../a", "a/../b", "/a", "a//b", "a/", "", ".", "..", ".a", "a/.b", "a\nb", "a b", "ä", "a\\b", "a\0b", "x" * 101,
    "a/" * 11 + "a", "a" * 90 + ("/" + "a" * 90) * 4,
)  # fmt: skip


@pytest.mark.parametrize("key", LEADING_OUT)
def test_a_key_that_leads_out_is_no_key(key):
    with pytest.raises(UnfitKey):
        ObjectName(Bucket.IMAGES, key)


@given(st.text(alphabet="ab./\\~%-_ \n", max_size=12))
def test_a_key_that_is_one_stays_below_its_folder(key):
    try:
        ObjectName(Bucket.IMAGES, key)
    except UnfitKey:
        return
    assert all(part and not part.startswith(".") for part in key.split("/"))
    assert not set(key) & set("\\~% \n")


def test_a_prefix_is_the_beginning_of_a_key():
    assert [fit_prefix(each) for each in ("", "a", "a/", "a/b")] == ["", "a", "a/", "a/b"]
    for each in ("/", "../", "a/../", "a//", "."):
        with pytest.raises(UnfitKey):
            fit_prefix(each)


def test_each_bucket_takes_its_own():
    assert set(POLICIES) == set(Bucket)
    admit(Bucket.IMAGES, 8 << 20, "image/jpeg")
    with pytest.raises(TooLarge):
        admit(Bucket.IMAGES, (8 << 20) + 1, "image/jpeg")
    with pytest.raises(WrongType):
        admit(Bucket.IMAGES, 1, "image/svg+xml")
    with pytest.raises(WrongType):
        admit(Bucket.MODELS, 1, "image/jpeg")


@pytest.mark.parametrize(
    ("bucket", "key", "days", "kept", "gone"),
    [
        (Bucket.IMAGES, "a", 90, None, False),
        (Bucket.IMAGES, "a", 91, None, True),
        (Bucket.IMAGES, "a", 8, {Bucket.IMAGES: 7 * DAY}, True),
        (Bucket.IMAGES, "a", 999, {Bucket.IMAGES: None}, False),
        (Bucket.MODELS, "a", 9_999, None, False),
        (Bucket.EXPORTS, "a", 31, None, True),
        (Bucket.IMAGES, "incoming/a", 1, None, False),
        (Bucket.MODELS, "incoming/a", 2, None, True),
        (Bucket.MODELS, "incoming", 2, None, False),
    ],
)
def test_retention_takes_what_is_due(bucket, key, days, kept, gone):
    assert due(ObjectName(bucket, key), 5, 5 + days * DAY, kept) is gone


@pytest.mark.parametrize(
    "described", [(-1, "0" * 64, "a/b"), (1, "0" * 63, "a/b"), (1, "G" * 64, "a/b"), (1, "0" * 64, "a")]
)
def test_a_content_is_described_in_full(described):
    with pytest.raises(ValueError):
        Content(*described)


@given(st.binary(max_size=50), st.binary(max_size=50), st.integers(1, 60))
def test_only_the_announced_bytes_pass(announced, came, piece):
    checked = Checked(io.BytesIO(came), Content.of(announced, "image/jpeg"))
    passed = b""
    try:
        while got := checked.read(piece):
            passed += got
    except ContentDiffers:
        assert announced != came
        assert passed != announced or not announced, "the last byte is held back until all is checked"
    else:
        assert passed == announced == came
