"""The plug is pulled before and after every effect of a visit, on the real runner; the machine boots and goes on.

Each bottle is stored exactly if it is paid for as stored, none twice; what the motor had half swallowed is paid as
unknown; refused things are never paid.
"""

import random

import pytest
import simpy

from application.ports.fail_points import NoFailPoints
from domain.deposits import bodies
from domain.deposits.bodies import Outcome, body_of
from domain.deposits.intake.state import HealthState
from domain.deposits.journal import read
from domain.deposits.recognition import Material
from domain.deposits.session import organisation_tag
from domain.points.price_list import PriceList
from simulators.chute import Place
from simulators.scheduling import PlugPulled
from simulators.seal import SimulatedSigner, SimulatedVerifier
from simulators.uplink import SimulatedPlatform, SimulatedUplink
from simulators.world.invariants import broken_promises
from simulators.world.machine import WALL_AT_ZERO, SimulatedMachine
from simulators.world.people import SECOND, Person
from simulators.world.things import Things

MACHINE = "00000000-0000-4000-8000-000000000001"
ORGANISATION = "00000000-0000-4000-8000-0000000000aa"
ENOUGH = 150 * SECOND


class PullAt:
    """Pulls the plug when so many places have been reached, whichever they are."""

    def __init__(self, *counts, swallow=False):
        self.counts, self.swallow = counts, swallow
        self.reached_names = []
        self.machine = None

    def reached(self, name):
        self.reached_names.append(name)
        if len(self.reached_names) in self.counts:
            if self.swallow:
                self.machine.chute.swallow()
            self.machine.restart()
            raise PlugPulled


def story(fail_points, *, offline=False):
    """One person brings a bottle, a newspaper and a can."""
    env = simpy.Environment()
    things = Things(random.Random(1))
    platform = SimulatedPlatform(SimulatedSigner(), ORGANISATION, lambda: WALL_AT_ZERO + round(env.now))
    tag, until = organisation_tag(ORGANISATION), WALL_AT_ZERO + 10**15
    platform.publish(PriceList("p1", tag, WALL_AT_ZERO - 1, until, dict.fromkeys(Material, 40)))
    uplink = SimulatedUplink(platform, MACHINE)
    machine = SimulatedMachine(env, MACHINE, things, uplink, SimulatedVerifier(), seed=1, fail_points=fail_points)
    if isinstance(fail_points, PullAt):
        fail_points.machine = machine
    codes = iter(range(1, 100))

    def code():
        number = next(codes)
        return platform.issue(f"00000000-0000-4000-8000-{number:012d}", f"00000000-0000-4000-9000-{7:012d}")

    bag = [things.make(Material.METAL), things.make(Material.PAPER), things.make(Material.GLASS)]
    person = Person("Ani", bag, code, random.Random(2))

    def comes():
        yield env.timeout(5 * SECOND)
        if offline:
            uplink.reachable = False
        yield env.process(person.visit(machine, env))

    machine.plug_in()
    env.process(comes())
    env.run(until=ENOUGH)
    return machine, things, person, platform


def outcomes(machine):
    entries = [(read(raw).id, body_of(read(raw))) for raw in machine.disk.entries]
    decided = {item: body for item, body in entries if isinstance(body, bodies.ItemDecided)}
    settled = [body for _, body in entries if isinstance(body, bodies.ItemSettled)]
    return [(decided[body.item].decision.accepted, body.outcome) for body in settled]


def test_without_a_cut_two_are_stored_and_one_is_returned():
    machine, things, person, platform = story(NoFailPoints())
    assert broken_promises(machine.disk.entries, things.made) == []
    assert sorted(outcomes(machine)) == [(False, Outcome.RETURNED), (True, Outcome.STORED), (True, Outcome.STORED)]
    assert [thing.place for thing in things.made] == [Place.BIN, Place.PERSON, Place.BIN]
    assert not person.gave_up
    assert [entry.raw for entry in platform.record(MACHINE).entries] == machine.disk.entries
    assert platform.record(MACHINE).rejected == []


def reaches(**how):
    counter = PullAt()
    story(counter, **how)
    return counter.reached_names


ONLINE = reaches()
LAST = max(place for place, name in enumerate(ONLINE) if name == "after journal visit_closed") + 2


@pytest.mark.parametrize("block", range(8))
def test_a_cut_at_any_effect_loses_and_doubles_nothing(block):
    for count in range(1 + block, LAST + 1, 8):
        machine, things, _, platform = story(PullAt(count))
        name = f"the plug was pulled {ONLINE[count - 1]} ({count})"
        assert broken_promises(machine.disk.entries, things.made) == [], name
        assert machine.lives == 2, name
        assert machine.life.state.health.state is HealthState.IN_SERVICE, name
        accepted = [outcome for accepted, outcome in outcomes(machine) if accepted]
        assert accepted.count(Outcome.STORED) == 2, name
        assert things.made[1].place is Place.PERSON, name
        assert [entry.raw for entry in platform.record(MACHINE).entries] == machine.disk.entries, name


def test_a_cut_off_line_is_caught_up_later():
    names = reaches(offline=True)
    places = [place for place, name in enumerate(names, 1) if name.startswith(("after journal", "before move"))]
    for count in places:
        machine, things, _, platform = story(PullAt(count), offline=True)
        assert broken_promises(machine.disk.entries, things.made) == [], names[count - 1]
        machine.uplink.reachable = True
        machine.env.run(until=2 * ENOUGH)
        assert [entry.raw for entry in platform.record(MACHINE).entries] == machine.disk.entries, names[count - 1]


def test_what_was_half_swallowed_when_the_plug_was_pulled_is_paid_as_unknown():
    for count, name in enumerate(ONLINE, 1):
        if name == "before move in":
            machine, things, *_ = story(PullAt(count + 1, swallow=True))
            assert broken_promises(machine.disk.entries, things.made) == []
            assert (True, Outcome.UNKNOWN) in outcomes(machine)


@pytest.mark.parametrize("seed", range(4))
def test_two_cuts_anywhere_lose_and_double_nothing(seed):
    print(f"seed {seed}")
    chance, lives = random.Random(seed), []
    for _ in range(10):
        first = chance.randrange(1, LAST - 20)
        machine, things, *_ = story(PullAt(first, first + chance.randrange(1, 40)))
        assert broken_promises(machine.disk.entries, things.made) == []
        lives.append(machine.lives)
    assert lives.count(3) >= 5, "most second cuts come before the visit is over"
