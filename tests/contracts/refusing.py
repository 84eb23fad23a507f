"""How a broken adapter is tried: every case of its contract is run on it, and at least one must refuse it."""

import inspect

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
