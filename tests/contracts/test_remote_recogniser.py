"""What whoever is asked elsewhere keeps to: an answer in time, or the name of why there is none."""

import time
from pathlib import Path

import pytest
from attrs import define, field

from adapters.vision.ground_segmenter import GroundSegmenter
from adapters.vision.onnx_classifier import OnnxClassifier
from adapters.vision.onnx_detector import OnnxDetector
from adapters.vision.package import load_package
from adapters.vision.pictures import decode
from application.machine.recognise import Recognise
from application.ports.vision import InferenceFailed, NoRemote, RemoteAway, RemoteLate
from domain.deposits.recognition import Box, Counting, Material, Recognition
from simulators.remote import SimulatedRemote
from simulators.vision import SimulatedFrame, SimulatedVision, plainly
from tests.vision.drawing import RED, encoded, ground, with_block

CONTRACT, ADAPTERS = "RemoteRecogniser", "served"
TINY = Path(__file__).parents[1] / "vision" / "tiny"
FRAME = SimulatedFrame(100, 100, "a" * 64, "0" * 16)
FOREIGN = SimulatedFrame(10, 10, "f" * 64, "0" * 16)
BUDGET = 400_000


@define
class Served:
    """A remote recogniser, a frame it can look at, and what makes it slow or takes it away."""

    remote: object
    frame: object
    now: object
    """Microseconds."""
    slow: object
    away: object


@define
class VirtualTime:
    at: int = 0
    pauses: list = field(factory=list)

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.at += round(seconds * 1_000_000)


def recorded():
    vision = SimulatedVision({FRAME.sha256: plainly(Material.GLASS, Box(10, 10, 60, 90))})
    return Recognise(vision, vision, vision, Counting(500_000, 600_000), "recorded-1+00000000")


def simulated():
    clock = VirtualTime()
    remote = SimulatedRemote(recorded(), clock.pause, latency=120_000, model="elsewhere-7+cafe0123")
    return Served(
        remote, FRAME, lambda: clock.at, lambda: setattr(remote, "latency", BUDGET + 1),
        lambda: setattr(remote, "away", True),
    )  # fmt: skip


def networks():
    """The simulator with real networks for eyes, in real time."""
    package = load_package(TINY)
    detector, classifier = OnnxDetector(package, threads=1), OnnxClassifier(package, threads=1)
    eyes = Recognise(detector, classifier, GroundSegmenter(), package.counting, package.name)
    remote = SimulatedRemote(eyes, time.sleep, latency=1_000)
    frame = decode(encoded(with_block(ground(), (100, 120, 260, 300), RED)))
    return Served(
        remote, frame, lambda: time.monotonic_ns() // 1_000, lambda: setattr(remote, "latency", BUDGET + 1),
        lambda: setattr(remote, "away", True),
    )  # fmt: skip


def nobody():
    remote = NoRemote()
    return Served(remote, FRAME, lambda: 0, lambda: None, lambda: None)


SERVICES = {"simulated": simulated, "simulated with networks": networks}


@pytest.fixture(params=sorted(SERVICES))
def served(request):
    return SERVICES[request.param]()


def answers_in_time_and_names_its_model(served):
    begun = served.now()
    seen = served.remote.recognise(served.frame, 30_000_000)
    assert served.now() - begun <= 30_000_000
    assert isinstance(seen, Recognition)
    assert seen.items == 1
    assert seen.box is not None
    assert seen.model


def is_late_by_name_and_never_later_than_told(served):
    served.slow()
    begun = served.now()
    with pytest.raises(RemoteLate):
        served.remote.recognise(served.frame, BUDGET)
    assert served.now() - begun <= 2 * BUDGET, "the budget, and what a busy machine takes to wake up"


def is_away_by_name_and_at_once(served):
    served.away()
    begun = served.now()
    with pytest.raises(RemoteAway):
        served.remote.recognise(served.frame, BUDGET)
    assert served.now() - begun < BUDGET


def fails_by_name_on_a_frame_it_cannot_look_at(served):
    with pytest.raises(InferenceFailed):
        served.remote.recognise(FOREIGN, 30_000_000)


PROMISES = (
    answers_in_time_and_names_its_model, is_late_by_name_and_never_later_than_told, is_away_by_name_and_at_once,
    fails_by_name_on_a_frame_it_cannot_look_at,
)  # fmt: skip


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_whoever_is_asked_elsewhere_keeps_its_promise(served, promise):
    promise(served)


def test_where_nobody_is_named_everybody_is_away():
    is_away_by_name_and_at_once(nobody())


class Dawdling(SimulatedRemote):
    """Takes its time whatever it is told."""

    def recognise(self, frame, budget):
        return super().recognise(frame, 10 * self.latency)


class Inventing(SimulatedRemote):
    """Answers when there is no way to it."""

    def recognise(self, frame, budget):
        self.away = False
        return super().recognise(frame, budget)


class Seeing(SimulatedRemote):
    """Sees something in every frame, also where it cannot look."""

    def recognise(self, frame, budget):
        return super().recognise(FRAME, budget)


BROKEN = {
    Dawdling: is_late_by_name_and_never_later_than_told,
    Inventing: is_away_by_name_and_at_once,
    Seeing: fails_by_name_on_a_frame_it_cannot_look_at,
}
"""The promise that each breaks: for what only asks, to lose, double or halve something has no meaning."""


@pytest.mark.parametrize("kind", BROKEN)
def test_who_breaks_a_promise_is_found_out(kind, told):
    promise = BROKEN[kind]
    told("RemoteRecogniser", kind.__name__, 1, 1)
    clock = VirtualTime()
    remote = kind(recorded(), clock.pause, latency=120_000)
    broken = Served(
        remote, FRAME, lambda: clock.at, lambda: setattr(remote, "latency", 3 * BUDGET),
        lambda: setattr(remote, "away", True),
    )  # fmt: skip
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        promise(broken)
