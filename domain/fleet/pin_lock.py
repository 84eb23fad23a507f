"""How often a technician's PIN may be tried at one machine, and how long it is locked after wrong tries.

The laws:
1. A try counts before it is checked: whoever pulls the plug in between has used it up.
2. Only the right PIN forgets the wrong ones. A restart forgets nothing and begins the wait anew, so that no clock needs
   to be trusted and switching off shortens nothing.
3. Each further wrong try locks for longer, up to a bound: a forgotten PIN closes no machine for good.
"""

from __future__ import annotations

import re

from attrs import frozen

SECOND = 1_000_000
"""Microseconds."""
FREE = 3
"""Wrong tries in a row that lock nothing: fingers slip."""
FIRST_WAIT = 30 * SECOND
"""After one more; each further one doubles it."""
LONGEST_WAIT = 3_600 * SECOND

_PIN = re.compile(r"[0-9]{6,12}")


class NotAPin(ValueError):
    """A PIN is six to twelve digits."""


class MalformedLock(ValueError):
    """These bytes are no kept lock."""


@frozen
class PinLock:
    """Wrong tries in a row, and since when it waits. `since` is monotonic microseconds of this boot."""

    wrong: int = 0
    since: int = 0

    def wait_left(self, now: int) -> int:
        """Return for how long no PIN is taken yet, microseconds; 0 when one may be tried."""
        return max(0, self.since + wait_after(self.wrong) - now)


def wait_after(wrong: int) -> int:
    """Return how long is waited after so many wrong tries in a row, microseconds."""
    return 0 if wrong <= FREE else min(LONGEST_WAIT, FIRST_WAIT << min(wrong - FREE - 1, 10))


def tried(lock: PinLock, now: int) -> PinLock:
    """Count a try as wrong, until it is known to be right."""
    return PinLock(lock.wrong + 1, now)


def checked_pin(text: str) -> str:
    """Return a PIN as it was entered. Raises NotAPin."""
    if not _PIN.fullmatch(text):
        raise NotAPin("a PIN is six to twelve digits")
    return text


def write(lock: PinLock) -> bytes:
    """Write down what outlives a restart."""
    return b"%d\n" % lock.wrong


def read(kept: bytes | None, now: int) -> PinLock:
    """Read what outlived a restart at `now`, the monotonic time: a wait begins anew. Raises MalformedLock."""
    if kept is None:
        return PinLock()
    if not re.fullmatch(rb"[0-9]{1,9}\n", kept):
        raise MalformedLock(f"no kept lock: {kept[:20]!r}")
    return PinLock(int(kept), now)
