"""Eyes that play back what was recorded, for tests that are about everything else: no model, no waiting.

`recorded.json` of the machine's data folder: {SHA-256 of a picture: {"material": "glass", "box": [x0, y0, x1, y1],
"confidence": 970000}}, or null for a picture with nothing in it. Pictures that are not listed fail to be recognised.
"""

from __future__ import annotations

import json
from pathlib import Path

from application.machine.recognise import Recognise
from domain.deposits.acceptance import Policy
from domain.deposits.recognition import Box, Counting, Material
from entrypoints.eyes import Eyes
from simulators.vision import Recorded, SimulatedVision, plainly

NAME = "recorded-1+00000000"
POLICY = Policy(threshold=600_000, disagreement=900_000)
COUNTING = Counting(second_item=600_000, same_item=500_000)


def recorded_eyes(file: Path) -> Eyes:
    """Make eyes of a file. Raises OSError, ValueError for a file that is not there or not of this form."""
    recorded: dict[str, Recorded] = {}
    for sha256, said in json.loads(file.read_text("utf-8")).items():
        if said is None:
            recorded[sha256] = Recorded((), None, None)
        else:
            recorded[sha256] = plainly(Material(said["material"]), Box(*said["box"]), said["confidence"])
    vision = SimulatedVision(recorded)
    look = Recognise(detector=vision, classifier=vision, segmenter=vision, counting=COUNTING, model=NAME)
    return Eyes(look, POLICY, NAME)
