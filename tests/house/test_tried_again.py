"""Whatever opens a transaction on the platform is tried again when the store gives the transaction up."""

import ast
from pathlib import Path

import pytest

PLATFORM = Path(__file__).parents[2] / "application" / "platform"
SOURCES = sorted(PLATFORM.glob("*.py"))


def opens(function: ast.FunctionDef) -> bool:
    """Whether a transaction is begun in it."""
    return any(
        isinstance(node, ast.withitem) and "unit_of_work(" in ast.unparse(node.context_expr)
        for node in ast.walk(function)
    )


def tried_again(function: ast.FunctionDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "again" for mark in function.decorator_list)


def called_by(function: ast.FunctionDef, functions: list[ast.FunctionDef]) -> list[ast.FunctionDef]:
    """The functions beside it that call it, as `self.name(...)`."""
    name = f"self.{function.name}"
    return [
        other
        for other in functions
        if any(isinstance(node, ast.Call) and ast.unparse(node.func) == name for node in ast.walk(other))
    ]


def given_up_at_once(source: str) -> list[str]:
    """Names of functions that open a transaction and let an interruption through to whoever called."""
    tree = ast.parse(source)
    found = []
    for body in [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]:
        functions = [node for node in body if isinstance(node, ast.FunctionDef)]
        for function in functions:
            callers = called_by(function, functions)
            guarded = tried_again(function) or (callers and all(tried_again(caller) for caller in callers))
            if opens(function) and not guarded:
                found.append(function.name)
    return found


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_an_interrupted_transaction_is_tried_again(source: Path) -> None:
    assert given_up_at_once(source.read_text()) == []


def test_one_that_is_not_is_found() -> None:
    assert given_up_at_once(
        "class A:\n    def f(self):\n        with self.unit_of_work() as work:\n            pass\n"
    ) == ["f"]
