"""`python -m tests.mutants [NAME...]`: plant each mistake in a copy of the code, and see that the suite notices."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.mutants.planted import MUTANTS
from tests.mutants.workshop import copy_of_the_code, tried


def main(names: list[str]) -> int:
    """Try the named mutants (all without names) and return 1 if one survives."""
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = copy_of_the_code(Path(folder))
        outcomes = [tried(mutant, copy) for mutant in chosen]
    for outcome in outcomes:
        print(f"{'killed  ' if outcome.killed else 'SURVIVED'} {outcome.mutant.name}: {outcome.witness}")
    survivors = [outcome for outcome in outcomes if not outcome.killed]
    print(f"{len(outcomes) - len(survivors)} of {len(outcomes)} mutants killed")
    return 1 if survivors or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
