"""What outlives the microcontroller's power: its boots and its counters."""

from __future__ import annotations

from attrs import define


@define
class Lasting:
    """Kept in flash."""

    boots: int = 0
    passed_in: int = 0
    passed_out: int = 0
