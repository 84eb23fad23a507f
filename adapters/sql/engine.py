"""The engine: SQLite or PostgreSQL, as the address says. What differs stands in `sqlite`, `postgres` and `errors`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import ExceptionContext

from adapters.sql import postgres
from adapters.sql.errors import as_ours
from adapters.sql.sqlite import READ_ONLY, open_sqlite, sqlite_url

__all__ = ["BUSY_SECONDS", "open_engine", "reading", "sqlite_url"]

BUSY_SECONDS = 10.0
"""How long a write waits for its turn, or for a lock."""


def open_engine(url: str) -> sa.Engine:
    """Open a database by its SQLAlchemy address: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite":
        engine = open_sqlite(address, BUSY_SECONDS)
    else:
        engine = postgres.open_postgres(address, BUSY_SECONDS)
    sa.event.listen(engine, "handle_error", _raise_ours)
    return engine


def reading(engine: sa.Engine) -> sa.Engine:
    """Return the engine for those who only read: what they see is one moment, and they hold nobody up."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READ_ONLY: True})
    return postgres.reading(engine)


def _raise_ours(context: ExceptionContext) -> None:
    """Raise the port's error for one of the driver, wherever it came up."""
    if context.is_pre_ping and context.is_disconnect:
        return  # the pool lets go of all that it has, and connects anew
    raise as_ours(context.original_exception, context.dialect) from context.original_exception
