"""Pictures through a child process: `gst-launch-1.0 SOURCE ! fdsink`, raw, into a pipe of their own.

PyPI's OpenCV has no GStreamer, and the CSI camera of a Jetson is to be had by NVIDIA's elements only. The pipe carries
nothing but pixels (what the child says goes elsewhere), four bytes each (BGRx), whose rows have no gaps between them.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from typing import IO

import cv2
import numpy as np

from adapters.camera.source import Pixels
from application.ports.hardware import CameraFailed

PROGRAM = "gst-launch-1.0"
DEPTH = 4
"""Bytes of a pixel in the pipe."""
PIPE_BYTES = 1024 * 1024
"""The most that a pipe may hold without rights of its own (Linux, fs.pipe-max-size)."""
WAITING = 3
"""Pictures: one in the child's hands, one in its queue, and the pipe holds about one at most."""
ENDS_S = 2.0
"""A child that is told to end has so long."""
SAID_BYTES = 16 * 1024
"""Of what a child said, the end that is looked at."""


def csi(
    *,
    sensor: int,
    width: int,
    height: int,
    fps: int,
    exposure_us: int | None = None,
    gain: int | None = None,
    white_balance: int | None = None,
) -> tuple[str, ...]:
    """Return the elements of a CSI camera on a Jetson.

    Args:
        sensor: number of the connector.
        width: of the pictures, pixels; the ISP scales.
        height: of the pictures, pixels.
        fps: pictures a second.
        exposure_us: fixed time of exposure, microseconds; None leaves it to the ISP, as the two below.
        gain: fixed analogue gain, whole; the digital one is 1 then.
        white_balance: NVIDIA's number of the mode, 0 (off) to 9.
    """
    fixed = []
    if exposure_us is not None:
        fixed += [f"exposuretimerange={1_000 * exposure_us} {1_000 * exposure_us}"]
    if gain is not None:
        fixed += [f"gainrange={gain} {gain}", "ispdigitalgainrange=1 1"]
    if white_balance is not None:
        fixed += [f"wbmode={white_balance}"]
    asked = f"video/x-raw(memory:NVMM),width={width},height={height},framerate={fps}/1"
    return ("nvarguscamerasrc", f"sensor-id={sensor}", *fixed, "!", asked, "!", "nvvidconv")


class GstreamerSource:
    """A Source: one child process, whose pictures are of one size."""

    def __init__(self, name: str, elements: Sequence[str], width: int, height: int, *, program: str = PROGRAM) -> None:
        """`elements` are the pipeline's up to where raw pictures come out, each word on its own."""
        self._name = name
        self._program = program
        caps = f"video/x-raw,format=BGRx,width={width},height={height}"
        # Where nobody reads, the oldest picture is thrown away; none is kept beside the one on its way.
        self._elements = (*elements, "!", caps, "!", "queue", "leaky=downstream", "max-size-buffers=1", "!", "fdsink")
        self._shape = height, width, DEPTH
        self._child: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        self._pipe: int | None = None

    @property
    def name(self) -> str:
        """Say which camera it is."""
        return self._name

    @property
    def waiting(self) -> int:
        """Tell how many pictures may wait, and grow old, while nobody reads."""
        return WAITING

    def missing(self) -> str | None:
        """Say what is not installed; None: the program is there."""
        return None if shutil.which(self._program) else f"{self._name}: the program {self._program} is not installed"

    def open(self) -> None:
        """Start the child. Raises CameraFailed where the program is not there."""
        if missing := self.missing():
            raise CameraFailed(missing)
        self._pipe, into = os.pipe()
        try:
            with contextlib.suppress(OSError):  # a smaller pipe is only slower
                fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, min(PIPE_BYTES, math.prod(self._shape)))
            self._said = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the child)
            self._child = subprocess.Popen(
                [self._program, "-q", *self._elements, f"fd={into}", "sync=false"],
                pass_fds=(into,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                start_new_session=True,  # Ctrl-C is for the machine, which lets the camera go when it is done
            )
        except OSError as broken:
            self.close()
            raise CameraFailed(f"{self._name}: {self._program}: {broken.strerror}") from broken
        finally:
            os.close(into)

    def read(self) -> Pixels:
        """Return the next whole picture. Raises CameraFailed with what the child said last; half a picture is none."""
        if self._pipe is None:
            raise CameraFailed(f"{self._name}: it is not open")
        data = bytearray(math.prod(self._shape))
        left = memoryview(data)
        while left:
            try:
                got = os.readv(self._pipe, [left])
            except OSError as broken:
                raise CameraFailed(f"{self._name}: the pipe: {broken.strerror}") from broken
            if not got:
                raise CameraFailed(f"{self._name}: {self._last_words()}")
            left = left[got:]
        picture = np.frombuffer(data, np.uint8).reshape(self._shape)
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2BGR), np.uint8)

    def close(self) -> None:
        """End the child, and wait until it has."""
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None
        if self._child is not None:
            self._end(self._child)
            self._child = None
        if self._said is not None:
            self._said.close()
            self._said = None

    def interrupt(self) -> None:
        """Tell the child to end: the pipe ends with it."""
        child = self._child
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGINT)

    @staticmethod
    def _end(child: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGINT)
        try:
            child.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _last_words(self) -> str:
        """Return how the child ended, the first error that it told, and its last line."""
        assert self._child is not None
        assert self._said is not None
        try:
            status = self._child.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            return f"{self._program} gives no pictures any more"
        end = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, end - SAID_BYTES))
        lines = [line.strip() for line in self._said.read().decode(errors="replace").splitlines() if line.strip()]
        told = [line for line in lines if line.startswith(("ERROR", "WARNING: erroneous"))][:1] + lines[-1:]
        how = f"killed by signal {-status}" if status < 0 else f"status {status}"
        return ": ".join([f"{self._program} ended ({how})", *dict.fromkeys(told)])
