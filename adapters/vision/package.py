"""A model package: a folder with `model.json` and the ONNX files it names, held together by their hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from application.ports.vision import ModelNotLoaded
from domain.deposits.acceptance import Policy
from domain.deposits.recognition import PPM, Counting, Material

SCHEMA = 1
DEFAULT = Path(__file__).parent / "models" / "default"
"""The package that ships with the program."""

_THREE = 3


@frozen
class DetectorModel:
    """How the detector's network is fed and read."""

    onnx: bytes
    input_size: int
    """Side of its square input, pixels."""
    confidence: float
    """Least score for an item to be reported at all."""
    nms_iou: float
    summed: bool
    """Whether the labels' scores together say how sure it is of an item; otherwise the best of them does."""


@frozen
class ClassifierModel:
    """How the classifier's network is fed and read."""

    onnx: bytes
    input_size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    crop_margin: float
    square: bool
    temperature: float


@frozen
class ModelPackage:
    """All that belongs to one version of the model."""

    name: str
    """Version and the start of the hash of `model.json` (which holds the hashes of the networks)."""
    labels: tuple[Material, ...]
    detector: DetectorModel
    classifier: ClassifierModel
    policy: Policy
    counting: Counting


def load_package(folder: Path = DEFAULT) -> ModelPackage:
    """Load a package. Raises ModelNotLoaded: a file is missing, is another than its hash says, or makes no sense."""
    try:
        raw = (folder / "model.json").read_bytes()
    except OSError as missing:
        raise ModelNotLoaded(f"{folder / 'model.json'}: {missing.strerror}") from missing
    try:
        said = json.loads(raw)
        if said["schema"] != SCHEMA:
            raise ModelNotLoaded(f"{folder / 'model.json'}: schema {said['schema']!r} is not {SCHEMA}")
        return _package(folder, said, hashlib.sha256(raw).hexdigest())
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        raise ModelNotLoaded(f"{folder / 'model.json'}: {type(broken).__name__}: {broken}") from broken


def _package(folder: Path, said: Mapping[str, Any], digest: str) -> ModelPackage:
    finds, names, accepts = said["detector"], said["classifier"], said["acceptance"]
    second = float(finds["second_item_confidence"])
    overlap = float(finds.get("same_item_overlap", 0.6))
    return ModelPackage(
        name=f"{said['version']}+{digest[:8]}",
        labels=tuple(Material(label) for label in said["labels"]),
        detector=DetectorModel(
            onnx=_network(folder, finds),
            input_size=int(finds["input_size"]),
            confidence=float(finds["confidence"]),
            nms_iou=float(finds["nms_iou"]),
            summed=_summed(finds.get("item_score", "best")),
        ),
        classifier=ClassifierModel(
            onnx=_network(folder, names),
            input_size=int(names["input_size"]),
            mean=_three(names["mean"]),
            std=_three(names["std"]),
            crop_margin=float(names["crop_margin"]),
            square=bool(names["square"]),
            temperature=_positive(names["temperature"]),
        ),
        policy=Policy(threshold=int(accepts["threshold_ppm"]), disagreement=int(accepts["disagreement_ppm"])),
        counting=Counting(second_item=round(second * PPM), same_item=round(overlap * PPM)),
    )


def _network(folder: Path, said: Mapping[str, Any]) -> bytes:
    path = folder / Path(said["file"]).name
    try:
        onnx = path.read_bytes()
    except OSError as missing:
        raise ModelNotLoaded(f"{path}: {missing.strerror}") from missing
    found = hashlib.sha256(onnx).hexdigest()
    if found != said["sha256"]:
        raise ModelNotLoaded(f"{path}: its SHA-256 is {found[:12]}..., model.json says {said['sha256'][:12]}...")
    return onnx


def _summed(said: str) -> bool:
    if said not in {"sum", "best"}:
        raise ValueError(f"an item's score is the sum or the best of the labels' scores, not {said!r}")
    return said == "sum"


def _three(values: list[float]) -> tuple[float, ...]:
    if len(values) != _THREE:
        raise ValueError(f"one value each for red, green and blue expected, not {values}")
    return tuple(float(value) for value in values)


def _positive(value: float) -> float:
    if not value > 0:
        raise ValueError(f"a temperature is above 0, not {value}")
    return float(value)
