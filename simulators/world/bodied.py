"""A machine with a body: the software that ships on physical models in virtual time, and somebody before it.

Its software learns what happens from sensors alone. The vision that recognises is a perfect eye with a model's time;
everything that is worked out of pixels (brightness, likeness) is worked out of pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, cast

from attrs import evolve

from application.machine.compact import Compact
from application.machine.take_in import Body, Observer, TakeIn
from application.machine.watch_the_body import WatchTheBody
from application.machine.watched_camera import WatchedCamera
from application.ports.fail_points import FailPoint, NoFailPoints
from application.ports.hardware import Button, ButtonPressed, Notice, WrongFirmware
from application.ports.vision import Frame, FrameMeter
from domain.body.findings import Finding
from domain.body.frame_quality import Figures
from domain.deposits.acceptance import Policy
from domain.deposits.bins import Bin
from domain.deposits.bodies import Body as EntryBody
from domain.deposits.bodies import body_of
from domain.deposits.intake.state import Configuration, HealthState, ItemState, VisitState
from domain.deposits.journal import read
from domain.deposits.recognition import Box, Classification, Detection, Mask, Material, Recognition, nothing, recognised
from simulators.bench.clockwork import COSTS, Clockwork
from simulators.bench.scene import Pixels, Scene
from simulators.clock import SeededIds, VirtualClock
from simulators.journal import SimulatedDisk, SimulatedJournal
from simulators.physics.belt import Lies
from simulators.scheduling import PlugPulled
from simulators.screen import SimulatedScreen

WALL_AT_ZERO = 1_800_000_000_000_000
MACHINE = "00000000-0000-4000-8000-000000000001"
MODEL = "perfect-eye+00000000"
CONFIGURATION = Configuration("simulated", MODEL, Policy(threshold=800_000, disagreement=900_000))
_BOX = Box(40, 20, 90, 80)


class BodiedMachine(Clockwork):
    """What lasts of it, and the life that it lives. Everything goes on by `pause` and `until`."""

    def __init__(
        self,
        seed: int,
        make: Callable[[Pixels, str], Frame],
        measure: FrameMeter,
        *,
        bins: tuple[Bin, ...] = (),
        configuration: Configuration = CONFIGURATION,
        costs: Mapping[str, int] = COSTS,
        fail_points: FailPoint | None = None,
        observer: Observer = lambda *_: None,
        compacts: bool = False,
    ) -> None:
        """`make` and `measure` come from whoever knows pixels; `compacts`: its press works by itself."""
        super().__init__(seed, tuple(one.name for one in bins) or ("all",), costs)
        self.chance = Random(seed)
        self.scene = Scene(self.body.belt, Random(seed + 1), make)
        self.configuration = evolve(configuration, bins=bins)
        self.disk = SimulatedDisk()
        self.screen = SimulatedScreen()
        self.fail_points = NoFailPoints() if fail_points is None else fail_points
        self.old_firmware = False
        self.clean: Figures | None = None
        """What the empty chute looked like on the day of installation, where somebody measured it."""
        self.found: set[Finding] = set()
        """All that was ever found."""
        self._measure = measure
        self._observer = observer
        self._compacts = compacts
        self._seed = seed
        self.lives = 0
        self.dark = True
        """Whether it has no power."""
        self._entries: list[EntryBody] = []
        self.materials: dict[str, Material] = {}

    # ------------------------------------------------------------ power

    def plug_in(self) -> None:
        """Boot: a new life on what lasted."""
        self.lives += 1
        self.dark, power = False, self.powered()
        clock = VirtualClock(lambda: self.now, wall_at_zero=WALL_AT_ZERO, skew_us=0)
        camera = WatchedCamera(self.scene, self._measure, self._pictured)
        body = Body(
            scheduler=power, camera=camera, chute=self.chute, screen=self.screen, journal=SimulatedJournal(self.disk),
            verifier=cast("Any", None), uplink=cast("Any", None), recognise=self.recognise, clock=clock,
            ids=SeededIds(lambda: self.now, self._seed * 1_000 + self.lives), trust=lambda: None,
            restart=lambda _: self.restart(), fail_points=self.fail_points, diverter=self.fitted.diverter,
        )  # fmt: skip
        self.camera = camera
        self.life = TakeIn(body, self.configuration, machine=MACHINE, observer=self._observer)
        self.watching = WatchTheBody(
            self.life, power, self.chute, self.fitted, clock, changed=self.found.update, clean=self.clean
        )
        self.life.start()
        self.watching.start()
        if self._compacts and self.fitted.compactor is not None:
            first = self.fitted.bins[0].name
            Compact(self.fitted.compactor, lambda: self.watching.watch.level_of(first), self.life, power, clock).start()
        self._watch_idly()
        self.listen(self._noticed)

    def restart(self, after_s: float = 20.0) -> None:
        """Lose this life; the next begins after a while. The microcontroller starts anew, too."""
        self.forget()
        self.dark = True
        self.device.boot(cause=0)
        self.after(round(after_s * 1_000_000), self.plug_in)

    def step(self) -> None:
        """Let one millisecond pass; a plug that is pulled in it ends what was going on."""
        try:
            super().step()
        except PlugPulled:
            self.restart()

    def reach(self, part: str) -> None:
        """Raise WrongFirmware where it is too old, PartUnreachable where it does not answer."""
        if self.old_firmware:
            raise WrongFirmware(f"{part}: the firmware speaks version 0, and this side 1")
        super().reach(part)

    def _pictured(self, figures: Figures | None) -> None:
        self.watching.pictured(figures)

    def _noticed(self, notice: Notice) -> None:
        self.life.notice(notice)
        self.watching.notice(notice)

    def _watch_idly(self) -> None:
        """Take a picture now and then, as who watches for codes does."""
        state = self.life.state
        if state.item.state is ItemState.NONE and state.visit.state in {VisitState.IDLE, VisitState.OPEN}:
            self.aside(self.camera.capture, lambda _: None, cost="watch")
        self.after(250_000, self._watch_idly)

    # ------------------------------------------------------------ seeing

    def recognise(self, frame: Frame) -> Recognition:
        """Say what a perfect eye sees in a frame."""
        things = self.scene.shown.get(frame.sha256, ())
        if not things:
            return nothing(MODEL)
        label = self.materials.get(things[0], Material.TRASH)
        found = tuple(Detection(_BOX, label, 970_000) for _ in things)
        others = [other for other in Material if other is not label]
        named = Classification({label: 950_000, **dict.fromkeys(others, 10_000)})
        return recognised(found, named, Mask(_BOX.area * 3 // 4), MODEL)

    # ------------------------------------------------------------ somebody before it

    @property
    def serving(self) -> bool:
        """Whether people may come."""
        return not self.dark and self.life.state.health.state is HealthState.IN_SERVICE

    @property
    def idle(self) -> bool:
        """Whether nobody is being served."""
        state = self.life.state
        return state.visit.state is VisitState.IDLE and state.item.state is ItemState.NONE

    @property
    def waits_for_items(self) -> bool:
        """Whether an item may be put in."""
        state = self.life.state
        lies = any(item.lies in (Lies.BELT, Lies.OPENING) for item in self.body.belt.items)
        waits = state.visit.state is VisitState.OPEN and state.item.state is ItemState.NONE
        return waits and not lies and not self.dark

    def press(self, button: Button) -> None:
        """Press what is on the screen."""
        self.life.notice(ButtonPressed(button))

    def come(self, within_s: float = 60.0) -> bool:
        """Step up as a guest; return whether one is let in."""
        if not self.until(lambda: self.serving and self.idle, within_s):
            return False
        self.press(Button.GUEST)
        return self.until(lambda: self.life.state.visit.state is VisitState.OPEN, 5)

    def put(self, tag: str, material: Material = Material.PLASTIC, *, hand_s: float = 0.3) -> None:
        """Put an item in: the hand reaches in, lets it lie, and draws back."""
        self.materials[tag] = material
        self.body.belt.hand = True
        self.pause(hand_s * 0.6)
        self.body.belt.put(tag).at_um = self.chance.gauss(0, 4_000)
        self.pause(hand_s * 0.4)
        self.body.belt.hand = False

    def take(self) -> None:
        """Take an item back, if one lies within reach."""
        self.body.belt.take()

    # ------------------------------------------------------------ looking

    def entries(self) -> list[EntryBody]:
        """Return what its journal tells."""
        while len(self._entries) < len(self.disk.entries):
            self._entries.append(body_of(read(self.disk.entries[len(self._entries)])))
        return self._entries

    def in_bins(self) -> list[str]:
        """Return what lies in its bins."""
        return [tag for one in self.body.bins for tag in one.tags]
