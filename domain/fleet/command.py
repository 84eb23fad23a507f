"""A command to a machine: signed, short-lived, carried out at most once.

    queued ──fetched──▶ delivered ──accepted in time──▶ accepted ──▶ succeeded | failed
    queued, delivered ──time over──▶ expired
    accepted ──no outcome for an hour──▶ failed

The law: a machine carries a command out only after the platform took its acceptance, and the platform takes it in
time only. What is told again changes nothing; what contradicts the end is refused. So a lost answer, a second fetch
or a slow network carries nothing out twice, and nothing out late.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from attrs import evolve, field, frozen

from domain.deposits.journal import encode
from domain.fleet.telemetry import HOUR, SECONDS

SCHEMA = 1
SHORTEST_LIFE, LONGEST_LIFE = 10, 24 * 3600
"""Seconds in which a command can be accepted."""
USUAL_LIFE = 600
OUTCOME_WITHIN = HOUR
LONGEST_DETAIL = 2000
NO_OUTCOME = "the machine never told what came of it"


class Kind(str, enum.Enum):
    """What a machine can be told to do."""

    REBOOT = "reboot"
    OPEN_DOOR = "open_door"
    RUN_DIAGNOSTICS = "run_diagnostics"
    TAKE_PICTURE = "take_picture"
    SET_MODE = "set_mode"
    PULL_LOGS = "pull_logs"


class Mode(str, enum.Enum):
    """Where a machine's pictures are judged."""

    LOCAL = "local"
    LOCAL_THEN_REMOTE = "local_then_remote"


class State(str, enum.Enum):
    """What became of a command."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"


WAITING = frozenset({State.QUEUED, State.DELIVERED})
OVER = frozenset({State.SUCCEEDED, State.FAILED, State.EXPIRED})


class Told(str, enum.Enum):
    """What a machine tells of a command."""

    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class UnfitCommand(ValueError):
    """No machine can be told this; the message says why."""


class CommandOver(Exception):
    """It is over, or was never accepted; `state` tells which."""

    def __init__(self, command: Command) -> None:
        """Name the command and its state."""
        super().__init__(f"command {command.id} is {command.state.value}")
        self.state = command.state


@frozen
class Command:
    """One command. Times are microseconds UTC."""

    id: str
    organisation: str
    machine: str
    kind: Kind
    parameters: Mapping[str, str] = field(hash=False)
    issued_by: str
    issued_at: int
    expires_at: int
    state: State = State.QUEUED
    delivered_at: int | None = None
    accepted_at: int | None = None
    ended_at: int | None = None
    detail: str = ""
    """What the machine told with the outcome."""


@frozen
class SignedCommand:
    """A command as it travels: the exact bytes, who signed them, and the signature."""

    raw: bytes
    key_id: str
    signature: bytes


def issue(
    id: str, organisation: str, machine: str, kind: Kind, parameters: Mapping[str, str], by: str, now: int,
    life: int = USUAL_LIFE,
) -> Command:  # fmt: skip
    """Issue a command that can be accepted for `life` seconds. Raises UnfitCommand."""
    if not SHORTEST_LIFE <= life <= LONGEST_LIFE:
        raise UnfitCommand(f"a command lives {SHORTEST_LIFE} to {LONGEST_LIFE} seconds")
    if kind is Kind.SET_MODE:
        if set(parameters) != {"mode"} or parameters["mode"] not in {mode.value for mode in Mode}:
            raise UnfitCommand(f"set_mode takes `mode`: {', '.join(mode.value for mode in Mode)}")
    elif parameters:
        raise UnfitCommand(f"{kind.value} takes no parameters")
    return Command(id, organisation, machine, kind, dict(parameters), by, now, now + life * SECONDS)


def text(command: Command) -> bytes:
    """Return the exact bytes of a command, to be signed: what the machine checks before it moves."""
    return encode(
        {
            "v": SCHEMA,
            "id": command.id,
            "machine": command.machine,
            "kind": command.kind.value,
            "parameters": dict(command.parameters),
            "issued_at": command.issued_at,
            "expires_at": command.expires_at,
        }
    )


def deliver(command: Command, now: int) -> Command:
    """Note that the machine fetched it; fetched again, it stays as it is. Raises CommandOver."""
    if command.state not in WAITING or now >= command.expires_at:
        raise CommandOver(lapse(command, now))
    return command if command.state is State.DELIVERED else evolve(command, state=State.DELIVERED, delivered_at=now)


def tell(command: Command, told: Told, detail: str, now: int) -> Command:
    """Note what the machine tells; told again, nothing changes. Raises CommandOver, UnfitCommand."""
    if len(detail) > LONGEST_DETAIL:
        raise UnfitCommand(f"a detail has at most {LONGEST_DETAIL} characters")
    command = lapse(command, now)
    if told is Told.ACCEPTED:
        if command.state in WAITING:
            delivered = now if command.delivered_at is None else command.delivered_at
            return evolve(command, state=State.ACCEPTED, delivered_at=delivered, accepted_at=now)
        if command.state is State.ACCEPTED:
            return command
        raise CommandOver(command)
    if command.state is State.ACCEPTED:
        return evolve(command, state=State(told.value), ended_at=now, detail=detail)
    if command.state.value == told.value and command.accepted_at is not None:
        return command
    raise CommandOver(command)


def due(command: Command, now: int) -> bool:
    """Tell whether its time is over and nobody said so yet."""
    if command.state in WAITING:
        return now >= command.expires_at
    return command.state is State.ACCEPTED and now - (command.accepted_at or 0) >= OUTCOME_WITHIN


def lapse(command: Command, now: int) -> Command:
    """Return it as it is once its time is considered: expired, or failed for want of an outcome."""
    if not due(command, now):
        return command
    if command.state is State.ACCEPTED:
        return evolve(command, state=State.FAILED, ended_at=now, detail=NO_OUTCOME)
    return evolve(command, state=State.EXPIRED, ended_at=now)
