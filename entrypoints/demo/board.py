"""What the fleet has come to today: a sum over relayed outbox rows, for a page that opens late.

The page adds to it whatever is relayed after `version`. Nothing is counted that was not relayed.
"""

import datetime
import threading
from collections import deque
from typing import Any

from attrs import define, field

from application.ports.outbox import Event
from application.ports.unit_of_work import UnitOfWorkFactory

MOST_ITEMS = 24
PAGE = 500
_PAYS = {"credited", "repriced"}


@define
class Sums:
    """One machine's day."""

    name: str
    items: int = 0
    refused: int = 0
    points: int = 0
    last: dict[str, Any] | None = None
    history: deque[dict[str, Any]] = field(factory=lambda: deque(maxlen=MOST_ITEMS))


class Board:
    """Reads relayed rows as far as they go, each once."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, organisation: str) -> None:
        self._unit_of_work = unit_of_work
        self._organisation = organisation
        self._lock = threading.Lock()
        self._version = 0
        self._machines: dict[str, Sums] = {}
        midnight = datetime.datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        self._since = int(midnight.timestamp() * 1_000_000)

    def read(self) -> dict[str, Any]:
        """`{"version", "machines": [{"id", "name", "items", "refused", "points", "last", "history"}]}`."""
        with self._lock:
            self._catch_up()
            return {
                "version": self._version,
                "machines": [
                    {
                        "id": machine,
                        "name": sums.name,
                        "items": sums.items,
                        "refused": sums.refused,
                        "points": sums.points,
                        "last": sums.last,
                        "history": list(sums.history),
                    }
                    for machine, sums in self._machines.items()
                ],
            }

    def _catch_up(self) -> None:
        while True:
            with self._unit_of_work(read_only=True) as work:
                rows = work.outbox.feed(self._organisation, self._version, PAGE)
            for row in rows:
                self._add(row)
                self._version = row.publication or self._version
            if len(rows) < PAGE:
                return

    def _add(self, row: Event) -> None:
        data = row.data
        if row.at < self._since or not row.aggregate.startswith("machine:") or "machine" not in data:
            return
        sums = self._machines.setdefault(data["machine"], Sums(data.get("machine_name", data["machine"])))
        if row.type == "item.decided":
            accepted = data["decision"] == "accept"
            sums.items += 1
            sums.refused += not accepted
            sums.last = {**data, "accepted": accepted, "points": data["points"] or 0, "verdict": None}
            sums.history.append({"item": data["item"], "accepted": accepted, "points": data["points"] or 0})
        elif row.type == "item.settled":
            if data.get("verdict") in _PAYS:
                sums.points += data["points"]
            if sums.last is not None and sums.last["item"] == data["item"]:
                sums.last |= {"verdict": data.get("verdict")}
