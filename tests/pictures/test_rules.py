"""The rules about pictures: which go, what kind they are, and what a mark says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deposits.journal import Cursor
from domain.objects.name import Bucket
from domain.objects.policy import POLICIES
from domain.pictures.kind import UNKNOWN, media_type
from domain.pictures.retention import KeptPicture, clearing
from domain.pictures.sending import (
    DAY,
    LONGEST_PAUSE,
    SHORTEST_PAUSE,
    Mark,
    dealt_with,
    pause_after,
    read,
    spent_today,
    written,
)

KEPT = st.lists(
    st.builds(KeptPicture, st.integers(0, 10**6).map(lambda n: f"{n:064x}"), st.integers(1, 900), st.integers(0, 50)),
    unique_by=lambda one: one.sha256,
    max_size=40,
)
PLACES = st.builds(Cursor, st.uuids().map(str), st.integers(0, 10**6), st.text("0123456789abcdef", min_size=64))
MARKS = st.builds(Mark, PLACES, st.integers(0, 10**5), st.integers(0, 10**12))


@given(KEPT, st.data(), st.integers(1, 5_000))
def test_what_stays_fits_and_nothing_unsent_goes_before_all_others(kept, data, budget):
    unsent = frozenset(data.draw(st.lists(st.sampled_from([one.sha256 for one in kept] or [""]), unique=True)))
    gone = clearing(kept, unsent, budget)
    leaving = {*gone.settled, *gone.unsent}
    staying = [one for one in kept if one not in leaving]
    assert sum(one.size for one in staying) <= budget
    if sum(one.size for one in kept) <= budget:
        assert not leaving
    assert all(one.sha256 in unsent for one in gone.unsent)
    assert not any(one.sha256 in unsent for one in gone.settled)
    if gone.unsent:
        assert all(one.sha256 in unsent for one in staying), "all others went first"
        last = max(gone.unsent, key=lambda one: (one.at, one.sha256))
        assert sum(one.size for one in staying) + last.size > budget, "none went that need not have gone"
    for some, mine in ((gone.settled, False), (gone.unsent, True)):
        alike = sorted((one for one in kept if (one.sha256 in unsent) is mine), key=lambda one: (one.at, one.sha256))
        assert list(some) == alike[: len(some)], "the oldest first"


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVE", UNKNOWN),
        (b"GIF89a", UNKNOWN),
        (b"\xff\xd8", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_a_kind_is_told_by_the_first_bytes(start, kind):
    assert media_type(start) == kind
    assert (kind in POLICIES[Bucket.IMAGES].media_types) is (kind != UNKNOWN)


@given(MARKS)
def test_a_mark_is_read_as_it_was_written(mark):
    assert read(written(mark)) == mark


@given(st.none() | st.binary(max_size=60) | MARKS.map(lambda mark: written(mark)[:-3]))
def test_what_is_no_mark_is_the_first_one(content):
    assert read(content) == Mark()


def test_each_day_begins_anew():
    mark = dealt_with(dealt_with(Mark(), Cursor("e", 1, "h"), 100, 5 * DAY), Cursor("e", 2, "h"), 50, 6 * DAY - 1)
    assert (spent_today(mark, 6 * DAY - 1), spent_today(mark, 6 * DAY), mark.place) == (150, 0, Cursor("e", 2, "h"))
    assert dealt_with(mark, Cursor("e", 3, "h"), 7, 6 * DAY).spent == 7


def test_the_next_picture_waits_as_long_as_the_last_one_took_within_bounds():
    assert [pause_after(took) for took in (0, 3_000_000, 10**9)] == [SHORTEST_PAUSE, 3_000_000, LONGEST_PAUSE]
