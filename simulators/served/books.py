"""What lasts of a served body, and what it counted by itself: for the next time, and for a proof from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulators.bench.stage import Stage
from simulators.physics.belt import Item, Lies

MOST_PICTURES = 60
"""Of one item: the machine decides upon one of the first few, and looks again before it moves it."""
PLACES = {Lies.BELT: "intake", Lies.OPENING: "opening", Lies.BIN: "bin", Lies.TAKEN: "taken"}


class Books:
    """A file of JSON: `counters`, `boots`, `items` with the SHA-256 of every picture that was made of each, `bins`."""

    def __init__(self, file: Path) -> None:
        """Take the file's place."""
        self._file = file
        self._written: object = None
        self._exposures: dict[str, list[str]] = {}
        self._made = 0

    def exposed(self, tags: tuple[str, ...], sha256: str) -> None:
        """Note that a picture was made of these items."""
        for tag in tags:
            self._exposures[tag] = [*self._exposures.get(tag, ()), sha256][-MOST_PICTURES:]
            self._made += 1

    def load(self, stage: Stage) -> None:
        """Put back what lasted. What lay within reach was taken meanwhile."""
        if not self._file.exists():
            return
        kept = json.loads(self._file.read_text("utf-8"))
        lasting = stage.device.lasting
        lasting.passed_in, lasting.passed_out = kept["counters"]["in"], kept["counters"]["out"]
        lasting.boots = kept["boots"]
        for each in kept["items"]:
            lies = Lies.BIN if each["where"] == "bin" else Lies.TAKEN
            stage.body.belt.items.append(Item(each["tag"], lies=lies))
            self._exposures[each["tag"]] = list(each["pictures"])
        for one in stage.body.bins:
            one.tags[:] = kept["bins"][one.name]["tags"]
            one.echo.fill_mm = kept["bins"][one.name]["fill_mm"]

    def keep(self, stage: Stage) -> None:
        """Write it, if anything changed: the old file or the new one, never half of it."""
        lasting = stage.device.lasting
        now = (
            *(lasting.passed_in, lasting.passed_out, lasting.boots, self._made),
            *(item.lies for item in stage.body.belt.items),
            *(one.echo.fill_mm for one in stage.body.bins),
        )
        if now != self._written:
            new = self._file.with_name(self._file.name + ".new")
            new.write_text(json.dumps(self._told(stage), indent=1), "utf-8")
            new.replace(self._file)
            self._written = now

    def _told(self, stage: Stage) -> dict[str, Any]:
        lasting = stage.device.lasting
        return {
            "counters": {"in": lasting.passed_in, "out": lasting.passed_out},
            "boots": lasting.boots,
            "items": [
                {"tag": item.tag, "where": PLACES[item.lies], "pictures": self._exposures.get(item.tag, [])}
                for item in stage.body.belt.items
            ],
            "bins": {one.name: {"tags": one.tags, "fill_mm": one.echo.fill_mm} for one in stage.body.bins},
        }
