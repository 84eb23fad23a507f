"""Prove from the files that nothing was lost, doubled or changed, and name whatever was.

Every hash, link, corrected time, verdict, posting and balance is worked out anew from the entries' bytes,
the batches' clocks, the keys and the price lists, and compared with what the rows say (of months that went,
their checkpoints are proved instead); then each machine's own journal and its hardware's own counts are
compared with that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from application.platform.prove_checkpoints import ProveCheckpoints
from application.platform.prove_events import prove_events
from application.platform.replay import Replay
from application.ports.evidence import Evidence
from application.ports.signing import SignatureVerifier
from domain.deposits.proof import MachineFiles, compare_hardware, compare_journal
from domain.points.proof import Finding, prove_ledger


@frozen
class Proof:
    """What the proof came to: nothing in `findings` means that all is as it must be."""

    findings: tuple[Finding, ...]
    machines: int
    entries: int
    items: int
    credited: int
    """Transactions that credit somebody."""
    points: int
    """The sum of people's balances."""
    unpublished: int
    waiting: Mapping[str, int]
    """Entries that journals hold and the platform does not yet, by machine."""
    months: int = 0
    """Months that went, and are proved by their checkpoints."""

    @property
    def holds(self) -> bool:
        """Whether there is nothing amiss."""
        return not self.findings


@frozen
class ProveLedger:
    """Proves."""

    verifier: SignatureVerifier

    def __call__(self, evidence: Evidence, machines: Sequence[MachineFiles], *, complete: bool = False) -> Proof:
        """Prove the platform's rows against themselves and against the machines' files.

        With `complete`, an entry that a journal has and the platform has not is a finding too.
        """
        findings = [Finding("file", "platform database", damage) for damage in evidence.damage()]
        checkpoints = ProveCheckpoints(evidence, self.verifier)
        findings += checkpoints()
        past = checkpoints.past
        replay = Replay(evidence, self.verifier, past)
        findings += replay.run()
        ledger = evolve(evidence.ledger(0, None), since=past.until, past=past.sums)
        findings += prove_ledger(ledger, replay.due)
        findings += prove_events(evidence, replay.announced, past.until)
        findings += [Finding("time", "platform database", odd) for odd in evidence.misdated()]
        findings += [Finding("organisation", "platform database", stray) for stray in evidence.strays()]
        findings += [Finding("events", name, "its events do not count up") for name in evidence.torn_versions()]
        waiting = {}
        known = {files.machine for files in machines}
        for files in machines:
            compared = compare_journal(files, replay.held.get(files.machine, ()))
            findings += compared.findings
            findings += compare_hardware(files)
            waiting[files.machine] = compared.waiting
            if complete and compared.waiting:
                where = f"journal of machine {files.machine}"
                findings.append(Finding("waiting", where, f"{compared.waiting} entries never reached the platform"))
        findings += [
            Finding("journal", f"machine {machine}", "the platform holds its entries, and there is no journal")
            for machine in replay.held
            if machines and machine not in known
        ]
        return Proof(
            findings=tuple(findings),
            machines=len(known | set(replay.held)),
            entries=replay.entries,
            items=replay.items,
            credited=len(replay.due),
            points=sum(ledger.balances.values()),
            unpublished=evidence.unpublished(),
            waiting=waiting,
            months=checkpoints.months,
        )
