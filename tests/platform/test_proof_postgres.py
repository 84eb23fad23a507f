"""`rvm prove` on PostgreSQL: chosen by the setting, true rows are proved, and the culprit of each edit is named."""

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from adapters.sql.engine import open_engine
from adapters.sql.sheet import read_sheet
from adapters.sql.unit_of_work import SqlUnitsOfWork
from entrypoints.cli import app
from entrypoints.prove import proof_of
from tests.parts.databases import copied
from tests.platform.files import a_day
from tests.platform.world import GLASS


@pytest.fixture(scope="module")
def day(tmp_path_factory, postgres, postgres_template):
    """A day's rows in a database that is copied for each test, and the folder with the machines' files."""
    data = tmp_path_factory.mktemp("day")
    with copied(postgres, postgres_template) as url:
        store = SqlUnitsOfWork(open_engine(url))
        machines = a_day(data, store)
        store.close()
        yield data, sa.make_url(url).database, machines


@pytest.fixture
def files(day, postgres):
    data, template, machines = day
    with copied(postgres, template) as url:
        yield data, url, machines


def edit(url, statement):
    engine = open_engine(url)
    with engine.begin() as connection:
        assert connection.execute(sa.text(statement)).rowcount != 0, statement
    engine.dispose()


def test_what_is_true_is_proved(files):
    data, url, (one, two) = files
    proof = proof_of(data, database_url=url)
    assert proof.findings == ()
    assert proof.points == (2 + 1) * GLASS + 2 * GLASS
    assert proof.waiting == {one.machine: 0, two.machine: 4}
    engine = open_engine(url)
    sheet = read_sheet(engine)
    engine.dispose()
    assert (sheet.balanced, sheet.points) == (True, proof.points)


def test_the_command_goes_by_the_setting_and_keeps_the_password_to_itself(files, monkeypatch):
    data, url, _ = files
    monkeypatch.setenv("RVM_PLATFORM_DATABASE_URL", url)
    told = CliRunner().invoke(app, ["prove", "--data", str(data)])
    assert told.exit_code == 0, told.output
    assert "proved" in told.output
    assert sa.make_url(url).password not in told.output
    edit(url, "UPDATE balances SET balance = balance + 1")
    assert CliRunner().invoke(app, ["prove", "--data", str(data)]).exit_code == 1


def test_a_database_that_is_not_there_is_a_finding(files):
    data, url, _ = files
    (finding,) = proof_of(data, database_url=f"{url}_of_nobody").findings
    assert "_of_nobody" in finding.culprit


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("DELETE FROM entries WHERE number = (SELECT MIN(number) + 4 FROM entries)", "held"),
        ("UPDATE visits SET points = points + 1 WHERE person_id IS NOT NULL", "visit"),
        ("UPDATE items SET outcome = 'stored' WHERE outcome = 'unknown'", "item"),
        ("UPDATE items SET accepted = false WHERE outcome = 'unknown'", "item"),
        ("UPDATE batches SET received_at = received_at + 99", "time"),
        ("UPDATE postings SET amount = amount + 1 WHERE amount > 0", "sum"),
        ("UPDATE verdicts SET points = points + 1 WHERE points > 0", "verdict"),
        ("UPDATE outbox SET data = replace(data, 'credited', 'refused') WHERE type = 'item.settled'", "event"),
        ("UPDATE postings SET organisation_id = 'elsewhere'", "organisation"),
        ("UPDATE pg_constraint SET convalidated = false WHERE conname = 'ck_postings_amount'", "file"),
    ],
)
def test_any_edit(files, statement, rule):
    data, url, _ = files
    edit(url, statement)
    assert rule in {finding.rule for finding in proof_of(data, database_url=url).findings}
