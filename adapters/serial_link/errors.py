"""What can go wrong between the machine's computer and its microcontroller, by name.

All are `PartUnreachable` or `HardwareError` of the port, so the application needs to know none of them.
"""

from __future__ import annotations

from application.ports.hardware import HardwareError, PartUnreachable, WrongFirmware


class LineClosed(PartUnreachable):
    """The serial device cannot be opened, or went away."""


class LineSilent(PartUnreachable):
    """No valid answer came, however often it was asked. Whether the last command was carried out is not known."""


class DeviceReset(PartUnreachable):
    """The microcontroller started anew (or another computer greeted it): what it was doing is over."""


class OutOfStep(PartUnreachable):
    """The microcontroller counts other commands than this side does; nothing was carried out."""


class VersionMismatch(WrongFirmware):
    """The firmware speaks no version of the protocol that this side speaks: it must be updated."""


class MalformedAnswer(PartUnreachable):
    """An answer passed its check and yet does not say what the protocol has it say: the firmware is wrong."""


class Refused(HardwareError):
    """The microcontroller understood and did not do it; `status` says why."""

    def __init__(self, message: str, status: int) -> None:
        """`status` is one of `messages.Status`."""
        super().__init__(message)
        self.status = status
