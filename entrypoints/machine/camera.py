"""A map's camera behind its port: which adapter, and whether what it needs is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from adapters.camera.folder import FolderCamera
from adapters.camera.gstreamer import GstreamerSource, csi
from adapters.camera.live import LiveCamera
from adapters.camera.v4l2 import Fixed, V4l2Source
from adapters.camera.video import VideoCamera
from adapters.camera.view import WHOLE, View
from adapters.hardware_map.camera import CameraKind, CameraPart
from adapters.vision.frame import frame_of
from adapters.vision.pictures import read_picture
from application.ports.clock import Clock
from application.ports.hardware import Camera, CameraFailed
from application.ports.vision import Frame
from entrypoints.machine.absent import AbsentCamera


@frozen
class OpenCamera:
    """A camera, how it is let go, and why it cannot be had. One that is away now may come yet: it is asked again."""

    camera: Camera
    close: Callable[[], None]
    missing: str | None


def open_camera(part: CameraPart, clock: Clock) -> OpenCamera:
    """Make the camera of a map. Raises nothing of the camera's: what is missing is said in the answer."""
    view = View(part.turn.value, part.region)
    try:
        if part.kind is CameraKind.FOLDER:
            return OpenCamera(FolderCamera(Path(part.device or ""), _reader(view)), _nothing, None)
        if part.kind is CameraKind.FILE:
            video = VideoCamera(Path(part.device or ""), frame_of, clock, loop=part.loop, view=view)
            return OpenCamera(video, video.close, None)
    except CameraFailed as why:
        return OpenCamera(AbsentCamera(str(why)), _nothing, str(why))
    source = _source(part)
    live = LiveCamera(source, frame_of, clock, view=view)
    return OpenCamera(live, live.close, source.missing())


def _source(part: CameraPart) -> GstreamerSource | V4l2Source:
    if part.kind is CameraKind.V4L2:
        fixed = Fixed(part.exposure_us, part.gain, part.white_balance, part.focus)
        return V4l2Source(part.device or "", part.width, part.height, part.fps, fixed)
    elements = csi(
        sensor=part.sensor,
        width=part.width,
        height=part.height,
        fps=part.fps,
        exposure_us=part.exposure_us,
        gain=part.gain,
        white_balance=part.white_balance,
    )
    return GstreamerSource(f"camera CSI {part.sensor}", elements, part.width, part.height)


def _reader(view: View) -> Callable[[Path], Frame]:
    """Return what makes a frame of a file: as it is, or cut out of its whole size."""
    if view == WHOLE:
        return read_picture
    return lambda path: frame_of(view.of(read_picture(path, detail=None).pixels))


def _nothing() -> None:
    """Close nothing."""
