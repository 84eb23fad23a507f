"""Prove the checkpoints of the months that went: who signed them, that none is missing, that what stayed is theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import define, field

from application.ports.evidence import Evidence
from application.ports.signing import SignatureVerifier
from domain.points.proof import Finding
from domain.retention.checkpoint import (
    STAY,
    Checkpoint,
    MalformedCheckpoint,
    Past,
    SignedCheckpoint,
    read,
)


@define
class ProveCheckpoints:
    """One look through the checkpoints. Afterwards `past` is what those that hold come to."""

    evidence: Evidence
    verifier: SignatureVerifier
    past: Past = field(factory=Past)
    months: int = 0

    def __call__(self) -> Iterator[Finding]:
        """Find what is wrong with them."""
        keys: dict[str, bytes] = {}
        for organisation in self.evidence.organisations():
            keys.update(self.evidence.signers(organisation.id))
        for signed in self.evidence.checkpoints():
            yield from self._one(signed, keys)

    def _one(self, signed: SignedCheckpoint, keys: Mapping[str, bytes]) -> Iterator[Finding]:
        named = f"checkpoint of {signed.month}"
        key = keys.get(signed.key_id)
        if key is None or not self.verifier.verify(key, signed.raw, signed.signature):
            yield Finding("checkpoint", named, "its signature does not fit its bytes")
            return
        try:
            checkpoint = read(signed.raw)
        except MalformedCheckpoint as broken:
            yield Finding("checkpoint", named, str(broken))
            return
        if checkpoint.month.name != signed.month:
            yield Finding("checkpoint", named, f"its bytes say {checkpoint.month.name}")
        if checkpoint.prev != self.past.head:
            yield Finding(
                "checkpoint", named, f"it follows {checkpoint.prev[:12]}, before it stands {self.past.head[:12]}"
            )
        if checkpoint.month.begin < self.past.until:
            yield Finding("checkpoint", named, "its month is none that could go then")
        yield from self._stayed(checkpoint, named)
        yield from _even(checkpoint, named)
        self.past = self.past.after(checkpoint, signed.raw)
        self.months += 1

    def _stayed(self, checkpoint: Checkpoint, named: str) -> Iterator[Finding]:
        for name in STAY:
            also, but = besides(name, self.past, checkpoint)
            found = self.evidence.section(name, checkpoint.month, also, but)
            wanted = checkpoint.sections.get(name)
            if found != wanted:
                said = f"{wanted.rows} rows" if wanted else "nothing"
                yield Finding("checkpoint", named, f"its {name} are not what they were: {said} then, {found.rows} now")


def besides(name: str, before: Past, checkpoint: Checkpoint) -> tuple[set[str], set[str]]:
    """Return which visits or items a month adds up besides its own (they are over now), and which of its own not."""
    if name == "visits":
        return set(before.visits), {visit.id for visit in checkpoint.visits}
    if name == "items":
        return set(before.items), {item.id for item in checkpoint.items}
    return set(), set()


def _even(checkpoint: Checkpoint, named: str) -> Iterator[Finding]:
    """Every transaction sums to zero in each unit, so a month does too. An account's id ends with its unit."""
    sums: dict[str, int] = {}
    for account, amount in checkpoint.sums.items():
        unit = account.rpartition(":")[2]
        sums[unit] = sums.get(unit, 0) + amount
    for unit, total in sums.items():
        if total != 0:
            yield Finding("checkpoint", named, f"its sums in {unit} come to {total}, not to zero")
