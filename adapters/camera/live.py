"""A camera that runs by itself: a thread reads every picture, who asks gets one that is fresh, and it comes back.

A picture nobody asked for is thrown away: what waits in a driver's queue or a pipe would be old. A camera that broke
off is opened anew by whoever asks next, at most as often as the back-off allows; until then they are told why.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from adapters.camera.source import Pixels, Source
from adapters.camera.view import WHOLE, View
from application.ports.clock import Clock
from application.ports.hardware import CameraFailed
from application.ports.vision import Frame

SECOND = 1_000_000
PATIENCE_S = 3.0
"""A capture waits no longer."""
SILENT = 8 * SECOND
"""A camera that is open and gives nothing for so long is opened anew."""
FIRST_WAIT, LONGEST_WAIT = SECOND // 2, 15 * SECOND
"""Between two attempts at opening it; each wait is twice the one before."""
AT_ONCE = 2_000
"""Microseconds: a picture that took no longer to read was there already."""
STEADY = 10 * SECOND
"""Once it worked for so long, the next wait is the first again."""

_log = logging.getLogger(__name__)


class LiveCamera:
    """The port Camera over a Source. Safe from any thread; `close` it."""

    def __init__(
        self,
        source: Source,
        make: Callable[[Pixels], Frame],
        clock: Clock,
        *,
        view: View = WHOLE,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`make` makes a frame of upright pixels. Nothing is opened before the first capture."""
        self._source, self._make, self._clock, self._view = source, make, clock, view
        self._patience_s = patience_s
        self._told = threading.Condition()
        self._reader: threading.Thread | None = None
        self._closed = False
        self._begun = 0
        """Number of the picture that is being read."""
        self._awaited = 0
        """Number of the last one that had to be waited for: nothing older was waiting then."""
        self._newest: tuple[int, Pixels] | None = None
        self._why = ""
        """Why it broke off the last time."""
        self._wait, self._again_at = FIRST_WAIT, 0
        self._opened_at = self._heard_at = 0

    def capture(self) -> Frame:
        """Return a frame that was made after it was asked for. Raises CameraFailed."""
        with self._told:
            self._see_that_it_runs()
            reader, asked = self._reader, self._begun
            came = self._told.wait_for(
                lambda: self._reader is not reader or self._newer_than(asked) is not None, self._patience_s
            )
            pixels = self._newer_than(asked)
            if pixels is None:
                raise CameraFailed(self._why if came else self._silent())
        return self._make(self._view.of(pixels))

    def close(self) -> None:
        """Let the camera go."""
        with self._told:
            self._closed, reader = True, self._reader
        if reader is not None:
            self._source.interrupt()
            reader.join(self._patience_s)

    # ------------------------------------------------------------ who asks

    def _newer_than(self, asked: int) -> Pixels | None:
        """Return the newest picture, if it was made after the one that was being read when somebody asked.

        One that had to be waited for is new; of those that came at once, as many may be old as wait anywhere.
        """
        if self._newest is None:
            return None
        number, pixels = self._newest
        return pixels if self._awaited > asked or number > asked + self._source.waiting else None

    def _see_that_it_runs(self) -> None:
        if self._closed:
            raise CameraFailed(f"{self._source.name}: it was let go")
        if self._reader is not None:
            return
        wait = self._again_at - self._clock.now().mono
        if wait > 0:
            raise CameraFailed(f"{self._why}; tried again in {wait / SECOND:.1f} s")
        self._reader = threading.Thread(target=self._live, name="camera", daemon=True)
        self._opened_at = self._heard_at = self._clock.now().mono
        self._reader.start()

    def _silent(self) -> str:
        """Say that nothing came, and break off what gave nothing for long."""
        if self._clock.now().mono - self._heard_at >= SILENT:
            self._source.interrupt()
        return f"{self._source.name}: no picture within {self._patience_s:.1f} s"

    # ------------------------------------------------------------ who reads

    def _live(self) -> None:
        why = f"{self._source.name}: what reads it failed"
        try:
            self._source.open()
            while not self._closed:
                self._read_one()
            why = f"{self._source.name}: it was let go"
        except CameraFailed as broken:
            why = str(broken)
        finally:  # whatever happened, who asks next may open it anew
            self._over(why)

    def _read_one(self) -> None:
        with self._told:
            self._begun += 1
            number = self._begun
        began = self._clock.now().mono
        pixels = self._source.read()
        with self._told:
            self._newest = number, pixels
            self._heard_at = self._clock.now().mono
            if self._heard_at - began >= AT_ONCE:
                self._awaited = number
            self._told.notify_all()

    def _over(self, why: str) -> None:
        self._source.close()
        with self._told:
            now = self._clock.now().mono
            if self._heard_at - self._opened_at >= STEADY:
                self._wait = FIRST_WAIT
            self._why, self._again_at = why, now + self._wait
            self._wait = min(2 * self._wait, LONGEST_WAIT)
            self._reader, self._newest = None, None
            self._told.notify_all()
        if not self._closed:
            _log.warning("%s", why)
