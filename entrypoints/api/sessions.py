"""Sessions: a person's QR, good for five minutes, and what becomes of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from application.platform.open_session import Opened, OpenSession
from application.platform.read_session import ReadSession
from application.platform.withdraw_session import WithdrawSession
from domain.deposits.session import State
from entrypoints.api import qr
from entrypoints.api.access import Person
from entrypoints.api.idempotency import OnceByKey, OnceIfKeyed
from entrypoints.api.rates import Allow
from entrypoints.api.shapes import ID, Moment
from entrypoints.api.times import rfc3339
from entrypoints.api.use import use

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])

_SVG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}, "description": "The code, to any size."}
}
_PNG: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
        "description": f"The code, {qr.SCALE} pixels to a module.",
    }
}


class QrLinks(BaseModel):
    """Where the QR code is, as a drawing and as pixels; both take the access token."""

    svg: Annotated[str, Field(examples=["/api/v1/sessions/018f4e2a-7c1b-7d40-8a53-0d6c8e2f9b11/qr.svg"])]
    png: Annotated[str, Field(examples=["/api/v1/sessions/018f4e2a-7c1b-7d40-8a53-0d6c8e2f9b11/qr.png"])]


class Session(BaseModel):
    """A session. `token` is the text of its QR code."""

    session_id: ID
    state: State
    token: Annotated[str, Field(pattern=r"^[0-9A-Z $%*+./:-]+$")]
    issued_at: Moment
    expires_at: Annotated[Moment, Field(description="Until then it can be scanned; a visit lasts until it is done.")]
    claimed_by: Annotated[ID | None, Field(description="The machine that claimed it, if it was on line.")]
    visit_id: Annotated[ID | None, Field(description="The visit that was opened with it.")]
    qr: QrLinks

    @classmethod
    def of(cls, opened: Opened) -> Session:
        """Say it in HTTP's words."""
        session = opened.session
        at = f"{router.prefix}/{session.id}"
        return cls(
            session_id=session.id,
            state=session.state,
            token=opened.token,
            issued_at=rfc3339(session.issued_at),
            expires_at=rfc3339(session.expires_at),
            claimed_by=session.claimed_by,
            visit_id=session.visit,
            qr=QrLinks(svg=f"{at}/qr.svg", png=f"{at}/qr.png"),
        )


@router.post("", status_code=201, response_model=Session)
def open_session(
    caller: Person, once: OnceByKey, allow: Allow, open_session: Annotated[OpenSession, use(OpenSession)]
) -> Response:
    """Open a session. An older one that nobody scanned is withdrawn: a person has one QR at a time."""
    allow.session(caller.person)
    return once(caller.person, 201, lambda: Session.of(open_session(caller.organisation, caller.person)))


@router.get("/{session_id}")
def read_session(session_id: ID, caller: Person, read_session: Annotated[ReadSession, use(ReadSession)]) -> Session:
    """Read one of one's own sessions as it is now."""
    return Session.of(read_session(caller.person, session_id))


@router.post("/{session_id}/withdraw", response_model=Session)
def withdraw(
    session_id: ID, caller: Person, once: OnceIfKeyed,
    withdraw_session: Annotated[WithdrawSession, use(WithdrawSession)],
    read_session: Annotated[ReadSession, use(ReadSession)],
) -> Response:  # fmt: skip
    """Withdraw a session that nobody scanned; doing so again changes nothing."""

    def effect() -> Session:
        withdraw_session(caller.person, session_id)
        return Session.of(read_session(caller.person, session_id))

    return once(caller.person, 200, effect)


@router.get("/{session_id}/qr.svg", response_class=Response, responses=_SVG)
def qr_svg(session_id: ID, caller: Person, read_session: Annotated[ReadSession, use(ReadSession)]) -> Response:
    """Draw the QR code."""
    return Response(qr.svg(read_session(caller.person, session_id).token), media_type="image/svg+xml")


@router.get("/{session_id}/qr.png", response_class=Response, responses=_PNG)
def qr_png(session_id: ID, caller: Person, read_session: Annotated[ReadSession, use(ReadSession)]) -> Response:
    """Draw the QR code as pixels."""
    return Response(qr.png(read_session(caller.person, session_id).token), media_type="image/png")
