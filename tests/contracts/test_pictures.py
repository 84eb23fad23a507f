"""The contract of a machine's picture store: in a folder, and in memory."""

import hashlib
import resource
import sys
from contextlib import contextmanager

import pytest
from attrs import define, field

from adapters.pictures.folder import PART, FolderPictures
from application.ports.pictures import NoSuchPicture, PictureDamaged, PictureNotKept
from simulators.pictures import SimulatedPictureDisk, SimulatedPictures
from tests.contracts.broken_pictures import BROKEN
from tests.contracts.refusing import broken_in_one_way, cases_of, refusing

CONTRACT, ADAPTERS = "Pictures", "place"


def picture(number, size=40_000):
    return b"\xff\xd8\xff" + str(number).encode() + b"." * size


def named(encoded):
    return hashlib.sha256(encoded).hexdigest()


class InFolder:
    """The folder that ships, on a disk that is full from a size on."""

    def __init__(self, folder):
        self.folder = folder / "pictures"

    def open(self):
        return FolderPictures(self.folder, reserve=0)

    @contextmanager
    def room_for(self, size):
        """No file grows beyond this: what is written breaks off there, as on a full disk."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def damage(self, sha256):
        file = self.folder / sha256
        file.write_bytes(file.read_bytes()[:-1] + b"!")


@define
class Disk(SimulatedPictureDisk):
    """With room for what a broken store notes there."""

    unsynced: list = field(factory=list)


class InMemory:
    """The simulator."""

    kind = SimulatedPictures

    def __init__(self, folder):
        self.disk = Disk()

    def open(self):
        return self.kind(self.disk)

    @contextmanager
    def room_for(self, size):
        self.disk.room = size
        yield
        self.disk.room = None

    def damage(self, sha256):
        self.disk.pictures[sha256] = self.disk.pictures[sha256][:-1] + b"!"


@pytest.fixture(params=[InFolder, InMemory])
def place(request, tmp_path):
    return request.param(tmp_path)


@pytest.fixture
def store(place):
    return place.open()


def test_a_new_store_keeps_nothing(store):
    assert (store.kept(), store.taken(), store.holds("0" * 64)) == ((), 0, False)
    with pytest.raises(NoSuchPicture):
        store.read("0" * 64)
    store.drop("0" * 64)


def test_what_was_kept_is_read_as_it_was_given(store):
    for number in range(3):
        store.keep(named(picture(number)), picture(number))
    assert [store.read(named(picture(number))) for number in range(3)] == [picture(number) for number in range(3)]


def test_what_was_kept_is_there_when_the_store_is_opened_again(place):
    first = place.open()
    for number in range(4):
        first.keep(named(picture(number)), picture(number))
    again = place.open()
    assert [one.sha256 for one in again.kept()] == [named(picture(number)) for number in range(4)]
    assert again.read(named(picture(3))) == picture(3)
    assert again.holds(named(picture(3)))
    assert again.taken() == 4 * len(picture(1))


def test_the_same_again_takes_no_more_room(store):
    for _ in range(3):
        store.keep(named(picture(1)), picture(1))
        assert store.taken() == len(picture(1))
    assert [(one.sha256, one.size) for one in store.kept()] == [(named(picture(1)), len(picture(1)))]


def test_a_picture_is_kept_under_its_own_hash_only(store):
    for wrong in (named(picture(2)), "f" * 64, "../escape", "", named(picture(1)).upper()):
        with pytest.raises(PictureNotKept):
            store.keep(wrong, picture(1))
    for nothing in ("../escape", "", "/etc/hostname"):
        with pytest.raises(NoSuchPicture):
            store.read(nothing)
    assert store.kept() == ()


def test_what_does_not_fit_leaves_nothing_and_harms_nothing(place):
    store = place.open()
    store.keep(named(picture(1)), picture(1))
    with place.room_for(20_000), pytest.raises(PictureNotKept):
        store.keep(named(picture(2)), picture(2))
    for each in (store, place.open()):
        assert [one.sha256 for one in each.kept()] == [named(picture(1))]
        with pytest.raises(NoSuchPicture):
            each.read(named(picture(2)))
    store.keep(named(picture(2)), picture(2))
    assert store.read(named(picture(2))) == picture(2)


def test_what_is_dropped_is_gone_and_the_others_stay(store):
    for number in range(3):
        store.keep(named(picture(number)), picture(number))
    store.drop(named(picture(1)))
    assert [one.sha256 for one in store.kept()] == [named(picture(0)), named(picture(2))]
    assert (store.taken(), store.holds(named(picture(1)))) == (2 * len(picture(1)), False)
    with pytest.raises(NoSuchPicture):
        store.read(named(picture(1)))


def test_a_damaged_picture_is_named_so_and_kept_anew_once_it_was_dropped(place):
    store = place.open()
    store.keep(named(picture(1)), picture(1))
    place.damage(named(picture(1)))
    with pytest.raises(PictureDamaged):
        store.read(named(picture(1)))
    store.drop(named(picture(1)))
    store.keep(named(picture(1)), picture(1))
    assert store.read(named(picture(1))) == picture(1)


# ------------------------------------------------------------------ the folder alone


def test_what_a_power_cut_left_half_written_is_swept_and_nobody_sees_it(tmp_path):
    folder = FolderPictures(tmp_path, reserve=0)
    (tmp_path / (named(picture(1)) + PART)).write_bytes(picture(1)[:100])
    assert folder.kept() == ()
    FolderPictures(tmp_path, reserve=0)
    assert list(tmp_path.iterdir()) == []


def test_pictures_leave_the_last_of_the_disk_to_the_journal(tmp_path):
    with pytest.raises(PictureNotKept, match="MiB of the disk"):
        FolderPictures(tmp_path, reserve=1 << 60).keep(named(picture(1)), picture(1))


# ------------------------------------------------------------------ broken stores


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_store_is_refused(kind, told):
    cases = cases_of(sys.modules[__name__], ("place",), ("store",))
    assert refusing(cases, opened(SimulatedPictures)) == []
    against = refusing(cases, opened(kind))
    told("Pictures", kind.__name__, len(cases), len(against))
    broken_in_one_way(cases, against)


def opened(kind):
    @contextmanager
    def one(parameters):
        place = InMemory(None)
        place.kind = kind
        yield [place if parameters == ("place",) else place.open()]

    return one
