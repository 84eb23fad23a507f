"""A platform on each database, with the folder that the proof reads, and machines whose months may go."""

import shutil

import pytest
import sqlalchemy as sa
from attrs import define, field

from adapters.signing.ed25519 import Ed25519Verifier
from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.platform.drop_months import DropMonths
from domain.deposits.recognition import Material
from entrypoints.prove import proof_of
from tests.platform.conftest import empty_database  # noqa: F401 - a fixture
from tests.platform.files import keep_journal, keep_rig
from tests.platform.world import DAY, GLASS, Platform

KEPT = 12


@define
class House:
    """A platform whose months go, and all that the proof wants to see."""

    platform: Platform
    data: object
    url: str
    writers: list = field(factory=list)

    @property
    def store(self):
        return self.platform.store

    def machine(self, name):
        self.writers.append(self.platform.machine(name))
        return self.writers[-1]

    def prices(self):
        """Publish a list that is in force from now on."""
        now = self.platform.clock.wall
        self.platform.publish(len(self.lists()) + 1, {Material.GLASS: GLASS}, now, now + 40 * DAY)

    def lists(self):
        with self.store(read_only=True) as work:
            return work.price_lists.of(self.platform.organisation)

    def drop(self):
        return DropMonths(
            self.platform.organisation, self.store, self.platform.clock, self.platform.signer, Ed25519Verifier(), KEPT
        )()

    def prove(self, **more):
        folder = self.data / "machines"
        shutil.rmtree(folder, ignore_errors=True)
        for writer in self.writers:
            keep_journal(folder / writer.machine, writer)
            keep_rig(folder / writer.machine, writer)
        return proof_of(self.data, database_url=self.url, complete=True, **more)

    def run(self, statement, **values):
        """Change rows behind everybody's back. Returns what it found, if it asks."""

        with self.store.engine.begin() as connection:
            done = connection.execute(sa.text(statement), values)
            return done.all() if done.returns_rows else done.rowcount


@pytest.fixture(params=["sqlite", "postgres"])
def house(request, tmp_path, empty_database):  # noqa: F811
    if request.param == "sqlite":
        shutil.copy(empty_database, tmp_path / "platform.db")
        url, shown = sqlite_url(tmp_path / "platform.db"), ""
    else:
        url = shown = request.getfixturevalue("postgres_url")
    store = SqlUnitsOfWork(open_engine(url))
    yield House(Platform(store), tmp_path, shown)
    store.close()
