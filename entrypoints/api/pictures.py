"""Pictures of items: sent by the machine that took them, seen by who brought the item and by operators.

A picture goes past the API: the platform gives a ticket (an address, and the fields of a form), the machine posts the
bytes there, then asks the platform to check and keep them.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StrictInt

from application.platform.keep_picture import KeepPicture
from application.platform.offer_picture import OfferPicture
from application.platform.show_picture import ShowPicture
from domain.objects.name import Bucket
from domain.objects.policy import POLICIES
from entrypoints.api.access import Person
from entrypoints.api.machines import Itself
from entrypoints.api.rates import Allow
from entrypoints.api.shapes import ID, Integral, Moment, Shape
from entrypoints.api.times import rfc3339
from entrypoints.api.use import use

PICTURES = POLICIES[Bucket.IMAGES]

router = APIRouter(prefix="/api/v1/machines/{machine_id}/items/{item_id}/picture", tags=["pictures"])


class NewPicture(Shape):
    """What the machine is going to send."""

    size: Annotated[StrictInt, Field(ge=1, lt=2**63, description="Bytes.", examples=[48_213]), Integral]
    media_type: Annotated[str, Field(max_length=60, examples=["image/jpeg"])]


class Ticket(BaseModel):
    """A form to be posted (multipart/form-data): these fields first, then the bytes in the field `file`."""

    url: Annotated[str, Field(description="An address, or a path on this platform.")]
    fields: dict[str, str]
    expires_at: Moment


class PictureOffer(BaseModel):
    """A ticket to send the picture; null when it is kept already."""

    upload: Ticket | None


class PictureKept(BaseModel):
    """The picture as it is kept."""

    sha256: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")]
    size: int
    media_type: str


class PictureAddress(BaseModel):
    """Where the picture can be fetched for a while, without further credentials."""

    url: Annotated[str, Field(description="An address, or a path on this platform.")]
    expires_at: Moment


@router.post("", status_code=201)
def offer(
    new: NewPicture, item_id: ID, machine: Itself, allow: Allow,
    offer_picture: Annotated[OfferPicture, use(OfferPicture)],
) -> PictureOffer:  # fmt: skip
    """Get a ticket to send the picture of an item that is recorded. Ask as often as needed: tickets make nothing."""
    allow.machine(machine.id)
    upload = offer_picture(machine, item_id, new.size, new.media_type)
    if upload is None:
        return PictureOffer(upload=None)
    return PictureOffer(
        upload=Ticket(url=upload.url, fields=dict(upload.fields), expires_at=rfc3339(upload.expires_at))
    )


@router.post("/sent")
def sent(
    item_id: ID, machine: Itself, allow: Allow, keep_picture: Annotated[KeepPicture, use(KeepPicture)]
) -> PictureKept:
    """Say that the picture was sent: it is kept if its hash is the one in the journal. The same again is harmless."""
    allow.machine(machine.id)
    kept = keep_picture(machine, item_id)
    return PictureKept(sha256=kept.sha256, size=kept.size, media_type=kept.media_type)


@router.get("")
def picture(
    machine_id: ID, item_id: ID, caller: Person, show_picture: Annotated[ShowPicture, use(ShowPicture)]
) -> PictureAddress:
    """Get the address of a picture: of what one brought; operators, of what anybody brought."""
    shown = show_picture(caller, machine_id, item_id)
    return PictureAddress(url=shown.url, expires_at=rfc3339(shown.expires_at))
