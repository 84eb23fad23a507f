"""A process that appends for ever and says what was acknowledged: it is there to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from adapters.journal.apsw_journal import ApswJournal
from tests.journal.story import Story


def main(path: str, first: int) -> None:
    journal = ApswJournal(Path(path))
    story = Story(first=first)
    if (last := journal.last()) is not None:
        story.entries.append(last)
    while True:
        story.booted()
        story.visit(items=2)
        for entry in story.entries[-7:]:
            journal.append(entry)
            sys.stdout.write(entry.hash + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
