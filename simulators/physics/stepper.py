"""A stepper behind a step-and-direction driver: one pulse, one step, unless it cannot follow."""

from __future__ import annotations

from attrs import define


@define
class Stepper:
    """A stepper. Lengths in micrometres, times in whole microseconds."""

    step_um: int = 100
    shortest_us: int = 250
    """Pulses that follow each other faster are lost: the rotor does not follow."""
    jammed: bool = False
    enabled: bool = True
    forward: bool = True
    pulses: int = 0
    lost: int = 0
    _last_us: int | None = None

    def pulse(self, at_us: int) -> int:
        """Take one pulse; return how far the belt moved, in micrometres (0 when the step is lost)."""
        self.pulses += 1
        quick = self._last_us is not None and at_us - self._last_us < self.shortest_us
        self._last_us = at_us
        if self.jammed or not self.enabled or quick:
            self.lost += 1
            return 0
        return self.step_um if self.forward else -self.step_um
