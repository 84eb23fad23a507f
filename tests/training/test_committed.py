"""What is committed beside the code: the default model's division and the boxes corrected by eye."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from domain.learning.dataset import Picture
from domain.learning.split import Part, Split, StraddlingSplit, require_sound

FOLDER = Path(__file__).parents[2] / "adapters" / "training" / "trashnet"
SPLITS = json.loads((FOLDER / "splits.json").read_text())
BOXES = json.loads((FOLDER / "validation_boxes.json").read_text())["boxes"]


def test_the_parts_are_disjoint_and_large_enough():
    parts = {part: set(SPLITS["parts"][part.value]) for part in Part}
    for one, other in combinations(parts.values(), 2):
        assert not one & other
    assert len(parts[Part.VALIDATION]) >= 400
    assert len(parts[Part.CALIBRATION]) >= 190
    assert len(parts[Part.TRAIN]) > 1300
    assert all(len(sha) == 64 for part in parts.values() for sha in part)


def test_no_confirmed_pair_straddles_and_one_that_did_would_be_refused():
    split = Split({sha: Part(part) for part, hashes in SPLITS["parts"].items() for sha in hashes})
    pictures = [Picture(sha, "glass") for sha in split.parts]
    pairs = [tuple(pair) for pair in SPLITS["pairs"]]
    assert len(pairs) > 300
    require_sound(split, pictures, pairs)
    moved = next(one for one, _ in pairs if split.parts[one] is Part.TRAIN)
    torn = Split({**split.parts, moved: Part.VALIDATION})
    with pytest.raises(StraddlingSplit):
        require_sound(torn, pictures, pairs)


def test_150_boxes_of_validation_photographs_were_looked_at():
    assert len(BOXES) == 150
    assert set(BOXES) <= set(SPLITS["parts"]["validation"])
    for entry in BOXES.values():
        x0, y0, x1, y1 = entry["box"]
        assert 0 <= x0 < x1 <= 384
        assert 0 <= y0 < y1 <= 512
        assert entry["corrected"] or entry["box"] == entry["derived"]
    assert sum(entry["corrected"] for entry in BOXES.values()) > 40
