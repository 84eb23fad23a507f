"""From PyTorch to the two ONNX files a machine runs, and what that changed of their answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from adapters.training import augment, classifier, detections
from adapters.training.augment import as_batch, letterbox
from adapters.training.committee import Committee
from adapters.training.offline import YOLO
from adapters.training.pictures import Image
from adapters.training.slimming import slim_weights
from domain.learning.dataset import LABELS
from domain.learning.version import Calibrated, Checked

Weights = Mapping[str, torch.Tensor]
OPSET = 17
BYTES_FROM = 200_000
"""Matrices of the classifier that are kept in bytes: the last third of its layers, two thirds of its weights."""


def export_classifier(weights: Sequence[Weights], side: int, path: Path) -> None:
    """Write all of the classifier's members in one file: input `images` [n, 3, side, side], output `logits` [n, 6]."""
    model = judging(weights)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model.to(memory_format=torch.contiguous_format), (torch.zeros(1, 3, side, side),), str(path),
        input_names=["images"], output_names=["logits"], dynamic_axes={"images": {0: "n"}, "logits": {0: "n"}},
        opset_version=OPSET, dynamo=False,
    )  # fmt: skip
    slim_weights(path, bytes_from=BYTES_FROM)


def judging(weights: Sequence[Weights]) -> nn.Module:
    """The classifier as the machine asks it."""
    return Committee([classifier.load(member) for member in weights]).eval()


def export_detector(weights: Path, side: int, path: Path) -> None:
    """Write the detector: input `images` [1, 3, side, side] RGB 0-1, output [1, 4 + 6, boxes] without NMS."""
    made = YOLO(weights, task="detect").export(
        format="onnx", imgsz=side, opset=OPSET, simplify=False, dynamic=False, nms=False, device="cpu", verbose=False
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    Path(made).replace(path)
    slim_weights(path)


@lru_cache(maxsize=4)
def _session(path: Path, written: int) -> onnxruntime.InferenceSession:
    """A session, kept until the file is written anew."""
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def run_classifier(path: Path, views: Sequence[Image]) -> NDArray[np.float32]:
    """Logits (n, 6) of crops by the exported file."""
    session = _session(path, path.stat().st_mtime_ns)
    batches = (as_batch(list(views[at : at + 32])) for at in range(0, len(views), 32))
    return np.concatenate([session.run(None, {"images": batch})[0] for batch in batches])


def run_detector(path: Path, images: Sequence[Image], side: int) -> list[NDArray[np.float32]]:
    """Raw output [4 + 6, boxes] of each picture by the exported file; boxes in letterboxed pixels."""
    session = _session(path, path.stat().st_mtime_ns)
    name = session.get_inputs()[0].name
    return [session.run(None, {name: detector_input(image, side)})[0][0] for image in images]


def detector_input(image: Image, side: int) -> NDArray[np.float32]:
    """Letterboxed picture as [1, 3, side, side], RGB, 0-1."""
    return np.ascontiguousarray(letterbox(image, side).transpose(2, 0, 1)[None].astype(np.float32) / 255)


def compare(
    files: tuple[Path, Path],
    weights: tuple[Path, Sequence[Weights]],
    samples: Sequence[tuple[Image, Image]],
    side: int,
) -> Checked:
    """Run the exported and the trained networks on the same pictures.

    Args:
        files: exported detector and classifier.
        weights: trained detector (a file) and the classifier's members.
        samples: (whole picture, crop) of each picture.
        side: the detector's input.
    """
    views = [crop for _, crop in samples]
    ours, theirs = run_classifier(files[1], views), classifier.logits(judging(weights[1]), views)
    model = YOLO(weights[0], task="detect").model.float().eval()
    worst = 0.0
    for (image, _), raw in zip(samples, run_detector(files[0], [image for image, _ in samples], side), strict=True):
        with torch.inference_mode():
            answer = model(torch.from_numpy(detector_input(image, side)))
        plain = (answer[0] if isinstance(answer, tuple | list) else answer)[0].numpy()
        worst = max(worst, float(np.abs(plain[4:] - raw[4:]).max()))
    return Checked(
        classifier_difference=float(np.abs(ours - theirs).max()),
        detector_difference=worst,
        same_names=float((ours.argmax(1) == theirs.argmax(1)).mean()),
        bytes=sum(file.stat().st_size for file in files),
    )


def describe(
    folder: Path, version: str, sides: tuple[int, int], calibrated: Calibrated, trained: Mapping[str, Any]
) -> dict[str, Any]:
    """Write model.json beside detector.onnx and classifier.onnx; the machine reads nothing else about them."""
    described = {
        "schema": 1,
        "version": version,
        "labels": list(LABELS),
        "detector": {
            "file": "detector.onnx",
            "sha256": hashlib.sha256((folder / "detector.onnx").read_bytes()).hexdigest(),
            "input_size": sides[0],
            "confidence": round(calibrated.confidence, 4),
            "second_item_confidence": round(calibrated.second_item_confidence, 4),
            "nms_iou": 0.5,
            "item_score": "sum",
            "same_item_overlap": detections.SAME_ITEM,
            "output": "yolo11: [1, 4+6, N] cx cy w h in input pixels, then per-class scores",
            "input": "RGB, float32, NCHW, scaled 0..1; letterboxed: scaled to fit, centred, grey 114",
        },
        "classifier": {
            "file": "classifier.onnx",
            "sha256": hashlib.sha256((folder / "classifier.onnx").read_bytes()).hexdigest(),
            "input_size": sides[1],
            "mean": list(augment.MEAN),
            "std": list(augment.STD),
            "crop_margin": augment.MARGIN,
            "square": augment.SQUARE,
            "temperature": round(calibrated.temperature, 4),
            "input": "RGB, float32, NCHW, scaled 0..1 then (x-mean)/std",
            "crop": "domain.learning.crop.crop_window: each side outward by crop_margin x the longer side; the shorter"
            " side widened to a square; clipped to the frame; letterboxed (scaled to fit, centred, grey 114)",
        },
        "acceptance": {
            "threshold_ppm": round(calibrated.threshold * 1e6),
            "disagreement_ppm": round(calibrated.disagreement * 1e6),
        },
        "trained": dict(trained),
    }
    (folder / "model.json").write_text(json.dumps(described, indent=1) + "\n")
    return described
