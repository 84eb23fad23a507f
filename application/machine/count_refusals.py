"""Count the codes that the machine refuses: no entry tells of them, for nobody was let in. A screen among screens."""

from __future__ import annotations

from collections import Counter

from attrs import define, evolve, field

from application.machine.report_telemetry import Look
from application.ports.screen import ScreenName, View
from domain.deposits.scanning import CodeVerdict

ALL = "codes_refused"
"""The measure that counts all of them; the others have the verdict at their end."""


@define
class CountRefusals:
    """The port Screen: counts each code once, by why it was refused, since the machine started."""

    _refused: Counter[CodeVerdict] = field(factory=Counter, init=False)
    _shown: bool = field(default=False, init=False)

    def show(self, view: View) -> None:
        """Count a refusal when it comes on the screen; the same one shown again is none."""
        shown = view.screen is ScreenName.CODE_REFUSED and view.code is not None
        if shown and view.code is not None and not self._shown:
            self._refused[view.code] += 1
        self._shown = shown

    def told(self, look: Look) -> Look:
        """Return what the machine sees of itself with what was counted."""
        by_why = {f"{ALL}_{why.value}": count for why, count in tuple(self._refused.items())}
        return evolve(look, measures={**look.measures, ALL: sum(by_why.values()), **by_why})
