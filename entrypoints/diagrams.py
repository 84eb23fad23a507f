"""`rvm diagrams`: draws the transition tables, from the very tables that the machines run by, and the data model.

One Markdown page a table: a Mermaid state diagram, and every cell in words, the ignored ones too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from attrs import frozen

from domain.deposits.intake.health_table import HEALTH
from domain.deposits.intake.item_table import ITEM
from domain.deposits.intake.visit_table import VISIT
from domain.deposits.synchronisation.rules import TABLE
from domain.deposits.synchronisation.words import ALPHABET, State
from entrypoints import data_model


@frozen
class Drawn:
    """A table, as far as a picture needs it."""

    name: str
    source: str
    start: Enum
    alphabet: tuple[type, ...]
    cells: Mapping[Any, Any]
    """Rules (`to`, `says`) and ignored cells (`why`), by state and event."""


TABLES = (
    *(
        Drawn(table.name, f"domain/deposits/intake/{table.name}_table.py", table.start, table.alphabet, table.cells)
        for table in (VISIT, ITEM, HEALTH)
    ),
    Drawn("synchronisation", "domain/deposits/synchronisation/rules.py", State.OFF, tuple(ALPHABET), TABLE),
)


def draw(out: Path, *, check: bool = False) -> int:
    """Write the pages into `out`, or only tell whether they are up to date; return the exit status."""
    pages = {out / f"{table.name}.md": page(table) for table in TABLES}
    pages[out / "tables.md"] = data_model.page()
    if check:
        stale = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
        for path in stale:
            typer.echo(f"{path} is out of date: run `rvm diagrams`", err=True)
        return 1 if stale else 0
    out.mkdir(parents=True, exist_ok=True)
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
        typer.echo(str(path))
    return 0


def page(table: Drawn) -> str:
    """Return a table's page."""
    rules = sum(hasattr(cell, "to") for cell in table.cells.values())
    lines = [
        f"# {table.name}",
        "",
        f"Drawn by `rvm diagrams` from `{table.source}`: {len(table.cells)} cells, {rules} of them rules. Do not edit.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {table.start.value}",
        *(f"    {start} --> {to}: {', '.join(events)}" for (start, to), events in sorted(_arrows(table).items())),
        "```",
        "",
        *(line for state in type(table.start) for line in _state(table, state)),
    ]
    return "\n".join(lines)


def _arrows(table: Drawn) -> dict[tuple[str, str], list[str]]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for state in type(table.start):
        for event in table.alphabet:
            for to in sorted(getattr(table.cells[state, event], "to", ()), key=lambda to: to.value):
                arrows.setdefault((state.value, to.value), []).append(event.__name__)
    return arrows


def _state(table: Drawn, state: Enum) -> Iterable[str]:
    yield f"## {state.value}"
    yield ""
    yield "| event | what happens | leads to |"
    yield "|---|---|---|"
    ignored: dict[str, list[str]] = {}
    for event in table.alphabet:
        cell = table.cells[state, event]
        if hasattr(cell, "to"):
            yield f"| {event.__name__} | {cell.says} | {', '.join(sorted(to.value for to in cell.to))} |"
        else:
            ignored.setdefault(cell.why, []).append(event.__name__)
    for why, events in ignored.items():
        yield f"| {', '.join(events)} | *ignored: {why}* | |"
    yield ""
