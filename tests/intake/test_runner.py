"""The one runner: in real time and in virtual time, with parts that fail."""

import random
import threading

import pytest
import simpy

from adapters.scheduling.real_time import RealTimeScheduler
from application.machine.recognise import Recognise
from application.machine.take_in import Body, TakeIn
from application.machine.watch_for_codes import MOST_MISSES, WatchForCodes
from application.ports.hardware import Button, ButtonPressed, Fault
from application.ports.journal import JournalDamaged
from application.ports.screen import ScreenName
from domain.deposits.bodies import body_of
from domain.deposits.intake.events import ItemAdmitted, QrRead
from domain.deposits.intake.state import HealthState, Limits
from domain.deposits.journal import Kind, read
from domain.deposits.recognition import Material
from simulators.chute import SimulatedChute
from simulators.clock import SeededIds, VirtualClock
from simulators.journal import SimulatedDisk, SimulatedJournal, SyncFault
from simulators.scheduling import VirtualScheduler
from simulators.screen import SimulatedScreen
from simulators.seal import SimulatedSigner, SimulatedVerifier
from simulators.uplink import SimulatedPlatform, SimulatedUplink
from simulators.vision import SimulatedCamera, SimulatedCodeReader, SimulatedFrame, SimulatedVision
from simulators.world.machine import CONFIGURATION, COUNTING, MODEL, WALL_AT_ZERO
from simulators.world.things import Things

MACHINE = "00000000-0000-4000-8000-000000000001"
ORGANISATION = "00000000-0000-4000-8000-0000000000aa"
SECOND = 1_000_000
PATIENCE_S = 30


class Parts:
    """A machine's parts around a scheduler."""

    def __init__(self, scheduler, now, screen=None):
        self.things = Things(random.Random(1))
        self.platform = SimulatedPlatform(SimulatedSigner(), ORGANISATION, lambda: WALL_AT_ZERO + now())
        self.uplink = SimulatedUplink(self.platform, MACHINE)
        self.trusted = self.uplink.configuration().trust
        self.chute, self.disk, self.screen = SimulatedChute(), SimulatedDisk(), screen or SimulatedScreen()
        self.held_up = ()
        self.camera = SimulatedCamera(self.scene)
        self.vision = SimulatedVision(self.things.recorded)
        self.restarts = []
        body = Body(
            scheduler=scheduler, camera=self.camera, chute=self.chute, screen=self.screen,
            journal=SimulatedJournal(self.disk), verifier=SimulatedVerifier(), uplink=self.uplink,
            recognise=Recognise(self.vision, self.vision, self.vision, COUNTING, MODEL),
            clock=VirtualClock(now, wall_at_zero=WALL_AT_ZERO, trusted=True), ids=SeededIds(now, 1),
            trust=lambda: self.trusted, restart=self.restarts.append,
        )  # fmt: skip
        self.written = []
        self.life = TakeIn(body, CONFIGURATION, machine=MACHINE, journalled=self.written.append)
        self.watch = WatchForCodes(self.life, scheduler, self.camera, SimulatedCodeReader())

    def scene(self):
        sha256 = self.things.picture_of(self.chute.row)
        return SimulatedFrame(64, 48, sha256, sha256[:16], self.held_up)

    def code(self, number=1):
        return self.platform.issue(f"00000000-0000-4000-8000-{number:012d}", "00000000-0000-4000-9000-000000000001")

    def start(self):
        self.life.start()
        self.chute.listen(self.life.notice)
        self.watch.start()

    @property
    def kinds(self):
        return [read(raw).kind for raw in self.disk.entries]

    @property
    def decided(self):
        return [body_of(read(raw)) for raw in self.disk.entries if read(raw).kind is Kind.ITEM_DECIDED]


class ActingScreen(SimulatedScreen):
    """A screen with a person before it."""

    def show(self, view):
        super().show(view)
        self.answer(view)


class Virtual(Parts):
    def __init__(self):
        self.env = simpy.Environment()
        super().__init__(VirtualScheduler(self.env), lambda: round(self.env.now))
        self.start()
        self.run(3)

    def run(self, seconds):
        self.env.run(until=self.env.now + seconds * SECOND)

    def open_visit(self):
        self.life.post(QrRead(self.code()))
        self.run(1)
        assert self.screen.shown.screen is ScreenName.INSERT
        return self

    def insert(self, material=Material.GLASS):
        self.chute.insert(self.things.make(material))


@pytest.fixture
def machine():
    return Virtual()


WHOLE = [Kind.BOOTED, Kind.VISIT_OPENED, Kind.ITEM_DECIDED, Kind.ITEM_SETTLED, Kind.VISIT_CLOSED]


def test_one_bottle_in_virtual_time(machine):
    machine.open_visit().insert()
    machine.run(3)
    machine.life.notice(ButtonPressed(Button.DONE))
    machine.run(1)
    assert machine.kinds == WHOLE
    assert machine.screen.shown.screen is ScreenName.THANKS
    assert [entry.kind for entry in machine.written] == WHOLE, "whoever asked is told of each durable entry"


def test_the_same_bottle_in_real_time():
    """No step is slept for: each waits for the screen that the one before brings."""
    scheduler = RealTimeScheduler()
    machine = Parts(scheduler, lambda: 1, screen=ActingScreen())
    bottle = machine.things.make(Material.METAL)
    acts = {
        ScreenName.WELCOME: lambda: machine.life.post(QrRead(machine.code())),
        ScreenName.INSERT: lambda: machine.chute.insert(bottle),
        ScreenName.THANKS: scheduler.stop,
    }

    def answer(view):
        act = acts.pop(view.screen, None)
        if act is not None:
            act()
        elif view.screen is ScreenName.INSERT and view.paid:
            machine.life.notice(ButtonPressed(Button.DONE))

    machine.screen.answer = answer
    guard = threading.Timer(PATIENCE_S, scheduler.stop)
    guard.start()
    machine.start()
    scheduler.run()
    assert guard.is_alive(), f"stuck at {machine.screen.shown}"
    guard.cancel()
    assert machine.kinds == WHOLE
    assert machine.chute.bin == [bottle]


def test_a_guest_is_let_in_by_a_button(machine):
    machine.life.notice(ButtonPressed(Button.GUEST))
    machine.run(1)
    assert machine.screen.shown.screen is ScreenName.INSERT


def test_a_code_is_read_by_the_camera_while_nobody_is_at_an_item(machine):
    machine.held_up = (machine.code(),)
    machine.run(2)
    assert machine.screen.shown.screen is ScreenName.INSERT


def test_no_code_is_looked_for_while_an_item_is_in_work(machine):
    machine.open_visit().insert()
    machine.run(0.2)
    machine.held_up = (machine.code(2),)
    machine.run(1)
    assert machine.screen.shown.visit is not None
    assert machine.kinds.count(Kind.VISIT_OPENED) == 1
    assert Kind.VISIT_CLOSED not in machine.kinds


def test_off_line_the_visit_opens(machine):
    machine.uplink.reachable = False
    machine.open_visit()
    assert [note.value for note in machine.screen.shown.notes] == ["no_prices", "offline"]


def test_a_dark_screen_stops_nothing(machine):
    machine.open_visit()
    machine.screen.broken = True
    machine.insert()
    machine.run(3)
    assert machine.kinds[-1] is Kind.ITEM_SETTLED


def test_a_dead_camera_refuses_ends_the_visit_and_comes_back(machine):
    machine.open_visit()
    machine.camera.broken = True
    machine.insert()
    machine.run(5)
    assert [decided.picture for decided in machine.decided] == [None]
    assert machine.screen.shown.screen is ScreenName.OUT_OF_SERVICE
    machine.camera.broken = False
    machine.run(60)
    assert machine.life.state.health.state is HealthState.IN_SERVICE


def test_a_camera_that_is_only_looked_through_for_codes_is_missed_too(machine):
    machine.camera.broken = True
    machine.run(MOST_MISSES)
    assert machine.screen.shown.parts == ("camera",)
    machine.camera.broken = False
    machine.run(2)
    assert machine.screen.shown.screen is ScreenName.WELCOME


def test_failing_vision_gives_the_item_back(machine):
    machine.open_visit()
    machine.things.recorded.clear()
    machine.insert()
    machine.things.recorded.clear()
    machine.run(3)
    assert [decided.decision.reason.value for decided in machine.decided] == ["not_recognised"]
    assert machine.chute.passed_out == 1


def test_a_failed_sync_gives_the_item_back_and_asks_for_a_restart(machine):
    machine.open_visit().insert()
    machine.disk.next_sync = SyncFault.LOST
    machine.run(5)
    assert machine.chute.passed_out == 1
    machine.run(Limits().probe / SECOND + 1)
    assert machine.restarts == ["the recovery of a restart is needed"]
    assert machine.kinds == [Kind.BOOTED, Kind.VISIT_OPENED]


def test_faults_are_passed_on(machine):
    machine.life.notice(Fault("door", present=True))
    machine.run(1)
    assert machine.screen.shown.parts == ("door",)
    machine.life.notice(Fault("door", present=False))
    machine.run(1)
    assert machine.screen.shown.screen is ScreenName.WELCOME


def test_a_journal_that_cannot_be_read_keeps_the_machine_out():
    machine = Virtual.__new__(Virtual)
    machine.env = simpy.Environment()
    Parts.__init__(machine, VirtualScheduler(machine.env), lambda: round(machine.env.now))
    machine.life._body.journal.open_end = lambda: (_ for _ in ()).throw(machine_damaged())
    machine.start()
    machine.run(3)
    assert machine.screen.shown.parts == ("journal",)
    assert machine.disk.entries == []


def machine_damaged():
    return JournalDamaged("entry 7 has another hash")


def test_a_mistake_in_the_program_is_not_swallowed(machine):
    machine.life.post("not an event")
    with pytest.raises(TypeError, match="str does not come from outside"):
        machine.run(1)


def test_a_signal_does_not_come_from_outside(machine):
    machine.life.post(ItemAdmitted())
    with pytest.raises(TypeError, match="ItemAdmitted"):
        machine.run(1)
