"""Brings the pictures of decided items to the platform, by the machines' own API, credentials and network.

A machine asks for a ticket, posts the bytes where the ticket says (the platform itself, or an S3 server), and says
that they are there; the platform keeps them if their hash is the one in the journal. The demo does so in its machines'
stead, since what their cameras saw lies in its album.
"""

import enum
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import httpx
from attrs import define, field

from domain.deposits.bodies import ItemDecided, body_of
from domain.deposits.journal import read
from entrypoints.demo.events import EventLog
from entrypoints.demo.machine import DemoMachine
from entrypoints.demo.pictures import Album, kind_of

LOOK_S = 1.0
ANSWER_S = 5.0


class Came(enum.Enum):
    """What came of bringing a picture."""

    KEPT = "kept"
    LATER = "later"
    """Its item is not recorded yet, or the store is away."""
    NEVER = "never"
    """The platform takes no such picture."""


@define
class Round:
    """What is to be brought for one machine."""

    machine: DemoMachine
    key: str
    place: int = 0
    """Up to where its journal was read."""
    waiting: dict[str, Path] = field(factory=dict)
    """Files of pictures by item."""
    kept: int = 0

    def look(self, album: Album) -> None:
        """Read what the journal has decided since the last look."""
        for place, raw in _decided(self.machine.journal, self.place):
            self.place = place
            entry = read(raw)
            body = body_of(entry)
            file = album.file(body.picture.sha256) if isinstance(body, ItemDecided) and body.picture else None
            # Two items in one picture, and the empty intake, were never in anybody's hands: the album has them not.
            if file is not None:
                self.waiting[entry.id] = file

    def bring(self, client: httpx.Client, item: str) -> Came:
        """Bring one picture. Raises httpx.HTTPError."""
        base = f"http://127.0.0.1:{self.machine.proxy.port}"
        place = f"{base}/api/v1/machines/{self.machine.id}/items/{item}/picture"
        key, file = {"Authorization": f"Bearer {self.key}"}, self.waiting[item]
        offered = client.post(place, json={"size": file.stat().st_size, "media_type": kind_of(file)}, headers=key)
        if offered.status_code != 201:
            return Came.NEVER if offered.status_code == 422 else Came.LATER
        upload = offered.json()["upload"]
        if upload is None:
            return Came.KEPT
        address = upload["url"] if "://" in upload["url"] else base + upload["url"]
        client.post(address, data=upload["fields"], files={"file": file.read_bytes()}).raise_for_status()
        return Came.KEPT if client.post(f"{place}/sent", headers=key).status_code == 200 else Came.LATER


class Courier:
    """One thread for all machines."""

    def __init__(
        self, machines: Sequence[DemoMachine], keys: Mapping[str, str], album: Album, events: EventLog
    ) -> None:  # fmt: skip
        """`keys` has each machine's API key by its id."""
        self._rounds = [Round(machine, keys[machine.id]) for machine in machines]
        self._album = album
        self._events = events
        self._over = threading.Event()
        self._changed = threading.Condition()
        self._walks = 0
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End. Harmless before it began."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(ANSWER_S * 2)

    def delivered(self, within: float) -> bool:
        """Wait until all pictures of items that were decided before are kept; False when that took too long."""
        with self._changed:
            begun = self._walks
            done = self._changed.wait_for(lambda: self._walks > begun + 1 and not self._left(), within)
            self._events.write("pictures", kept=sum(each.kept for each in self._rounds), left=self._left())
        return done

    def _left(self) -> int:
        return sum(len(each.waiting) for each in self._rounds)

    def _run(self) -> None:
        with httpx.Client(timeout=ANSWER_S, trust_env=False) as client:
            while not self._over.wait(LOOK_S):
                for each in self._rounds:
                    self._walk(client, each)
                with self._changed:
                    self._walks += 1
                    self._changed.notify_all()

    def _walk(self, client: httpx.Client, each: Round) -> None:
        each.look(self._album)
        for item in list(each.waiting):
            try:
                came = Came.LATER if self._over.is_set() else each.bring(client, item)
            except httpx.HTTPError:
                return  # cut off, or the object store is away
            if came is Came.LATER:
                return  # those that were decided after it are no further
            del each.waiting[item]
            each.kept += came is Came.KEPT


def _decided(journal: Path, after: int) -> list[tuple[int, bytes]]:
    """Places and bytes of the items that a journal has decided, from outside."""
    if not journal.is_file():
        return []
    try:
        with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=2)) as connection:
            question = "SELECT place, raw FROM entries WHERE kind = 'item_decided' AND place > ? ORDER BY place"
            return connection.execute(question, (after,)).fetchall()
    except sqlite3.OperationalError:
        return []  # not made yet
