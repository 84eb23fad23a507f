"""A platform with something of everything in it, on either engine, and the means to look at it again."""

import sqlite3
from contextlib import closing, contextmanager

import sqlalchemy as sa
from attrs import frozen

from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.tables import METADATA
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.ports.objects import Objects
from domain.objects.content import Content
from domain.objects.name import Bucket, ObjectName
from entrypoints import backup
from entrypoints.container import DATABASE_FILE, build_platform, close_platform, resolved
from entrypoints.settings import PlatformSettings
from tests.api.conftest import quick_settings
from tests.platform.files import a_day

PASSPHRASE = "what nobody guesses"
PICTURE = ObjectName(Bucket.IMAGES, "a/picture")
MODEL = ObjectName(Bucket.MODELS, "first/model.onnx")


@frozen
class Place:
    """Where a platform is, or will be."""

    settings: PlatformSettings

    @property
    def data(self):
        return self.settings.data

    @property
    def url(self):
        return self.settings.database_url or sqlite_url(self.data / DATABASE_FILE)

    def back_up(self, to, **more):
        return backup.back_up(to, settings=self.settings, **more)

    def restore(self, source, **more):
        return backup.restore(source, settings=self.settings, **more)

    def rows(self):
        """Every row of every table, by table."""
        engine = open_engine(self.url)
        with engine.connect() as connection:
            found = {
                table.name: sorted(map(repr, connection.execute(sa.select(table)).all()))
                for table in METADATA.sorted_tables
            }
        engine.dispose()
        return found

    def keys(self):
        return {name: (self.data / name).read_bytes() for name in ("platform-key.pem", "platform-secret")}

    def files(self):
        """Every file that lies there, with what is in it."""
        return {
            path.relative_to(self.data): path.read_bytes()
            for path in sorted(self.data.rglob("*"))
            if path.is_file() and path.suffix != ".db-shm"
        }

    @contextmanager
    def running(self):
        container = build_platform(self.settings)
        try:
            yield container
        finally:
            close_platform(container)


def place(data, database_url="", passphrase=PASSPHRASE, **more):
    return Place(quick_settings(data, database_url=database_url, backup_passphrase=passphrase, relay=False, **more))


def lived_in(where, journals):
    """Let a day pass on a platform: paid, refused, unknown, a forged token, pictures. Journals lie in `journals`."""
    with where.running() as container:
        store = SqlUnitsOfWork(open_engine(where.url))
        a_day(journals, store)
        store.close()
        objects = resolved(container, Objects)
        objects.put(PICTURE, Content.of(b"a picture", "image/jpeg"), b"a picture")
        objects.put(MODEL, Content.of(b"\0" * 300_000, "application/octet-stream"), b"\0" * 300_000)


def edit(file, statement):
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)
