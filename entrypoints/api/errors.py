"""Which problem each typed error of the domain and the application is. One line each; types never change."""

from __future__ import annotations

from collections.abc import Mapping

from application.platform.answer_once import KeyReused, KeyUnfit, StillInFlight
from application.platform.errors import (
    NotFound,
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
from application.ports.identity import AccessRefused, AddressTaken
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
from domain.people.role import NotAllowed
from domain.points.price_list import MalformedPriceList
from entrypoints.api.idempotency import IN_FLIGHT, KEY_MISSING, KEY_REUSED, KEY_UNFIT
from entrypoints.api.live import TOO_SLOW
from entrypoints.api.machines import GAP
from entrypoints.api.problems import (
    ANOTHER_MACHINE,
    BODY_TOO_LARGE,
    HEAD_TOO_LARGE,
    MALFORMED_REQUEST,
    METHOD_NOT_ALLOWED,
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

_REFRESH = "This refresh token gives nothing"

TYPED: Mapping[type[Exception], Kind] = {
    # people
    InvalidAddress: Kind("invalid-email", 422, "This is no e-mail address"),
    UnfitPassword: Kind("unfit-password", 422, "This password protects nobody"),
    AddressTaken: Kind("email-taken", 409, "Another account has this e-mail address"),
    WrongCredentials: Kind("sign-in-refused", 401, "No account has this address and this password"),
    AccessRefused: NOT_SIGNED_IN,
    NotAllowed: NOT_ALLOWED,
    RefreshUnknown: Kind("unknown-refresh-token", 401, _REFRESH),
    RefreshExpired: Kind("expired-refresh-token", 401, _REFRESH),
    RefreshEnded: Kind("ended-sign-in", 401, _REFRESH),
    RefreshReused: Kind("reused-refresh-token", 401, _REFRESH),
    # sessions, machines, prices
    SessionOver: Kind("session-over", 409, "This session is over"),
    UnknownSession: Kind("unknown-session", 404, "There is no such session"),
    UnknownMachine: Kind("unknown-machine", 404, "There is no such machine"),
    InvalidName: Kind("invalid-name", 422, "A machine cannot have this name"),
    MalformedPriceList: Kind("malformed-price-list", 422, "This is no price list"),
    NotDead: Kind("job-not-dead", 409, "Only a job that failed for good is done again"),
    # the care of machines
    UnknownTicket: Kind("unknown-ticket", 404, "There is no such ticket"),
    UnknownCommand: Kind("unknown-command", 404, "There is no such command"),
    UnknownClaimCode: Kind("unknown-claim-code", 404, "There is no such claim code"),
    MalformedSample: Kind("malformed-sample", 422, "This is no sample of a machine"),
    TicketResolved: Kind("ticket-resolved", 409, "This ticket is resolved"),
    TakenByAnother: Kind("ticket-taken", 409, "Another person sees to this ticket"),
    UnfitCommand: Kind("unfit-command", 422, "No machine can be told this"),
    CommandOver: Kind("command-over", 409, "This command is over, or was never accepted"),
    TooManyCommands: Kind("too-many-commands", 409, "Too many commands wait for this machine"),
    MalformedCode: Kind("malformed-claim-code", 422, "This is no claim code"),
    CodeOver: Kind("claim-code-over", 409, "This claim code is over"),
    ProofRefused: Kind("proof-refused", 403, "The signature is not this key's over this request"),
    StaleProof: Kind("stale-proof", 409, "A proof is fresh and counts once"),
    Revoked: Kind("machine-revoked", 403, "This machine was revoked"),
    UnfitSite: Kind("unfit-site", 422, "A site cannot have this name"),
    EmptySpan: Kind("empty-span", 422, "A span ends after it begins"),
    AlreadyThere: Kind("already-there", 409, "What may be there once is there already"),
    # objects
    UnknownPicture: Kind("unknown-picture", 404, "There is no such picture"),
    ContentDiffers: Kind("content-differs", 422, "These are not the bytes that were announced"),
    UnfitObject: Kind("unfit-object", 422, "This cannot be kept there"),
    TicketRefused: Kind("ticket-refused", 403, "This ticket does not let this in"),
    NoSuchObject: NOT_FOUND,
    ObjectsAway: Kind("objects-away", 503, "The object store does not answer"),
    ObjectsFailed: Kind("objects-failed", 503, "The object store could not do it"),
    # requests
    KeyUnfit: KEY_UNFIT,
    KeyReused: KEY_REUSED,
    StillInFlight: IN_FLIGHT,
    StoreAway: Kind("store-away", 503, "The database does not answer, and nothing was changed"),
    StoreBusy: Kind("store-busy", 503, "Too much at once: try again"),
    StoreError: Kind("store-failed", 503, "The store could not do it, and nothing was changed"),
    Unsure: Kind("store-unsure", 503, "The store broke off while it kept this: look before you send it again"),
    NotFound: NOT_FOUND,
}

KINDS: tuple[Kind, ...] = tuple(
    sorted(
        {
            *TYPED.values(), ANOTHER_MACHINE, BODY_TOO_LARGE, GAP, HEAD_TOO_LARGE, KEY_MISSING, MALFORMED_REQUEST,
            METHOD_NOT_ALLOWED, NOT_READY, TOO_MANY_REQUESTS, TOO_SLOW, UNFIT_REQUEST, UNFORESEEN, UNKNOWN_MACHINE_KEY,
        },
        key=lambda kind: (kind.status, kind.code),
    )
)  # fmt: skip
"""Every kind of problem there is: the list that the description and the guide give."""
