"""How much memory eyes need with SAM 2, beside the same eyes with the segmenter that needs no weights.

Each looks at packaged photographs in a process of its own; its share of all pages (PSS) is read when it has seen them.
Needs the extra `ultralytics` and RVM_VISION_SAM2_WEIGHTS, so it runs only when it is named; elsewhere it says what is
missing and exits 2. What the weights have learnt makes no difference to what they weigh.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from adapters.vision.pictures import read_picture
from adapters.vision.sam2_segmenter import load_sam2
from benchmarks.agent_memory import pss_mb
from benchmarks.recognise import PICTURES
from benchmarks.row import Beside, Row
from entrypoints.eyes import open_eyes
from entrypoints.settings import VisionSettings

LOOKS = 6


def rows() -> Sequence[Row]:
    """Measure both. Raises ModelNotLoaded where SAM 2 or its weights are not here."""
    weights = VisionSettings().sam2_weights
    load_sam2(weights)
    (ground, _), (sam2, ms) = (_child(name) for name in ("ground", "sam2"))
    told = (
        f"a process of its own each, {LOOKS} packaged pictures, one thread, on the CPU; {weights and weights.name}",
        f"a whole look with SAM 2 took {ms:.0f} ms (median)",
    )
    return [Row("eyes with SAM 2, PSS", sam2, "MB", Beside("eyes without weights for masks", ground), settings=told)]


def _child(segmenter: str) -> tuple[float, float]:
    """Return a fresh process' PSS after its looks, MB, and the median time of a look, ms."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.sam2_memory"], check=True, capture_output=True, text=True,
        env={**os.environ, "RVM_VISION_SEGMENTER": segmenter},
    ).stdout  # fmt: skip
    memory, ms = told.split()[-2:]
    return float(memory), float(ms)


def look() -> None:
    """Look at some pictures with the eyes that the settings name; print PSS and the median time."""
    eyes = open_eyes(threads=1)
    taken = []
    for file in sorted(PICTURES.glob("*/*.jpg"))[:LOOKS]:
        begun = time.perf_counter()
        eyes.recognise(read_picture(file))
        taken.append(1000 * (time.perf_counter() - begun))
    print(pss_mb(os.getpid()), sorted(taken)[len(taken) // 2])


if __name__ == "__main__":
    look()
