"""Places at which the platform can be held, from the database: it waits there as it would for anybody's lock.

A trigger of the test takes a lock that is free unless the test holds it. So a process can be killed exactly there, and
nothing of the platform knows of it.
"""

import enum
from contextlib import contextmanager

from tests.production.stand import until

WITHIN = 9.0
"""Seconds: whoever waits for a lock longer than ten gives up."""


class At(enum.Enum):
    """Where. The value is the lock's number, the trigger's event, and what was done and not done there."""

    BEFORE_COMMIT = (7001, "INSERT", "before commit")
    UNPUBLISHED = (7002, "UPDATE OF publication", "committed but unpublished")
    UNMARKED = (7003, "UPDATE OF published_at", "published but unmarked")

    @property
    def lock(self):
        return self.value[0]


def prepare(stand):
    """Put the places into the database."""
    with stand.database() as connection:
        for at in At:
            number, event, _ = at.value
            connection.execute(
                f"CREATE OR REPLACE FUNCTION hold_{number}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN PERFORM pg_advisory_xact_lock_shared({number}); RETURN NULL; END $$"
            )
            connection.execute(
                f"CREATE OR REPLACE TRIGGER hold_{number} BEFORE {event} ON outbox "
                f"FOR EACH STATEMENT EXECUTE FUNCTION hold_{number}()"
            )


@contextmanager
def held(stand, at):
    """Let nobody pass. Yields what counts who waits there now."""
    with stand.database() as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [at.lock])

        def waiting():
            question = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
            return connection.execute(question, [at.lock]).fetchone()[0]

        yield waiting


def caught(waiting, least):
    """Wait until so many wait there; returns how many."""
    return until(lambda: (count := waiting()) >= least and count, WITHIN)
