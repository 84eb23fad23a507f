"""What a machine tells of itself every half minute: numbers of its sensors, its health, what is broken.

A sample is its boot and its number: the same again changes nothing. One without any measure is a heartbeat.
Samples wait on the machine while it is off line; when too many wait, the older ones are thinned out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from domain.deposits.corrected_time import Sending

SECONDS = 1_000_000
HOUR = 3600 * SECONDS
INTERVAL = 30 * SECONDS
"""From one sample to the next, microseconds."""
MOST_MEASURES = 64
MOST_FAULTS = 32
LARGEST = 2**53
"""The largest size of a number: what every JSON reader still knows exactly."""
LONGEST_WORD = 120
MEASURES: Mapping[str, str] = {
    "bin_level": "how full the bin is, permille",
    "cpu_temperature": "thousandths of a degree Celsius",
    "gpu_temperature": "thousandths of a degree Celsius",
    "air_temperature": "thousandths of a degree Celsius",
    "humidity": "permille",
    "motor_current": "the highest of the last motion, milliampere",
    "motion_time": "how long the last motion took, milliseconds",
    "line_dropped": "frames from the microcontroller that came spoilt, since the start",
    "line_resent": "questions to it that were asked again, since the start",
    "memory_used": "permille",
    "disk_used": "permille",
    "door_open": "1 while the door is open",
    "self_test_failed": "lines of the newest self-test that failed",
    "self_test_warned": "lines of it that have drifted, or that somebody should look at",
    "waiting": "entries that are still to be sent",
    "pictures_waiting": "pictures of items that are still to be sent",
    "codes_refused": "codes refused since the machine started; `codes_refused_expired` and so on, by why",
}
"""The measures that everybody means the same by. A machine may send others, by names of its own."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DERIVED = frozenset({"silence", "out_hardware", "out_software", "impaired"})
"""What the platform works out itself; no machine says it."""


class MalformedSample(ValueError):
    """This is no sample; the message says why."""


def _measures_are_sane(_: object, __: object, measures: Mapping[str, int]) -> None:
    if len(measures) > MOST_MEASURES:
        raise MalformedSample(f"a sample has at most {MOST_MEASURES} measures")
    for name, value in measures.items():
        if not _NAME.fullmatch(name) or name in _DERIVED:
            raise MalformedSample(f"no measure has the name {name[:50]!r}")
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
            raise MalformedSample(f"{name} is a whole number, at most {LARGEST} in size")


def _words_are_short(_: object, __: object, words: Mapping[str, str]) -> None:
    for name, word in words.items():
        if not _NAME.fullmatch(name) or len(word) > LONGEST_WORD or not word.isprintable() or len(words) > MOST_FAULTS:
            raise MalformedSample(f"a word has a name and at most {LONGEST_WORD} characters that can be seen")


def _faults_are_named(_: object, __: object, faults: tuple[str, ...]) -> None:
    if len(faults) > MOST_FAULTS or not all(_NAME.fullmatch(fault) for fault in faults):
        raise MalformedSample(f"at most {MOST_FAULTS} broken parts, each by its name")


@frozen
class Sample:
    """One look of a machine at itself. Clocks are the machine's, microseconds."""

    boot: str
    seq: int
    """Counts the samples of a boot."""
    mono: int
    wall: int
    trusted: bool
    measures: Mapping[str, int] = field(factory=dict, validator=_measures_are_sane, hash=False)
    serving: bool | None = None
    """Whether it takes items in; None when it does not say (a mere heartbeat)."""
    faults: tuple[str, ...] = field(default=(), validator=_faults_are_named)
    """Broken parts, by name."""
    words: Mapping[str, str] = field(factory=dict, validator=_words_are_short, hash=False)
    """Software, model, mode."""


def named(faults: Iterable[str]) -> tuple[str, ...]:
    """Return broken parts as a sample has them; a part whose name is none is `unnamed`."""
    return tuple(sorted({fault if _NAME.fullmatch(fault) else "unnamed" for fault in faults}))[:MOST_FAULTS]


def word(text: str) -> str:
    """Return a word as a sample has it: cut to its length, without what cannot be seen."""
    return "".join(sign for sign in text if sign.isprintable())[:LONGEST_WORD]


def happened_at(sample: Sample, sending: Sending) -> int:
    """Return when a sample was taken by the platform's clock, microseconds UTC: never after it came.

    The monotonic clock tells it within one boot, whatever the wall clock shows; a sample of an earlier boot has
    its wall clock if that was trusted, otherwise only its receipt.
    """
    if sample.boot == sending.boot:
        return max(0, min(sending.received, sending.received - (sending.mono - sample.mono)))
    return min(sending.received, sample.wall) if sample.trusted else sending.received


def thinned(samples: Sequence[Sample], most: int) -> list[Sample]:
    """Return at most `most` (two or more) of the samples: the newer half whole, of the older ones every other.

    Thinned again and again, a long time off line keeps its shape: the older, the coarser.
    """
    kept = list(samples)
    while len(kept) > most:
        old = max(2, len(kept) // 2)
        kept = kept[:old:2] + kept[old:]
    return kept


@frozen
class Hour:
    """A measure of one machine in one hour: enough for a curve once the samples are gone."""

    machine: str
    hour: int
    """Its beginning, microseconds UTC."""
    measure: str
    count: int
    least: int
    most: int
    total: int

    def and_also(self, other: Hour) -> Hour:
        """Return both together."""
        return Hour(
            self.machine, self.hour, self.measure, self.count + other.count, min(self.least, other.least),
            max(self.most, other.most), self.total + other.total,
        )  # fmt: skip


def rolled_up(machine: str, timed: Iterable[tuple[int, Sample]]) -> dict[tuple[int, str], Hour]:
    """Return the hours of samples with their times, by hour and measure."""
    values: dict[tuple[int, str], list[int]] = {}
    for at, sample in timed:
        hour = at - at % HOUR
        for measure, value in sample.measures.items():
            values.setdefault((hour, measure), []).append(value)
    return {
        (hour, measure): Hour(machine, hour, measure, len(found), min(found), max(found), sum(found))
        for (hour, measure), found in values.items()
    }
