"""How PostgreSQL is opened.

Writes run READ COMMITTED: each statement sees what was committed before it, and what a use case decides upon it
holds first, by row locks (FOR UPDATE) or, where there is no row to lock yet, by a lock on a name (`holding`). Reads
run REPEATABLE READ, READ ONLY: they see one moment and hold nobody up. docs/data-model.md says who holds what.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

OLDEST = 15
"""The oldest release that is served."""
POOL = 20
"""Connections that one process opens at most."""
CONNECT_SECONDS = 2
"""How long opening a connection may take."""
_READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class TooOld(Exception):
    """The server is older than any that is served."""


def open_postgres(address: sa.URL, wait_seconds: float) -> sa.Engine:
    """Open a database; connections are made when they are needed. Raises ModuleNotFoundError without the driver."""
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    from adapters.sql.watched import watch  # noqa: PLC0415 - the driver is in an extra

    engine = sa.create_engine(
        address,
        isolation_level="READ COMMITTED",
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=wait_seconds,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "myrvm",
            # A host that is gone is noticed by the network in that time, a server that stands still by its pulse.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            # A lock that is never given, and a transaction that is never ended, end by themselves.
            "options": f"-c lock_timeout={int(wait_seconds * 1000)} "
            f"-c idle_in_transaction_session_timeout={int(3 * wait_seconds * 1000)}",
        },
    )
    sa.event.listen(engine, "first_connect", _check)
    watch(engine, address.host or None, address.port or 5432)
    return engine


def reading(engine: sa.Engine) -> sa.Engine:
    """Return the engine for those who only read."""
    return engine.execution_options(**_READING)


def _check(driver: Any, _: object) -> None:
    major = driver.info.server_version // 10_000
    if major < OLDEST:
        raise TooOld(f"PostgreSQL {OLDEST} or newer is needed, this is {major}")
