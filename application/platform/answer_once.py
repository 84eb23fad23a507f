"""Answer once: a request that comes again under the same key gets the same answer, and does nothing twice.

The first request puts its key down, in a transaction of its own, so that everybody sees it is in flight.
Its effect and its answer are then committed together: there is never an effect without its answer, nor
an answer without its effect. A request that fails changed nothing, and its key is free again. A key whose
request died in flight (the process was killed) is free after a while, for then neither is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from attrs import evolve, frozen

from application.platform.again import again
from application.platform.one_transaction import OneTransaction
from application.ports.clock import Clock
from application.ports.identity import Seal
from application.ports.repositories import Answer, Answers
from application.ports.unit_of_work import AlreadyThere

SECONDS = 1_000_000
LONGEST_FLIGHT = 60 * SECONDS
"""After that a request in flight is taken for dead."""
KEPT = 24 * 3600 * SECONDS
"""How long an answer is given again."""
LONGEST_KEY = 200
IN_FLIGHT = 0
"""The status of an answer that is not there yet."""


class KeyUnfit(ValueError):
    """This is no key: empty, too long, or not printable ASCII."""


class KeyReused(Exception):
    """The key was used for another body before."""


class StillInFlight(Exception):
    """The first request under this key is not answered yet: ask again in a moment."""


@frozen
class Reply:
    """What is answered. `again`: it was answered before, and nothing was done now."""

    status: int
    body: bytes
    again: bool = False


@frozen
class AnswerOnce:
    """Answers each request to one organisation's platform once."""

    organisation: str
    transactions: OneTransaction
    seal: Seal
    clock: Clock

    @again
    def __call__(self, scope: str, key: str, body: bytes, effect: Callable[[], Reply]) -> Reply:
        """Answer a request of `scope` (caller and route) under `key`, doing `effect` at most once.

        Raises KeyUnfit, KeyReused, StillInFlight, and whatever `effect` raises (then nothing was changed).
        """
        if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise KeyUnfit(f"a key is 1 to {LONGEST_KEY} printable ASCII characters")
        mine = Answer(
            scope=scope, key=key, body_hash=hashlib.sha256(body).hexdigest(), status=IN_FLIGHT, body=b"",
            at=self.clock.now().wall, organisation=self.organisation,
        )  # fmt: skip
        before = self._put_down(mine)
        if before is not None:
            return Reply(before.status, self.seal.opened(before.body, _place(before)), again=True)
        try:
            return self._done(mine, effect)
        except BaseException:
            self._free(mine)
            raise

    def _put_down(self, mine: Answer) -> Answer | None:
        """Put the key down as in flight; return the answer if there is one already."""
        try:
            with self.transactions() as work:
                before = work.answers.locked(mine.scope, mine.key)
                if before is None or self._over(before, mine.at):
                    work.answers.keep(mine)
                    work.commit()
                    return None
        except AlreadyThere:
            raise StillInFlight("the first request under this key is not answered yet") from None
        if before.body_hash != mine.body_hash:
            raise KeyReused("this key was used for another body before")
        if before.status == IN_FLIGHT:
            raise StillInFlight("the first request under this key is not answered yet")
        return before

    @staticmethod
    def _over(before: Answer, now: int) -> bool:
        return now - before.at >= (LONGEST_FLIGHT if before.status == IN_FLIGHT else KEPT)

    def _done(self, mine: Answer, effect: Callable[[], Reply]) -> Reply:
        with self.transactions.shared() as share:
            reply = effect()
            # An effect that committed nothing has changed nothing; its answer needs no company.
            if share.done:
                self._keep(share.work().answers, mine, reply)
                share.work().commit()
                return reply
        with self.transactions() as work:
            self._keep(work.answers, mine, reply)
            work.commit()
        return reply

    def _keep(self, answers: Answers, mine: Answer, reply: Reply) -> None:
        """Keep the answer beside its effect, unless the key was given to somebody else meanwhile."""
        now = answers.locked(mine.scope, mine.key)
        if now != mine:
            raise StillInFlight("this request took too long, and another one has its key")
        sealed = self.seal.sealed(reply.body, _place(mine))
        answers.keep(evolve(mine, status=reply.status, body=sealed))

    def _free(self, mine: Answer) -> None:
        with self.transactions() as work:
            if work.answers.locked(mine.scope, mine.key) == mine:
                work.answers.drop(mine.scope, mine.key)
                work.commit()


def _place(answer: Answer) -> bytes:
    """Return what a sealed body is bound to, so that no answer can be moved to another key."""
    return f"{answer.scope}\n{answer.key}\n{answer.body_hash}".encode()
