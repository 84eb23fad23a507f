"""`rvm prove`: read what a demo (or a platform and its machines) left behind, and prove it.

Reads only: the platform's database (the file in the folder, or the one that RVM_PLATFORM_DATABASE_URL names), each
machine's journal, and what each machine's (simulated) hardware counted by itself. Nothing is changed.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rich.console import Console

from adapters.journal.reading import entries
from adapters.signing.ed25519 import Ed25519Verifier
from adapters.sql.evidence import SqlEvidence
from application.platform.prove_ledger import Proof, ProveLedger
from application.ports.journal import JournalError
from application.ports.unit_of_work import StoreError
from domain.deposits.bodies import ItemDecided, body_of
from domain.deposits.journal import Entry, MalformedEntry
from domain.deposits.proof import Hardware, MachineFiles
from domain.points.proof import Finding
from entrypoints.counted import counted

DATABASE = "platform.db"
MACHINES = "machines"
JOURNAL = "journal.db"
RIG, BODY = "rig.json", "body.json"
"""Books of simulated hardware: of a rig, or of a body."""
MOST_SHOWN = 50
"""Findings that are printed; the first ones name the culprit, the rest follow from it."""


def prove(data: Path, *, database_url: str = "", complete: bool = False, console: Console | None = None) -> int:
    """Prove a folder, and the database of an address instead of its file if one is given, and say so.

    Returns the exit status: 0, or 1 when something is amiss or cannot be read.
    """
    out = console or Console(highlight=False, soft_wrap=True)
    if database_url:
        out.print(f"database: {_plain(shown(database_url))}")
    proof = proof_of(data, database_url=database_url, complete=complete)
    for finding in proof.findings[:MOST_SHOWN]:
        out.print(f"[bold red]wrong[/] {_plain(finding.rule)}: {_plain(finding.culprit)}: {_plain(finding.detail)}")
    if len(proof.findings) > MOST_SHOWN:
        out.print(f"... and {len(proof.findings) - MOST_SHOWN} more")
    for machine, waiting in proof.waiting.items():
        if waiting:
            left = counted(waiting, "entry", "entries")
            out.print(f"waiting: machine {machine} has {left} that the platform does not hold yet")
    out.print(
        f"{counted(proof.entries, 'entry', 'entries')} of {counted(proof.machines, 'machine')}, "
        f"{counted(proof.items, 'item')}, {counted(proof.credited, 'credit')}, "
        f"{counted(proof.points, 'point')} in people's balances, {counted(proof.unpublished, 'event')} to publish"
    )
    if proof.months:
        out.print(f"{counted(proof.months, 'month')} went: proved by checkpoints")
    out.print(
        "[bold green]proved[/]"
        if proof.holds
        else f"[bold red]{counted(len(proof.findings), 'thing is', 'things are')} wrong[/]"
    )
    return 0 if proof.holds else 1


def proof_of(data: Path, *, database_url: str = "", complete: bool = False) -> Proof:
    """Return the proof of a folder. What cannot be read at all is a finding too."""
    database = shown(database_url) if database_url else str(data / DATABASE)
    if not database_url and not (data / DATABASE).is_file():
        return _nothing(Finding("file", database, "there is no such file"))
    machines = [machine_files(folder) for folder in sorted(_folders(data / MACHINES))]
    try:
        with SqlEvidence.of(database_url) if database_url else SqlEvidence.of_file(data / DATABASE) as evidence:
            return ProveLedger(Ed25519Verifier())(evidence, machines, complete=complete)
    except sa.exc.DatabaseError as broken:
        return _nothing(Finding("file", database, str(broken.orig)))
    except StoreError as broken:
        return _nothing(Finding("file", database, str(broken)))
    except (ValueError, TypeError) as odd:
        return _nothing(Finding("file", database, f"a row holds what no row of ours can: {odd!r}"))


def shown(database_url: str) -> str:
    """Return a database's address without its password."""
    return sa.make_url(database_url).render_as_string(hide_password=True)


def machine_files(folder: Path) -> MachineFiles:
    """Read a machine's folder, which bears the machine's id."""
    read: list[Entry] = []
    damage: str | None = None
    try:
        read.extend(entries(folder / JOURNAL))
    except JournalError as broken:
        damage = str(broken)
    file = folder / BODY if (folder / BODY).is_file() else folder / RIG
    hardware, unreadable = _hardware(file, _pictured(read))
    return MachineFiles(folder.name, tuple(read), damage or unreadable, hardware)


def _pictured(journal: list[Entry]) -> frozenset[str]:
    """Return the pictures that items were decided upon."""
    found = set()
    for entry in journal:
        with suppress(MalformedEntry):
            body = body_of(entry)
            if isinstance(body, ItemDecided) and body.picture is not None:
                found.add(body.picture.sha256)
    return frozenset(found)


def _hardware(file: Path, pictured: frozenset[str]) -> tuple[Hardware | None, str | None]:
    """Read what the hardware counted; None where there is no such file."""
    if not file.is_file():
        return None, None
    try:
        kept: dict[str, Any] = json.loads(file.read_text("utf-8"))
        in_bin = Counter(_picture_of(item, pictured) for item in kept["items"] if item["where"] == "bin")
        return Hardware(passed_in=int(kept["counters"]["in"]), in_bin=in_bin), None
    except (ValueError, KeyError, TypeError) as broken:
        return None, f"{file.name}: {broken!r}"


def _picture_of(item: dict[str, Any], pictured: frozenset[str]) -> str:
    """Return the picture that an item is known by: of all that a body's camera made of it, the one decided upon."""
    if "sha256" in item:
        return str(item.get("pictured") or item["sha256"])
    made = [str(picture) for picture in item["pictures"]]
    return next((one for one in made if one in pictured), made[0] if made else f"none of {item['tag']}")


def _folders(parent: Path) -> list[Path]:
    return [folder for folder in parent.iterdir() if folder.is_dir()] if parent.is_dir() else []


def _nothing(finding: Finding) -> Proof:
    return Proof(
        findings=(finding,), machines=0, entries=0, items=0, credited=0, points=0, unpublished=0, waiting={}
    )  # fmt: skip


def _plain(text: str) -> str:
    """Return text without the brackets that rich reads as markup."""
    return text.replace("[", r"\[")
