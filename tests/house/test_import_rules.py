"""The import contracts of pyproject.toml hold, have no exceptions, and catch what they are for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "application", "adapters", "simulators", "entrypoints")
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]

LINT = "import sys; from importlinter.cli import lint_imports_command as c; sys.path.insert(0, ''); c()"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def small_house(tmp_path):
    """The same contracts over packages that hold next to nothing."""
    for package in (
        *PACKAGES, "application/machine", "application/platform", "application/compute", "adapters/one",
        "adapters/two", "adapters/serial_link", "simulators/served", "simulators/bench", "simulators/physics",
        "simulators/firmware", "domain/body", "domain/deposits", "domain/deposits/intake",
    ):  # fmt: skip
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "tests" / "house").mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(Path(__file__).with_name("only_external.py"), tmp_path / "tests" / "house")
    return tmp_path


def test_no_contract_has_an_exception():
    assert [one["id"] for one in CONFIGURATION["contracts"] if "ignore_imports" in one] == []


def test_the_house_keeps_its_contracts():
    checked = lint(ROOT)
    assert checked.returncode == 0, checked.stdout


def test_an_empty_house_keeps_them_too(small_house):
    checked = lint(small_house)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("where", "what"),
    [
        ("domain/a.py", "import application"),
        ("domain/a.py", "import adapters.one"),
        ("domain/a.py", "import sqlalchemy"),
        ("application/a.py", "import adapters.one"),
        ("application/a.py", "import pydantic"),
        ("application/machine/a.py", "import application.platform"),
        ("application/platform/a.py", "import application.compute"),
        ("adapters/one/a.py", "import simulators"),
        ("adapters/one/a.py", "import adapters.two"),
        ("adapters/one/a.py", "import entrypoints"),
        ("simulators/a.py", "import adapters.one"),
        ("simulators/a.py", "import entrypoints"),
        ("simulators/bench/a.py", "import domain.deposits.intake"),
        ("simulators/physics/a.py", "import domain.body"),
        ("simulators/served/a.py", "import application.machine"),
        ("simulators/firmware/a.py", "import adapters.serial_link"),
        ("simulators/firmware/a.py", "import domain.deposits"),
    ],
)
def test_a_forbidden_import_is_found(small_house, where, what):
    (small_house / where).write_text(what + "\n", encoding="utf-8")
    checked = lint(small_house)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "BROKEN" in checked.stdout
