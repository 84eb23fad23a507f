"""What a command may lack, said in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

OWN = {"domain", "application", "adapters", "simulators", "entrypoints"}
MISUSE = 2


@contextmanager
def extra(command: str, name: str) -> Iterator[None]:
    """A missing third-party package is said in words: which extra brings it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] in OWN:
            raise
        typer.echo(f"rvm {command} needs the extra: pip install 'myrvm[{name}]'  ({missing.name} is missing)", err=True)
        raise typer.Exit(MISUSE) from None


@contextmanager
def store_answers() -> Iterator[None]:
    """A database that does not answer is said in words."""
    from application.ports.unit_of_work import StoreAway

    try:
        yield
    except StoreAway as away:
        typer.echo(f"the database (RVM_PLATFORM_DATABASE_URL) does not answer: {away}", err=True)
        raise typer.Exit(1) from None
