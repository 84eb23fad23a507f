"""How a broken adapter is tried: every case of its contract is run on it, and at least one must refuse it."""

import inspect
import itertools

import pytest


def cases_of(module, *parameters):
    """The cases of a contract that take just these fixtures, by name."""
    return {
        name: case
        for name, case in vars(module).items()
        if name.startswith("test_") and tuple(inspect.signature(case).parameters) in parameters
    }


def refusing(cases, make):
    """The names of the cases that fail on what `make` makes: a context manager, given the case's parameters."""
    return [name for name, case in cases.items() if _refuses(case, make)]


def _refuses(case, make):
    with make(tuple(inspect.signature(case).parameters)) as arguments:
        try:
            case(*arguments)
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 - that is what refusing is
            return True
    return False


def broken_in_one_way(cases, against):
    """It was refused, and for its own mistake: most of the contract holds still."""
    assert against, "an adapter that breaks its promise passed the contract"
    assert len(against) < len(cases), "it is broken in one way, not in all"


def spelled_out(module, *fixtures):
    """The cases of a contract that take one of these fixtures and whatever they are parametrised with, one by one."""
    cases = {}
    for name, case in vars(module).items():
        if not name.startswith("test_") or not {*inspect.signature(case).parameters} & {*fixtures}:
            continue
        marks = [mark for mark in getattr(case, "pytestmark", ()) if mark.name == "parametrize"]
        choices = [[_given(mark.args[0], each) for each in mark.args[1]] for mark in marks]
        if any(set(given) & set(fixtures) for choice in choices for given in choice):
            continue  # it chooses among the adapters itself
        for number, chosen in enumerate(itertools.product(*choices)):
            values = {key: value for one in chosen for key, value in one.items()}
            cases[f"{name} {number}"] = (case, values)
    return cases


def refusing_these(cases, world):
    """The names of the spelled out cases that fail in a world: a context manager that gives fixtures by name."""
    return [name for name, (case, values) in cases.items() if _fails(case, values, world)]


def _fails(case, values, world):
    with world() as fixtures:
        wanted = {name for name in inspect.signature(case).parameters if name not in values}
        try:
            case(**values, **{name: fixtures[name] for name in wanted})
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 - that is what refusing is
            return True
    return False


def _given(names, values):
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    values = getattr(values, "values", values) if not isinstance(values, dict) else values
    return dict(zip(names, values if len(names) > 1 else (values,), strict=True))
