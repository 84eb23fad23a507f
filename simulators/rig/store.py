"""What lasts of the rig when its own process ends: counters, item log, and the pictures of what lies in the intake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulators.rig.physics import Item, Physics, Where


class RigStore:
    """A file `rig.json` and a folder `intake` beside it."""

    def __init__(self, path: Path) -> None:
        """Take the file's place."""
        self._path = path
        self._pictures = path.parent / "intake"

    def load(self, physics: Physics) -> dict[str, bytes]:
        """Put back what lasted into a new body; return the pictures of what lies in the intake, by tag."""
        if not self._path.exists():
            return {}
        kept = json.loads(self._path.read_text("utf-8"))
        physics.passed_in, physics.passed_out = kept["counters"]["in"], kept["counters"]["out"]
        for each in kept["items"]:
            item = Item(each["tag"], each["sha256"], Where(each["where"]), each.get("pictured"))
            physics.items[item.tag] = item
        here = [*physics.at(Where.OPENING), *physics.at(Where.INTAKE)]
        return {item.tag: (self._pictures / item.sha256).read_bytes() for item in here}

    def keep_picture(self, sha256: str, picture: bytes) -> None:
        """Keep the picture of an item that goes in."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        (self._pictures / sha256).write_bytes(picture)

    def save(self, physics: Physics) -> None:
        """Write counters and items: the old file or the new one, never half of it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(self._path.name + ".new")
        new.write_text(json.dumps(told(physics), indent=1), "utf-8")
        new.replace(self._path)
        if self._pictures.exists():
            here = {item.sha256 for where in (Where.OPENING, Where.INTAKE) for item in physics.at(where)}
            for picture in self._pictures.iterdir():
                if picture.name not in here:
                    picture.unlink()


def told(physics: Physics) -> dict[str, Any]:
    """Say what lasts, as plain values."""
    return {
        "counters": {"in": physics.passed_in, "out": physics.passed_out},
        "items": [
            {"tag": item.tag, "sha256": item.sha256, "where": item.where.value, "pictured": item.pictured}
            for item in physics.items.values()
        ],
    }
