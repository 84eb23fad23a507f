"""What came of it, as a table in the terminal."""

from collections.abc import Sequence

from attrs import frozen
from rich.console import Console
from rich.table import Table


@frozen
class Line:
    """One machine's part."""

    name: str
    items: int
    accepted: int
    refused: int
    points: int
    cuts: int
    kills: int
    waiting: int


def show(lines: Sequence[Line], *, proven: Sequence[str], amiss: Sequence[str]) -> None:
    """Print the table, what was proven, and what is amiss."""
    console = Console(highlight=False)
    table = Table(title="The fleet", title_justify="left", title_style="bold", header_style="bold", show_footer=True)
    sums = [sum(getattr(line, name) for line in lines) for name in Line.__annotations__ if name != "name"]
    titles = ("items", "accepted", "refused", "points", "cuts", "kills", "waiting")
    table.add_column("machine", footer="all")
    for title, total in zip(titles, sums, strict=True):
        table.add_column(title, footer=f"{total:,}", justify="right")
    for line in lines:
        numbers = (line.items, line.accepted, line.refused, line.points, line.cuts, line.kills, line.waiting)
        table.add_row(line.name, *(f"{number:,}" for number in numbers))
    console.print(table)
    for sentence in proven:
        console.print(f"[green]✓[/] {sentence}")
    for sentence in amiss:
        console.print(f"[bold red]✗[/] {sentence}")
