"""`rvm machine self-test`, `rvm machine commission`, `rvm machine key`: without a screen, and with the agent stopped.

Exit status: 0 when nothing failed, 1 when something did, 2 when it could not be begun (a map or settings that make no
sense, an agent that runs, no name of an installer).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from attrs import frozen

from adapters.clock.system import SystemClock
from adapters.journal.apsw_journal import ApswJournal
from adapters.signing.ed25519 import UnreadableKey
from adapters.uplink.http import HttpUplink
from application.machine.self_test.follow_guide import FollowGuide
from application.machine.self_test.reports import Kept, Reports
from application.machine.self_test.test_itself import Facts, TestItself
from application.machine.self_test.tested import HaltOnHand, Tested
from application.ports.hardware import HardwareError
from application.ports.journal import JournalError
from application.ports.vision import VisionError
from domain.commissioning.guide import ANSWERED, Guide, NoInstaller, Phase, Reason
from domain.commissioning.lines import Line, Verdict
from entrypoints.eyes import open_eyes
from entrypoints.machine.container import JOURNAL_FILE, software
from entrypoints.machine.hardware import SIMULATED, Hardware, open_hardware
from entrypoints.machine.installer import ConsoleInstaller, Installer, SimulatedInstaller
from entrypoints.machine.testing import facts_of, machine_tested, reports_of
from entrypoints.settings import MachineSettings
from entrypoints.verify_report import said
from simulators.bench.person import NoSuchThing

SOUND, FAILED, MISUSE = 0, 1, 2
Say = Callable[[str], None]


class CannotBegin(Exception):
    """The machine is not to be had; the message says why."""


@frozen
class Machine:
    """A machine that is to be tested."""

    tested: Tested
    reports: Reports
    facts: Facts
    hardware: Hardware
    settings: MachineSettings


def self_test(map_name: str | None, *, as_json: bool, plant: str | None = None, say: Say = print) -> int:
    """Test a machine by itself, and return the exit status."""
    try:
        with _opened(map_name, plant) as machine:
            kept = TestItself(machine.tested, machine.reports, machine.facts)(lambda: True)
            return _told(kept, machine, say, as_json=as_json)
    except (CannotBegin, OSError) as odd:
        say(str(odd))
        return MISUSE


def commission(
    map_name: str | None, installer: str, *, plant: str | None = None, say: Say = print, hands: Installer | None = None
) -> int:
    """Lead somebody through the commissioning, and return the exit status."""
    try:
        with _opened(map_name, plant) as machine:
            follow = FollowGuide(machine.tested, machine.reports, machine.facts, lambda: True)
            guide = follow.guide().begin(installer)
            who = hands or _hands(machine) or ConsoleInstaller()
            while guide.phase is not Phase.FINISHED:
                guide = _step(guide, follow, who, say)
            return _told(follow.report(guide), machine, say, as_json=False)
    except (CannotBegin, NoInstaller, OSError) as odd:
        say(str(odd))
        return MISUSE


def key(say: Say = print) -> int:
    """Say the machine's public key, which is made if it has none yet."""
    try:
        say(reports_of(MachineSettings().data).signer.public_key.hex())
    except (UnreadableKey, OSError) as odd:
        say(str(odd))
        return MISUSE
    return SOUND


def _step(guide: Guide, follow: FollowGuide, who: Installer, say: Say) -> Guide:
    step = guide.step
    say(f"{guide.at + 1} of {len(guide.steps)}: {step.task.value.replace('_', ' ')} {step.part}".rstrip())
    if step.task in ANSWERED:
        follow.show(step)
        saw = who.sees(step)
        after = guide.pass_over(saw) if isinstance(saw, Reason) else guide.saw(right=saw)
        _say_lines(after.done[-1], say)
        return after
    reason = who.does(step, lambda: follow.live(step))
    if reason is not None:
        after = guide.pass_over(reason)
        _say_lines(after.done[-1], say)
        return after
    follow.show(step)
    measured = guide.measure().measured(follow.measure(step))
    _say_lines(measured.latest, say)
    return measured if who.again(step, measured.latest) else measured.on()


def _say_lines(lines: tuple[Line, ...], say: Say) -> None:
    for line in lines:
        say(f"  {said(line)}")


def _told(kept: Kept, machine: Machine, say: Say, *, as_json: bool) -> int:
    if as_json:
        say(kept.raw.decode("ascii").rstrip("\n"))
    else:
        report = kept.report
        if not report.installer:
            _say_lines(report.lines, say)
        counts = {verdict: sum(line.verdict is verdict for line in report.lines) for verdict in Verdict}
        say(", ".join(f"{count} {verdict.value}" for verdict, count in counts.items()))
        say(f"{report.verdict.value}; signed by key {machine.reports.signer.key_id}, kept in {machine.settings.data}")
    return FAILED if kept.report.verdict is Verdict.FAIL else SOUND


def _hands(machine: Machine) -> Installer | None:
    person = machine.hardware.person
    if person is None:
        return None
    bins = machine.hardware.fitted.bins
    return SimulatedInstaller(person, {one.name: 1_000 * (one.empty_mm - one.full_mm) // one.empty_mm for one in bins})


@contextlib.contextmanager
def _opened(map_name: str | None, plant: str | None) -> Iterator[Machine]:
    """Open a machine. Raises CannotBegin."""
    try:
        settings = MachineSettings()
        settings = settings.model_copy(update={"hardware": map_name or settings.hardware})
        if plant is not None and not settings.hardware.startswith(SIMULATED):
            raise CannotBegin("a fault is planted in a simulated machine only: --map simulated")
        with contextlib.ExitStack() as living:
            reports = reports_of(settings.data)
            journal = ApswJournal(settings.data / JOURNAL_FILE)
            living.callback(journal.close)
            hardware = open_hardware(settings)
            living.callback(hardware.close)
            uplink = HttpUplink(settings.platform_url, settings.id, settings.api_key.get_secret_value())
            living.callback(uplink.close)
            if plant is not None and hardware.person is not None:
                hardware.person.plant(plant)
            eyes = open_eyes()
            tested = machine_tested(
                hardware, hardware.camera, eyes, journal=journal, uplink=uplink, clock=SystemClock(),
                folder=settings.data, halting=HaltOnHand(lambda: None),
            )  # fmt: skip
            yield Machine(tested, reports, facts_of(settings, hardware, software(), eyes.model), hardware, settings)
    except JournalError as busy:
        raise CannotBegin(f"the journal cannot be opened (is the agent still running?): {busy}") from busy
    except (ValueError, UnreadableKey, NoSuchThing, VisionError, HardwareError) as odd:
        raise CannotBegin(str(odd)) from odd
