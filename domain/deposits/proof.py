"""The proof that platform, journals and hardware tell the same story.

journal    every entry, in its place, is held by the platform exactly once; what is not yet sent is at the end
hardware   the bin holds exactly what was stored, give or take what nobody could tell and what was pulled out again
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from domain.deposits.bodies import ItemDecided, ItemSettled, Outcome, SuspicionRaised, body_of
from domain.deposits.journal import Entry, MalformedEntry
from domain.points.proof import Finding


@frozen
class Hardware:
    """What a machine's hardware counted by itself."""

    passed_in: int
    in_bin: Mapping[str, int]
    """Items in the bin, by the SHA-256 of their picture."""


@frozen
class MachineFiles:
    """What was found in one machine's folder."""

    machine: str
    journal: Sequence[Entry]
    """The entries that could be read, in order."""
    damage: str | None
    """What was wrong with the journal, if something was; nothing was read beyond it."""
    hardware: Hardware | None


@frozen
class Compared:
    """How a journal and the platform compare."""

    findings: tuple[Finding, ...]
    held: int
    waiting: int
    """Entries at the journal's end that the platform does not hold yet."""


def compare_journal(files: MachineFiles, held: Sequence[tuple[str, str]]) -> Compared:
    """Compare a journal with what the platform holds of the machine: (hash, name) in the order of recording."""
    findings = []
    if files.damage is not None:
        findings.append(Finding("journal", f"journal of machine {files.machine}", files.damage))
    counts = Counter(digest for digest, _ in held)
    for digest, name in dict(held).items():
        if counts[digest] > 1:
            findings.append(Finding("once", f"{name} of machine {files.machine}", f"held {counts[digest]} times"))
    in_journal = {entry.hash for entry in files.journal}
    last = max((at for at, entry in enumerate(files.journal) if entry.hash in counts), default=-1)
    findings += [
        Finding("held", _named(entry), "the platform holds what comes after it, but not this")
        for entry in files.journal[: last + 1]
        if entry.hash not in counts
    ]
    if files.damage is None:
        findings += [
            Finding("journal", f"{name} of machine {files.machine}", "the platform holds it, the journal does not")
            for digest, name in held
            if digest not in in_journal
        ]
    return Compared(tuple(findings), held=last + 1, waiting=len(files.journal) - last - 1)


def compare_hardware(files: MachineFiles) -> Iterator[Finding]:
    """Compare a journal's outcomes with the places that the hardware says its items are in."""
    hardware = files.hardware
    if hardware is None or files.damage is not None:
        return
    stored, open_or_unknown, nameless = _outcomes(files.journal)
    unpictured = open_or_unknown[None]
    where = f"machine {files.machine}"
    for picture in sorted({*(name for name in stored if name), *hardware.in_bin}):
        least, most = stored[picture], stored[picture] + open_or_unknown[picture] + unpictured
        found = hardware.in_bin.get(picture, 0)
        if found < least:
            explained = min(least - found, nameless)
            least, nameless = least - explained, nameless - explained
        if not least <= found <= most:
            said = str(least) if least == most else f"{least} to {most}"
            detail = f"the bin holds {found} with picture {picture}, the journal says {said}"
            yield Finding("hardware", f"{where}, item with picture {picture[:12]}", detail)
    total = sum(stored.values()) + sum(open_or_unknown.values())
    if hardware.passed_in > total:
        yield Finding("hardware", where, f"{hardware.passed_in} items passed in, the journal knows {total} at most")


def _outcomes(journal: Sequence[Entry]) -> tuple[Counter[str | None], Counter[str | None], int]:
    """Count by picture what was stored, and what may be anywhere; and what was pulled out that nobody could name."""
    pictures: dict[str, str | None] = {}
    became: dict[str, Outcome] = {}
    pulled: set[str] = set()
    nameless = 0
    for entry in journal:
        try:
            body = body_of(entry)
        except MalformedEntry:
            continue
        if isinstance(body, ItemDecided):
            pictures[entry.id] = body.picture.sha256 if body.picture else None
        elif isinstance(body, ItemSettled):
            became.setdefault(body.item, body.outcome)
        elif isinstance(body, SuspicionRaised) and body.item is not None:
            pulled.add(body.item)
        elif isinstance(body, SuspicionRaised):
            nameless += 1
    stored: Counter[str | None] = Counter()
    anywhere: Counter[str | None] = Counter()
    for item, picture in pictures.items():
        outcome = became.get(item, Outcome.UNKNOWN)
        if outcome is Outcome.STORED and item not in pulled:
            stored[picture] += 1
        elif outcome is not Outcome.RETURNED:
            anywhere[picture] += 1
    return stored, anywhere, nameless


def _named(entry: Entry) -> str:
    return f"entry {entry.id} ({entry.kind.value} {entry.seq} of epoch {entry.epoch}) of machine {entry.machine}"
