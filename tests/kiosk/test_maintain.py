"""The technician: a PIN that is checked without a network and not guessed, and a menu that only works behind it."""

import pytest
from typer.testing import CliRunner

from adapters.identity.passwords import Argon2Cost, Argon2Passwords
from application.machine.maintain import Maintain, Workbench
from application.ports.hardware import Button, ButtonPressed, Fault
from application.ports.screen import ScreenName
from application.ports.service_panel import Order, Ordered, PinEntered, PinVerdict
from domain.deposits.bodies import Ending, Opener, VisitClosed, VisitOpened, body_of
from domain.deposits.intake.events import BinsChanged
from domain.deposits.intake.state import VisitState
from domain.deposits.journal import Kind, read
from domain.fleet.pin_lock import (
    FIRST_WAIT,
    FREE,
    LONGEST_WAIT,
    MalformedLock,
    NotAPin,
    PinLock,
    checked_pin,
    tried,
    wait_after,
    write,
)
from domain.fleet.pin_lock import read as read_lock
from entrypoints.cli import app
from simulators.clock import VirtualClock
from simulators.journal import SimulatedJournal
from simulators.world.machine import WALL_AT_ZERO
from tests.intake.test_runner import SECOND, Virtual

PIN, WRONG = "271828", "000000"
HASHER = Argon2Passwords(Argon2Cost(memory_kib=64, passes=1, lanes=1))
HASH = HASHER.hash(PIN)


class Panel:
    def __init__(self):
        self.said, self.listener = [], None

    def hear(self, listener):
        self.listener = listener

    def answer(self, service):
        self.said.append(service)

    @property
    def now(self):
        return self.said[-1]


class Shelf:
    """A keepsake."""

    def __init__(self):
        self.content, self.full = None, False

    def keep(self, content):
        if self.full:
            raise OSError("no space")
        self.content = content

    def kept(self):
        return self.content


class Door:
    def __init__(self):
        self.unlocked = 0

    def unlock(self):
        self.unlocked += 1


class Workshop(Virtual):
    """A machine in virtual time, with its service panel."""

    def __init__(self, pin_hash=HASH, shelf=None):
        super().__init__()
        self.shelf, self.door = shelf or Shelf(), Door()
        self.hasher, self.pin_hash = HASHER, pin_hash
        self.boot_panel()

    def boot_panel(self):
        self.panel = Panel()
        began = self.env.now
        bench = Workbench(
            scheduler=self.life._body.scheduler,
            clock=VirtualClock(lambda: round(self.env.now - began), wall_at_zero=WALL_AT_ZERO, trusted=False),
            chute=self.chute, camera=self.camera, door=self.door, journal=SimulatedJournal(self.disk),
            keepsake=self.shelf, hasher=self.hasher, pin_hash=self.pin_hash, restart=self.restarts.append,
        )  # fmt: skip
        Maintain(bench, self.life, self.panel).start()
        self.run(1)
        return self

    def enter(self, pin):
        self.panel.listener(PinEntered(pin))
        self.run(1)
        return self.panel.now

    def order(self, order):
        self.panel.listener(Ordered(order))
        self.run(5)
        return self.panel.now

    @property
    def screen_name(self):
        return self.screen.shown.screen

    def bodies(self, kind):
        return [body_of(entry) for entry in map(read, self.disk.entries) if entry.kind is kind]


@pytest.fixture
def shop():
    return Workshop()


# ------------------------------------------------------------------ the lock, as a rule


def test_fingers_may_slip_and_then_it_takes_longer_each_time():
    waits = [wait_after(wrong) for wrong in range(FREE + 12)]
    assert waits[: FREE + 2] == [0] * (FREE + 1) + [FIRST_WAIT]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_a_restart_forgets_nothing_and_begins_the_wait_anew():
    lock = PinLock()
    for _ in range(FREE + 2):
        lock = tried(lock, 1_000)
    assert read_lock(write(lock), 5).wait_left(5) == wait_after(FREE + 2)


@pytest.mark.parametrize("kept", [b"", b"many\n", b"-1\n", b"9" * 50])
def test_a_torn_file_is_named(kept):
    with pytest.raises(MalformedLock):
        read_lock(kept, 0)


@pytest.mark.parametrize("text", ["", "12345", "1" * 13, "12 456", "12345a", "١٢٣٤٥٦"])
def test_what_is_no_pin(text):
    with pytest.raises(NotAPin):
        checked_pin(text)


def test_the_hash_of_a_pin_is_made_by_a_command():
    made = CliRunner().invoke(app, ["machine", "pin", "--pin", PIN])
    assert made.exit_code == 0
    assert HASHER.verify(made.output.strip(), PIN)
    assert CliRunner().invoke(app, ["machine", "pin", "--pin", "12"]).exit_code == 2


# ------------------------------------------------------------------ being let in


def test_the_right_pin_opens_a_visit_of_maintenance_and_leaving_closes_it(shop):
    assert shop.enter(PIN).pin is PinVerdict.RIGHT
    assert shop.screen_name is ScreenName.MAINTENANCE
    shop.life.notice(ButtonPressed(Button.DONE))
    shop.run(1)
    assert shop.screen_name is ScreenName.WELCOME
    assert [(opened.by, opened.token) for opened in shop.bodies(Kind.VISIT_OPENED)] == [(Opener.TECHNICIAN, None)]
    assert [closed.why for closed in shop.bodies(Kind.VISIT_CLOSED)] == [Ending.DONE]


def test_nobody_is_served_meanwhile(shop):
    shop.enter(PIN)
    shop.insert()
    shop.life.notice(ButtonPressed(Button.GUEST))
    shop.run(10)
    assert (shop.screen_name, shop.decided) == (ScreenName.MAINTENANCE, [])


def test_a_technician_who_forgot_to_leave_is_taken_for_gone(shop):
    shop.enter(PIN)
    minutes = shop.life.state.configuration.limits.maintenance // (60 * SECOND)
    for _ in range(3):
        shop.run((minutes - 1) * 60)
        shop.order(Order.LOOK)
    assert shop.screen_name is ScreenName.MAINTENANCE, "whoever does something is there"
    shop.run((minutes + 1) * 60)
    assert shop.screen_name is ScreenName.WELCOME
    assert [closed.why for closed in shop.bodies(Kind.VISIT_CLOSED)] == [Ending.IDLE]


def test_wrong_pins_lock_it_for_longer_each_time_and_a_right_one_counts_as_nothing_meanwhile(shop):
    verdicts = [shop.enter(WRONG).pin for _ in range(FREE + 1)]
    assert set(verdicts) == {PinVerdict.WRONG}
    assert 0 < shop.panel.now.wait <= FIRST_WAIT
    assert shop.enter(PIN).pin is PinVerdict.LOCKED
    assert shop.screen_name is ScreenName.WELCOME
    shop.run(FIRST_WAIT // SECOND + 1)
    assert shop.enter(WRONG).wait > FIRST_WAIT
    shop.run(2 * FIRST_WAIT // SECOND + 1)
    assert shop.enter(PIN).pin is PinVerdict.RIGHT
    assert shop.shelf.content == write(PinLock()), "the right one forgets the wrong ones"


def test_switching_off_shortens_nothing(shop):
    for _ in range(FREE + 1):
        shop.enter(WRONG)
    shop.run(FIRST_WAIT // SECOND - 5)
    shop.boot_panel()
    assert shop.enter(PIN).pin is PinVerdict.LOCKED
    assert shop.panel.now.wait > FIRST_WAIT - 5 * SECOND


def test_a_try_counts_before_it_is_checked(shop):
    class Dies:
        def verify(self, hashed, pin):
            raise SystemExit  # the plug is pulled

    shop.hasher = Dies()
    shop.boot_panel()
    with pytest.raises(SystemExit):
        shop.enter(PIN)
    assert shop.shelf.content == write(PinLock(1))


def test_a_try_that_cannot_be_counted_is_not_checked(shop):
    shop.shelf.full = True
    assert shop.enter(PIN).pin is PinVerdict.WRONG
    assert shop.screen_name is ScreenName.WELCOME


def test_a_torn_count_is_taken_for_many():
    shelf = Shelf()
    shelf.content = b"torn"
    assert Workshop(shelf=shelf).enter(PIN).pin is PinVerdict.LOCKED


def test_a_machine_without_a_pin_lets_nobody_in():
    shop = Workshop(pin_hash="")
    assert shop.enter(PIN).pin is PinVerdict.NOT_SET
    assert shop.shelf.content is None


def test_whoever_is_served_is_not_interrupted(shop):
    shop.open_visit()
    assert shop.enter(PIN).pin is PinVerdict.BUSY
    assert shop.screen_name is ScreenName.INSERT


def test_a_pin_is_never_shown(shop):
    assert PIN not in repr(PinEntered(PIN))
    shop.enter(PIN)
    assert not any(PIN in repr(service) for service in shop.panel.said)


def test_a_technician_comes_in_out_of_service_too(shop):
    shop.life.notice(Fault("motor", present=True))
    shop.run(1)
    assert shop.screen_name is ScreenName.OUT_OF_SERVICE
    shop.enter(PIN)
    assert (shop.screen_name, shop.screen.shown.parts) == (ScreenName.MAINTENANCE, ("motor",))
    shop.life.notice(Fault("motor", present=False))
    shop.life.notice(ButtonPressed(Button.DONE))
    shop.run(1)
    assert shop.screen_name is ScreenName.WELCOME


def test_a_fault_meanwhile_ends_nothing_and_is_told(shop):
    shop.enter(PIN)
    shop.life.notice(Fault("motor", present=True))
    shop.run(1)
    assert (shop.screen_name, shop.screen.shown.parts) == (ScreenName.MAINTENANCE, ("motor",))


# ------------------------------------------------------------------ the menu


@pytest.mark.parametrize("order", Order)
def test_nothing_works_without_the_pin(shop, order):
    shop.insert()
    shop.order(order)
    assert (shop.chute.passed_in, shop.door.unlocked, shop.restarts) == (0, 0, [])


def test_the_motor_turns_and_the_counters_say_so(shop):
    shop.enter(PIN)
    shop.insert()
    assert shop.order(Order.LOOK).present is True
    said = shop.order(Order.MOTOR_IN)
    assert (said.done, said.counters.passed_in, said.present) == (Order.MOTOR_IN, 1, False)
    assert shop.decided == [], "a technician's trial is nobody's deposit"


def test_what_does_not_work_is_said(shop):
    shop.enter(PIN)
    said = shop.order(Order.MOTOR_IN)
    assert said.done is None
    assert "nothing passed" in said.failed
    shop.chute.reachable = False
    assert shop.order(Order.LOOK).counters is None


def test_the_door_the_picture_and_the_emptied_bin(shop):
    shop.enter(PIN)
    assert shop.order(Order.OPEN_DOOR).done is Order.OPEN_DOOR
    assert shop.door.unlocked == 1
    assert len(shop.order(Order.PICTURE).picture) == 64
    shop.life.post(BinsChanged(frozenset({"all"})))
    shop.order(Order.BIN_EMPTIED)
    assert shop.life.state.full == frozenset()


def test_a_machine_without_such_a_door_does_not_offer_it():
    shop = Workshop()
    shop.door = None
    shop.boot_panel()
    assert Order.OPEN_DOOR not in shop.panel.now.orders


def test_a_restart_closes_the_visit_first(shop):
    shop.enter(PIN)
    shop.order(Order.RESTART)
    assert shop.restarts == ["a technician asks for it"]
    assert shop.life.state.visit.state is VisitState.IDLE
    kinds = [body for kind in (Kind.VISIT_OPENED, Kind.VISIT_CLOSED) for body in shop.bodies(kind)]
    assert [type(body) for body in kinds] == [VisitOpened, VisitClosed]
