"""The camera, with somebody who looks at each picture that anybody takes: no exposure is made for watching alone."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from application.ports.hardware import Camera, CameraFailed
from application.ports.vision import Frame, FrameMeter, VisionError
from domain.body.frame_quality import Figures


@frozen
class WatchedCamera:
    """A Camera. `seen` is told what each picture is like, and None when there was none; from any thread."""

    camera: Camera
    measure: FrameMeter
    seen: Callable[[Figures | None], None]

    def capture(self) -> Frame:
        """Return a fresh frame. Raises CameraFailed."""
        try:
            frame = self.camera.capture()
        except (CameraFailed, VisionError):
            self.seen(None)
            raise
        self.seen(self.measure(frame))
        return frame
