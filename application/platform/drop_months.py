"""Let the oldest months of entries and postings go, once they were kept as long as they must be.

A month goes only if it can be proved: every hash, link, verdict and posting of it is worked out once more from its
bytes. What it came to is written down in a checkpoint, signed, in the very transaction in which its rows go. So what is
dropped stays provable, a replay of it changes nothing, and balances are checkpoints' sums plus the postings kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from application.platform.again import again
from application.platform.prove_checkpoints import ProveCheckpoints, besides
from application.platform.replay import Replay
from application.ports.clock import Clock
from application.ports.retention import RetentionWork, RetentionWorkFactory
from application.ports.signing import SignatureVerifier, Signer
from domain.points.proof import Finding, prove_transactions
from domain.retention.checkpoint import GONE, STAY, Checkpoint, Past, SignedCheckpoint, write
from domain.retention.month import Month

MONTHS_KEPT = 120
"""Ten years: as long as books are kept."""
MOST_AT_ONCE = 12
"""Months that go in one run."""


class NotProved(Exception):
    """A month cannot be proved, and so does not go; the message names what is wrong."""


@frozen
class DropMonths:
    """Lets months go."""

    organisation: str
    unit_of_work: RetentionWorkFactory
    clock: Clock
    signer: Signer
    verifier: SignatureVerifier
    kept_months: int = MONTHS_KEPT

    def __call__(self) -> Sequence[Month]:
        """Let the months go that are due, the oldest first. Returns them. Raises NotProved, StoreError."""
        gone: list[Month] = []
        while len(gone) < MOST_AT_ONCE and (month := self._one()) is not None:
            gone.append(month)
        return gone

    @again
    def _one(self) -> Month | None:
        first_kept = Month.of(self.clock.now().wall).later(-self.kept_months)
        with self.unit_of_work() as work:
            work.retention.hold()
            past = _past(work, self.verifier)
            month = work.retention.oldest(past.until)
            if month is None or month >= first_kept:
                return None
            work.retention.close(month)
            checkpoint = self._checkpoint(work, month, past)
            raw = write(checkpoint)
            signed = SignedCheckpoint(month.name, raw, self.signer.key_id, self.signer.sign(raw))
            work.retention.keep(self.organisation, signed, month, {visit.id for visit in checkpoint.visits})
            work.retention.drop(month)
            work.commit()
        return month

    def _checkpoint(self, work: RetentionWork, month: Month, past: Past) -> Checkpoint:
        """Prove a month and return its checkpoint. Raises NotProved."""
        evidence = work.retention.evidence
        replay = Replay(evidence, self.verifier, past)
        _must_be_nothing(month, list(replay.judge(month.end)))
        ledger = evidence.ledger(past.until, month.end)
        _must_be_nothing(month, list(prove_transactions(ledger, replay.due)))
        sums: dict[str, int] = {}
        for transaction in ledger.transactions:
            for account, amount in transaction.postings:
                sums[account] = sums.get(account, 0) + amount
        visits, items = replay.carried(work.retention.named_later(month))
        bare = Checkpoint(month, past.head, {}, sums, replay.stands(), visits, items)
        sections = {name: evidence.section(name, month, *besides(name, past, bare)) for name in (*GONE, *STAY)}
        return Checkpoint(month, past.head, sections, sums, bare.stands, visits, items)


def _past(work: RetentionWork, verifier: SignatureVerifier) -> Past:
    """Return what the checkpoints come to. Raises NotProved when one of them does not hold."""
    prove = ProveCheckpoints(work.retention.evidence, verifier)
    wrong = list(prove())
    if wrong:
        raise NotProved(f"{wrong[0].culprit}: {wrong[0].detail}")
    return prove.past


def _must_be_nothing(month: Month, wrong: Sequence[Finding]) -> None:
    if wrong:
        first = wrong[0]
        raise NotProved(f"{month.name} does not go, {len(wrong)} things are wrong: {first.culprit}: {first.detail}")
