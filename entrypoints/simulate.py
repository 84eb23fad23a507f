"""`rvm simulate`: a fleet in virtual time, from a seed. The same seed gives the same run, to the last entry."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.migrate import migrate
from adapters.sql.unit_of_work import SqlUnitsOfWork
from application.ports.unit_of_work import UnitOfWorkFactory
from simulators.platform_store import SimulatedStore
from simulators.world.fleet import Fleet, Report
from simulators.world.trouble import CALM, Climate

STORES = ("sqlite", "memory")


def simulate(
    seed: int, machines: int, hours: float, *, store: str = "sqlite", calm: bool = False, console: Console | None = None
) -> int:
    """Run a fleet and say what came of it. Returns the exit status: 0, or 1 when a promise was broken."""
    out = console or Console(highlight=False, soft_wrap=True)
    logging.disable(logging.ERROR)  # troubles are the point; the timeline tells them
    begun = time.monotonic()
    try:
        report = run(seed, machines, hours, store=store, calm=calm)
    finally:
        logging.disable(logging.NOTSET)
    _tell(report, out)
    out.print(f"seed {seed}: {machines} machines, {hours:g} h of virtual time in {time.monotonic() - begun:.1f} s")
    if report.wrong:
        out.print(f"[bold red]{len(report.wrong)} promises broken[/]; again: rvm simulate --seed {seed}", end="")
        out.print(f" --machines {machines} --hours {hours:g} --store {store}{' --calm' if calm else ''}")
        return 1
    out.print("[bold green]every thing accounted for[/]")
    return 0


def run(seed: int, machines: int, hours: float, *, store: str = "memory", calm: bool = False) -> Report:
    """Run a fleet on the real platform over the named store; return what came of it."""
    with opened(store) as factory:
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"simulated platform {seed}".encode()).digest())
        signer = Ed25519Signer(key)
        fleet = Fleet(seed, machines, factory, signer, Ed25519Verifier(), climate=CALM if calm else Climate())
        return fleet.run(hours)


@contextmanager
def opened(store: str) -> Iterator[UnitOfWorkFactory]:
    """Open an empty store: `sqlite` (the real one, in a folder that is removed again) or `memory`."""
    if store == "memory":
        yield SimulatedStore()
        return
    with TemporaryDirectory(prefix="rvm-simulate-") as folder:
        engine = open_engine(sqlite_url(Path(folder) / "platform.db"))
        migrate(engine)
        units = SqlUnitsOfWork(engine)
        try:
            yield units
        finally:
            units.close()


def _tell(report: Report, out: Console) -> None:
    for name, number in sorted(report.counts.items()):
        out.print(f"{number:8}  {name}")
    if report.wrong:
        out.print("[bold]the end of the timeline[/]")
        for line in report.timeline:
            out.print(line, markup=False)
        for wrong in report.wrong:
            out.print(f"[bold red]wrong[/] {wrong}")
