"""`rvm simulate`: a fleet in virtual time, from a seed. The same seed gives the same run, to the last entry."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console

from adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from adapters.sql.engine import open_engine, sqlite_url
from adapters.sql.migrate import migrate
from adapters.sql.unit_of_work import SqlUnitsOfWork
from adapters.vision.pictures import decode
from application.ports.unit_of_work import UnitOfWorkFactory
from application.ports.vision import VisionError
from domain.deposits.intake.state import Configuration
from domain.deposits.recognition import Counting
from entrypoints.counted import counted
from entrypoints.demo.pictures import NoPictures, find
from entrypoints.eyes import open_eyes
from simulators.platform_store import SimulatedStore
from simulators.vision import Recorded, record
from simulators.world.fleet import Fleet, Report
from simulators.world.machine import CONFIGURATION, COUNTING
from simulators.world.trouble import CALM, Climate

STORES = ("sqlite", "memory")
MISUSE = 2


@frozen
class Seen:
    """What a model said of photographs, and what it decides by."""

    samples: tuple[Recorded, ...] = ()
    configuration: Configuration = CONFIGURATION
    counting: Counting = COUNTING


PLAIN = Seen()
"""No photographs: things are plainly what they are."""


def simulate(
    seed: int,
    machines: int,
    hours: float,
    *,
    store: str = "sqlite",
    calm: bool = False,
    pictures: Path | None = None,
    console: Console | None = None,
) -> int:
    """Run a fleet and say what came of it. Returns the exit status: 0, 1 when a promise was broken, 2
    for photographs or a model that cannot be used.

    With `pictures` the model is asked about each photograph once, and people bring those.
    """
    out = console or Console(highlight=False, soft_wrap=True)
    logging.disable(logging.ERROR)  # troubles are the point; the timeline tells them
    begun = time.monotonic()
    try:
        seen = looked_at(pictures) if pictures else PLAIN
        report = run(seed, machines, hours, store=store, calm=calm, seen=seen)
    except (NoPictures, VisionError, OSError) as unfit:
        out.print(str(unfit), markup=False)
        return MISUSE
    finally:
        logging.disable(logging.NOTSET)
    _tell(report, out)
    out.print(
        f"seed {seed}: {counted(machines, 'machine')}, {hours:g} h of virtual time in {time.monotonic() - begun:.1f} s"
    )
    if report.wrong:
        out.print(
            f"[bold red]{counted(len(report.wrong), 'promise')} broken[/]; again: rvm simulate --seed {seed}", end=""
        )
        more = (" --calm" if calm else "") + (f" --pictures {pictures}" if pictures else "")
        out.print(f" --machines {machines} --hours {hours:g} --store {store}{more}", markup=False)
        return 1
    out.print("[bold green]every thing accounted for[/]")
    return 0


def run(
    seed: int, machines: int, hours: float, *, store: str = "memory", calm: bool = False, seen: Seen = PLAIN
) -> Report:
    """Run a fleet on the real platform over the named store; return what came of it."""
    with opened(store) as factory:
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"simulated platform {seed}".encode()).digest())
        signer = Ed25519Signer(key)
        fleet = Fleet(
            seed, machines, factory, signer, Ed25519Verifier(), climate=CALM if calm else Climate(),
            samples=seen.samples, configuration=seen.configuration, counting=seen.counting,
        )  # fmt: skip
        return fleet.run(hours)


def looked_at(folder: Path) -> Seen:
    """Ask the model about every photograph in a folder, once. Raises NoPictures, BrokenPicture, ModelNotLoaded."""
    files = find(folder)
    eyes = open_eyes()
    look = eyes.recognise
    samples = tuple(
        record(decode(file.read_bytes()), look.detector.detect, look.classifier.classify, look.segmenter.segment)
        for file in files
    )
    return Seen(samples, Configuration("simulated", eyes.model, eyes.policy), look.counting)


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
