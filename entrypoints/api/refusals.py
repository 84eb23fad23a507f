"""What each endpoint may be refused for, beyond what the walls in front of it refuse.

One line for each endpoint, by the typed errors of what it calls. The description is made of it, and every answer that
any test gets is held to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from fastapi.routing import APIRoute

from application.platform.answer_once import KeyReused, KeyUnfit, StillInFlight
from application.platform.dead_jobs import UnknownJob
from application.platform.errors import (
    UnknownClaimCode,
    UnknownCommand,
    UnknownMachine,
    UnknownSession,
    UnknownTicket,
)
from application.platform.picture_place import UnknownPicture
from application.platform.provision_machine import ProofRefused
from application.platform.send_command import TooManyCommands
from application.platform.sign_in import WrongCredentials
from application.ports.identity import AddressTaken
from application.ports.objects import NoSuchObject, ObjectsAway, ObjectsFailed, TicketRefused
from application.ports.unit_of_work import AlreadyThere, StoreAway, StoreBusy, StoreError, Unsure
from domain.deposits.session import SessionOver
from domain.fleet.availability import EmptySpan
from domain.fleet.claim_code import CodeOver, MalformedCode
from domain.fleet.command import CommandOver, UnfitCommand
from domain.fleet.machine import InvalidName
from domain.fleet.profile import Revoked, StaleProof, UnfitSite
from domain.fleet.telemetry import MalformedSample
from domain.fleet.ticket import TakenByAnother, TicketResolved
from domain.jobs.job import NotDead
from domain.objects.content import ContentDiffers
from domain.objects.name import UnfitObject
from domain.people.account import InvalidAddress, UnfitPassword
from domain.people.refresh import RefreshEnded, RefreshExpired, RefreshReused, RefreshUnknown
from domain.points.price_list import MalformedPriceList
from entrypoints.api import (
    accounts,
    care,
    deposits,
    fleet,
    health,
    idempotency,
    jobs,
    machines,
    objects,
    pictures,
    provisioning,
    sessions,
    telemetry,
)
from entrypoints.api.access import Access, access_of
from entrypoints.api.errors import TYPED
from entrypoints.api.idempotency import KEY_MISSING
from entrypoints.api.machines import GAP
from entrypoints.api.problems import (
    ANOTHER_MACHINE,
    BODY_TOO_LARGE,
    HEAD_TOO_LARGE,
    MALFORMED_REQUEST,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_READY,
    NOT_SIGNED_IN,
    TOO_MANY_REQUESTS,
    UNFIT_REQUEST,
    UNFORESEEN,
    UNKNOWN_MACHINE_KEY,
    Kind,
)
from entrypoints.api.rates import allowance

Refusal: TypeAlias = Kind | type[Exception]

_PICTURES = (UnknownPicture, ObjectsAway, ObjectsFailed)
_STORE = (StoreAway, StoreBusy, StoreError)
_CALLERS: Mapping[Access, tuple[Refusal, ...]] = {
    Access.ANYONE: (),
    Access.PERSON: (NOT_SIGNED_IN,),
    Access.OPERATOR: (NOT_SIGNED_IN, NOT_ALLOWED),
    Access.MACHINE: (UNKNOWN_MACHINE_KEY, ANOTHER_MACHINE),
}
_STORELESS = (health.live, health.ready, objects.receive, objects.give)
"""They answer without asking the store, or tell of it in their own words."""

REFUSALS: Mapping[Callable[..., Any], tuple[Refusal, ...]] = {
    accounts.sign_up: (InvalidAddress, UnfitPassword, AddressTaken),
    accounts.sign_in: (WrongCredentials,),
    accounts.refresh: (RefreshUnknown, RefreshExpired, RefreshEnded, RefreshReused),
    accounts.sign_out: (),
    sessions.open_session: (),
    sessions.read_session: (UnknownSession,),
    sessions.withdraw: (UnknownSession, SessionOver),
    sessions.qr_svg: (UnknownSession,),
    sessions.qr_png: (UnknownSession,),
    deposits.balance: (),
    deposits.deposits: (),
    deposits.statement: (),
    machines.record: (GAP,),
    machines.cursor: (),
    machines.claim: (),
    machines.configuration: (),
    telemetry.take: (MalformedSample,),
    telemetry.deliver: (),
    telemetry.report: (UnknownCommand, CommandOver, UnfitCommand),
    care.machine: (UnknownMachine,),
    care.telemetry: (UnknownMachine,),
    care.hours: (UnknownMachine,),
    care.send: (UnknownMachine, UnfitCommand, TooManyCommands),
    care.commands: (UnknownMachine,),
    care.alerts: (),
    care.tickets: (),
    care.take: (UnknownTicket, TicketResolved, TakenByAnother),
    care.resolve: (UnknownTicket,),
    care.availability: (EmptySpan,),
    provisioning.issue: (InvalidName, UnfitSite),
    provisioning.codes: (),
    provisioning.withdraw: (UnknownClaimCode, CodeOver),
    provisioning.provision: (
        MalformedCode, UnknownClaimCode, UnknownMachine, CodeOver, ProofRefused, StaleProof, Revoked,
    ),
    provisioning.renew: (UnknownMachine, ProofRefused, StaleProof, Revoked),
    provisioning.revoke: (UnknownMachine,),
    fleet.machines: (),
    fleet.register: (InvalidName,),
    fleet.publish: (MalformedPriceList, AlreadyThere),
    fleet.alarms: (),
    jobs.dead: (),
    jobs.replay: (UnknownJob, NotDead),
    pictures.offer: (*_PICTURES, UnfitObject),
    pictures.sent: (*_PICTURES, ContentDiffers),
    pictures.picture: _PICTURES,
    objects.receive: (TicketRefused, ContentDiffers, ObjectsAway, ObjectsFailed),
    objects.give: (TicketRefused, NoSuchObject, ObjectsAway, ObjectsFailed),
    health.live: (),
    health.ready: (NOT_READY,),
    health.metrics: (),
}  # fmt: skip


def refusals(route: APIRoute) -> set[Kind]:
    """Return every kind of problem that an endpoint may answer. Raises KeyError for one without a line."""
    return {_kind(each) for each in (*REFUSALS[route.endpoint], *_walls(route))}


def _walls(route: APIRoute) -> Iterator[Refusal]:
    """Say what is refused before an endpoint is called, or by what it stands on."""
    dependencies = {each.call for each in route.dependant.dependencies}
    posts = "POST" in (route.methods or ())
    yield from (HEAD_TOO_LARGE, UNFORESEEN)
    yield from _CALLERS[access_of(route)[0]]
    if posts:
        yield BODY_TOO_LARGE
    if route.body_field is not None or objects.posted in dependencies:
        yield from (MALFORMED_REQUEST, UNFIT_REQUEST)
    if "{" in route.path_format:
        yield from (NOT_FOUND, UNFIT_REQUEST)
    if route.dependant.query_params:
        yield UNFIT_REQUEST
    if allowance in dependencies:
        yield TOO_MANY_REQUESTS
    if idempotency.required in dependencies:
        yield KEY_MISSING
    if dependencies & {idempotency.required, idempotency.optional}:
        yield from (KeyUnfit, KeyReused, StillInFlight)
    if route.endpoint not in _STORELESS:
        yield from _STORE
        if posts:
            yield Unsure


def _kind(refusal: Refusal) -> Kind:
    if isinstance(refusal, Kind):
        return refusal
    return next(TYPED[ancestor] for ancestor in refusal.__mro__ if ancestor in TYPED)
