"""The board below the stand-in of Jetson.GPIO: wires, channels, and the process's open files."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from attrs import define, field

HEADER = frozenset({4, 17, 18, 27, 22, 23, 24, 10, 9, 25, 11, 8, 7, 5, 6, 12, 13, 19, 16, 26, 20, 21})
"""BCM numbers of the Orin Nano's header."""
PWM_CHANNELS = frozenset({12, 13, 22})


class GPIOError(OSError):
    """The kernel refused."""


@define
class Channel:
    """What the library holds of one channel, and the wire at it."""

    number: int
    wire: int = 0
    configured: int | None = None
    chip_fd: int | None = None
    line_fd: int | None = None
    watched: bool = False
    edge: int = 0
    bounce_ms: int | None = None
    last_ms: float = 0.0
    occurred: bool = False
    callbacks: list[Callable[[], None]] = field(factory=list)


@define
class Descriptors:
    """The process's open files: the lowest free number is the next. Files of others are open among them."""

    owners: dict[int, str] = field(factory=dict)
    stolen: list[str] = field(factory=list)
    """Files of others that somebody closed."""

    def open(self, owner: str) -> int:
        """Open a file for somebody."""
        number = next(n for n in range(3, 10_000) if n not in self.owners)
        self.owners[number] = owner
        return number

    def close(self, number: int, owner: str) -> None:
        """Close a number, whosever it is by now. Raises OSError when it is nobody's."""
        if number not in self.owners:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        if self.owners.pop(number) != owner:
            self.stolen.append(owner)
