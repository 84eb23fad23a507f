"""What a person has: points, the items they brought, the postings that made the points."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from application.platform.read_balance import ReadBalance, ReadStatement
from application.platform.read_deposits import ReadDeposits
from application.ports.ledger_store import StatementLine
from application.ports.record_store import HistoryLine
from domain.deposits.acceptance import Reason
from domain.deposits.bodies import Outcome
from domain.deposits.recognition import PPM, Material
from domain.deposits.settlement import Standing, Why
from entrypoints.api.access import Person
from entrypoints.api.shapes import ID, After, Limit, Moment, next_after
from entrypoints.api.times import rfc3339
from entrypoints.api.use import use

router = APIRouter(prefix="/api/v1", tags=["deposits"])

PAYS = frozenset({Standing.CREDITED, Standing.REPRICED})


class Balance(BaseModel):
    """What a person has now."""

    points: Annotated[int, Field(examples=[120])]
    unit: Literal["points"] = "points"


class Deposit(BaseModel):
    """One item that a person brought, and what became of it."""

    item_id: ID
    visit_id: ID
    machine_id: ID
    machine_name: str
    decided_at: Annotated[Moment, Field(description="The earliest it can have been, by corrected time.")]
    decision: Literal["accept", "reject"]
    reason: Reason
    label: Material | None
    confidence: Annotated[int, Field(ge=0, le=PPM, description="Parts per million.")]
    picture: Annotated[str | None, Field(description="SHA-256 of the picture that was decided on.")]
    outcome: Annotated[Outcome | None, Field(description="Where it ended up; null while it is in the machine's hands.")]
    verdict: Annotated[Standing | None, Field(description="What the platform makes of it; null until it is settled.")]
    why: Why | None
    points: Annotated[int, Field(description="Points that were credited for it.")]

    @classmethod
    def of(cls, line: HistoryLine) -> Deposit:
        """Say it in HTTP's words."""
        item, verdict = line.item, line.verdict
        decided = item.decided
        return cls(
            item_id=item.id,
            visit_id=item.visit,
            machine_id=item.machine,
            machine_name=line.machine_name,
            decided_at=rfc3339(item.span.earliest),
            decision="accept" if decided.decision.accepted else "reject",
            reason=decided.decision.reason,
            label=decided.recognition.label,
            confidence=decided.recognition.confidence,
            picture=decided.picture.sha256 if decided.picture else None,
            outcome=item.outcome,
            verdict=verdict.standing if verdict else None,
            why=verdict.why if verdict else None,
            points=verdict.points if verdict and verdict.standing in PAYS else 0,
        )


class Deposits(BaseModel):
    """A page of history, the newest first."""

    deposits: list[Deposit]
    next: Annotated[str | None, Field(description="Send it as `after` for the next page; null on the last.")]


class Posting(BaseModel):
    """One posting to the person's account."""

    transaction_id: str
    at: Moment
    amount: Annotated[int, Field(description="Points; negative when taken back.")]
    unit: Literal["points"] = "points"
    reverses: Annotated[str | None, Field(description="The transaction that this one takes back.")]

    @classmethod
    def of(cls, line: StatementLine) -> Posting:
        """Say it in HTTP's words."""
        return cls(transaction_id=line.transaction, at=rfc3339(line.at), amount=line.amount, reverses=line.reverses)


class Statement(BaseModel):
    """A page of postings, the newest first."""

    postings: list[Posting]
    next: Annotated[str | None, Field(description="Send it as `after` for the next page; null on the last.")]


@router.get("/balance")
def balance(caller: Person, read_balance: Annotated[ReadBalance, use(ReadBalance)]) -> Balance:
    """Read one's points."""
    return Balance(points=read_balance(caller.organisation, caller.person))


@router.get("/deposits")
def deposits(
    caller: Person, read_deposits: Annotated[ReadDeposits, use(ReadDeposits)], after: Annotated[After, Query()] = None,
    limit: Annotated[Limit, Query()] = 50,
) -> Deposits:  # fmt: skip
    """Read the items one brought, with the platform's verdict on each, the newest first."""
    lines = read_deposits(caller.person, int(after) if after else None, limit)
    return Deposits(
        deposits=[Deposit.of(line) for line in lines], next=next_after([line.number for line in lines], limit)
    )


@router.get("/statement")
def statement(
    caller: Person, read_statement: Annotated[ReadStatement, use(ReadStatement)],
    after: Annotated[After, Query()] = None, limit: Annotated[Limit, Query()] = 50,
) -> Statement:  # fmt: skip
    """Read the postings that make one's balance, the newest first."""
    lines = read_statement(caller.organisation, caller.person, int(after) if after else None, limit)
    return Statement(
        postings=[Posting.of(line) for line in lines], next=next_after([line.number for line in lines], limit)
    )
