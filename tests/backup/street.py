"""Machines in the street: true journals on the disk, the true synchronisation over HTTP, and a hand that counts.

Waits of the synchronisation are a tenth as long as in the street (at most 6 s instead of 60).
"""

import json
import threading
import uuid
from pathlib import Path

from attrs import define, field

from adapters.clock.chance import SystemRandom
from adapters.clock.system import SystemClock
from adapters.journal.apsw_journal import ApswJournal
from adapters.scheduling.real_time import RealTimeScheduler
from adapters.uplink.http import HttpUplink
from application.machine.synchronise import Synchronise
from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import (
    Booted,
    Counters,
    Ending,
    ItemDecided,
    ItemSettled,
    Opener,
    Outcome,
    Picture,
    VisitClosed,
    VisitOpened,
    kind_of,
    written,
)
from domain.deposits.journal import NO_HASH, write
from domain.deposits.recognition import Box, Mask, Material, Recognition

HURRY = 10
PAUSE = 0.25
"""Seconds between two visits."""


class Hurried(RealTimeScheduler):
    """Real time in which every wait is a tenth as long."""

    def after(self, delay_us, call):
        super().after(delay_us // HURRY, call)


@define(eq=False, slots=False)
class StreetMachine:
    """One machine. People come until it is let `rest`; synchronisation goes on until it is switched off."""

    id: str
    folder: Path
    uplink: HttpUplink
    token: str
    """The code that people show it; may change at any time."""
    clock: SystemClock = field(factory=lambda: SystemClock(trusted=True))
    epoch: str = field(factory=lambda: str(uuid.uuid4()))
    in_bin: list = field(factory=list)
    """What the hand put in: pictures' hashes, in order."""
    busy: bool = True
    _visit: threading.Lock = field(factory=threading.Lock)
    _off: threading.Event = field(factory=threading.Event)
    _threads: list = field(factory=list)
    _failed: list = field(factory=list)

    def switch_on(self):
        self.folder.mkdir(parents=True)
        self.journal = ApswJournal(self.folder / "journal.db")
        self.scheduler = Hurried()
        self.synchronise = Synchronise(
            self.journal, self.uplink, self.scheduler, self.clock, SystemRandom(), self.epoch
        )  # fmt: skip
        self._write(Booted("1", "test-model"))
        self.synchronise.start()
        for work in (self.scheduler.run, self._visits):
            thread = threading.Thread(target=self._until_it_fails, args=(work,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def rest(self):
        """Let nobody come any more; whoever is there finishes."""
        self.busy = False
        with self._visit:
            return

    def switch_off(self):
        self._off.set()
        self.scheduler.stop()
        for thread in self._threads:
            thread.join(10)
        self.journal.close()
        self.uplink.close()
        told = [{"tag": str(n), "sha256": picture, "where": "bin"} for n, picture in enumerate(self.in_bin)]
        (self.folder / "rig.json").write_text(json.dumps({"counters": {"in": len(told), "out": 0}, "items": told}))
        assert self._failed == []

    @property
    def acknowledged(self):
        """How many entries the platform said that it holds."""
        return self.journal.count_after(None) - self.journal.unsent()

    def caught_up(self, to=None):
        """Whether the platform itself says that it holds an entry; the newest, if none is named."""
        held = self.uplink.held()
        return held is not None and held.seq >= (to or self.journal.last()).seq

    def _until_it_fails(self, work):
        try:
            work()
        except BaseException as error:
            self._failed.append(error)
            raise

    def _visits(self):
        while not self._off.wait(PAUSE):
            with self._visit:
                if self.busy:
                    opened = self._write(VisitOpened(Opener.SESSION, self.token, claimed=False, price_list=None))
                    for _ in range(2):
                        self._deposit(opened.id)
                    self._write(VisitClosed(opened.id, Ending.DONE))

    def _deposit(self, visit):
        picture = uuid.uuid4().hex * 2
        seen = Recognition(
            1,
            Material.GLASS,
            990_000,
            995_000,
            Box(10, 10, 90, 190),
            Material.GLASS,
            900_000,
            Mask(9_000),
            "test-model",
        )
        decision = Decision(True, Reason.CONTAINER)
        counters = Counters(len(self.in_bin), 0)
        decided = self._write(ItemDecided(visit, decision, seen, Picture(picture, "0" * 16), None, counters))
        self.in_bin.append(picture)
        self._write(ItemSettled(decided.id, Outcome.STORED))

    def _write(self, body):
        now, last = self.clock.now(), self.journal.last()
        entry = write(
            id=str(uuid.uuid4()), machine=self.id, epoch=self.epoch, seq=last.seq + 1 if last else 0,
            prev=last.hash if last else NO_HASH, mono=now.mono, wall=now.wall, trusted=True, kind=kind_of(body),
            body=written(body),
        )  # fmt: skip
        self.journal.append(entry)
        self.synchronise.appended()
        return entry
