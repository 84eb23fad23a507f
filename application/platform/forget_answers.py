"""Forget answers that nobody will ask for again, so that their table does not grow for ever."""

from __future__ import annotations

from attrs import frozen

from application.platform.again import again
from application.platform.answer_once import KEPT
from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWorkFactory


@frozen
class ForgetAnswers:
    """Forgets answers kept under an Idempotency-Key."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock

    @again
    def __call__(self) -> None:
        """Forget those that are older than they are kept."""
        with self.unit_of_work() as work:
            work.answers.drop_before(self.clock.now().wall - KEPT)
            work.commit()
