"""The words of synchronisation: its states, what happens to it, what it wants done, and its bounds."""

from __future__ import annotations

import enum

from attrs import frozen

from domain.deposits.journal import Cursor, Entry

SECONDS = 1_000_000
MOST_ENTRIES = 100
"""Entries of a batch."""
MOST_BYTES = 400_000
"""Bytes of a batch's entries; quoted in JSON they at most double, and a request may have 1 MiB."""
LONGEST_ANSWER = 30 * SECONDS
"""After so long nobody waits for an answer any more."""
FIRST_BACKOFF = SECONDS
"""The first wait after a failure is anywhere from 0 to this; each further failure doubles the bound."""
LONGEST_BACKOFF = 60 * SECONDS
"""No wait is longer. With full jitter, 1,000 machines then ask a platform that comes back 33 times a second."""
REST = 60 * SECONDS
"""At rest the platform is asked this often where it stands: it may have been restored from an older backup."""


class State(str, enum.Enum):
    """What synchronisation is doing."""

    OFF = "off"
    ASKING = "asking"
    """Where the platform stands."""
    LOCATING = "locating"
    """Whether the journal holds that place."""
    READING = "reading"
    """What comes after it."""
    SENDING = "sending"
    RESTING = "resting"
    """The platform holds everything."""
    WAITING = "waiting"
    """Something failed; a back-off runs."""


# ------------------------------------------------------------------ events


@frozen
class Started:
    """Begin."""


@frozen
class Stopped:
    """End: answers that are under way will be stale."""


@frozen
class Appended:
    """The journal has a new entry."""


@frozen
class Held:
    """Answer to Ask: up to where the platform holds the newest epoch it knows; None for nothing."""

    ticket: int
    cursor: Cursor | None


@frozen
class Located:
    """Answer to Locate: whether the journal holds the entry."""

    ticket: int
    found: bool


@frozen
class EntriesRead:
    """Answer to Read: what comes after the cursor; nothing at the end of the journal."""

    ticket: int
    entries: tuple[Entry, ...]


@frozen
class Taken:
    """Answer to Send: the platform holds up to here."""

    ticket: int
    cursor: Cursor


@frozen
class GapFound:
    """Answer to Send: the platform lacks what comes before; it holds up to here."""

    ticket: int
    held: Cursor | None


@frozen
class Failed:
    """No answer, or the journal could not be read."""

    ticket: int
    why: str


@frozen
class TurnedAway:
    """The platform answered that it will not listen (a revoked key, say): nothing is gained by asking soon."""

    ticket: int
    why: str


@frozen
class TimerFired:
    """As much time as was set has passed."""

    ticket: int


Event = (
    Started | Stopped | Appended | Held | Located | EntriesRead | Taken | GapFound | Failed | TurnedAway | TimerFired
)
ALPHABET: tuple[type, ...] = (
    Started, Stopped, Appended, Held, Located, EntriesRead, Taken, GapFound, Failed, TurnedAway, TimerFired,
)  # fmt: skip


# ------------------------------------------------------------------ effects


@frozen
class Ask:
    """Ask the platform where it stands. Answered by Held, Failed or TurnedAway."""

    ticket: int


@frozen
class Locate:
    """Look whether the journal holds this entry. Answered by Located or Failed."""

    ticket: int
    cursor: Cursor


@frozen
class Read:
    """Read at most `most` entries after the cursor, from the start for None. Answered by EntriesRead or Failed."""

    ticket: int
    after: Cursor | None
    most: int


@frozen
class Send:
    """Send these in order. Answered by Taken, GapFound, Failed or TurnedAway."""

    ticket: int
    entries: tuple[Entry, ...]


@frozen
class SetTimer:
    """Answer with TimerFired after a time drawn evenly from `least`..`most` microseconds."""

    ticket: int
    least: int
    most: int


@frozen
class Remember:
    """Note how far the platform holds the entries. Not answered."""

    cursor: Cursor


Effect = Ask | Locate | Read | Send | SetTimer | Remember


# ------------------------------------------------------------------ state


@frozen
class Synchronisation:
    """Where synchronisation stands."""

    state: State = State.OFF
    ticket: int = 0
    """Of the newest question; answers to others are stale."""
    cursor: Cursor | None = None
    """Up to where the platform holds the entries, as far as is known."""
    aim: Cursor | None = None
    """The last entry of the batch under way, or the place that is being located."""
    woken: bool = False
    """Whether an entry was appended since the last reading began."""
    failures: int = 0
    """Since the last progress."""

    @property
    def off_line(self) -> bool:
        """Whether the last that is known of the platform is that it cannot be reached."""
        return self.failures > 0 and self.state in {State.WAITING, State.ASKING}
