"""Recognise the item in a frame here; unsure of it, ask elsewhere, as long as nobody waits too long for it.

Never elsewhere only: the machine looks first, and whatever goes wrong elsewhere, its own answer stands.
"""

from __future__ import annotations

import enum
import logging
from collections import Counter
from collections.abc import Callable, Mapping

from attrs import define, field

from application.ports.clock import Clock
from application.ports.vision import Frame, RemoteAway, RemoteLate, RemoteRecogniser, VisionError
from domain.deposits.acceptance import Policy, decide
from domain.deposits.recognition import Recognition
from domain.deposits.second_opinion import BUDGET, LEAST, from_elsewhere, unsure
from domain.fleet.command import Mode

_log = logging.getLogger(__name__)


class Origin(str, enum.Enum):
    """How one recognition was come by; also what it is counted under in telemetry."""

    SURE = "recognised_sure"
    """The machine was sure by itself."""
    ANSWERED = "remote_answered"
    AWAY = "remote_away"
    """Nobody could be asked; the machine's own answer stands, as in the two below."""
    LATE = "remote_late"
    FAILED = "remote_failed"


@define
class RecogniseOrAsk:
    """Recognises frames by `here`, and asks `elsewhere` where the mode allows it and the answer is unsure.

    `policy` is the one items are decided by; `budget` is counted from the beginning of a look, microseconds. Runs on
    whichever thread looks; one at a time.
    """

    here: Callable[[Frame], Recognition]
    elsewhere: RemoteRecogniser
    policy: Policy
    clock: Clock
    mode: Mode
    budget: int = BUDGET
    _counted: Counter[Origin] = field(factory=Counter, init=False)

    def __call__(self, frame: Frame) -> Recognition:
        """Return what is seen in the frame. Raises VisionError when the machine's model fails and nobody helps."""
        if self.mode is Mode.LOCAL:
            return self.here(frame)
        begun = self.clock.now().mono
        try:
            seen = self.here(frame)
        except VisionError as broken:
            answer = self._asked(frame, begun)
            if answer is None:
                raise
            _log.warning("recognised elsewhere, for here it failed: %s", broken)
            return answer
        if not unsure(seen, decide(seen, self.policy)):
            self._counted[Origin.SURE] += 1
            return seen
        return self._asked(frame, begun) or seen

    def counted(self) -> Mapping[str, int]:
        """Return how often each origin was, since the machine booted. Nothing while it never asks."""
        return {} if self.mode is Mode.LOCAL else {one.value: self._counted[one] for one in Origin}

    def _asked(self, frame: Frame, begun: int) -> Recognition | None:
        left = self.budget - (self.clock.now().mono - begun)
        origin, answer = Origin.LATE, None
        if left >= LEAST:
            try:
                answer = from_elsewhere(self.elsewhere.recognise(frame, left))
                origin = Origin.ANSWERED
            except RemoteAway as away:
                _log.info("not asked elsewhere: %s", away)
                origin = Origin.AWAY
            except RemoteLate as late:
                _log.info("asked elsewhere: %s", late)
            except VisionError as broken:
                _log.warning("asked elsewhere: %s", broken)
                origin = Origin.FAILED
        if answer is not None and self.clock.now().mono - begun > self.budget:
            _log.warning("an answer from elsewhere that came after its time")
            origin, answer = Origin.LATE, None
        self._counted[origin] += 1
        return answer
