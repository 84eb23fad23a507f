"""Runs tests against a copy of the code in which one mistake was planted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "domain", "application", "adapters", "simulators", "entrypoints", "features", "tests", "benchmarks", "deploy",
    "docs",
)  # fmt: skip
"""What a test may need of the checkout."""
PATIENCE_S = 240


class StaleMutant(Exception):
    """The line that a mutant changes is not in the code (or not just once): the mutant must be brought up to date."""


@frozen
class Mutant:
    """One planted mistake, and the tests that are to notice it."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    """Files or tests, the quick ones that should notice first."""


@frozen
class Outcome:
    """What the tests made of a mutant."""

    mutant: Mutant
    killed: bool
    witness: str
    """The first test that failed, or the end of the output when none did."""


def copy_of_the_code(folder: Path) -> Path:
    """Copy the code into `folder`; the heavy model files are linked."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, copy_function=_link_heavy, ignore=_ignored, symlinks=True)
    for file in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / file, folder)
    return folder


def planted(mutant: Mutant, folder: Path) -> str:
    """Plant the mistake in the copy and return the file's former text. Raises StaleMutant."""
    path = folder / mutant.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.before) != 1:
        raise StaleMutant(f"{mutant.name}: {mutant.file} holds its line {text.count(mutant.before)} times, not once")
    path.write_text(text.replace(mutant.before, mutant.after), encoding="utf-8")
    return text


def tried(mutant: Mutant, folder: Path) -> Outcome:
    """Run the mutant's tests in the copy, then mend it again."""
    former = planted(mutant, folder)
    try:
        return _judged(mutant, _run(mutant.tests, folder))
    finally:
        (folder / mutant.file).write_text(former, encoding="utf-8")


def healthy(tests: tuple[str, ...], folder: Path) -> bool:
    """Tell whether these tests pass in the unharmed copy: only then does a failure say something."""
    return _run(tests, folder).returncode == 0


def _run(tests: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_ADDOPTS": "",
        "HYPOTHESIS_PROFILE": "ci",
    }
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_CURRENT_TEST"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip


def _judged(mutant: Mutant, run: subprocess.CompletedProcess[str]) -> Outcome:
    failures = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    # 1 is pytest's "tests ran and some failed": a mutant that only breaks the import (2) is not noticed by a test.
    if run.returncode == 1 and failures:
        return Outcome(mutant, killed=True, witness=failures[0])
    return Outcome(mutant, killed=False, witness="\n".join(run.stdout.splitlines()[-15:]))


def _link_heavy(source: str, target: str) -> None:
    if source.endswith(".onnx"):
        Path(target).symlink_to(source)
    else:
        shutil.copy(source, target)


def _ignored(_: str, names: list[str]) -> set[str]:
    return {name for name in names if name in ("__pycache__", ".hypothesis", ".pytest_cache")}
