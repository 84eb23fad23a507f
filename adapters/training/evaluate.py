"""The whole path, as a machine runs it, on pictures it never saw."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from adapters.training.proofs import Look
from domain.learning.dataset import Picture
from domain.learning.evaluation import Sighting


def judge_pictures(
    look: Look, pictures: Collection[Picture], paths: Mapping[str, Path], tick: Callable[[int, int], None]
) -> dict[str, Sighting]:
    """Show every picture's file to the machine's eyes; sightings by hash.

    Args:
        look: the machine's eyes and rules: a file in, what it sees and decides out.
        pictures: what to show, each with its true label.
        paths: where the files are, by hash.
        tick: told how many are done, and of how many.
    """
    said = {}
    for done, picture in enumerate(pictures, start=1):
        seen = look(paths[picture.sha256])
        said[picture.sha256] = Sighting(picture.label, seen.label, seen.confidence, seen.accepted, seen.reason)
        tick(done, len(pictures))
    return said
