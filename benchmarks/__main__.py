"""`python -m benchmarks [NAME...] [--json FILE]`: measure, print a table, exit 1 when a goal is missed.

Exit 2: what a benchmark needs is not here.

A benchmark is a module of this package with a function `rows() -> Sequence[Row]`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

import benchmarks
from application.ports.vision import ModelNotLoaded
from benchmarks.row import Row

FRAMEWORK = {"__main__", "row", "bare_sqlite"}
ONLY_BY_NAME = {"sam2_memory", "tensorrt"}
"""What needs a GPU, or weights that do not ship: not among all."""
NOT_HERE = 2


def names() -> list[str]:
    """Return the benchmarks there are."""
    return sorted(
        found.name
        for found in pkgutil.iter_modules(benchmarks.__path__)
        if found.name not in FRAMEWORK and not found.ispkg
    )


def table(name: str, rows: Sequence[Row]) -> Table:
    """Lay one benchmark's rows out."""
    drawn = Table(title=name, title_justify="left", title_style="bold")
    drawn.add_column("what")
    drawn.add_column("value", justify="right")
    drawn.add_column("unit")
    drawn.add_column("beside")
    drawn.add_column("its value", justify="right")
    drawn.add_column("ratio", justify="right")
    drawn.add_column("goal", justify="right")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
        goal = "" if row.goal is None else f"{row.goal} {'met' if row.met else 'MISSED'}"
        drawn.add_row(
            row.name, f"{row.value:,.3f}", row.unit, row.beside.name if row.beside else "",
            f"{row.beside.value:,.3f}" if row.beside else "", ratio, goal, style="" if row.met else "bold red",
        )  # fmt: skip
    return drawn


def host() -> str:
    """Tell what the numbers were measured on."""
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    usable = len(os.sched_getaffinity(0))
    return f"Python {platform.python_version()}, {platform.machine()}, {usable} cores, load before {load}"


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks that were named, or all. Returns the exit status."""
    known = names()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "name", nargs="*", help=f"any of: {', '.join(known)} (default: all but {', '.join(sorted(ONLY_BY_NAME))})"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows there")
    chosen = parser.parse_args(arguments)
    unknown = sorted(set(chosen.name) - set(known))
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {', '.join(known)}")
    console = Console(soft_wrap=True)
    if not console.is_terminal:
        console.width = 140
    where = host()
    console.print(where)
    measured: dict[str, Sequence[Row]] = {}
    for name in chosen.name or [name for name in known if name not in ONLY_BY_NAME]:
        try:
            measured[name] = importlib.import_module(f"benchmarks.{name}").rows()
        except ModelNotLoaded as missing:
            console.print(f"{name} cannot be measured here: {escape(str(missing))}")
            return NOT_HERE
        console.print(table(name, measured[name]))
        for line in dict.fromkeys(line for row in measured[name] for line in row.settings):
            console.print(f"  {escape(line)}")
    if chosen.json:
        plain = {name: [row.plain() for row in rows] for name, rows in measured.items()}
        chosen.json.write_text(json.dumps({"host": where, "benchmarks": plain}, indent=2) + "\n")
    return 0 if all(row.met for rows in measured.values() for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
