"""How a machine becomes one of ours: claim codes, its first key, another key, the end of it. And commands to it."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StrictInt

from application.platform.issue_claim_code import IssueClaimCode, ReadClaimCodes, WithdrawClaimCode
from application.platform.provision_machine import Proof, ProofRefused, ProvisionMachine, RenewKey, RevokeMachine
from application.platform.register_machine import Registered
from application.ports.clock import Clock
from domain.fleet import claim_code
from domain.fleet.claim_code import ClaimCode, State
from domain.fleet.machine import LONGEST_NAME
from domain.fleet.profile import LONGEST_SITE
from entrypoints.api.access import Anyone, Operator
from entrypoints.api.fleet import RegisteredMachine
from entrypoints.api.idempotency import OnceByKey
from entrypoints.api.machines import Whole
from entrypoints.api.rates import Allow
from entrypoints.api.shapes import ID, After, Integral, Limit, Moment, Shape, next_after
from entrypoints.api.times import rfc3339
from entrypoints.api.use import use

router = APIRouter(prefix="/api/v1", tags=["provisioning"])

MadeOfBase64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{0,120}={0,2}$")]
Site = Annotated[str, Field(max_length=LONGEST_SITE, examples=["Gambir station"])]


class NewClaimCode(Shape):
    """A claim code to be issued, for one machine."""

    name: Annotated[str, Field(max_length=4 * LONGEST_NAME, examples=["Station hall, left"])]
    site: Site = ""
    life: Annotated[
        StrictInt, Field(ge=claim_code.SHORTEST_LIFE, le=claim_code.LONGEST_LIFE, description="Seconds."), Integral
    ] = claim_code.USUAL_LIFE


class IssuedCode(BaseModel):
    """The code, which is never shown again."""

    code_id: ID
    code: Annotated[str, Field(description="Type it at the machine.", examples=["7KQ2MX-0D9TPA-VB5R1"])]
    expires_at: Moment


class CodeSeen(BaseModel):
    """A claim code as an operator sees it afterwards."""

    code_id: ID
    name: str
    site: str
    state: State
    issued_at: Moment
    expires_at: Moment
    machine_id: ID | None

    @classmethod
    def of(cls, code: ClaimCode, now: int) -> CodeSeen:
        """Say it in HTTP's words."""
        return cls(
            code_id=code.id, name=code.name, site=code.site, state=claim_code.seen(code, now),
            issued_at=rfc3339(code.issued_at), expires_at=rfc3339(code.expires_at), machine_id=code.machine,
        )  # fmt: skip


class Codes(BaseModel):
    """A page of claim codes, the newest first."""

    codes: list[CodeSeen]
    next: Annotated[str | None, Field(description="Send it as `after` for the next page; null on the last.")]


class NewProvision(Shape):
    """A claim code, and the public key of the pair that the machine made."""

    code: Annotated[str, Field(max_length=60, examples=["7KQ2MX-0D9TPA-VB5R1"])]
    public_key: Annotated[MadeOfBase64, Field(description="Raw Ed25519 in base64, 32 bytes.")]
    moment: Annotated[
        Whole,
        Field(description="The machine's clock, UTC in microseconds; once.", examples=[1_777_636_800_000_000]),
    ]
    signature: Annotated[
        MadeOfBase64,
        Field(description='Over the canonical JSON {"moment", "public_key" (in hexadecimal), '
              '"purpose": "myrvm provision", "subject": SHA-256 of the code\'s signs, "v": 1}, in base64.'),
    ]  # fmt: skip


class NewRenewal(Shape):
    """A machine that asks for another API key."""

    machine_id: ID
    moment: Annotated[
        Whole,
        Field(description="The machine's clock, UTC in microseconds; once.", examples=[1_777_636_800_000_000]),
    ]
    signature: Annotated[
        MadeOfBase64, Field(description='As for a provision, with "myrvm renew" and the machine\'s id as subject.')
    ]


class Revoked(BaseModel):
    """A machine that is no longer one of ours."""

    machine_id: ID
    revoked_at: Moment


@router.post("/claim-codes", status_code=201, response_model=IssuedCode)
def issue(
    new: NewClaimCode, caller: Operator, once: OnceByKey, issue: Annotated[IssueClaimCode, use(IssueClaimCode)]
) -> Response:
    """Issue a claim code for one machine. It is in this answer (and in its replay), and nowhere else."""

    def effect() -> IssuedCode:
        issued = issue(caller.organisation, caller.person, new.name, new.site, new.life)
        return IssuedCode(code_id=issued.code.id, code=issued.text, expires_at=rfc3339(issued.code.expires_at))

    return once(caller.person, 201, effect)


@router.get("/claim-codes")
def codes(
    caller: Operator, read: Annotated[ReadClaimCodes, use(ReadClaimCodes)], clock: Annotated[Clock, use(Clock)],
    after: Annotated[After, Query()] = None, limit: Annotated[Limit, Query()] = 50,
) -> Codes:  # fmt: skip
    """Read the organisation's claim codes (not their texts), the newest first."""
    found = read(caller.organisation, int(after) if after else None, limit)
    now = clock.now().wall
    return Codes(
        codes=[CodeSeen.of(code, now) for _, code in found], next=next_after([number for number, _ in found], limit)
    )


@router.post("/claim-codes/{code_id}/withdraw")
def withdraw(
    code_id: ID, caller: Operator, clock: Annotated[Clock, use(Clock)],
    withdraw: Annotated[WithdrawClaimCode, use(WithdrawClaimCode)],
) -> CodeSeen:  # fmt: skip
    """Withdraw a claim code that nobody used. Again changes nothing."""
    return CodeSeen.of(withdraw(caller.organisation, code_id), clock.now().wall)


@router.post("/provisions", status_code=201, dependencies=[Anyone])
def provision(
    new: NewProvision, allow: Allow, provision: Annotated[ProvisionMachine, use(ProvisionMachine)]
) -> RegisteredMachine:
    """Use a claim code. The API key is shown once.

    If the answer got lost, send the same code and key again with a later moment: it is the same machine, with a fresh
    API key.
    """
    allow.provision()
    proof = Proof(_raw(new.public_key), new.moment, _raw(new.signature))
    return _told(provision(new.code, proof))


@router.post("/renewals", status_code=201, dependencies=[Anyone])
def renew(new: NewRenewal, allow: Allow, renew: Annotated[RenewKey, use(RenewKey)]) -> RegisteredMachine:
    """Give a machine another API key, proven by its key pair. The one before opens nothing any more."""
    allow.provision()
    return _told(renew(new.machine_id, new.moment, _raw(new.signature)))


@router.post("/machines/{machine_id}/revoke")
def revoke(machine_id: ID, caller: Operator, revoke: Annotated[RevokeMachine, use(RevokeMachine)]) -> Revoked:
    """Revoke a machine: its API key opens nothing after a few seconds, and cannot be renewed. Again changes nothing."""
    profile = revoke(caller.organisation, machine_id)
    return Revoked(machine_id=machine_id, revoked_at=rfc3339(profile.revoked_at or 0))


def _told(registered: Registered) -> RegisteredMachine:
    return RegisteredMachine(machine_id=registered.machine.id, api_key=registered.api_key)


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as odd:
        raise ProofRefused("keys and signatures are base64") from odd
