"""The machine looks first; unsure, it asks elsewhere, and never waits longer than its budget for that."""

import pytest
from attrs import define, evolve

from application.machine.recognise_or_ask import Origin, RecogniseOrAsk
from application.ports.clock import Reading
from application.ports.vision import InferenceFailed, NoRemote, RemoteAway, RemoteLate
from domain.deposits.acceptance import Policy, Reason, decide
from domain.deposits.bodies import Counters, ItemDecided, kind_of, read_body, written
from domain.deposits.recognition import PPM, Box, Classification, Detection, Mask, Material, nothing, recognised
from domain.deposits.second_opinion import BUDGET, LEAST, SURE, from_elsewhere, unsure
from domain.fleet.command import Mode
from simulators.remote import SimulatedRemote
from simulators.vision import SimulatedFrame

POLICY = Policy(threshold=550_000, disagreement=900_000)
FRAME = SimulatedFrame(100, 100, "a" * 64, "0" * 16)
BOX = Box(10, 10, 60, 90)


def seen(confidence, label=Material.GLASS, other=Material.METAL, model="here-1+00000000", mask=None):
    named = Classification({label: confidence, other: PPM - confidence})
    return recognised((Detection(BOX, label, confidence),), named, mask or Mask(BOX.area), model)


SURELY, WEAKLY, DOUBTFUL = seen(970_000), seen(SURE - 1), seen(500_000, other=Material.PAPER)
ELSEWHERE = seen(990_000, model="elsewhere-7+cafe0123")


@define
class Clock:
    mono: int = 0

    def now(self):
        return Reading(wall=0, mono=self.mono, trusted=False)

    def pause(self, seconds):
        self.mono += round(seconds * 1_000_000)


def looking(here, *, mode=Mode.LOCAL_THEN_REMOTE, takes=150_000, budget=BUDGET, **remote):
    clock = Clock()

    def eyes(_):
        clock.mono += takes
        if isinstance(here, Exception):
            raise here
        return here

    asked = []

    def service(frame):
        asked.append(frame)
        if isinstance(remote.get("fault"), Exception):
            raise remote["fault"]
        return ELSEWHERE

    known = {name: value for name, value in remote.items() if name != "fault"}
    elsewhere = SimulatedRemote(service, clock.pause, **known)
    return RecogniseOrAsk(eyes, elsewhere, POLICY, clock, mode, budget), asked, clock


def only(look, outcome):
    counted = look.counted()
    assert counted == {one.value: int(one is outcome) for one in Origin}


@pytest.mark.parametrize("here", [SURELY, WEAKLY, DOUBTFUL, nothing("m")])
def test_a_machine_that_works_alone_asks_nobody(here):
    look, asked, _ = looking(here, mode=Mode.LOCAL)
    assert look(FRAME) == here
    assert asked == []
    assert look.counted() == {}


@pytest.mark.parametrize("here", [SURELY, seen(SURE), nothing("m"), evolve(WEAKLY, items=2)])
def test_who_is_sure_asks_nobody(here):
    look, asked, _ = looking(here)
    assert look(FRAME) == here
    assert asked == []
    only(look, Origin.SURE)


@pytest.mark.parametrize("here", [WEAKLY, DOUBTFUL, seen(970_000, mask=Mask(0))], ids=["weak", "doubtful", "no mask"])
def test_who_is_unsure_goes_by_the_answer_from_elsewhere(here):
    look, asked, clock = looking(here, latency=300_000)
    assert look(FRAME) == evolve(ELSEWHERE, model="remote:elsewhere-7+cafe0123")
    assert len(asked) == 1
    assert clock.mono == 450_000
    only(look, Origin.ANSWERED)


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ({"away": True}, Origin.AWAY),
        ({"latency": BUDGET}, Origin.LATE),
        ({"takes": BUDGET - LEAST + 1}, Origin.LATE),
        ({"fault": InferenceFailed("out of memory")}, Origin.FAILED),
        ({"fault": RemoteAway("500")}, Origin.AWAY),
        ({"fault": RemoteLate("read")}, Origin.LATE),
    ],
    ids=["no network", "too slow", "no time left", "failed there", "refused", "timed out"],
)
def test_whatever_goes_wrong_elsewhere_its_own_answer_stands(how, outcome):
    look, _, clock = looking(WEAKLY, **how)
    assert look(FRAME) == WEAKLY
    assert clock.mono <= BUDGET
    only(look, outcome)


def test_it_asks_for_no_longer_than_is_left():
    budgets = []

    class Noting:
        def recognise(self, frame, budget):
            budgets.append(budget)
            raise RemoteLate("late")

    look, _, _ = looking(WEAKLY, takes=150_000, budget=1_000_000)
    hurried = RecogniseOrAsk(look.here, Noting(), POLICY, look.clock, Mode.LOCAL_THEN_REMOTE, 1_000_000)
    hurried(FRAME)
    assert budgets == [850_000]


def test_an_answer_that_comes_after_its_time_is_not_used():
    class Dawdling:
        def __init__(self, clock):
            self.clock = clock

        def recognise(self, frame, budget):
            self.clock.mono += budget + 1
            return ELSEWHERE

    look, _, clock = looking(WEAKLY)
    late = RecogniseOrAsk(look.here, Dawdling(clock), POLICY, clock, Mode.LOCAL_THEN_REMOTE)
    assert late(FRAME) == WEAKLY
    only(late, Origin.LATE)


def test_where_its_own_model_fails_it_asks_and_fails_only_if_nobody_helps():
    look, _, _ = looking(InferenceFailed("no memory"))
    assert look(FRAME).model == "remote:elsewhere-7+cafe0123"
    alone = RecogniseOrAsk(look.here, NoRemote(), POLICY, look.clock, Mode.LOCAL_THEN_REMOTE)
    with pytest.raises(InferenceFailed, match="no memory"):
        alone(FRAME)
    only(alone, Origin.AWAY)


@pytest.mark.parametrize(
    ("here", "asks"),
    [
        (SURELY, False), (seen(SURE), False), (WEAKLY, True), (DOUBTFUL, True), (nothing("m"), False),
        (evolve(WEAKLY, items=2), False), (seen(970_000, mask=Mask(0)), True),
    ],
)  # fmt: skip
def test_when_another_opinion_is_wanted(here, asks):
    assert unsure(here, decide(here, POLICY)) is asks


def test_an_entry_tells_who_named_the_item():
    decided = ItemDecided(
        visit="v", decision=decide(ELSEWHERE, POLICY), recognition=from_elsewhere(from_elsewhere(ELSEWHERE)),
        picture=None, promise=None, counters=Counters(0, 0),
    )  # fmt: skip
    assert decided.decision.reason is Reason.CONTAINER
    body = written(decided)
    assert body["recognition"]["model"] == "remote:elsewhere-7+cafe0123"
    assert read_body(kind_of(decided), body).recognition.model == "remote:elsewhere-7+cafe0123"
