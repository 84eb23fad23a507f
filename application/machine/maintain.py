"""Maintain: a technician's PIN is checked without asking anybody, and behind it the parts do what they are told.

The visit of a technician is the intake's (`VisitState.MAINTENANCE`): while it lasts nobody is served, so the parts are
free. Only then an order is carried out, one at a time. All but `start` and `hear` runs by the scheduler.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

from attrs import evolve, frozen

from application.machine.take_in import TakeIn
from application.ports.clock import Clock
from application.ports.hardware import Camera, Chute, Door, HardwareError
from application.ports.identity import PasswordHasher
from application.ports.journal import Journal, JournalError
from application.ports.keepsake import Keepsake
from application.ports.scheduler import Scheduler
from application.ports.service_panel import Order, Ordered, PinEntered, PinVerdict, Service, ServicePanel, Word
from application.ports.vision import VisionError
from domain.deposits.intake.events import BinsChanged, DonePressed, TechnicianAdmitted, TechnicianBusy
from domain.deposits.intake.state import VisitState
from domain.fleet import pin_lock
from domain.fleet.pin_lock import MalformedLock, NotAPin, PinLock, checked_pin, tried

_log = logging.getLogger(__name__)

POLL = 50_000
"""Microseconds between two looks whether the visit is over."""
LONGEST_CLOSING = 100
"""Looks, before a restart no longer waits for the visit to be closed; the next life's recovery closes it then."""
_TORN = PinLock(pin_lock.FREE + 8)
"""What is kept cannot be read: as after many wrong tries."""


@frozen
class Workbench:
    """What a technician's orders reach."""

    scheduler: Scheduler
    clock: Clock
    chute: Chute
    camera: Camera
    door: Door | None
    """None: the machine has no door that opens by itself."""
    journal: Journal
    keepsake: Keepsake
    """Where wrong tries outlive a restart."""
    hasher: PasswordHasher
    pin_hash: str
    """Argon2id hash of the technicians' PIN; empty: nobody is let in."""
    restart: Callable[[str], None]
    self_test: Callable[[], Any] | None = None
    """Tests the machine, and blocks; None: it cannot."""
    tested: Callable[[Any], None] = lambda _: None
    """Told of what came of it."""
    commission: Commissioning | None = None


class Commissioning(Protocol):
    """The guide through a commissioning, as far as the menu knows it."""

    @property
    def open(self) -> bool:
        """Whether a guide is open: then nothing is done from the menu."""

    def begin(self) -> None:
        """Open it."""


class Maintain:
    """One life of the service panel."""

    def __init__(self, bench: Workbench, take_in: TakeIn, panel: ServicePanel) -> None:
        """Nothing is heard before `start`."""
        self._bench, self._take_in, self._panel = bench, take_in, panel
        self._lock: PinLock | None = None
        lacking = {
            Order.OPEN_DOOR: bench.door is None,
            Order.SELF_TEST: bench.self_test is None,
            Order.COMMISSION: bench.commission is None,
        }
        self._service = Service(orders=tuple(order for order in Order if not lacking.get(order)))
        self._work: dict[Order, Callable[[], Any]] = {
            Order.LOOK: lambda: None,
            Order.MOTOR_IN: bench.chute.take_in,
            Order.MOTOR_OUT: bench.chute.give_back,
            Order.PICTURE: lambda: bench.camera.capture().sha256,
            Order.BIN_EMPTIED: lambda: None,
        }
        if bench.self_test is not None:
            self._work[Order.SELF_TEST] = bench.self_test
        if bench.door is not None:
            self._work[Order.OPEN_DOOR] = bench.door.unlock

    def start(self) -> None:
        """Take up the wrong tries that were kept, then listen."""
        self._bench.scheduler.aside(self._bench.keepsake.kept, self._kept, cost="keep")

    def hear(self, word: Word) -> None:
        """Hear a word of the panel. Safe from any thread."""
        self._bench.scheduler.soon(lambda: self._enter(word.pin) if isinstance(word, PinEntered) else self._order(word))

    def warn(self, warnings: tuple[str, ...]) -> None:
        """Show what the newest self-test came to. On the deciding thread."""
        self._answer(warnings=warnings)

    def _kept(self, kept: bytes | BaseException | None) -> None:
        now = self._bench.clock.now().mono
        if isinstance(kept, BaseException):
            if not isinstance(kept, OSError):
                raise kept
            _log.warning("wrong PINs of an earlier life cannot be read: %s", kept)
            self._lock = evolve(_TORN, since=now)
        else:
            try:
                self._lock = pin_lock.read(kept, now)
            except MalformedLock:
                _log.exception("wrong PINs of an earlier life cannot be read")
                self._lock = evolve(_TORN, since=now)
        self._answer()
        self._panel.hear(self.hear)

    # ------------------------------------------------------------ the PIN

    def _enter(self, pin: str) -> None:
        now, lock = self._bench.clock.now().mono, self._lock
        if lock is None or self._service.pin is PinVerdict.CHECKING:
            return
        if not self._bench.pin_hash:
            self._answer(pin=PinVerdict.NOT_SET, wait=0)
        elif wait := lock.wait_left(now):
            self._answer(pin=PinVerdict.LOCKED, wait=wait)
        elif self._take_in.state.visit.state is not VisitState.IDLE:
            self._answer(pin=PinVerdict.BUSY, wait=0)
        else:
            self._lock = counted = tried(lock, now)
            self._answer(pin=PinVerdict.CHECKING, wait=0)
            self._bench.scheduler.aside(lambda: self._check(pin, counted), self._checked, cost="pin")

    def _check(self, pin: str, counted: PinLock) -> bool:
        """Count the try durably, then check it. Raises OSError when it cannot be counted: then it is not checked."""
        self._bench.keepsake.keep(pin_lock.write(counted))
        try:
            right = self._bench.hasher.verify(self._bench.pin_hash, checked_pin(pin))
        except NotAPin:
            return False
        if right:
            self._bench.keepsake.keep(pin_lock.write(PinLock()))
        return right

    def _checked(self, right: bool | BaseException) -> None:  # noqa: FBT001 (what the work aside returned)
        if isinstance(right, BaseException) and not isinstance(right, OSError):
            raise right
        if right is True:
            self._lock = PinLock()
            self._answer(pin=PinVerdict.RIGHT, wait=0, done=None, failed=None, picture=None)
            self._take_in.post(TechnicianAdmitted())
            self._look_around()
            return
        if isinstance(right, OSError):
            _log.error("a PIN could not be counted, and was not checked: %s", right)
        lock = self._lock or _TORN
        self._answer(pin=PinVerdict.WRONG, wait=lock.wait_left(self._bench.clock.now().mono))

    # ------------------------------------------------------------ the menu

    @property
    def _at_work(self) -> bool:
        return self._take_in.state.visit.state is VisitState.MAINTENANCE

    def _order(self, ordered: Ordered) -> None:
        order = ordered.order
        if not self._at_work or self._service.doing is not None or order not in self._service.orders:
            return
        guide = self._bench.commission
        if guide is not None and guide.open:
            return
        self._take_in.post(TechnicianBusy())
        if order is Order.COMMISSION and guide is not None:
            guide.begin()
            return
        if order is Order.RESTART:
            self._take_in.post(DonePressed())
            self._restart_once_closed(LONGEST_CLOSING)
            return
        self._answer(doing=order, done=None, failed=None)
        self._bench.scheduler.aside(self._work[order], lambda result: self._done(order, result), cost="maintenance")

    def _done(self, order: Order, result: Any) -> None:
        if isinstance(result, BaseException):
            if not isinstance(result, (HardwareError, VisionError, OSError)):
                raise result
            self._answer(doing=None, failed=str(result))
        else:
            if order is Order.BIN_EMPTIED:
                self._take_in.post(BinsChanged(frozenset()))
            if order is Order.SELF_TEST:
                self._bench.tested(result)
            picture = result if order is Order.PICTURE else self._service.picture
            self._answer(doing=None, done=order, picture=picture)
        self._look_around()

    def _restart_once_closed(self, looks: int) -> None:
        if looks and self._take_in.state.visit.state is not VisitState.IDLE:
            self._bench.scheduler.after(POLL, lambda: self._restart_once_closed(looks - 1))
        else:
            self._bench.restart("a technician asks for it")

    def _look_around(self) -> None:
        self._bench.scheduler.aside(self._read, self._seen, cost="maintenance")

    def _read(self) -> Service:
        read = self._service
        try:
            read = evolve(read, counters=self._bench.chute.counters(), present=self._bench.chute.present())
        except HardwareError as broken:
            _log.warning("maintenance: %s", broken)
            read = evolve(read, counters=None, present=None)
        try:
            return evolve(read, unsent=self._bench.journal.unsent())
        except JournalError:
            return read

    def _seen(self, read: Service | BaseException) -> None:
        if isinstance(read, BaseException):
            raise read
        self._answer(counters=read.counters, present=read.present, unsent=read.unsent)

    def _answer(self, **changes: Any) -> None:
        self._service = evolve(self._service, **changes)
        self._panel.answer(self._service)
