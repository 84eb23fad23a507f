"""A machine reduced to what pictures need, in virtual time: journal, store, both ways to a platform, and a plug."""

import hashlib
import uuid

import simpy

from application.machine.entry_writer import EntryWriter
from application.machine.keep_pictures import KeepPictures
from application.machine.send_pictures import Album, SendPictures
from application.machine.synchronise import Synchronise
from domain.deposits.acceptance import Decision, Reason
from domain.deposits.bodies import Booted, Counters, Ending, ItemDecided, Opener, Picture, VisitClosed, VisitOpened
from domain.deposits.journal import read
from domain.pictures.retention import MIB
from simulators.clock import SeededIds, SeededRandom, VirtualClock
from simulators.journal import SimulatedDisk, SimulatedJournal
from simulators.pictures import SimulatedPictureDisk, SimulatedPictures, SimulatedPictureUplink
from simulators.scheduling import PlugPulled, VirtualScheduler
from simulators.seal import SimulatedSigner
from simulators.uplink import SimulatedPlatform, SimulatedUplink
from simulators.vision import SimulatedFrame
from simulators.world.machine import WALL_AT_ZERO, MemoryKeepsake
from tests.journal.story import SEEN

SECOND = 1_000_000
MACHINE = str(uuid.UUID(int=0xA))
JPEG = b"\xff\xd8\xff"


def picture(number, size=1_000):
    return JPEG + str(number).encode() + b"." * size


def frame(encoded):
    sha256 = hashlib.sha256(encoded).hexdigest()
    return SimulatedFrame(640, 480, sha256, sha256[:16], encoded=encoded)


class Street:
    def __init__(self, *, budget=64 * MIB, daily=64 * MIB):
        self.env = simpy.Environment()
        self.platform = SimulatedPlatform(SimulatedSigner(), str(uuid.UUID(int=1)), lambda: round(self.env.now))
        self.uplink = SimulatedUplink(self.platform, MACHINE)
        self.pictures = SimulatedPictureUplink(self.platform.record(MACHINE))
        self.disk, self.picture_disk, self.mark = SimulatedDisk(), SimulatedPictureDisk(), MemoryKeepsake()
        self.budget, self.daily = budget, daily
        self.lives = 0
        self.lag = 0
        """How much longer than virtual time it took, microseconds: what a slow network does."""
        self.pulled_at = None
        self.boot()

    def boot(self):
        self.lives += 1
        self.scheduler = VirtualScheduler(self.env)
        clock = VirtualClock(lambda: round(self.env.now) + self.lag, wall_at_zero=WALL_AT_ZERO, trusted=True)
        ids, chance = SeededIds(lambda: round(self.env.now), self.lives), SeededRandom(self.lives)
        self.journal, store = SimulatedJournal(self.disk), SimulatedPictures(self.picture_disk)
        boot = ids.next()
        self.writer = EntryWriter(self.journal, clock, ids, machine=MACHINE, boot=boot)
        self.keep = KeepPictures(store, self.scheduler, self.budget, lambda: self.send.unsent())  # noqa: PLW0108 (made below)
        self.send = SendPictures(
            Album(self.journal, store, self.keep, self.mark), self.pictures, self.scheduler, clock, chance,
            boot, self.daily, self,
        )  # fmt: skip
        self.synchronise = Synchronise(
            self.journal, self.uplink, self.scheduler, clock, chance, boot, changed=self.send.synchronised
        )
        self.write(Booted("test", "test-1"))
        self.synchronise.start()
        self.send.start()

    def reached(self, name):
        if name == self.pulled_at:
            self.pulled_at = None
            self.pull()
            raise PlugPulled

    def pull(self):
        self.scheduler.pull_the_plug()

    def again(self):
        """Pull the plug and boot."""
        self.pull()
        self.boot()

    def write(self, body):
        entry = self.writer.write(body)
        self.synchronise.appended()
        self.send.appended()
        return entry

    def decide(self, encoded):
        """Somebody brings an item that looks like this; returns its id."""
        seen = frame(encoded)
        self.keep.keep(seen)
        visit = self.write(VisitOpened(by=Opener.GUEST, token=None, claimed=False, price_list=None))
        item = self.write(
            ItemDecided(
                visit.id, Decision(accepted=False, reason=Reason.TWO_ITEMS), SEEN,
                Picture(seen.sha256, seen.perceptual_hash), None, Counters(0, 0),
            )
        )  # fmt: skip
        self.write(VisitClosed(visit.id, Ending.DONE))
        return item.id

    def run(self, seconds):
        self.env.run(until=self.env.now + seconds * SECOND)

    def cut(self):
        self.uplink.reachable = self.pictures.reachable = False

    def mend(self):
        self.uplink.reachable = self.pictures.reachable = True

    @property
    def decided(self):
        """Hashes that the journal names."""
        entries = [read(raw) for raw in self.disk.entries]
        return [entry.body["picture"]["sha256"] for entry in entries if entry.kind.value == "item_decided"]
