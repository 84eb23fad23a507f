"""A simulated machine in real time: one body, its wires on mock pins, an ESP32 on a pty where it has one, a camera.

The adapters that ship drive it: pins by gpiozero, the ESP32 by its serial device. A person's side is `person.py`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from types import TracebackType
from typing import TypeVar

from application.ports.hardware import CameraFailed
from application.ports.vision import BrokenPicture, Frame
from simulators.bench.eye import Eye, Unplugged
from simulators.bench.hands import String
from simulators.bench.wires import Wires
from simulators.firmware.device import Device
from simulators.firmware.drive import HALTED
from simulators.firmware.noise import NoisyLine
from simulators.firmware.plug import Plug
from simulators.physics.body import STEP_US, Body

T = TypeVar("T")
TICK_S = 0.002
BUSY = 0.02
LONGEST_S = 0.02
"""Where this computer was busy for longer, the machine's time stood still."""


class Stage:
    """A context in which a machine lives, in real time times `speed`. Safe from any thread, by `touch`."""

    def __init__(
        self,
        seed: int,
        numbers: Mapping[str, int],
        *,
        low: frozenset[str] = frozenset(),
        bins: tuple[str, ...] = ("all",),
        serial: Path | None = None,
        speed: float = 1.0,
    ) -> None:
        """`numbers` and `low` are the map's wires; `serial` is where the ESP32's device shall be, None without one."""
        self.guard = threading.RLock()
        self.speed = speed
        self.device = Device(Body(seed, bins))
        self.body = self.device.body
        self.eye = Eye()
        self.here, self.back = NoisyLine(0), NoisyLine(0)
        self.plug = None if serial is None else Plug(serial)
        self.powered = True
        self.strings: list[String] = []
        self._looked = time.monotonic()
        self._chance = Random(seed + 1)
        self.wires = Wires(self.body, self.now, dict(numbers), low, self.guard, self._late)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._live, name="stage", daemon=True)

    def __enter__(self) -> Stage:  # noqa: PYI034 (Self is not in Python 3.10)
        """Power on."""
        if self.plug is not None:
            self.plug.put()
        self._looked = time.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Power off."""
        self.close()

    def close(self) -> None:
        """Power off."""
        self._ended.set()
        self._thread.join()
        if self.plug is not None:
            self.plug.pull()

    def now(self) -> float:
        """Return the body's time in seconds, between its milliseconds too."""
        since = min(time.monotonic() - self._looked, LONGEST_S)
        return self.body.now_us / 1_000_000 + max(0.0, since) * self.speed

    @property
    def lives(self) -> bool:
        """Whether its time goes on."""
        return self._thread.is_alive()

    @property
    def glow(self) -> tuple[int, int, int, int]:
        """What the ESP32's LED looks like: red, green, blue, 0 to 255, and its period of blinking in milliseconds."""
        return (0, 0, 0, 0) if self.wires.lamp_burnt else self.device.light

    def touch(self, deed: Callable[[Stage], T]) -> T:
        """Do something to the machine, between two of its moments."""
        with self.guard:
            done = deed(self)
            self.wires.settle()
            return done

    def pull_the_plug(self) -> None:
        """Take the ESP32 away: its motor stands still, and its device is gone."""
        with self.guard:
            self.device.drive.stop(HALTED)
            if self.plug is not None:
                self.plug.pull()

    def put_the_plug(self) -> None:
        """Bring the ESP32 back: it starts anew."""
        with self.guard:
            if self.plug is not None and not self.plug.is_in:
                self.device.boot(cause=0)
                self.plug.put()

    def cut_power(self) -> None:
        """Pull the plug of the whole machine: nothing is driven, and the ESP32 is gone."""
        self.pull_the_plug()
        with self.guard:
            self.powered = False
            self.wires.rest()

    def give_power(self) -> None:
        """Put it back: the ESP32 starts anew."""
        with self.guard:
            self.powered = True
        self.put_the_plug()

    def _late(self) -> float:
        """Notice most edges within 30 µs, and one in fifty up to two milliseconds late."""
        return self._chance.uniform(0, 0.002 if self._chance.random() < BUSY else 0.00003)

    def _live(self) -> None:
        body_us = float(self.body.now_us)
        while not self._ended.wait(TICK_S):
            with self.guard:
                passed = time.monotonic() - self._looked
                self._looked += passed
                body_us += min(passed, LONGEST_S) * 1_000_000 * self.speed
                while self.body.now_us + STEP_US <= body_us:
                    self._step()
                self._talk()

    def _step(self) -> None:
        if self.powered:
            self.device.advance(self.body.now_us + STEP_US)
        else:
            self.body.step()
        for string in self.strings:
            string()
        self.wires.settle()

    def _talk(self) -> None:
        plug = self.plug
        if plug is not None and plug.is_in:
            answer = self.back.carry(self.device.receive(self.here.carry(plug.read())))
            if answer:
                plug.write(answer)


class StageCamera:
    """The port Camera on a stage."""

    def __init__(self, stage: Stage, decode: Callable[[bytes], Frame]) -> None:
        """`decode` makes a frame of a picture's bytes, or raises BrokenPicture."""
        self._stage = stage
        self._decode = decode
        self._known: tuple[bytes, Frame] | None = None

    def capture(self) -> Frame:
        """Return a fresh frame. Raises CameraFailed."""
        try:
            picture = self._stage.touch(lambda stage: stage.eye.look(stage.body.belt))
            known = self._known
            if known is None or known[0] is not picture:
                known = self._known = picture, self._decode(picture)
        except (Unplugged, BrokenPicture) as broken:
            raise CameraFailed(f"camera: {broken}") from broken
        return known[1]
