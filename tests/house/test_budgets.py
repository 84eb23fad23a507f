from pathlib import Path

from tests.house.budgets import BUDGETS, suite_of

ROOT = Path(__file__).parents[2]


def test_each_suite_has_a_budget():
    suites = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert {name.removeprefix("tests/") for name in BUDGETS if name != "features"} == suites


def test_together_they_leave_room_in_half_an_hour():
    # Two workers share them; installing what the tests need takes the rest.
    assert sum(BUDGETS.values()) / 2 < 25 * 60


def test_a_test_belongs_to_its_folder():
    assert suite_of("tests/api/test_live.py::test_it[1]") == "tests/api"
    assert suite_of("features/test_codes.py::test_it") == "features"
