"""What goes wrong in the demo, and when: a script made from the seed alone.

Every act of the play has one victim whose network is cut, whose power fails while it is cut off, and which catches
up before the act ends; another machine loses only its power, a third only its network, when there are so many.
"""

import enum
import itertools
import random
from collections.abc import Iterator

from attrs import frozen

ACT_S = 45.0
"""Length of an act; a shorter play is one act."""


class Blow(str, enum.Enum):
    """What is done to a machine."""

    CUT = "cut"
    KILL = "kill"
    RESTART = "restart"
    RESTORE = "restore"


class Moment(str, enum.Enum):
    """At which moment of its cycle a machine is struck; where none comes in time, at any."""

    ANY = "any"
    ITEM_INSIDE = "item inside"
    MOTOR_TURNS = "motor turns"


@frozen
class Incident:
    """One thing that happens to one machine, `at` seconds after the people may come."""

    at: float
    machine: int
    blow: Blow
    moment: Moment = Moment.ANY


def script(seed: int, machines: int, seconds: float | None) -> Iterator[Incident]:
    """The incidents in order of time; without an end when the play has none."""
    chance = random.Random(f"faults {seed}")  # noqa: S311 (chance from a seed is the point)
    acts = itertools.count() if seconds is None else range(max(1, round(seconds / ACT_S)))
    length = ACT_S if seconds is None else seconds / len(range(max(1, round(seconds / ACT_S))))
    last_victim: int | None = None
    for act in acts:
        victims = [machine for machine in range(machines) if machine != last_victim or machines == 1]
        chance.shuffle(victims)
        last_victim = victims[0]
        yield from _act(chance, act * length, length, victims)


def _act(chance: random.Random, start: float, length: float, victims: list[int]) -> list[Incident]:
    def at(part: float) -> float:
        return round(start + length * (part + chance.uniform(-0.02, 0.02)), 2)

    def power(machine: int, part: float) -> list[Incident]:
        gone = at(part)
        moment = chance.choice([Moment.ANY, Moment.ITEM_INSIDE, Moment.MOTOR_TURNS])
        back = round(gone + min(3.0, length * 0.08), 2)
        return [Incident(gone, machine, Blow.KILL, moment), Incident(back, machine, Blow.RESTART)]

    both = victims[0]
    incidents = [Incident(at(0.12), both, Blow.CUT), *power(both, 0.38), Incident(at(0.66), both, Blow.RESTORE)]
    if len(victims) > 1:
        incidents += power(victims[1], 0.55)
    if len(victims) > 2:
        incidents += [Incident(at(0.24), victims[2], Blow.CUT), Incident(at(0.48), victims[2], Blow.RESTORE)]
    return sorted(incidents, key=lambda incident: incident.at)
