"""The contract of the pacemaker: it beats while it is wanted, whatever a beat does, and not after."""

import threading
import time

import pytest

from adapters.jobs.pacemaker import ThreadPacemaker

CONTRACT, ADAPTERS = "Pacemaker", "pacemaker"
PAUSE = 5_000
WITHIN = 10.0
"""Seconds in which it must have beaten."""


@pytest.fixture(params=[ThreadPacemaker])
def pacemaker(request):
    return request.param()


class Beats:
    """Counts beats, and fails those that a test wants to fail."""

    def __init__(self, failing=()):
        self.count = 0
        self._failing = failing
        self._more = threading.Condition()

    def __call__(self):
        with self._more:
            self.count += 1
            self._more.notify_all()
            if self.count in self._failing:
                raise RuntimeError("the store is away")

    def come(self, number):
        with self._more:
            return self._more.wait_for(lambda: self.count >= number, WITHIN)


def test_it_beats_again_and_again_from_elsewhere(pacemaker):
    beats = Beats()
    with pacemaker.during(PAUSE, beats):
        assert beats.come(3)


def test_it_beats_on_when_a_beat_fails(pacemaker):
    beats = Beats(failing={1, 3})
    with pacemaker.during(PAUSE, beats):
        assert beats.come(5)


def test_it_has_stopped_when_the_context_is_left(pacemaker):
    beats = Beats()
    with pacemaker.during(PAUSE, beats):
        assert beats.come(1)
    told = beats.count
    deadline = time.monotonic() + 20 * PAUSE / 1_000_000
    while time.monotonic() < deadline:  # a beat that comes too late comes now
        threading.Event().wait(PAUSE / 1_000_000)
    assert beats.count == told


def test_it_stops_when_what_takes_long_fails(pacemaker):
    with pytest.raises(KeyError), pacemaker.during(PAUSE, Beats()):
        raise KeyError
    assert not [thread for thread in threading.enumerate() if thread.name == "pacemaker"]


def test_what_is_over_before_the_first_beat_has_none(pacemaker):
    beats = Beats()
    with pacemaker.during(60_000_000, beats):
        pass
    assert beats.count == 0
