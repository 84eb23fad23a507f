"""The 40-pin header of the Jetson Orin Nano: which BCM numbers can be used, and where they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

PLACES = {
    4: 7, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 10: 19, 9: 21, 25: 22, 11: 23, 8: 24,
    7: 26, 5: 29, 6: 31, 12: 32, 13: 33, 19: 35, 16: 36, 26: 37, 20: 38, 21: 40,
}  # fmt: skip
"""Place on the header by BCM number, for all that can be inputs and outputs."""

TAKEN = {
    0: "the header's identification bus",
    1: "the header's identification bus",
    2: "the I2C bus",
    3: "the I2C bus",
    14: "the UART (/dev/ttyTHS1)",
    15: "the UART (/dev/ttyTHS1)",
}
"""BCM numbers that serve something else."""


def why_not(pin: int) -> str | None:
    """Tell why a pin cannot be used; None: it can."""
    if pin in PLACES:
        return None
    if pin in TAKEN:
        return f"pin {pin} serves {TAKEN[pin]}"
    return f"the header has no pin {pin} (BCM numbers: {', '.join(map(str, sorted(PLACES)))})"


def used_twice(wires: Iterable[tuple[int, str]]) -> list[tuple[str, str]]:
    """Return, for each pin that has several wires, the last of them and what is wrong."""
    by_pin = defaultdict(list)
    for pin, wire in wires:
        by_pin[pin].append(wire)
    return [
        (wires[-1], f"pin {pin} is used by {' and '.join(wires)}") for pin, wires in by_pin.items() if len(wires) > 1
    ]
