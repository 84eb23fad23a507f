"""What was backed up is what comes back, from either engine to either."""

import stat

import pytest
from typer.testing import CliRunner

from adapters.sql.engine import open_engine
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.ports.objects import Objects
from entrypoints.cli import app
from entrypoints.container import resolved
from entrypoints.prove import proof_of
from tests.backup.world import MODEL, PASSPHRASE, PICTURE, lived_in, place
from tests.parts.databases import copied
from tests.platform.world import Counting, Platform, person


@pytest.fixture
def another(postgres):
    """A second database without any table."""
    with copied(postgres, "template1") as url:
        yield url


@pytest.mark.parametrize(
    ("taken_from", "brought_to"),
    [("sqlite", "sqlite"), ("postgres", "postgres"), ("sqlite", "postgres"), ("postgres", "sqlite")],
)
def test_all_of_it_comes_back(tmp_path, request, taken_from, brought_to):
    one = "" if taken_from == "sqlite" else request.getfixturevalue("empty_postgres_url")
    two = "" if brought_to == "sqlite" else request.getfixturevalue("another")
    lived, fresh = place(tmp_path / "one", one), place(tmp_path / "two", two)
    lived_in(lived, tmp_path)
    assert lived.back_up(tmp_path / "backup") == 0
    assert proof_of(tmp_path / "backup").findings == (), "the backup can be proved as it lies there"
    assert fresh.restore(tmp_path / "backup") == 0
    assert fresh.rows() == lived.rows()
    assert fresh.keys() == lived.keys()
    with fresh.running() as container:
        objects = resolved(container, Objects)
        with objects.get(PICTURE) as body:
            assert body.read(100) == b"a picture"
        assert objects.head(MODEL).size == 300_000
    (tmp_path / "machines").rename(tmp_path / "two" / "machines")
    proof = proof_of(tmp_path / "two", database_url=two)
    assert proof.findings == ()
    assert sum(proof.waiting.values()) == 4
    goes_on(fresh.url)


def goes_on(url):
    """New rows take new numbers: nothing collides with what was brought back."""
    store = SqlUnitsOfWork(open_engine(url))
    platform = Platform(store)
    platform.ids = Counting("later")
    machine = platform.machine("three")
    machine.visit(platform.session(person("ana")).token, items=2)
    assert platform.send(machine).stored == len(machine.entries)
    store.close()


def test_the_commands_do_it_and_only_the_owner_reads_it(tmp_path, monkeypatch):
    lived_in(place(tmp_path / "one"), tmp_path)
    run = CliRunner().invoke
    for name, value in {"DATA": str(tmp_path / "one"), "BACKUP_PASSPHRASE": PASSPHRASE, "DATABASE_URL": ""}.items():
        monkeypatch.setenv(f"RVM_PLATFORM_{name}", value)
    told = run(app, ["platform", "backup", "--to", str(tmp_path / "backup")])
    assert (told.exit_code, "2 objects" in told.output) == (0, True), told.output
    kept = list((tmp_path / "backup").glob("*"))
    assert {path.name for path in kept} == {"keys.sealed", "manifest.json", "objects", "platform.db"}
    modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in kept if path.is_file()}
    assert (modes, (tmp_path / "backup").stat().st_mode & 0o077) == ({0}, 0)
    sealed = (tmp_path / "backup" / "keys.sealed").read_bytes()
    assert not any(key in sealed for key in place(tmp_path / "one").keys().values())
    told = run(app, ["platform", "restore", "--from", str(tmp_path / "backup"), "--check"])
    assert (told.exit_code, told.output.startswith("whole")) == (0, True), told.output
    monkeypatch.setenv("RVM_PLATFORM_DATA", str(tmp_path / "two"))
    told = run(app, ["platform", "restore", "--from", str(tmp_path / "backup")])
    assert (told.exit_code, told.output.startswith("restored")) == (0, True), told.output
    assert place(tmp_path / "two").rows() == place(tmp_path / "one").rows()


def test_objects_may_be_kept_elsewhere(tmp_path):
    lived, fresh = place(tmp_path / "one"), place(tmp_path / "two")
    lived_in(lived, tmp_path)
    assert lived.back_up(tmp_path / "backup", with_objects=False) == 0
    assert fresh.restore(tmp_path / "backup") == 0
    assert not (tmp_path / "backup" / "objects").exists()
    assert not (fresh.data / "objects").exists()
    assert fresh.rows() == lived.rows()


def test_what_an_older_release_backed_up_is_brought_to_this_ones_schema(tmp_path, request, another):
    from adapters.sql.migrate import migrate_to, revisions

    lived = place(tmp_path / "one")
    lived_in(lived, tmp_path)
    engine = open_engine(lived.url)
    migrate_to(engine, revisions()[-2])
    engine.dispose()
    assert lived.back_up(tmp_path / "backup") == 0
    for fresh in (place(tmp_path / "two"), place(tmp_path / "three", another)):
        assert fresh.restore(tmp_path / "backup") == 0
        assert proof_of(fresh.data, database_url=fresh.settings.database_url).findings == ()
        goes_on(fresh.url)
