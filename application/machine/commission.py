"""Commission: the installer is led through the guide, on the screen behind the technician's PIN.

It lives inside a technician's visit and ends with it. All but `start` and `heed` runs by the scheduler.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from attrs import evolve

from application.machine.self_test.follow_guide import FollowGuide, Live
from application.machine.self_test.reports import Kept
from application.machine.take_in import TakeIn
from application.ports.guide_panel import Begun, Deed, Guided, GuidePanel, GuideWord, PassedOver
from application.ports.scheduler import Scheduler
from domain.commissioning.guide import Guide, NoInstaller, NotNow, Phase
from domain.deposits.intake.events import TechnicianBusy
from domain.deposits.intake.state import VisitState

_log = logging.getLogger(__name__)

LOOK_US = 300_000
"""From one live number to the next."""
RENEW_US = 60_000_000
"""So often the visit is kept from ending: hands are at work, and press nothing."""
PATIENCE_US = 1_800_000_000
"""So long after the last word the visit is no longer kept: whoever installs has gone."""


class Commission:
    """One life's commissioning. `work` makes the work of each: it measures off this thread."""

    def __init__(
        self,
        take_in: TakeIn,
        scheduler: Scheduler,
        panel: GuidePanel,
        work: Callable[[], FollowGuide],
        *,
        key_id: str,
        patience: int = PATIENCE_US,
        kept: Callable[[Kept], None] = lambda _: None,
    ) -> None:
        """`kept` is told of each report that was kept. Nothing is heard before `start`."""
        self._take_in, self._scheduler, self._panel = take_in, scheduler, panel
        self._make, self._key_id, self._kept = work, key_id, kept
        self._patience = patience
        self._waited = 0
        """Microseconds since the last word."""
        self._work: FollowGuide | None = None
        self._guided: Guided | None = None

    def start(self) -> None:
        """Listen."""
        self._panel.heed(self.heed)

    @property
    def open(self) -> bool:
        """Whether a guide is open: then nobody else moves anything."""
        return self._guided is not None

    def begin(self) -> None:
        """Open a guide at its beginning, for the technician who is there."""
        if self._at_work and self._guided is None:
            self._work, self._waited = self._make(), 0
            self._show(Guided(self._work.guide()))
            self._look()

    def heed(self, word: GuideWord) -> None:
        """Hear a word of the installer. Safe from any thread."""
        self._scheduler.soon(lambda: self._do(word))

    # ------------------------------------------------------------ words

    def _do(self, word: GuideWord) -> None:
        now = self._guided
        if now is None or not self._at_work:
            return
        self._waited = 0
        self._take_in.post(TechnicianBusy())
        try:
            guide = self._next(now.guide, word)
        except (NotNow, NoInstaller) as no:
            _log.info("commissioning: %s", no)
            return
        if guide is None:
            self._end()
            return
        self._show(Guided(guide))
        if guide.phase is Phase.MEASURING:
            self._measure(guide)
        elif guide.phase is Phase.FINISHED:
            self._finish(guide)
        elif guide.at != now.guide.at or now.guide.phase is Phase.ASKING:
            self._aside(lambda work: work.show(guide.step), lambda _: None)

    @staticmethod
    def _next(guide: Guide, word: GuideWord) -> Guide | None:
        """Return the guide after a word; None: it is left."""
        if isinstance(word, Begun):
            return guide.begin(word.installer)
        if isinstance(word, PassedOver):
            return guide.pass_over(word.reason)
        if word.deed is Deed.LEAVE:
            if guide.phase is Phase.MEASURING:
                raise NotNow("something is being measured")
            return None
        if word.deed in (Deed.RIGHT, Deed.WRONG):
            return guide.saw(right=word.deed is Deed.RIGHT)
        return guide.measure() if word.deed is Deed.MEASURE else guide.on()

    # ------------------------------------------------------------ work

    def _measure(self, guide: Guide) -> None:
        def measured(lines: Any) -> None:
            self._take_in.post(TechnicianBusy())
            self._show(Guided(guide.measured(lines)))

        self._aside(lambda work: work.measure(guide.step), measured)

    def _finish(self, guide: Guide) -> None:
        def kept(result: Kept | OSError) -> None:
            if isinstance(result, OSError):
                _log.error("the report cannot be kept: %s", result)
                self._show(Guided(guide, failed=str(result)))
                return
            self._kept(result)
            self._show(Guided(guide, verdict=result.report.verdict, key_id=self._key_id))

        self._aside(lambda work: work.report(guide), kept, OSError)

    def _look(self) -> None:
        """Look at the live number again and again, for as long as the guide is open."""
        now = self._guided
        if now is None:
            return
        if not self._at_work:
            self._end()
            return
        self._waited += LOOK_US
        if self._waited <= self._patience and self._waited % RENEW_US < LOOK_US:
            self._take_in.post(TechnicianBusy())

        def seen(live: Live | None) -> None:
            if self._guided is now and live is not None:
                self._show(evolve(now, live=live.value, unit=live.unit))
            self._scheduler.after(LOOK_US, self._look)

        if now.guide.phase in (Phase.WAITING, Phase.MEASURED):
            self._aside(lambda work: work.live(now.guide.step), seen)
        else:
            self._scheduler.after(LOOK_US, self._look)

    def _aside(
        self, do: Callable[[FollowGuide], Any], then: Callable[[Any], None], *expected: type[BaseException]
    ) -> None:
        work = self._work
        if work is None:
            return

        def done(result: Any) -> None:
            if isinstance(result, BaseException) and not isinstance(result, expected):
                raise result
            if self._work is work:
                then(result)

        self._scheduler.aside(lambda: do(work), done, cost="maintenance")

    # ------------------------------------------------------------ the panel

    @property
    def _at_work(self) -> bool:
        return self._take_in.state.visit.state is VisitState.MAINTENANCE

    def _end(self) -> None:
        self._work = self._guided = None
        self._panel.lead(None)

    def _show(self, guided: Guided) -> None:
        self._guided = guided
        self._panel.lead(guided)
