"""The platform put together: the one place where ports meet adapters. Settings alone choose.

    parts = build_platform(settings)
    open_session = parts.resolve(OpenSession)

The API, the demo, the scenarios and the proofs all use this very container.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import punq

from adapters.clock.chance import SystemRandom, Uuid7Source
from adapters.clock.system import SystemClock
from adapters.events.in_process import InProcessEvents
from adapters.identity.access_tokens import JwtAccessTokens
from adapters.identity.passwords import Argon2Cost, Argon2Passwords
from adapters.identity.refresh_tokens import HmacRefreshTokens
from adapters.identity.seal import AesSeal
from adapters.identity.secret import kept_secret, key_for
from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.migrate import migrate
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.answer_once import AnswerOnce
from application.platform.claim_session import ClaimSession
from application.platform.configure_machine import ConfigureMachine
from application.platform.deliver_commands import DeliverCommands, ExpireCommands, NoteCommand
from application.platform.expire_sessions import ExpireSessions
from application.platform.follow import FollowFleet, FollowSession
from application.platform.forget_answers import ForgetAnswers
from application.platform.forget_telemetry import ForgetTelemetry
from application.platform.found_organisation import FoundOrganisation
from application.platform.issue_claim_code import IssueClaimCode, ReadClaimCodes, WithdrawClaimCode
from application.platform.one_transaction import OneTransaction
from application.platform.open_session import OpenSession
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
from application.platform.send_command import SendCommand
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
from application.ports.repositories import Organisation
from application.ports.signing import SignatureVerifier, Signer
from application.ports.unit_of_work import UnitOfWorkFactory
from entrypoints.housekeeping import Housekeeping
from entrypoints.relay import Relay, Wake
from entrypoints.settings import PlatformSettings

DATABASE_FILE = "platform.db"
KEY_FILE = "platform-key.pem"
SECRET_FILE = "platform-secret"  # noqa: S105 - a file's name

T = TypeVar("T")


def build_platform(settings: PlatformSettings) -> punq.Container:
    """Put the platform together: open (and migrate) its store, make its keys, found its organisation."""
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
    """Stop the relay and close the store."""
    resolved(container, Relay).stop()
    resolved(container, SqlUnitsOfWork).close()


def _outside(container: punq.Container, settings: PlatformSettings) -> None:
    """Register the adapters."""
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.database_url or sqlite_url(settings.data / DATABASE_FILE))
    migrate(engine)
    wake = Wake()
    store = SqlUnitsOfWork(engine, committed=wake)
    transactions = OneTransaction(store)
    secret = kept_secret(settings.data / SECRET_FILE)
    instances: dict[Any, object] = {
        PlatformSettings: settings,
        SqlUnitsOfWork: store,
        OneTransaction: transactions,
        UnitOfWorkFactory: transactions,
        Wake: wake,
        Events: InProcessEvents(),
        Clock: SystemClock(trusted=True),
        IdSource: Uuid7Source(),
        Random: SystemRandom(),
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


_USE_CASES = (
    Admission, AnswerOnce, ClaimSession, ConfigureMachine, ExpireSessions, FollowFleet, FollowSession,
    ForgetAnswers, FoundOrganisation, OpenSession, PublishPriceList, ReadAlarms, ReadBalance, ReadCursor, ReadDeposits,
    ReadFleet, ReadSession, ReadStatement, RecogniseMachine, RefreshSignIn, RegisterMachine, RelayOutbox,
    SignOut, WithdrawSession,
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
    container.register(ForgetTelemetry, scope=punq.Scope.singleton, kept_days=settings.telemetry_days)
    container.register(Housekeeping, scope=punq.Scope.singleton)
    container.register(Relay, scope=punq.Scope.singleton, running=settings.relay)


def _of_organisation(container: punq.Container, organisation: str) -> None:
    """Register what works for the one organisation of an embedded platform."""
    container.register(SignUp, scope=punq.Scope.singleton, organisation=organisation)
    container.register(SignIn, scope=punq.Scope.singleton, organisation=organisation)
