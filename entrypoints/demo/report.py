"""The end of a demo: the proof from the files, the summary, the exit status."""

from collections.abc import Sequence
from pathlib import Path

from entrypoints.counted import counted
from entrypoints.demo import summary
from entrypoints.demo.events import EventLog
from entrypoints.demo.summary import Line
from entrypoints.prove import proof_of


def report(
    lines: Sequence[Line], amiss: Sequence[str], *, data: Path, log: EventLog, database_url: str = ""
) -> int:  # fmt: skip
    """Prove what the demo left in `data` and the database, print the summary, and return the exit status."""
    proof = proof_of(data, database_url=database_url, complete=True)
    found = [*amiss, *(f"{one.rule}: {one.culprit}: {one.detail}" for one in proof.findings)]
    entries, machines = counted(proof.entries, "entry", "entries"), counted(proof.machines, "machine")
    items, credit, points = (
        counted(number, one)
        for number, one in ((proof.items, "item"), (proof.credited, "credit"), (proof.points, "point"))
    )
    proven = [
        f"{entries} of {machines}: every hash, link and verdict recomputed",
        f"{items}, {credit}, {points}: recorded once, paid once",
        "the ledger sums to zero, every balance is the sum of its postings",
        "the bins hold what the journals say, and no screen showed what was not written",
    ]
    log.write(
        "proof", proven=not found, findings=found, entries=proof.entries, items=proof.items, credited=proof.credited,
        points=proof.points, waiting=proof.waiting,
    )  # fmt: skip
    summary.show(lines, proven=proven if not found else [], amiss=found)
    return 1 if found else 0
