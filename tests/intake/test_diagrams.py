"""The pictures in docs/ show the tables that run."""

from pathlib import Path

import pytest

from domain.deposits.intake.state import HealthState
from domain.deposits.intake.table import Ignored, Table, TableNotTotal
from entrypoints.diagrams import TABLES, draw, page

DOCS = Path(__file__).parents[2] / "docs" / "diagrams"


def test_the_pages_in_docs_are_up_to_date():
    assert draw(DOCS, check=True) == 0, "run `rvm diagrams`"


def test_an_outdated_page_is_noticed(tmp_path):
    assert draw(tmp_path, check=True) == 1
    assert draw(tmp_path) == 0
    assert draw(tmp_path, check=True) == 0
    (tmp_path / "visit.md").write_text("the visit of last year")
    assert draw(tmp_path, check=True) == 1


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_page_names_every_state_and_event(table):
    text = page(table)
    assert all(f"## {state.value}" in text for state in type(table.start))
    assert all(event.__name__ in text for event in table.alphabet)


def test_a_table_that_is_not_total_does_not_come_to_be():
    with pytest.raises(TableNotTotal, match=r"health: .*out int"):
        Table("health", HealthState.OFF, (int,), {(HealthState.OFF, int): Ignored("why not")})
