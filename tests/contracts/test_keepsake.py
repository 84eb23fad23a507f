"""The contract of the keepsake: in a file, and in memory; three broken ones are refused."""

import resource
import sys
from contextlib import contextmanager

import pytest

from adapters.journal.keepsake import Keepsake
from simulators.world.machine import MemoryKeepsake
from tests.contracts.refusing import broken_in_one_way, cases_of, refusing

CONTRACT, ADAPTERS = "Keepsake", "place"
LONG = b"." * 40_000


class InFile:
    """The file that ships."""

    kind = Keepsake

    def __init__(self, folder):
        self.path = folder / "deep" / "kept"

    def open(self):
        return self.kind(self.path)

    @contextmanager
    def full(self):
        """No file grows beyond a little: what is written breaks off there, as on a full disk."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


class InMemory:
    """The simulator: it is as whole as an assignment, and never full."""

    full = None

    def __init__(self, folder):
        self._one = MemoryKeepsake()

    def open(self):
        return self._one


@pytest.fixture(params=[InFile, InMemory])
def place(request, tmp_path):
    return request.param(tmp_path)


def test_a_new_one_keeps_nothing(place):
    assert place.open().kept() is None


def test_what_is_kept_is_there_when_it_is_opened_again(place):
    first = place.open()
    for content in (b"one", b"", b"\x00\xff", LONG):
        first.keep(content)
        assert place.open().kept() == first.kept() == content


def test_it_keeps_the_last_that_was_given_and_nothing_of_the_one_before(place):
    keepsake = place.open()
    keepsake.keep(LONG)
    keepsake.keep(b"short")
    assert place.open().kept() == b"short"


def test_looking_takes_nothing_away(place):
    keepsake = place.open()
    keepsake.keep(b"one")
    assert [keepsake.kept() for _ in range(3)] == [b"one"] * 3


def test_what_does_not_fit_leaves_the_old_one(place):
    keepsake = place.open()
    keepsake.keep(b"old")
    if place.full is None:
        assert place.open().kept() == b"old"
        return
    with place.full(), pytest.raises(OSError, match=r".+"):
        keepsake.keep(LONG)
    assert keepsake.kept() == place.open().kept() == b"old"
    keepsake.keep(LONG)
    assert place.open().kept() == LONG


# ------------------------------------------------------------------ broken ones


class Losing(Keepsake):
    """Keeps what is given first."""

    def keep(self, content):
        if self.kept() is None:
            super().keep(content)


class Doubling(Keepsake):
    """Puts what is given after what was there."""

    def keep(self, content):
        super().keep((self.kept() or b"") + content)


class NotWhole(Keepsake):
    """Writes in place: what breaks off leaves a half."""

    def keep(self, content):
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(content)


@pytest.mark.parametrize("kind", [Losing, Doubling, NotWhole])
def test_a_broken_one_is_refused(kind, tmp_path_factory, told):
    def places(kind):
        @contextmanager
        def one(_):
            place = InFile(tmp_path_factory.mktemp("keepsake"))
            place.kind = kind
            yield [place]

        return one

    cases = cases_of(sys.modules[__name__], ("place",))
    assert refusing(cases, places(Keepsake)) == []
    against = refusing(cases, places(kind))
    told("Keepsake", kind.__name__, len(cases), len(against))
    broken_in_one_way(cases, against)
