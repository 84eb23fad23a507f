"""A machine that is being installed: the software that ships on physical models, and an installer before it."""

from attrs import frozen

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from adapters.vision.figures import figures
from application.machine.self_test.follow_guide import FollowGuide
from application.machine.self_test.reports import Reports
from application.machine.self_test.test_itself import Facts, TestItself
from application.machine.self_test.tested import HaltOnHand, Tested
from application.ports.hardware import PartUnreachable, WrongFirmware
from domain.commissioning.guide import Task
from domain.commissioning.lines import Verdict
from domain.deposits.bins import Bin
from domain.deposits.intake.state import VisitState
from domain.deposits.recognition import CONTAINERS
from simulators.clock import VirtualClock
from simulators.disk_probe import SimulatedDiskProbe
from simulators.journal import SimulatedJournal
from simulators.scheduling import PlugPulled
from simulators.seal import SimulatedSigner
from simulators.uplink import SimulatedPlatform, SimulatedUplink
from simulators.world.bodied import MACHINE, MODEL, WALL_AT_ZERO, BodiedMachine
from tests.body.machines import frame, make_noisy

ONE_BIN = (Bin("all", CONTAINERS),)
ORGANISATION = "00000000-0000-4000-8000-0000000000aa"
MAP = "ab" * 32
VERSION = (1, 2, 0)


@frozen
class DeskFirmware:
    """What runs on the simulated microcontroller."""

    desk: object
    runs: tuple = VERSION

    def version(self):
        if self.desk.old_firmware:
            raise WrongFirmware("the firmware speaks version 0, and this side 1")
        if not self.desk.reachable:
            raise PartUnreachable("the microcontroller does not answer")
        return self.runs


class Shelf:
    """A keepsake; `cut` is a power cut as it is written."""

    def __init__(self):
        self.content, self.cut = None, False

    def keep(self, content):
        if self.cut:
            raise OSError("the plug was pulled")
        self.content = content

    def kept(self):
        return self.content


class Site:
    """The machine, its shelf, and the platform that it reaches."""

    def __init__(self, folder, seed=1, *, noisy=True, bins=ONE_BIN):
        self.machine = machine = BodiedMachine(seed, frame, figures, bins=bins)
        machine.scene.marked = True
        if noisy:
            make_noisy(machine)
            # This press has no ear for how long a contact says something: each glitch would end a stroke.
            machine.body.door.contact.glitches_per_s = 0.0
        platform = SimulatedPlatform(SimulatedSigner(), ORGANISATION, lambda: WALL_AT_ZERO + machine.now)
        self.uplink = SimulatedUplink(platform, MACHINE)
        self.platform = platform
        self.disk = SimulatedDiskProbe()
        self.signer = Ed25519Signer.from_file(folder / "machine.key")
        self.installed, self.nightly = Shelf(), Shelf()
        self.reports = Reports(self.signer, Ed25519Verifier(), self.installed, self.nightly)
        self.firmware = DeskFirmware(machine)
        self.halting = HaltOnHand(machine.chute.halt)
        machine.plug_in()
        assert machine.until(lambda: machine.serving, 10)

    def tested(self):
        machine, life = self.machine, self.machine.power_cuts

        def pause(seconds):
            machine.pause(seconds)
            if machine.power_cuts != life:
                raise PlugPulled

        return Tested(
            camera=machine.scene, measure=figures, recognise=machine.recognise, chute=machine.chute,
            fitted=machine.fitted, firmware=self.firmware, shipped=VERSION, journal=SimulatedJournal(machine.disk),
            disk=self.disk, uplink=self.uplink,
            clock=VirtualClock(lambda: machine.now, wall_at_zero=WALL_AT_ZERO, trusted=True), pause=pause,
            halting=self.halting,
        )  # fmt: skip

    @property
    def facts(self):
        return Facts(MACHINE, MAP, "myrvm 0.1.0", MODEL)

    def reserved(self):
        return self.machine.life.state.visit.state is VisitState.IDLE

    def test(self, reserved=None):
        """The self-test, by itself; returns the report."""
        return TestItself(self.tested(), self.reports, self.facts)(reserved or self.reserved).report

    def work(self):
        return FollowGuide(self.tested(), self.reports, self.facts, self.reserved)

    # ------------------------------------------------------------ the installer's hands

    def do(self, step):
        """Do what a step asks for."""
        body, machine = self.machine.body, self.machine
        if step.task is Task.HAND:
            body.belt.hand = True
        elif step.task is Task.BOTTLE:
            machine.put("bottle")
        elif step.task is Task.DOOR:
            machine.when(lambda: body.door.bolt_drawn, body.door.pull)
        elif step.task is Task.BIN_EMPTY:
            body.bin(step.part).empty()
        elif step.task is Task.BIN_FULL:
            body.bin(step.part).echo.fill_mm = 650
        machine.pause(0.5)

    def undo(self, step):
        """Put it back as it was."""
        body, machine = self.machine.body, self.machine
        body.belt.hand = False
        machine.take()
        body.door.push()
        if step.task is Task.BIN_FULL:
            body.bin(step.part).empty()
        machine.pause(0.5)

    def commission(self, plant=lambda site: None, eyes=lambda step: True, installer="Sari W", without=None):
        """A whole commissioning; returns the report.

        `plant` breaks something first, `eyes` say what is seen, `without` has the reasons why tasks are passed over.
        """
        plant(self)
        work = self.work()
        guide = work.guide().begin(installer)
        for step in guide.steps:
            if step.task in (without or {}):
                guide = guide.pass_over(without[step.task])
                continue
            self.do(step)
            work.show(step)
            if step.task in (Task.LIGHT, Task.DIVERTER):
                guide = guide.saw(right=eyes(step))
            else:
                guide = guide.measure().measured(work.measure(step)).on()
            self.undo(step)
        return work.report(guide).report


def failed(report):
    return {line.name for line in report.lines if line.verdict is Verdict.FAIL}


def warned(report):
    return {line.name for line in report.lines if line.verdict is Verdict.WARN}


def odd(report):
    return {
        line.name: (line.verdict.value, line.why.value, line.value, line.said)
        for line in report.lines
        if line.verdict is not Verdict.PASS
    }
