"""A driver's error as the port's: the one place that knows how each database says what went wrong."""

from __future__ import annotations

from typing import NoReturn

import sqlalchemy as sa

from application.ports.unit_of_work import AlreadyThere, ConnectionLost, Interrupted, StoreAway, StoreBusy, StoreError

_UNIQUE = "23505"
_GIVEN_UP = {"40001", "40P01"}
"""Serialisation failure, deadlock."""
_CHECK = "23514"
"""A check fails. If it is none of ours, a row was on its way to a partition when its month got one of its own."""
_BUSY = {"55P03", "57014", "53300"}
"""Waited too long for a lock, or for an answer; too many connections."""
_GOING_DOWN = {"57P01", "57P02"}
NO_ANSWER = "RVM01"
"""A code of our own: the server does not answer at all."""
_AWAY = {NO_ANSWER, "57P03"}
"""... or answers that it cannot yet."""
_CONNECTION = "08"
"""Class of the errors of a connection."""


def raise_as_ours(error: BaseException, connection: sa.Connection) -> NoReturn:
    """Raise the port's error for one of the driver; a connection that broke is not used again."""
    ours = as_ours(error, connection.dialect)
    if isinstance(ours, (ConnectionLost, StoreAway)) and not connection.invalidated:
        connection.invalidate()
    raise ours from error


def as_ours(error: BaseException, dialect: sa.Dialect) -> StoreError:
    """Return the port's error for one of the driver."""
    if dialect.name == "sqlite":
        return _of_sqlite(error, dialect)
    return _of_postgres(error, dialect)


def _of_sqlite(error: BaseException, dialect: sa.Dialect) -> StoreError:
    driver = dialect.loaded_dbapi
    if isinstance(error, driver.IntegrityError):
        return AlreadyThere(str(error))
    if isinstance(error, driver.OperationalError) and "locked" in str(error):
        return StoreBusy(str(error))
    return StoreError(str(error))


def _of_postgres(error: BaseException, dialect: sa.Dialect) -> StoreError:
    state = getattr(error, "sqlstate", None)
    if state == _UNIQUE:
        return AlreadyThere(str(error))
    if state in _GIVEN_UP:
        return Interrupted(str(error))
    if state == _CHECK and error.diag.constraint_name is None:  # type: ignore[attr-defined]
        return Interrupted(str(error))
    if state in _BUSY:
        return StoreBusy(str(error))
    if state in _AWAY:
        return StoreAway(str(error))
    # Without a state it was the network that spoke, not the server.
    silent = state is None and isinstance(error, dialect.loaded_dbapi.OperationalError)
    if silent or state in _GOING_DOWN or str(state).startswith(_CONNECTION):
        return ConnectionLost(str(error))
    return StoreError(str(error))
