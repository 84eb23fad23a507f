"""Where stages put their results, so that an interrupted run goes on instead of beginning again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import cv2
import numpy as np

from adapters.training.ground import Item
from application.ports.training import TrainingFailed


@attrs.frozen
class Shelf:
    """A folder of results. A result is written whole or not at all."""

    folder: Path

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """The JSON result kept under this name, made now if there is none."""
        path = self.folder / f"{name}.json"
        if path.exists():
            return json.loads(path.read_text())
        result = make()
        keep_json(path, result)
        return json.loads(path.read_text())

    def belongs_to(self, what: str, wanted: dict[str, Any]) -> None:
        """Tie the folder to one plan, or one data set.

        Raises:
            TrainingFailed: it holds results of another.
        """
        kept = self.once(what, lambda: wanted)
        if kept != wanted:
            other = sorted(key for key in {*kept, *wanted} if kept.get(key) != wanted.get(key))
            raise TrainingFailed(f"{self.folder} holds a run with other {', '.join(other)}; give another --out")

    def keep_item(self, sha: str, item: Item) -> None:
        """Write an item's mask and box."""
        path = self.folder / "items" / f"{sha}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        described = {"box": item.box, "whole_frame": item.whole_frame, "ground_share": item.ground_share}
        cv2.imwrite(str(path), item.mask)
        keep_json(path.with_suffix(".json"), described)

    def item(self, sha: str) -> Item | None:
        """An item written earlier."""
        path = self.folder / "items" / f"{sha}.json"
        if not path.exists():
            return None
        described = json.loads(path.read_text())
        mask = cv2.imread(str(path.with_suffix(".png")), cv2.IMREAD_GRAYSCALE)
        if mask is None:
            return None
        return Item(tuple(described["box"]), mask.astype(np.uint8), described["whole_frame"], described["ground_share"])


def keep_json(path: Path, result: object) -> None:
    """Write JSON whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".part")
    fresh.write_text(json.dumps(result, indent=0) + "\n")
    fresh.replace(path)
