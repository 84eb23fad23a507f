"""The plug is pulled at every place of the cycle, before and after each effect: nothing is lost or doubled."""

from __future__ import annotations

import pytest

from application.machine import take_in
from domain.deposits.intake import effects
from domain.deposits.journal import Kind
from tests.machine.visitor import AgentDied, Visitor, agreement, backed

NAMES = {
    *(f"journal {kind.value}" for kind in Kind),
    *(f"move {way.value}" for way in effects.Way),
    *("show", "set timer", "verify token", "claim", "capture", "recognise", "look again", "inspect"),
}
"""Every effect but `restart`, as fail points name it."""
AT_RECOVERY = {"inspect"}
"""Reached only by a life that takes up where a power cut left one."""
BY_TROUBLE = {"move loose", "journal suspicion_raised"}
"""Reached only by a jam and by a string: `tests/body/test_power.py` pulls the plug there, on a machine with a body."""
POINTS = sorted(f"{when} {name}" for when in ("before", "after") for name in NAMES - BY_TROUBLE)


def test_no_effect_is_forgotten():
    known = set(take_in._NAMES.values()) - {"restart"}
    assert known | {name for name in NAMES if name.startswith(("journal", "move"))} == NAMES


@pytest.mark.kill
@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_there_loses_and_doubles_nothing(platform, machine, point):
    visitor = Visitor(machine, platform)
    if point.split(" ", 1)[1] in AT_RECOVERY:
        live(visitor, "after move in:1")
    live(visitor, f"{point}:1")

    machine.boot()
    visitor.recover()
    visitor.visit()

    agreement(visitor)
    assert machine.agent.stop() == 0


def live(visitor, point):
    """Live until the plug is pulled at this point."""
    visitor.machine.boot(RVM_MACHINE_FAIL_POINT=point)
    with pytest.raises(AgentDied):
        visitor.recover_and_visit(times=2)
    visitor.machine.agent.gone()
    backed(visitor.machine)
