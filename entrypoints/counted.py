"""A count and what is counted, as English has it: "1 picture", "2 pictures", "1,204 entries"."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Return the number with its noun; `many` where more than one is not the noun and an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
