"""Scenes that prove the detector finds items and not frames; made from pictures that taught nothing.

They are composites: no photographs of an empty ground or of two items are at hand, and the model card says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np

from adapters.training.composites import Scene, several_items
from adapters.training.detections import Corners, average_precision, overlap
from adapters.training.empty_ground import Source, empty_ground
from adapters.training.pictures import Image, save_image
from application.ports.training import Seen, TrainingFailed

Look = Callable[[Path], Seen]
SHRUNK = 0.4
MOST_TRIES = 100


@attrs.frozen(slots=True)
class ProofScenes:
    """Scenes of each kind."""

    shrunk: tuple[Scene, ...]
    double: tuple[Scene, ...]
    empty: tuple[Scene, ...]


def make_proof_scenes(sources: Sequence[Source], count: int, seed: int) -> ProofScenes:
    """Make scenes from pictures of one part only.

    Args:
        sources: pictures of that part; their items that fill the frame are used whole for `shrunk`, not for `double`.
        count: of two-item and of empty scenes; one shrunk scene is made for every source.
        seed: of the randomness; another one than training's.
    """
    apart = [source for source in sources if not source.item.whole_frame] or list(sources)

    def dice(kind: int, index: int) -> np.random.Generator:
        return np.random.default_rng([seed, 977, kind, index])

    return ProofScenes(
        tuple(shrunk_anywhere(source, sources, dice(0, index)) for index, source in enumerate(sources)),
        tuple(two_items(apart, sources, dice(1, index)) for index in range(count)),
        tuple(Scene(empty_ground(sources, dice(2, index)), ()) for index in range(count)),
    )


def shrunk_anywhere(source: Source, grounds: Sequence[Source], dice: np.random.Generator) -> Scene:
    """The item at 40 % of its size in its photograph, anywhere on a ground."""
    long = max(source.item.box[2] - source.item.box[0], source.item.box[3] - source.item.box[1])
    share = SHRUNK * long / max(source.image.shape[:2])
    return several_items([source], grounds, 1, dice, (share, share))


def two_items(sources: Sequence[Source], grounds: Sequence[Source], dice: np.random.Generator) -> Scene:
    """Two items apart on one ground; tried again until both found room.

    Raises:
        TrainingFailed: they never did.
    """
    for _ in range(MOST_TRIES):
        scene = several_items(sources, grounds, 2, dice, (0.25, 0.62))
        if len(scene.boxes) == 2:
            return scene
    raise TrainingFailed("no two of these items have room on one ground")


def prove_scenes(scenes: ProofScenes, folder: Path, look: Look, tick: Callable[[int, int], None]) -> dict[str, float]:
    """Show the scenes to the machine's own eyes, as files; shares of one by name."""
    total = len(scenes.shrunk) + len(scenes.double) + len(scenes.empty)
    shown = 0

    def see(kind: str, index: int, image: Image) -> Seen:
        nonlocal shown
        path = folder / f"{kind}-{index:03d}.png"
        save_image(path, image)
        shown += 1
        tick(shown, total)
        return look(path)

    close = [
        overlap(seen.box, scene.boxes[0][0]) if seen.box else 0.0
        for scene, seen in ((one, see("shrunk", index, one.image)) for index, one in enumerate(scenes.shrunk))
    ]
    double = [see("double", index, one.image).reason == "two_items" for index, one in enumerate(scenes.double)]
    empty = [see("empty", index, one.image).reason == "no_item" for index, one in enumerate(scenes.empty)]
    return {
        "shrunk_to_40_percent_iou_0.7": float(np.mean([share >= 0.7 for share in close])),
        "shrunk_to_40_percent_mean_iou": float(np.mean(close)),
        "two_items_refused_as_two": float(np.mean(double)),
        "empty_ground_refused_as_empty": float(np.mean(empty)),
    }


def prove_boxes(boxes: Mapping[str, Corners], found: Mapping[str, Sequence[tuple[Corners, float]]]) -> dict[str, float]:
    """Average precision on boxes that an eye corrected, labels ignored."""
    hashes = sorted(boxes)
    claims, truths = [found[sha] for sha in hashes], [boxes[sha] for sha in hashes]
    return {
        "map50_class_agnostic": average_precision(claims, truths, 0.5),
        "map50_95_class_agnostic": float(
            np.mean([average_precision(claims, truths, 0.5 + 0.05 * step) for step in range(10)])
        ),
    }
