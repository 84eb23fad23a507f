"""Every contract suite has three adapters that are broken for the purpose: who adds a suite cannot forget them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CONTRACTS = Path(__file__).parents[1] / "contracts"
TRIED_IN = ("test_broken.py", "test_broken_senses.py")
"""Where the broken adapters of several suites are tried."""
SAME_PORTS = {
    "test_chute": "test_body",
    "test_cameras": "test_body",
    "test_command": "test_body",
}
"""Suites that hold other adapters to ports whose broken ones are tried by another suite."""
SUITES = sorted(path.stem for path in CONTRACTS.glob("test_*.py") if path.name not in TRIED_IN)


def imported(name: str) -> set[str]:
    """Return the modules of tests.contracts that a module of it imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((CONTRACTS / name).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "tests.contracts":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests.contracts."):
            found.add((node.module or "").rpartition(".")[2])
    return found


def tried_beside(suite: str) -> bool:
    """Tell whether a suite tries broken adapters itself: it has three of them, or imports them, and tells the table."""
    text = (CONTRACTS / f"{suite}.py").read_text("utf-8")
    own = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef) and ast.get_docstring(node)]
    of_their_own = any(name.startswith("broken_") for name in imported(f"{suite}.py"))
    return "told(" in text and "roken" in text and (of_their_own or len(own) >= 3)


@pytest.mark.parametrize("suite", SUITES)
def test_three_broken_adapters_are_tried_on_it(suite: str) -> None:
    suite = SAME_PORTS.get(suite, suite)
    elsewhere = set().union(*(imported(name) for name in TRIED_IN))
    assert suite in elsewhere or tried_beside(suite), (
        f"{suite} has no broken adapters: three that lose, double and are not atomic, or the three mistakes that would "
        "hurt there (see tests/contracts/test_broken_senses.py)"
    )


def test_what_is_said_of_suites_is_about_suites_that_are_there() -> None:
    assert {*SAME_PORTS, *SAME_PORTS.values()} <= set(SUITES)
