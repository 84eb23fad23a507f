"""One machine in virtual time: a lasting body, and one life of the real software after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy
from attrs import define, evolve, field

from application.machine.keep_configuration import KeepConfiguration
from application.machine.keep_pictures import KeepPictures
from application.machine.recognise import Recognise
from application.machine.report_telemetry import Look, ReportTelemetry, seen
from application.machine.send_pictures import Album, SendPictures
from application.machine.synchronise import Synchronise
from application.machine.take_in import Body, Observer, TakeIn
from application.machine.watch_for_codes import WatchForCodes
from application.ports.clock import Clock, Random
from application.ports.fail_points import FailPoint, NoFailPoints
from application.ports.hardware import Button, ButtonPressed
from application.ports.pictures import PictureUplink
from application.ports.scheduler import Scheduler
from application.ports.screen import View
from application.ports.signing import SignatureVerifier
from application.ports.uplink import Uplink
from domain.deposits.acceptance import Policy
from domain.deposits.intake.effects import Effect, Move
from domain.deposits.intake.events import Event
from domain.deposits.intake.state import Configuration, Intake
from domain.deposits.journal import Entry
from domain.deposits.recognition import Counting
from domain.points.price_list import PriceList
from simulators.chute import SimulatedChute
from simulators.clock import SeededIds, SeededRandom, VirtualClock
from simulators.journal import SimulatedDisk, SimulatedJournal
from simulators.pictures import SimulatedPictureDisk, SimulatedPictures
from simulators.scheduling import VirtualScheduler
from simulators.screen import SimulatedScreen
from simulators.vision import SimulatedCamera, SimulatedCodeReader, SimulatedFrame, SimulatedVision
from simulators.world.things import Things

WALL_AT_ZERO = 1_800_000_000_000_000
"""UTC at the beginning of virtual time, microseconds."""
MODEL = "recorded-1+00000000"
POLICY = Policy(threshold=800_000, disagreement=900_000)
CONFIGURATION = Configuration("simulated", MODEL, POLICY)
COUNTING = Counting(second_item=500_000, same_item=600_000)
REBOOT = 20_000_000
"""From power to the first line of the software, microseconds."""


@define
class MemoryKeepsake:
    """Keeps a few bytes over restarts."""

    content: bytes | None = None

    def keep(self, content: bytes) -> None:
        """Replace what is kept."""
        self.content = content

    def kept(self) -> bytes | None:
        """Return what is kept."""
        return self.content


@define(eq=False)
class SimulatedMachine:
    """What lasts of a machine, and the life that it is living, if it has power."""

    env: simpy.Environment
    id: str
    things: Things
    uplink: Uplink
    verifier: SignatureVerifier
    seed: int
    clock_skew: int = 0
    """How far off its clock is until the platform sets it, microseconds."""
    fail_points: FailPoint = field(factory=NoFailPoints)
    observer: Observer = lambda *_: None
    configuration: Configuration = CONFIGURATION
    counting: Counting = COUNTING
    telemetry: bool = False
    """Whether it reports itself every half minute. Whoever looks at deposits only saves the time."""
    measures: dict[str, int] = field(factory=dict)
    """What its sensors say."""
    pictures: PictureUplink | None = None
    """Its way to bring pictures; without one, none is kept."""
    picture_budget: int = 1 << 30
    """Bytes."""
    picture_disk: SimulatedPictureDisk = field(factory=SimulatedPictureDisk)
    picture_mark: MemoryKeepsake = field(factory=MemoryKeepsake)
    disk: SimulatedDisk = field(factory=SimulatedDisk)
    chute: SimulatedChute = field(factory=SimulatedChute)
    screen: SimulatedScreen = field(factory=SimulatedScreen)
    keepsake: MemoryKeepsake = field(factory=MemoryKeepsake)
    held_up: str | None = None
    """The code that somebody holds before the camera."""
    lives: int = 0
    life: TakeIn | None = None
    synchronise: Synchronise | None = None
    send_pictures: SendPictures | None = None
    _scheduler: VirtualScheduler | None = None
    _camera: SimulatedCamera | None = None

    # ------------------------------------------------------------ power

    def plug_in(self) -> None:
        """Boot: a new life on what lasted."""
        self.lives += 1
        scheduler = VirtualScheduler(self.env)
        clock = VirtualClock(lambda: round(self.env.now), wall_at_zero=WALL_AT_ZERO, skew_us=self.clock_skew)
        chance = SeededRandom(self.seed * 1_000 + self.lives)
        journal = SimulatedJournal(self.disk)
        self._camera = SimulatedCamera(self._scene)

        def tell_prices(prices: PriceList | None) -> None:
            life.prices(prices)

        keep = KeepConfiguration(self.uplink, scheduler, clock, chance, self.verifier, self.keepsake, tell_prices)
        store = SimulatedPictures(self.picture_disk)
        budget = self.picture_budget if self.pictures is not None else 0
        album = KeepPictures(store, scheduler, budget, lambda: None if send is None else send.unsent())
        body = Body(
            scheduler=scheduler, camera=self._camera, chute=self.chute, screen=self.screen, journal=journal,
            verifier=self.verifier, uplink=self.uplink, recognise=self._eyes(), clock=clock,
            ids=SeededIds(lambda: round(self.env.now), self.seed * 1_000 + self.lives), trust=keep.trust,
            restart=lambda _: self.restart(), fail_points=self.fail_points, pictures=album,
        )  # fmt: skip

        def journalled(_: Entry) -> None:
            synchronise.appended()
            if send is not None:
                send.appended()

        life = TakeIn(body, self.configuration, machine=self.id, observer=self._observe, journalled=journalled)
        send = self._sender(Album(journal, store, album, self.picture_mark), scheduler, clock, chance, life.boot)
        synchronise = Synchronise(
            journal, self.uplink, scheduler, clock, chance, life.boot,
            changed=(lambda _: None) if send is None else send.synchronised,
        )  # fmt: skip
        self.life, self.synchronise, self.send_pictures, self._scheduler = life, synchronise, send, scheduler
        life.start()
        keep.start()
        self.chute.listen(life.notice)
        synchronise.start()
        if send is not None:
            send.start()
        WatchForCodes(life, scheduler, self._camera, SimulatedCodeReader()).start()
        if self.telemetry:
            ReportTelemetry(
                self.uplink, scheduler, clock, chance, life.boot, lambda: self._look(life), journal.unsent
            ).start()

    def cut_power(self) -> None:
        """Pull the plug: memory and motion are gone; disk, counters and things stay."""
        if self._scheduler is not None:
            self._scheduler.pull_the_plug()
        self.chute.unplug()
        self.screen.shown = None
        self.life = self.synchronise = self.send_pictures = self._scheduler = None

    def restart(self, after: int = REBOOT) -> None:
        """Lose this life and begin the next after a while, microseconds."""
        self.cut_power()
        self.env.process(self._boot_later(after))

    def _boot_later(self, after: int) -> Generator[simpy.Event, None, None]:
        lives = self.lives
        yield self.env.timeout(after)
        if self.life is None and self.lives == lives:
            self.plug_in()

    # ------------------------------------------------------------ people

    @property
    def view(self) -> View | None:
        """What a person sees; None on a dark screen."""
        return self.screen.shown

    def press(self, button: Button) -> None:
        """Press what is on the screen."""
        if self.life is not None:
            self.life.notice(ButtonPressed(button))

    def break_camera(self, broken: bool) -> None:  # noqa: FBT001 (a switch)
        """Unplug the camera, or plug it in again."""
        if self._camera is not None:
            self._camera.broken = broken

    # ------------------------------------------------------------ inside

    def _sender(
        self, album: Album, scheduler: Scheduler, clock: Clock, chance: Random, boot: str
    ) -> SendPictures | None:
        if self.pictures is None:
            return None
        return SendPictures(album, self.pictures, scheduler, clock, chance, boot, 1 << 30, self.fail_points)

    def _observe(self, event: Event, state: Intake, wanted: tuple[Effect, ...]) -> None:
        if any(isinstance(effect, Move) for effect in wanted):
            self.chute.turning = True
        self.observer(event, state, wanted)

    def _scene(self) -> SimulatedFrame:
        codes = (self.held_up,) if self.held_up is not None else ()
        sha256 = self.things.picture_of(self.chute.row)
        return SimulatedFrame(640, 480, sha256, sha256[:16], codes, self.things.encoded(sha256))

    def _look(self, life: TakeIn) -> Look:
        return evolve(seen(life.state), measures=dict(self.measures))

    def _eyes(self) -> Callable:
        vision = SimulatedVision(self.things.recorded)
        return Recognise(vision, vision, vision, self.counting, self.configuration.model)
