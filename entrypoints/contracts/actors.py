"""The promises of what acts beside the motor: light, door, diverter, compactor."""

from __future__ import annotations

from application.ports.hardware import Door, NoSuchBin, NotFitted, Signal, Unsafe
from entrypoints.contracts.contract import Broken, Contract, Machine, expect


def every_signal_is_shown(machine: Machine) -> None:
    """Say everything that can be said, and have it looked at."""
    light = machine.fitted.light
    assert light is not None
    for signal in Signal:
        light.show(signal)
        expect(machine.hands.sees(signal), f"the light does not say {signal.value}")
    light.show(Signal.DARK)


def the_door_opens_only_unlocked(machine: Machine) -> None:
    """Pull at the door while it is locked, then unlocked."""
    door = machine.fitted.door
    assert door is not None
    try:
        door.lock()
        expect(not machine.hands.pull_door(), "the door is locked, and it opened")
        door.unlock()
        expect(machine.hands.pull_door(), "the door is unlocked, and it did not open")
        machine.hands.push_door()
        door.lock()
        expect(not machine.hands.pull_door(), "the door was locked again, and it opened")
    finally:
        _shut(machine, door)


def an_open_door_is_told(machine: Machine) -> None:
    """Open the door and look; where no contact tells, that is said by its name."""
    door = machine.fitted.door
    assert door is not None
    try:
        expect(not door.is_open(), "the door is shut, and is told to be open")
        door.unlock()
        machine.hands.pull_door()
        expect(door.is_open(), "the door is open, and is told to be shut")
        machine.hands.push_door()
        expect(not door.is_open(), "the door was shut, and is told to be open")
    except NotFitted:
        return
    finally:
        _shut(machine, door)


def _shut(machine: Machine, door: Door) -> None:
    machine.hands.push_door()
    door.lock()


DOOR = (
    Contract("door", "the door opens only unlocked", the_door_opens_only_unlocked, by_hand=True),
    Contract("door", "an open door is told", an_open_door_is_told, by_hand=True),
)
LIGHT = (Contract("light", "every signal is shown", every_signal_is_shown, by_hand=True),)


def it_leads_to_each_bin(machine: Machine) -> None:
    """Lead to each bin, there and back."""
    diverter = machine.fitted.diverter
    assert diverter is not None
    names = [one.name for one in machine.fitted.bins]
    for name in [*names, *names[::-1]]:
        diverter.point(name)
        expect(machine.hands.leads_to(name), f"the diverter does not lead to {name}")


def it_leads_to_no_bin_that_is_not_there(machine: Machine) -> None:
    """Ask for a bin that there is not."""
    diverter = machine.fitted.diverter
    assert diverter is not None
    try:
        diverter.point("no such bin")
    except NoSuchBin:
        return
    raise Broken("the diverter says that it leads to a bin that there is not")


DIVERTER = (
    Contract("diverter", "it leads to each bin", it_leads_to_each_bin, by_hand=True),
    Contract("diverter", "it leads to no bin that is not there", it_leads_to_no_bin_that_is_not_there),
)


def it_presses_with_the_door_shut(machine: Machine) -> None:
    """Make one stroke."""
    compactor = machine.fitted.compactor
    assert compactor is not None
    compactor.press()
    compactor.halt()


def it_does_not_press_with_the_door_open(machine: Machine) -> None:
    """Open the door and ask for a stroke."""
    compactor, door = machine.fitted.compactor, machine.fitted.door
    assert compactor is not None
    if door is None:
        raise Broken("there is a compactor, and no door that tells whether somebody reaches into it")
    door.unlock()
    machine.hands.pull_door()
    try:
        compactor.press()
    except Unsafe:
        return
    finally:
        _shut(machine, door)
    raise Broken("the door is open, and the compactor pressed")


COMPACTOR = (
    Contract("compactor", "it presses with the door shut", it_presses_with_the_door_shut, by_hand=True),
    Contract("compactor", "it does not press with the door open", it_does_not_press_with_the_door_open, by_hand=True),
)
