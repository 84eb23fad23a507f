"""The suite kills every planted mutant; and it is the mutant that kills, for the unharmed copy passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.planted import MUTANTS
from tests.mutants.workshop import Mutant, copy_of_the_code, healthy, tried

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mutants"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_the_code(tmp_path_factory.mktemp("mutants"))


def test_there_are_twenty_and_each_has_its_own_name() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 20


def test_the_unharmed_copy_passes_what_the_mutants_must_fail(copy: Path) -> None:
    every = tuple(sorted({test for mutant in MUTANTS for test in mutant.tests}))
    assert healthy(every, copy)


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_the_suite_kills(mutant: Mutant, copy: Path) -> None:
    outcome = tried(mutant, copy)
    print(f"{mutant.name}: {outcome.witness}")
    assert outcome.killed, f"{mutant.name} survived:\n{outcome.witness}"
