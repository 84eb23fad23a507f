"""What machines say and ask. A machine speaks for itself only, with the API key that it was given once."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field, StrictBool, StrictInt

from application.platform.claim_session import ClaimSession
from application.platform.configure_machine import ConfigureMachine
from application.platform.errors import UnknownMachine
from application.platform.read_cursor import ReadCursor
from application.platform.recognise_machine import RecogniseMachine
from application.platform.record_deposits import LONGEST_BATCH, Batch, RecordDeposits, Recorded
from application.ports.clock import Reading
from domain.deposits.journal import LONGEST_ENTRY, Cursor
from domain.deposits.settlement import Standing
from domain.fleet.machine import Machine
from entrypoints.api.access import Access, marked
from entrypoints.api.known_keys import KnownKeys
from entrypoints.api.metrics import Metrics
from entrypoints.api.problems import ANOTHER_MACHINE, UNKNOWN_MACHINE_KEY, Kind, Problem
from entrypoints.api.rates import Allow
from entrypoints.api.shapes import ID, Integral, Shape
from entrypoints.api.use import use
from entrypoints.logs import logger

EXAMPLE = (
    " 709O1%/JL72-N6GXNT/R0UD:JAD 123BOR8EG5C*FA9IB5IVG5HL3778LMAPWD$06W62YHDQ3JU60000X507H0Q"
    "S00+0J61%H1CT1V+1572OI2/T2H-2 73AJ3TU33.3M84-J4FV4Y.4895RK51W5K/5*96DL6WW66:6PA7:L7IX7I1"
)
"""A session token, of a key that nobody has."""
GAP = Kind("gap", 409, "Something before these entries is missing")

LOG = logger("rvm.deposits")

router = APIRouter(prefix="/api/v1/machines/{machine_id}", tags=["machines"])

_machine_key = HTTPBearer(
    scheme_name="machine", auto_error=False, description="The machine's API key, `rvm_` and 43 characters."
)
Whole = Annotated[StrictInt, Field(ge=0, lt=2**63), Integral]


@marked(Access.MACHINE)
async def machine(
    machine_id: ID,
    request: Request,
    recognise_machine: Annotated[RecogniseMachine, use(RecogniseMachine)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_machine_key)],
) -> Machine:
    """Return the machine whose key and path these are. Raises Problem (401, 403)."""
    known: KnownKeys = request.app.state.known_keys
    try:
        found = await known.machine(credentials.credentials if credentials else "", recognise_machine)
    except UnknownMachine as unknown:
        raise Problem(UNKNOWN_MACHINE_KEY, "send `Authorization: Bearer` and the machine's API key") from unknown
    if found.id != machine_id:
        raise Problem(ANOTHER_MACHINE, "this key is another machine's")
    return found


Itself = Annotated[Machine, Depends(machine)]


class Sending(Shape):
    """The machine's clocks as it sent the batch, microseconds."""

    mono: Annotated[Whole, Field(description="Since boot.", examples=[61_000_000])]
    wall: Annotated[Whole, Field(description="UTC, as the machine has it.", examples=[1_777_636_800_000_000])]
    trusted: Annotated[StrictBool, Field(description="Whether a trusted source set that clock since boot.")]


class NewEntries(Shape):
    """Entries in order, each the exact text that the machine hashed and keeps."""

    boot: Annotated[ID, Field(description="The boot that sends (not always the one that wrote).")]
    sending: Sending
    waiting: Annotated[Whole, Field(description="Entries that are still to come after these.")] = 0
    entries: Annotated[
        list[str],
        Field(max_length=LONGEST_BATCH, description=f"At most {LONGEST_BATCH}, each at most {LONGEST_ENTRY} bytes."),
    ]


class Place(BaseModel):
    """A place in a machine's journal."""

    epoch: ID
    seq: int
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    @classmethod
    def of(cls, cursor: Cursor | None) -> Place | None:
        """Say it in HTTP's words."""
        return cls(epoch=cursor.epoch, seq=cursor.seq, hash=cursor.hash) if cursor else None


class Held(BaseModel):
    """How far the platform holds the machine's entries; null when it holds none."""

    cursor: Place | None


class Claim(Shape):
    """What the machine read from a person's QR."""

    token: Annotated[str, Field(max_length=400, examples=[EXAMPLE])]


class Claimed(BaseModel):
    """Whether the session is good, for the screen's sake: paid is by the token in the journal."""

    confirmed: bool
    why: Annotated[str, Field(examples=["ok", "expired", "claimed_elsewhere"])]


class SignedPrices(BaseModel):
    """A price list: its exact bytes and the platform's signature over them, in base64."""

    raw: str
    key_id: str
    signature: str


class Configuration(BaseModel):
    """What a machine works by."""

    organisation: Annotated[str, Field(description="The tag by which tokens and price lists name it.")]
    keys: Annotated[dict[str, str], Field(description="Raw Ed25519 public keys in base64, by key id.")]
    price_list: SignedPrices | None
    time: Annotated[int, Field(description="The platform's clock, microseconds UTC.")]


@router.post("/entries", responses={409: {"description": "A gap: `held` tells after what to send again."}})
def record(
    new: NewEntries, machine: Itself, allow: Allow, request: Request,
    record_deposits: Annotated[RecordDeposits, use(RecordDeposits)],
) -> Held:  # fmt: skip
    """Record what happened, in order and once.

    What was recorded before changes nothing. What is no entry, or follows no entry, is kept apart with an alarm, and
    stops nothing; only a gap does.
    """
    allow.machine(machine.id)
    reading = Reading(wall=new.sending.wall, mono=new.sending.mono, trusted=new.sending.trusted)
    entries = [text.encode() for text in new.entries]
    recorded = record_deposits(Batch(machine.id, new.boot, reading, entries, new.waiting))
    metrics: Metrics = request.app.state.metrics
    metrics.recorded(recorded)
    _tell(recorded)
    held = Place.of(recorded.cursor)
    if recorded.gap:
        members = {"held": held.model_dump() if held else None}
        raise Problem(GAP, "send again, from right after what is held", members)
    return Held(cursor=held)


def _tell(recorded: Recorded) -> None:
    """Write down what came of a batch, by the ids of its deposits. Machine and request are bound already."""
    for judged in recorded.judged:
        if judged.verdict is not None and judged.item is not None:
            paid = judged.verdict.standing is Standing.CREDITED
            (LOG.debug if paid else LOG.info)(
                "deposit_judged", deposit=judged.item.id, session=judged.visit.session if judged.visit else None,
                verdict=judged.verdict.standing.value,
                why=judged.verdict.why.value,
            )  # fmt: skip
    for alarm in recorded.alarms:
        LOG.warning("alarm_raised", kind=alarm.kind)
    LOG.debug("batch_recorded", stored=recorded.stored, replayed=recorded.replayed, rejected=len(recorded.rejected))


@router.get("/cursor")
def cursor(
    machine: Itself, allow: Allow, read_cursor: Annotated[ReadCursor, use(ReadCursor)],
    epoch: Annotated[ID | None, Query(description="A boot; without it, the newest that is known.")] = None,
) -> Held:  # fmt: skip
    """Tell how far the machine's entries are held."""
    allow.machine(machine.id)
    return Held(cursor=Place.of(read_cursor(machine.id, epoch)))


@router.post("/claims")
def claim(
    claim: Claim, machine: Itself, allow: Allow, request: Request,
    claim_session: Annotated[ClaimSession, use(ClaimSession)],
) -> Claimed:  # fmt: skip
    """Claim the session of a QR early. The same claim by the same machine succeeds again."""
    allow.machine(machine.id)
    answer = claim_session(machine.id, claim.token)
    metrics: Metrics = request.app.state.metrics
    metrics.claim(answer.why)
    return Claimed(confirmed=answer.confirmed, why=answer.why)


@router.get("/configuration")
def configuration(
    machine: Itself, allow: Allow, configure_machine: Annotated[ConfigureMachine, use(ConfigureMachine)]
) -> Configuration:
    """Fetch the organisation, the keys that it signs with, the price list in force, and the time."""
    allow.machine(machine.id)
    found = configure_machine(machine.id)
    prices = found.prices
    return Configuration(
        organisation=found.trust.organisation,
        keys={key_id: base64.b64encode(key).decode() for key_id, key in found.trust.keys.items()},
        price_list=None
        if prices is None
        else SignedPrices(
            raw=base64.b64encode(prices.raw).decode(),
            key_id=prices.key_id,
            signature=base64.b64encode(prices.signature).decode(),
        ),
        time=found.time,
    )
