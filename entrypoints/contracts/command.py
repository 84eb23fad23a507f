"""`rvm contracts --hardware`: hold a machine's parts to the contracts of their ports, and say which keep them.

Exit status: 0 when every contract that was checked is kept and nothing is missing, 1 otherwise, 2 for a map that is
none. On a real machine somebody is told what to do; without a terminal only what needs no hands is checked, and the
rest is named.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import frozen

from adapters.hardware_map.parts import HardwareMap
from adapters.hardware_map.read import DEFAULT, BadHardwareMap, read_map
from adapters.vision.pictures import decode
from application.ports.hardware import HardwareError, Signal
from entrypoints.contracts.console_hands import ConsoleHands
from entrypoints.contracts.contract import Broken, Contract, Hands, Machine
from entrypoints.contracts.looks import COLOURED, SINGLE
from entrypoints.contracts.reach import unanswered
from entrypoints.contracts.simulated_hands import SimulatedHands
from entrypoints.contracts.suites import contracts_of
from entrypoints.machine.hardware import SHIPPED, SIMULATED, Hardware, real
from entrypoints.machine.simulated import simulated_machine
from simulators.bench.person import NoSuchThing
from simulators.bench.stage import StageCamera

KEPT, BROKEN, MISUSE = 0, 1, 2
SPEED = 3
"""A simulated machine lives so many times as fast as a real one."""
Say = Callable[[str], None]


@frozen
class Outcome:
    """What became of one contract. `why` is None when it is kept."""

    contract: Contract
    why: str | None


def run(map_name: str | None, *, say: Say = print, plant: str | None = None, terminal: bool | None = None) -> int:
    """Check a machine and return the exit status. `plant` is a fault for a simulated one, planted first."""
    kind, _, name = (map_name or str(DEFAULT)).partition(":")
    try:
        if kind == SIMULATED:
            return _simulated(read_map(SHIPPED.get(name, Path(name))), say, plant)
        if plant is not None:
            say("a fault is planted in a simulated machine only: --map simulated")
            return MISUSE
        return _real(read_map(Path(map_name or DEFAULT)), say, sys.stdin.isatty() if terminal is None else terminal)
    except (BadHardwareMap, NoSuchThing) as odd:
        say(str(odd))
        return MISUSE


def check(contracts: tuple[Contract, ...], machine: Machine, say: Say) -> tuple[Outcome, ...]:
    """Check contracts one after the other, and say of each whether it is kept."""
    outcomes = []
    for contract in contracts:
        try:
            contract.check(machine)
        except (Broken, HardwareError) as why:
            outcomes.append(Outcome(contract, str(why)))
            say(f"BROKEN   {contract.part}: {contract.promise}: {why}")
        else:
            outcomes.append(Outcome(contract, None))
            say(f"kept     {contract.part}: {contract.promise}")
    return tuple(outcomes)


def _simulated(wired: HardwareMap, say: Say, plant: str | None) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="rvm-contracts-") as folder,
        simulated_machine(wired, Path(folder), speed=SPEED) as made,
    ):
        if plant is not None:
            made.person.plant(plant)
        say(f"the map {wired.name!r}, on simulated parts{f', with a fault: {plant}' if plant else ''}")
        hands = SimulatedHands(made.stage, made.person)
        machine = Machine(made.parts.chute, made.parts.fitted, hands, StageCamera(made.stage, decode))
        return checked(machine, dict(made.parts.missing), say, attended=True)


def _real(wired: HardwareMap, say: Say, attended: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="rvm-contracts-") as folder:
        # The counters of a machine without a microcontroller are not touched: a check is no deposit.
        hardware = real(wired, Path(folder))
        try:
            say(f"the map {wired.name!r}, on this computer's pins and devices")
            hands = _technician(hardware, wired)
            machine = Machine(hardware.chute, hardware.fitted, hands, hardware.camera, films=wired.camera.films)
            return checked(machine, dict(hardware.missing), say, attended=attended)
        finally:
            hardware.close()


def _technician(hardware: Hardware, wired: HardwareMap) -> Hands:
    single = wired.led is not None and wired.led.pin is not None
    looks: Mapping[Signal, str] = SINGLE if single else COLOURED
    return ConsoleHands(looks)


def checked(machine: Machine, missing: dict[str, str], say: Say, *, attended: bool) -> int:
    """Check what can be checked, say what cannot and why, and return the exit status."""
    missing = {**unanswered(machine.chute, machine.fitted, machine.camera), **missing}
    for part, why in missing.items():
        say(f"MISSING  {part}: {why}")
    there = [one for one in contracts_of(machine) if one.part not in missing]
    outcomes = check(tuple(one for one in there if attended or not one.by_hand), machine, say)
    left = [one for one in there if one.by_hand and not attended]
    for one in left:
        say(f"unasked  {one.part}: {one.promise}: it needs somebody at the machine, and there is no terminal")
    broken = sum(one.why is not None for one in outcomes)
    say(
        f"{len(outcomes) - broken} contracts kept, {broken} broken, {len(left)} unasked; "
        f"{len(missing)} parts missing{': ' + ', '.join(missing) if missing else ''}"
    )
    return BROKEN if broken or missing else KEPT
