"""Every camera there is, each before something that tests can change, break and mend."""

import os
import random
import signal
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from attrs import define, field

from adapters.camera.folder import FolderCamera
from adapters.camera.gstreamer import GstreamerSource
from adapters.camera.live import LiveCamera
from adapters.camera.v4l2 import V4l2Source
from adapters.camera.video import VideoCamera
from adapters.camera.view import View
from adapters.vision.frame import PictureFrame, frame_of
from adapters.vision.pictures import decode, read_picture
from application.ports.hardware import CameraFailed
from simulators.bench.eye import CameraState
from simulators.bench.scene import HIGH, WIDE, Scene, Trouble
from simulators.bench.stage import Stage, StageCamera
from simulators.bench.usb_camera import UsbCamera
from simulators.clock import VirtualClock
from simulators.physics.body import Body
from simulators.vision import SimulatedCamera, SimulatedFrame
from tests.cameras.find_gstreamer import find_or_fetch
from tests.vision.drawing import encoded

SMALL = (64, 48)
DEADLINE_S = 20.0


class Dice:
    """The port `Random`, from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def fraction(self) -> float:
        return self._random.random()

    def token(self, size: int) -> bytes:
        return self._random.randbytes(size)


@define
class World:
    """Time that passes when a test says so."""

    us: int = 0

    @property
    def clock(self) -> VirtualClock:
        return VirtualClock(lambda: self.us, wall_at_zero=1_800_000_000_000_000)

    def passes(self, seconds: float) -> None:
        self.us += round(seconds * 1_000_000)


@define
class Lens:
    """A camera and what a test can do to it. None: this camera has no such thing."""

    camera: Any
    size: tuple[int, int]
    world: World
    break_it: Any
    """Has every capture fail from now on."""
    mend: Any = None
    light: Any = None
    """Sets how bright everything before it is, 0 to 255."""
    closing: ExitStack = field(factory=ExitStack)

    def captured(self, within_s: float = DEADLINE_S) -> Any:
        """Capture until there is a picture, time passing meanwhile, and return it."""
        ends = time.monotonic() + within_s
        while True:
            try:
                return self.camera.capture()
            except CameraFailed:
                if time.monotonic() > ends:
                    raise
                self.world.passes(1)


def noisy(level: int, wide: int, high: int, chance: np.random.Generator) -> np.ndarray:
    """A grey picture with a sensor's noise."""
    return np.clip(level + chance.normal(0, 2, (high, wide, 3)), 0, 255).astype(np.uint8)


# ------------------------------------------------------------ one maker for each


class Pipeline:
    """GStreamer's own test source in place of a CSI camera, behind a program that can be taken away."""

    def __init__(self, folder: Path, *elements: str, size: tuple[int, int] = SMALL, view: View | None = None) -> None:
        self.program = folder / "gst-launch-1.0"
        self.put()
        self.source = GstreamerSource("camera test", elements, *size, program=str(self.program))
        self.world = World()
        self.camera = LiveCamera(self.source, frame_of, self.world.clock, view=view or View())

    @property
    def child(self) -> Any:
        return self.source._child

    def put(self) -> None:
        self.program.symlink_to(find_or_fetch())

    def take_away(self) -> None:
        """As if the ribbon came off: what runs dies, and nothing starts any more."""
        self.program.unlink()
        self.kill()

    def kill(self) -> None:
        with suppress(ProcessLookupError, AttributeError):
            os.kill(self.child.pid, signal.SIGKILL)


SNOW = ("videotestsrc", "is-live=true", "pattern=snow")


def csi(folder: Path) -> Lens:
    made = Pipeline(folder, *SNOW)
    lens = Lens(made.camera, SMALL, made.world, made.take_away, made.put)
    lens.closing.callback(made.camera.close)
    return lens


class Usb:
    """The stand-in for OpenCV's capture before a wall whose brightness is set, and its device's file."""

    def __init__(self, folder: Path, *, size: tuple[int, int] = (320, 240), **how: Any) -> None:
        self.level = 120
        self.chance = np.random.default_rng(3)
        self.usb = UsbCamera(lambda wide, high: noisy(self.level, wide, high, self.chance), **how)
        self.device = folder / "video0"
        self.device.touch()
        self.world = World()
        self.source = V4l2Source(str(self.device), *size, fps=30, capture=self.usb.capture)
        self.camera = LiveCamera(self.source, frame_of, self.world.clock)

    def unplug(self) -> None:
        self.usb.unplug()
        self.device.unlink()

    def plug(self) -> None:
        self.device.touch()
        self.usb.plug()


def v4l2(folder: Path) -> Lens:
    made = Usb(folder)
    lens = Lens(
        made.camera, (320, 240), made.world, made.unplug, made.plug, lambda level: setattr(made, "level", level)
    )
    lens.closing.callback(made.camera.close)
    return lens


def written_video(file: Path, levels: list[int], *, fps: int = 10, size: tuple[int, int] = SMALL) -> Path:
    """Write a video whose pictures have these brightnesses."""
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), fps, size)
    for level in levels:
        writer.write(np.full((size[1], size[0], 3), level, np.uint8))
    writer.release()
    return file


def video(folder: Path) -> Lens:
    world = World()
    camera = VideoCamera(written_video(folder / "v.avi", [60] * 20), frame_of, world.clock, loop=False)
    lens = Lens(camera, SMALL, world, lambda: world.passes(3_600))
    lens.closing.callback(camera.close)
    return lens


def looping_video(folder: Path) -> Lens:
    world = World()
    camera = VideoCamera(written_video(folder / "v.avi", [60, 120, 180]), frame_of, world.clock)
    return Lens(camera, SMALL, world, camera.close)


def filled_folder(folder: Path, levels: range = range(40, 200, 40)) -> dict[Path, bytes]:
    (folder / "sub").mkdir()
    (folder / "notes.txt").write_text("no picture")
    files = {
        folder / ("sub" if number % 2 else ".") / f"{number}.PNG": encoded(np.full((48, 64, 3), level, np.uint8))
        for number, level in enumerate(levels)
    }
    for path, data in files.items():
        path.write_bytes(data)
    return files


def pictures(folder: Path, **how: Any) -> Lens:
    files = filled_folder(folder)

    def break_it() -> None:
        for path, data in files.items():
            path.write_bytes(data[:60])

    def mend() -> None:
        for path, data in files.items():
            path.write_bytes(data)

    return Lens(FolderCamera(folder, read_picture, **how), SMALL, World(), break_it, mend)


def simulated(_: Path) -> Lens:
    frames = iter(SimulatedFrame(10, 10, f"{number:064x}", "0" * 16) for number in range(1_000))
    camera = SimulatedCamera(lambda: next(frames))
    return Lens(
        camera,
        (10, 10),
        World(),
        lambda: setattr(camera, "broken", True),
        lambda: setattr(camera, "broken", False),
    )


def scene(_: Path) -> Lens:
    made = Scene(Body(1).belt, random.Random(1), lambda pixels, digest: PictureFrame(pixels, WIDE, HIGH, digest))
    return Lens(
        made,
        (WIDE, HIGH),
        World(),
        lambda: setattr(made, "trouble", Trouble.UNPLUGGED),
        lambda: setattr(made, "trouble", Trouble.NONE),
    )


def stage(_: Path) -> Lens:
    made = Stage(1, {"item_sensor.pin": 18})
    eye = made.eye

    def light(level: int) -> None:
        eye.code = encoded(np.full((480, 640, 3), level, np.uint8))

    return Lens(
        StageCamera(made, decode),
        (640, 480),
        World(),
        lambda: setattr(eye, "state", CameraState.UNPLUGGED),
        lambda: setattr(eye, "state", CameraState.FINE),
        light,
    )


CAMERAS = {
    "csi": csi,
    "v4l2": v4l2,
    "video": video,
    "looping video": looping_video,
    "folder": pictures,
    "folder in any order": lambda folder: pictures(folder, chance=Dice(4)),
    "simulated": simulated,
    "scene": scene,
    "stage": stage,
}


def at_once(calls: list[Any]) -> list[Any]:
    """Call all of them in threads of their own; return what they gave, exceptions too."""
    gave: list[Any] = [None] * len(calls)

    def do(number: int) -> None:
        try:
            gave[number] = calls[number]()
        except Exception as odd:  # noqa: BLE001 (handed to the test)
            gave[number] = odd

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    return gave
