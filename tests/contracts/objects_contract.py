"""The cases of the contract of objects. Each takes a World; a broken store fails at least one of them."""

import hashlib
import io
import threading
import time

import pytest

from application.ports.objects import NoSuchObject, ObjectDamaged
from domain.objects.content import Content, ContentDiffers
from domain.objects.name import Bucket, UnfitKey
from domain.objects.policy import MIB, TooLarge, WrongType
from tests.objects.world import Cut, noise, whole

CASES = {}
REFUSED = range(400, 500)


def case(check):
    CASES[check.__name__] = check
    return check


@case
def what_was_put_is_there_as_it_was(world):
    body = noise(300_000, "put")
    stored = world.put(world.name(), body)
    assert (stored.name, stored.size, stored.media_type) == (world.name(), len(body), "image/jpeg")
    assert world.objects.head(world.name()) == stored
    assert stored.sha256 == hashlib.sha256(body).hexdigest()
    assert abs(stored.at - time.time_ns() // 1_000) < 5_000_000
    with world.objects.get(world.name()) as opened:
        assert opened.stored == stored
        assert whole(opened) == body


@case
def a_stream_is_put_as_bytes_are(world):
    body = noise(300_000, "stream")
    world.objects.put(world.name(), Content.of(body, "image/png"), io.BytesIO(body))
    assert world.read(world.name()) == body


@case
def putting_again_replaces(world):
    world.put(world.name(), b"first")
    world.put(world.name(), b"the second", "image/png")
    assert world.read(world.name()) == b"the second"
    assert world.objects.head(world.name()).media_type == "image/png"
    assert world.there() == ["one"]


@case
def an_empty_object_is_an_object(world):
    world.put(world.name(), b"")
    assert (world.objects.head(world.name()).size, world.read(world.name())) == (0, b"")


@case
def what_is_not_there_is_missing_by_name(world):
    with pytest.raises(NoSuchObject):
        world.objects.head(world.name("none"))
    with pytest.raises(NoSuchObject), world.objects.get(world.name("none")):
        pass
    with pytest.raises(NoSuchObject), world.objects.get(world.name("none"), first=3):
        pass
    world.objects.delete(world.name("none"))
    assert world.there() == []


@case
def what_was_deleted_is_gone(world):
    for key in ("a", "b"):
        world.put(world.name(key), key.encode())
    world.objects.delete(world.name("a"))
    with pytest.raises(NoSuchObject):
        world.objects.head(world.name("a"))
    assert world.there() == ["b"]
    assert world.read(world.name("b")) == b"b"


@case
def a_list_names_each_object_once(world):
    keys = sorted(f"{folder}/{n}" for folder in ("x", "xy", "z") for n in range(4))
    for key in keys:
        world.put(world.name(key), key.encode())
    assert world.there() == keys
    listed = {each.name.key: each for each in world.objects.list(Bucket.IMAGES, f"{world.area}/x/")}
    assert sorted(listed) == [f"{world.area}/x/{n}" for n in range(4)]
    assert {each.size for each in listed.values()} == {3}
    assert len(list(world.objects.list(Bucket.IMAGES, f"{world.area}/x"))) == 8
    assert list(world.objects.list(Bucket.EXPORTS, f"{world.area}/")) == []


@case
def no_name_stands_for_another(world):
    names = [world.name(key) for key in ("a", "A", "a.b", "a-b", "a_b", "b/a", "B/a", "b/a.txt", "_a", "-a")]
    for name in names:
        world.put(name, str(name).encode())
    assert [world.read(name) for name in names] == [str(name).encode() for name in names]
    world.objects.put(world.name("a", Bucket.EXPORTS), Content.of(b"other", "text/csv"), b"other")
    assert world.read(world.name("a")) == str(world.name("a")).encode()


@case
def another_hash_leaves_what_was(world):
    wrong = Content(5, hashlib.sha256(b"other").hexdigest(), "image/jpeg")
    with pytest.raises(ContentDiffers):
        world.objects.put(world.name("new"), wrong, b"bytes")
    world.put(world.name("old"), b"what was")
    with pytest.raises(ContentDiffers):
        world.objects.put(world.name("old"), wrong, io.BytesIO(b"bytes"))
    assert world.there() == ["old"]
    assert world.read(world.name("old")) == b"what was"


@case
def another_size_leaves_nothing(world):
    announced = Content.of(b"twelve bytes", "image/jpeg")
    for body in (b"twelve byte", b"twelve bytes!", b""):
        with pytest.raises(ContentDiffers):
            world.objects.put(world.name(), announced, io.BytesIO(body))
    assert world.there() == []


@case
def a_line_that_is_cut_leaves_what_was(world):
    for size in (200_000, 12 * MIB):  # one request, and several parts
        body, name = noise(size, "cut"), world.name(f"s{size}", Bucket.DATASETS)
        content = Content.of(body, "application/zip")
        with pytest.raises(ConnectionResetError):
            world.objects.put(name, content, Cut(body, size * 3 // 4))
        assert world.there(Bucket.DATASETS) == []
        world.objects.put(name, Content.of(b"old", "application/zip"), b"old")
        with pytest.raises(ConnectionResetError):
            world.objects.put(name, content, Cut(body, size * 3 // 4))
        assert world.read(name) == b"old"
        world.objects.delete(name)


@case
def a_large_object_goes_up_in_parts(world):
    body, name = noise(20 * MIB + 7, "large"), world.name("large", Bucket.DATASETS)
    content = Content.of(body, "application/zip")
    world.objects.put(name, content, io.BytesIO(body))
    assert world.objects.head(name).sha256 == content.sha256
    assert hashlib.sha256(world.read(name)).hexdigest() == content.sha256
    with pytest.raises(ContentDiffers):
        world.objects.put(name, Content(content.size, "0" * 64, content.media_type), io.BytesIO(body))
    assert world.read(name) == body


@case
def a_part_can_be_read(world):
    body = noise(1_000, "part")
    world.put(world.name(), body)
    for first, size in ((0, 10), (990, 10), (990, 50), (500, None), (0, 1_000), (1_000, 5), (2_000, None), (3, 0)):
        with world.objects.get(world.name(), first, size) as part:
            assert whole(part) == body[first : None if size is None else first + size], (first, size)


@case
def what_the_bucket_does_not_take_is_not_even_read(world):
    class Unread:
        def read(self, _):
            raise AssertionError("read")

    with pytest.raises(TooLarge):
        world.objects.put(world.name(), Content(8 * MIB + 1, "0" * 64, "image/jpeg"), Unread())
    with pytest.raises(WrongType):
        world.objects.put(world.name(), Content(5, "0" * 64, "text/html"), Unread())
    with pytest.raises(TooLarge):
        world.objects.offer_upload(world.name(), 8 * MIB + 1, "image/jpeg", 60)
    with pytest.raises(WrongType):
        world.objects.offer_upload(world.name(), 5, "text/html", 60)
    with pytest.raises(UnfitKey):
        list(world.objects.list(Bucket.IMAGES, "../"))
    assert world.there() == []


@case
def readers_see_all_of_one_or_all_of_the_other(world):
    bodies = [noise(200_000, "one"), noise(150_000, "other")]
    world.put(world.name(), bodies[0])
    stop = threading.Event()
    failures = []

    def write():
        try:
            while not stop.is_set():
                for body in bodies:
                    world.put(world.name(), body)
        except Exception as failed:  # noqa: BLE001 - shown below, whatever it is
            failures.append(failed)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = {hashlib.sha256(world.read(world.name())).hexdigest() for _ in range(30)}
    finally:
        stop.set()
        writer.join()
    assert failures == []
    assert seen <= {hashlib.sha256(body).hexdigest() for body in bodies}


@case
def a_ticket_lets_one_object_in(world):
    upload = world.objects.offer_upload(world.name(), 5, "image/jpeg", 60)
    assert world.there() == [], "a ticket makes nothing"
    assert 50_000_000 < upload.expires_at - time.time_ns() // 1_000 < 70_000_000
    assert world.send(upload, b"hello") == 204
    stored = world.objects.head(world.name())
    assert (stored.size, stored.media_type, stored.sha256) == (5, "image/jpeg", None)
    assert world.read(world.name()) == b"hello"
    assert world.there() == ["one"]


@case
def a_ticket_lets_nothing_else_in(world):
    upload = world.objects.offer_upload(world.name(), 5, "image/jpeg", 60)
    other = world.objects.offer_upload(world.name("other"), 5, "image/jpeg", 60)
    signature = next(field for field in upload.fields if field.endswith("signature"))
    tampered = ("0" if upload.fields[signature][0] != "0" else "1") + upload.fields[signature][1:]
    attempts = {
        "too long": world.send(upload, b"hello!"),
        "too short": world.send(upload, b"hell"),
        "another type": world.send(upload, b"hello", **{"Content-Type": "text/html"}),
        "tampered signature": world.send(upload, b"hello", **{signature: tampered}),
        "no signature": world.send(upload, b"hello", **{signature: ""}),
        "another ticket's signature": world.send(upload, b"hello", **{signature: other.fields[signature]}),
        "another key": _sent_as(world, upload, "stolen"),
        "out of the bucket": _sent_as(world, upload, "../../datasets/stolen"),
        "out of the store": _sent_as(world, upload, "../../../../../../tmp/stolen"),
    }
    assert {what: status for what, status in attempts.items() if status not in REFUSED} == {}
    assert world.there() == []
    assert world.there(Bucket.DATASETS) == []


def _sent_as(world, upload, key):
    """Try to put under another key: it stands in the form, or in the address."""
    if "key" in upload.fields:
        return world.send(upload, b"hello", key=f"{world.area}/{key}")
    return world.send(upload, b"hello", url=upload.url.rpartition("/")[0] + "/" + key.replace("..", "%2e%2e"))


@case
def tickets_expire(world):
    world.put(world.name("there"), b"hello")
    upload = world.objects.offer_upload(world.name(), 5, "image/jpeg", 1)
    download = world.objects.offer_download(world.name("there"), 1)
    with world.passed(2):
        assert world.send(upload, b"hello") in REFUSED
        assert world.fetch(download.url)[0] in REFUSED
    assert world.there() == ["there"]


@case
def a_ticket_gives_one_object(world):
    world.put(world.name("a"), b"the one", "image/png")
    world.put(world.name("b"), b"another")
    url = world.objects.offer_download(world.name("a"), 60).url
    assert world.fetch(url) == (200, b"the one")
    end = "0" if url[-1] != "0" else "1"
    attempts = {
        "tampered": url[:-1] + end, "another key": url.replace("/a?", "/b?"), "bare": url.partition("?")[0],
        "out of the bucket": url.replace("/a?", "/%2e%2e/%2e%2e/images/b?"),
    }  # fmt: skip
    told = {what: world.fetch(address)[0] for what, address in attempts.items()}
    assert {what: status for what, status in told.items() if status not in REFUSED} == {}
    assert world.fetch(world.objects.offer_download(world.name("none"), 60).url)[0] == 404


@case
def what_broke_off_is_swept_and_what_stands_stays(world):
    world.put(world.name(), b"stands")
    world.break_off(world.name("broken"))
    assert world.there() == ["one"]
    now = time.time_ns() // 1_000
    assert world.objects.sweep(now - 3_600_000_000) == 0, "what is under way is left alone"
    assert world.objects.sweep(now + 3_600_000_000) >= 1
    assert world.objects.sweep(now + 3_600_000_000) == 0
    assert world.read(world.name()) == b"stands"


@case
def damage_is_found_when_it_is_read(world):
    world.put(world.name(), noise(50_000, "damage"))
    world.damage(world.name())
    with pytest.raises(ObjectDamaged):
        world.read(world.name())


@case
def it_says_that_it_answers(world):
    assert world.objects.check() is None
