"""Commands, claim codes and profiles as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from adapters.sql.tables.care import CLAIM_CODES, COMMANDS, PROFILES
from adapters.sql.upsert import upsert
from domain.fleet import claim_code, command
from domain.fleet.claim_code import ClaimCode
from domain.fleet.command import OUTCOME_WITHIN, WAITING, Command, Kind, Mode
from domain.fleet.profile import Profile

_WAITING = sorted(state.value for state in WAITING)
_KEEP_PROFILE = upsert(PROFILES)


class SqlCommands:
    """The repository of commands."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def add(self, command: Command) -> None:
        """Keep a new one."""
        self._connection.execute(sa.insert(COMMANDS), _of_command(command))

    def get(self, id: str) -> Command | None:
        """Return a command."""
        row = self._connection.execute(sa.select(COMMANDS).where(COMMANDS.c.id == id)).one_or_none()
        return _command(row) if row is not None else None

    def waiting(self, machine: str, limit: int) -> Sequence[Command]:
        """Return those that were not accepted (or ended) yet, the oldest first."""
        query = sa.select(COMMANDS).where(COMMANDS.c.machine_id == machine, COMMANDS.c.state.in_(_WAITING))
        return [_command(row) for row in self._connection.execute(query.order_by(COMMANDS.c.number).limit(limit))]

    def keep(self, command: Command) -> None:
        """Replace what is kept of a command."""
        self._connection.execute(sa.update(COMMANDS).where(COMMANDS.c.id == command.id).values(_of_command(command)))

    def of(self, machine: str, before: int | None, limit: int) -> Sequence[tuple[int, Command]]:
        """Return a machine's commands with their numbers, the newest first."""
        query = sa.select(COMMANDS).where(COMMANDS.c.machine_id == machine)
        if before is not None:
            query = query.where(COMMANDS.c.number < before)
        rows = self._connection.execute(query.order_by(COMMANDS.c.number.desc()).limit(limit))
        return [(row.number, _command(row)) for row in rows]

    def due(self, now: int, limit: int) -> Sequence[Command]:
        """Return commands whose time is over and which do not say so yet."""
        late = sa.and_(COMMANDS.c.state.in_(_WAITING), COMMANDS.c.expires_at <= now)
        lost = sa.and_(COMMANDS.c.state == "accepted", COMMANDS.c.accepted_at <= now - OUTCOME_WITHIN)
        query = sa.select(COMMANDS).where(COMMANDS.c.ended_at.is_(None), sa.or_(late, lost))
        rows = self._connection.execute(query.order_by(COMMANDS.c.expires_at, COMMANDS.c.number).limit(limit))
        return [_command(row) for row in rows]


def _of_command(command: Command) -> dict[str, Any]:
    return {
        "id": command.id, "organisation_id": command.organisation, "machine_id": command.machine,
        "kind": command.kind.value, "parameters": dict(command.parameters), "issued_by": command.issued_by,
        "issued_at": command.issued_at, "expires_at": command.expires_at, "state": command.state.value,
        "delivered_at": command.delivered_at, "accepted_at": command.accepted_at, "ended_at": command.ended_at,
        "detail": command.detail,
    }  # fmt: skip


def _command(row: Any) -> Command:
    return Command(
        row.id, row.organisation_id, row.machine_id, Kind(row.kind), row.parameters, row.issued_by, row.issued_at,
        row.expires_at, command.State(row.state), row.delivered_at, row.accepted_at, row.ended_at, row.detail,
    )  # fmt: skip


class SqlClaimCodes:
    """The repository of claim codes."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def add(self, code: ClaimCode) -> None:
        """Keep a new one."""
        self._connection.execute(sa.insert(CLAIM_CODES), _of_code(code))

    def get(self, id: str) -> ClaimCode | None:
        """Return a code."""
        return self._one(sa.select(CLAIM_CODES).where(CLAIM_CODES.c.id == id))

    def locked(self, code_hash: str) -> ClaimCode | None:
        """Return the code with this hash, and hold it."""
        return self._one(sa.select(CLAIM_CODES).where(CLAIM_CODES.c.code_hash == code_hash).with_for_update())

    def keep(self, code: ClaimCode) -> None:
        """Replace what is kept of a code."""
        self._connection.execute(sa.update(CLAIM_CODES).where(CLAIM_CODES.c.id == code.id).values(_of_code(code)))

    def of(self, organisation: str, before: int | None, limit: int) -> Sequence[tuple[int, ClaimCode]]:
        """Return codes with their numbers, the newest first."""
        query = sa.select(CLAIM_CODES).where(CLAIM_CODES.c.organisation_id == organisation)
        if before is not None:
            query = query.where(CLAIM_CODES.c.number < before)
        rows = self._connection.execute(query.order_by(CLAIM_CODES.c.number.desc()).limit(limit))
        return [(row.number, _code(row)) for row in rows]

    def _one(self, query: sa.Select[Any]) -> ClaimCode | None:
        row = self._connection.execute(query).one_or_none()
        return _code(row) if row is not None else None


def _of_code(code: ClaimCode) -> dict[str, Any]:
    return {
        "id": code.id, "organisation_id": code.organisation, "code_hash": code.code_hash, "name": code.name,
        "site": code.site, "issued_by": code.issued_by, "issued_at": code.issued_at, "expires_at": code.expires_at,
        "state": code.state.value, "machine_id": code.machine, "public_key": code.public_key,
        "ended_at": code.ended_at,
    }  # fmt: skip


def _code(row: Any) -> ClaimCode:
    return ClaimCode(
        row.id, row.organisation_id, row.code_hash, row.name, row.site, row.issued_by, row.issued_at, row.expires_at,
        claim_code.State(row.state), row.machine_id, _bytes(row.public_key), row.ended_at,
    )  # fmt: skip


class SqlProfiles:
    """The repository of profiles."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work inside this connection's transaction."""
        self._connection = connection

    def get(self, machine: str) -> Profile | None:
        """Return a machine's profile."""
        row = self._connection.execute(sa.select(PROFILES).where(PROFILES.c.machine_id == machine)).one_or_none()
        return _profile(row) if row is not None else None

    def keep(self, profile: Profile) -> None:
        """Keep a profile; it replaces the one there."""
        row = {
            "machine_id": profile.machine, "organisation_id": profile.organisation, "site": profile.site,
            "mode": profile.mode.value, "public_key": profile.public_key, "proven_at": profile.proven_at,
            "maintained_at": profile.maintained_at, "revoked_at": profile.revoked_at,
        }  # fmt: skip
        _KEEP_PROFILE.many(self._connection, [row])

    def of(self, organisation: str) -> dict[str, Profile]:
        """Return profiles by machine."""
        rows = self._connection.execute(sa.select(PROFILES).where(PROFILES.c.organisation_id == organisation))
        return {row.machine_id: _profile(row) for row in rows}


def _profile(row: Any) -> Profile:
    return Profile(
        row.machine_id, row.organisation_id, row.site, Mode(row.mode), _bytes(row.public_key), row.proven_at,
        row.maintained_at, row.revoked_at,
    )  # fmt: skip


def _bytes(kept: Any) -> bytes | None:
    return None if kept is None else bytes(kept)
