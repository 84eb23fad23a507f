"""The platform put together: the one place where ports meet adapters. Settings alone choose.

    parts = build_platform(settings)
    open_session = parts.resolve(OpenSession)

The API, the demo, the scenarios and the proofs all use this very container.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import punq

from adapters.archive.mark import FileMark
from adapters.clock.chance import SystemRandom, Uuid7Source
from adapters.clock.system import SystemClock
from adapters.events.in_process import InProcessEvents
from adapters.identity.access_tokens import JwtAccessTokens
from adapters.identity.passwords import Argon2Cost, Argon2Passwords
from adapters.identity.refresh_tokens import HmacRefreshTokens
from adapters.identity.seal import AesSeal
from adapters.identity.secret import kept_secret, key_for
from adapters.jobs.in_process import InProcessDispatcher
from adapters.jobs.pacemaker import ThreadPacemaker
from adapters.objects.elsewhere import ServedElsewhere
from adapters.objects.folder import FolderObjects
from adapters.objects.tickets import Tickets
from adapters.rate_limits.in_process import InProcessRateLimits
from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.migrate import migrate
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.answer_once import AnswerOnce
from application.platform.claim_session import ClaimSession
from application.platform.configure_machine import ConfigureMachine
from application.platform.dead_jobs import ReadDeadJobs, ReplayDeadJob
from application.platform.deliver_commands import DeliverCommands, ExpireCommands, NoteCommand
from application.platform.dispatch_jobs import DispatchJobs
from application.platform.drop_months import DropMonths
from application.platform.expire_objects import ExpireObjects
from application.platform.expire_sessions import ExpireSessions
from application.platform.follow import FollowFleet, FollowSession
from application.platform.forget_answers import ForgetAnswers
from application.platform.forget_telemetry import ForgetTelemetry
from application.platform.found_organisation import FoundOrganisation
from application.platform.issue_claim_code import IssueClaimCode, ReadClaimCodes, WithdrawClaimCode
from application.platform.keep_picture import KeepPicture
from application.platform.limit_rate import LimitRate
from application.platform.make_months import MakeMonths
from application.platform.offer_picture import OfferPicture
from application.platform.one_transaction import OneTransaction
from application.platform.open_session import OpenSession
from application.platform.plan_jobs import PlanJobs, Routes, Timetable
from application.platform.provision_machine import ProvisionMachine, RenewKey, RevokeMachine
from application.platform.publish_price_list import PublishPriceList
from application.platform.read_availability import ReadAvailability
from application.platform.read_balance import ReadBalance, ReadStatement
from application.platform.read_care import ReadAlerts, ReadCommands, ReadMachine, ReadTelemetry, ReadTickets
from application.platform.read_cursor import ReadCursor
from application.platform.read_deposits import ReadDeposits
from application.platform.read_fleet import ReadAlarms, ReadFleet
from application.platform.read_session import ReadSession
from application.platform.recognise_machine import RecogniseMachine
from application.platform.record_deposits import RecordDeposits
from application.platform.refresh_sign_in import RefreshSignIn
from application.platform.register_machine import RegisterMachine
from application.platform.relay_outbox import RelayOutbox
from application.platform.run_job import Kind, Kinds, RunJob
from application.platform.send_command import SendCommand
from application.platform.show_picture import ShowPicture
from application.platform.sign_in import Admission, SignIn
from application.platform.sign_out import SignOut
from application.platform.sign_up import SignUp
from application.platform.take_telemetry import TakeTelemetry
from application.platform.tend_tickets import ResolveTicket, TakeTicket
from application.platform.watch_fleet import WatchFleet
from application.platform.withdraw_session import WithdrawSession
from application.ports.clock import Clock, IdSource, Random
from application.ports.events import Events
from application.ports.identity import AccessTokens, PasswordHasher, RefreshTokens, Seal
from application.ports.jobs import Dispatcher, Pacemaker
from application.ports.objects import Objects, ServedObjects
from application.ports.repositories import Organisation
from application.ports.retention import RetentionWorkFactory
from application.ports.signing import SignatureVerifier, Signer
from application.ports.unit_of_work import StoreError, UnitOfWorkFactory
from domain.jobs.job import SECONDS, Queue
from domain.objects.name import Bucket
from domain.objects.policy import DAY
from entrypoints.api.rates import Rates
from entrypoints.housekeeping import Housekeeping
from entrypoints.relay import Relay, Wake
from entrypoints.settings import PlatformSettings

DATABASE_FILE = "platform.db"
KEY_FILE = "platform-key.pem"
SECRET_FILE = "platform-secret"  # noqa: S105 - a file's name
OBJECTS_FOLDER = "objects"
OBJECTS_ADDRESS = "/api/v1/objects"

EVERY = dict.fromkeys(
    ("forget-answers", "forget-telemetry", "expire-objects", "make-months", "drop-months"), 3600 * SECONDS
)
"""Jobs that come with the clock, and the microseconds between. What cannot wait so long is the relay's housekeeping."""

T = TypeVar("T")
LOG = logging.getLogger("rvm.platform")


def build_platform(settings: PlatformSettings) -> punq.Container:
    """Put the platform together: open (and migrate) its store, make its keys, found its organisation.

    Raises RestoreUnfinished where a backup was brought back half-way.
    """
    container = punq.Container()
    _outside(container, settings)
    _use_cases(container)
    organisation = resolved(container, FoundOrganisation)(settings.organisation)
    container.register(Organisation, instance=organisation)
    _of_organisation(container, organisation.id)
    return container


def resolved(container: punq.Container, kind: Callable[..., T]) -> T:
    """Return the one part of this kind."""
    part: T = container.resolve(kind)
    return part


def close_platform(container: punq.Container) -> None:
    """Stop the relay, let go of the other processes and of jobs that do not end, and close the store."""
    resolved(container, Relay).stop()
    try:
        resolved(container, RunJob).let_go()
    except StoreError as away:
        LOG.warning("jobs that still run are taken over only when their leases are over: %s", away)
    resolved(container, Events).close()
    resolved(container, SqlUnitsOfWork).close()


def _outside(container: punq.Container, settings: PlatformSettings) -> None:
    """Register the adapters."""
    FileMark(settings.data).refuse()
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database_url or sqlite_url(settings.data / DATABASE_FILE))
    migrate(engine)
    wake = Wake()
    store = SqlUnitsOfWork(engine, committed=wake)
    transactions = OneTransaction(store)
    secret = kept_secret(settings.data / SECRET_FILE)
    ids, clock = Uuid7Source(), SystemClock(trusted=True)
    objects, served = objects_of(settings, secret, clock)
    instances: dict[Any, object] = {
        PlatformSettings: settings,
        SqlUnitsOfWork: store,
        OneTransaction: transactions,
        UnitOfWorkFactory: transactions,
        RetentionWorkFactory: store,
        Wake: wake,
        Events: _events(settings, ids),
        Clock: clock,
        LimitRate: _limit_rate(settings, clock),
        Rates: Rates.of(settings),
        Objects: objects,
        ServedObjects: served,
        IdSource: ids,
        Random: SystemRandom(),
        Pacemaker: ThreadPacemaker(),
        Signer: Ed25519Signer.from_file(settings.data / KEY_FILE),
        SignatureVerifier: Ed25519Verifier(),
        PasswordHasher: Argon2Passwords(
            Argon2Cost(settings.password_memory_kib, settings.password_passes, settings.password_lanes)
        ),
        AccessTokens: JwtAccessTokens(key_for("access", secret)),
        RefreshTokens: HmacRefreshTokens(key_for("refresh", secret)),
        Seal: AesSeal(key_for("answers", secret)),
    }
    for port, adapter in instances.items():
        container.register(port, instance=adapter)


def _events(settings: PlatformSettings, ids: IdSource) -> Events:
    """Return the fan-out: within this process, or over Redis to all of them."""
    if not settings.redis_url.get_secret_value():
        return InProcessEvents()
    from adapters.events.redis_events import RedisEvents
    from entrypoints.redis_client import open_redis

    client = open_redis(settings.redis_url.get_secret_value())
    return RedisEvents(client, ids.next(), f"{settings.redis_prefix}:events")


def _limit_rate(settings: PlatformSettings, clock: Clock) -> LimitRate:
    """Return what limits rates: counted in this process, or in Redis by all of them together."""
    own = InProcessRateLimits(clock)
    if not settings.redis_url.get_secret_value():
        return LimitRate(own, own, clock)
    from adapters.rate_limits.redis_rate_limits import RedisRateLimits
    from entrypoints.redis_client import open_redis

    client = open_redis(settings.redis_url.get_secret_value())
    return LimitRate(RedisRateLimits(client, f"{settings.redis_prefix}:rate"), own, clock)


def objects_of(settings: PlatformSettings, secret: bytes, clock: Clock) -> tuple[Objects, ServedObjects]:
    """Return where objects are kept, and what serves them at the platform's own addresses."""
    if settings.s3_url:
        from adapters.objects.s3 import S3Objects, S3Place

        place = S3Place(
            settings.s3_url, settings.s3_public_url, settings.s3_access_key,
            settings.s3_secret_key.get_secret_value(), settings.s3_region, settings.s3_prefix,
        )  # fmt: skip
        return S3Objects(place), ServedElsewhere()
    tickets = Tickets(key_for("objects", secret))
    folder = FolderObjects(settings.data / OBJECTS_FOLDER, tickets, clock, settings.public_url + OBJECTS_ADDRESS)
    return folder, folder


_USE_CASES = (
    Admission, ClaimSession, ConfigureMachine, DispatchJobs, ExpireSessions, FollowFleet, FollowSession, ForgetAnswers,
    FoundOrganisation, KeepPicture, OfferPicture, OpenSession, PlanJobs, PublishPriceList, ReadAlarms, ReadBalance,
    ReadCursor, ReadDeadJobs, ReadDeposits, ReplayDeadJob, RunJob,
    ReadFleet, ReadSession, ReadStatement, RecogniseMachine, RefreshSignIn, RegisterMachine, RelayOutbox,
    ShowPicture, SignOut, WithdrawSession,
)  # fmt: skip


_CARE = (
    DeliverCommands, ExpireCommands, IssueClaimCode, NoteCommand, ProvisionMachine, ReadAlerts, ReadAvailability,
    ReadClaimCodes, ReadCommands, ReadMachine, ReadTelemetry, ReadTickets, RenewKey, ResolveTicket, RevokeMachine,
    SendCommand, TakeTelemetry, TakeTicket, WatchFleet, WithdrawClaimCode,
)  # fmt: skip


def _use_cases(container: punq.Container) -> None:
    """Register what needs nothing but ports."""
    for use_case in (*_USE_CASES, *_CARE):
        container.register(use_case, scope=punq.Scope.singleton)
    settings = resolved(container, PlatformSettings)
    container.register(RecordDeposits, scope=punq.Scope.singleton, unknown_a_day=settings.unknown_a_day)
    kinds = Kinds.of(
        Kind("forget-answers", Queue.UPKEEP, lambda _: resolved(container, ForgetAnswers)()),
        Kind("forget-telemetry", Queue.UPKEEP, lambda _: resolved(container, ForgetTelemetry)()),
        Kind("make-months", Queue.UPKEEP, lambda _: resolved(container, MakeMonths)()),
        Kind("drop-months", Queue.UPKEEP, lambda _: resolved(container, DropMonths)()),
        Kind("expire-objects", Queue.UPKEEP, lambda _: resolved(container, ExpireObjects)()),
    )
    container.register(Kinds, instance=kinds)
    container.register(Routes, instance=Routes(kinds))
    container.register(Dispatcher, factory=lambda: _dispatcher(container, settings), scope=punq.Scope.singleton)
    kept = {Bucket.IMAGES: settings.pictures_kept_days * DAY}
    container.register(ExpireObjects, scope=punq.Scope.singleton, kept=kept)
    container.register(ForgetTelemetry, scope=punq.Scope.singleton, kept_days=settings.telemetry_days)
    container.register(Housekeeping, scope=punq.Scope.singleton)
    container.register(Relay, scope=punq.Scope.singleton, running=settings.relay)


def _dispatcher(container: punq.Container, settings: PlatformSettings) -> Dispatcher:
    """Return what has jobs run: threads of this process, or worker processes that listen to Redis."""
    if not settings.redis_url.get_secret_value():
        return InProcessDispatcher(resolved(container, RunJob))
    from adapters.jobs.dramatiq_jobs import DramatiqDispatcher
    from entrypoints.redis_client import open_redis

    return DramatiqDispatcher(open_redis(settings.redis_url.get_secret_value()), f"{settings.redis_prefix}:jobs")


def _of_organisation(container: punq.Container, organisation: str) -> None:
    """Register what works for the one organisation of an embedded platform."""
    container.register(AnswerOnce, scope=punq.Scope.singleton, organisation=organisation)
    container.register(Timetable, instance=Timetable(organisation, EVERY))
    settings = resolved(container, PlatformSettings)
    container.register(
        DropMonths, scope=punq.Scope.singleton, organisation=organisation, kept_months=settings.record_months
    )  # fmt: skip
    container.register(MakeMonths, scope=punq.Scope.singleton, organisation=organisation)
    container.register(SignUp, scope=punq.Scope.singleton, organisation=organisation)
    container.register(SignIn, scope=punq.Scope.singleton, organisation=organisation)
