"""Recognising: what the whole way costs beside the networks alone, and finding items beside ultralytics.

The bound is the time that ONNX Runtime needs for the same networks on the same inputs, with the same settings: the
whole way from a file's bytes to the decision cannot be quicker. The peer is ultralytics' `predict` with the same ONNX
file, from the file to the boxes; it is measured where the extra `training` is installed.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime

from adapters.vision.letterbox import Fit, fitted, tensor
from adapters.vision.onnx_session import cores, options
from adapters.vision.package import DEFAULT, ModelPackage, load_package
from adapters.vision.pictures import decode, read_picture
from benchmarks.row import Beside, Goal, Row, least_seconds, least_seconds_by_turns
from domain.deposits.acceptance import decide
from entrypoints.eyes import Eyes, open_eyes
from entrypoints.settings import VisionSettings

PICTURES = Path(__file__).parents[1] / "entrypoints" / "demo" / "pictures"
FOLDER = VisionSettings().model or DEFAULT
ROUNDS = 5


def rows() -> Sequence[Row]:
    """Measure with one thread and with as many as there are cores."""
    files = sorted(PICTURES.glob("*/*.jpg"))
    package = load_package(FOLDER)
    measured = [row for threads in sorted({1, cores()}) for row in whole_way(files, package, threads)]
    if importlib.util.find_spec("ultralytics") is not None:
        measured += [beside_ultralytics(files, package, threads) for threads in sorted({1, cores()})]
    return measured


def whole_way(files: Sequence[Path], package: ModelPackage, threads: int) -> Sequence[Row]:
    """Hold the whole way per picture against the bare networks."""
    eyes = open_eyes(FOLDER, threads=threads)
    data = [file.read_bytes() for file in files]
    bare = bare_networks(package, data, [bool(eyes.recognise(decode(each)).items) for each in data], threads)
    whole_calls = [partial(decide_one, eyes, each) for each in data]
    taken = least_seconds({"whole": whole_calls, "bare": bare}, rounds=ROUNDS)
    whole, alone = (taken[name] / len(files) * 1000 for name in ("whole", "bare"))
    told = (
        f"{len(files)} packaged pictures of 384 x 512, least of {ROUNDS} rounds in turns; model {package.name}",
        f"whole way: bytes -> frame -> detector -> classifier -> segmenter -> decision; OpenCV {cv2.__version__}",
        f"networks: detector {package.detector.input_size} px, classifier {package.classifier.input_size} px",
        f"bare: InferenceSession.run of both on ready inputs, same settings; ONNX Runtime {onnxruntime.__version__}",
    )
    plural = "thread" if threads == 1 else "threads"
    name = f"whole way, {threads} {plural} a network"
    return [Row(name, whole, "ms", Beside("bare networks", alone), Goal(at_most=1.25), told)]


def decide_one(eyes: Eyes, data: bytes) -> None:
    """Decide on a picture, from its bytes."""
    decide(eyes.recognise(decode(data)), eyes.policy)


def bare_networks(
    package: ModelPackage, data: Sequence[bytes], found: Sequence[bool], threads: int
) -> Sequence[Callable[[], None]]:
    """Return a call for each picture that runs the networks once, on inputs made before.

    The classifier is left out where nothing was found: the whole way leaves it out there too.
    """
    sides = package.detector.input_size, package.classifier.input_size
    networks = [
        onnxruntime.InferenceSession(onnx, options(threads), providers=["CPUExecutionProvider"])
        for onnx in (package.detector.onnx, package.classifier.onnx)
    ]
    entries = [network.get_inputs()[0].name for network in networks]
    inputs = [[square(each, side) for side in sides[: 1 + there]] for each, there in zip(data, found, strict=True)]

    def run(pictures: Sequence[Any]) -> None:
        for network, entry, picture in zip(networks, entries, pictures, strict=False):
            network.run(None, {entry: picture})

    return [partial(run, pictures) for pictures in inputs]


def square(data: bytes, side: int) -> Any:
    """Return a picture as a network's input."""
    pixels = decode(data).pixels
    fit = Fit.of(pixels.shape[1], pixels.shape[0], side)
    return np.ascontiguousarray(tensor(fitted(pixels, fit, side), (0, 0, 0), (1, 1, 1)))


@contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Let this process have so many cores: what chooses its threads by itself then takes as many."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[-count:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def beside_ultralytics(files: Sequence[Path], package: ModelPackage, threads: int) -> Row:
    """Hold finding items, from the file to the boxes, against ultralytics' own way to run the same ONNX file."""
    with on_cores(threads):
        return _beside_ultralytics(files, package, threads)


def _beside_ultralytics(files: Sequence[Path], package: ModelPackage, threads: int) -> Row:
    os.environ.update(YOLO_OFFLINE="true", YOLO_AUTOINSTALL="false", YOLO_VERBOSE="false")
    import torch
    import ultralytics

    eyes = open_eyes(FOLDER, threads=threads)
    torch.set_num_threads(threads)
    model = ultralytics.YOLO(str(FOLDER / "detector.onnx"), task="detect")
    finds = package.detector
    how = {
        "imgsz": finds.input_size, "conf": finds.confidence, "iou": finds.nms_iou, "agnostic_nms": True,
        "device": "cpu", "verbose": False, "save": False, "max_det": 20,
    }  # fmt: skip

    with sessions_of(threads):
        model.predict(str(files[0]), **how)
    sides = {
        "ours": [partial(ours, eyes, file, finds.input_size) for file in files],
        "theirs": [partial(model.predict, str(file), **how) for file in files],
    }
    taken = least_seconds_by_turns(sides, rounds=3 * ROUNDS)
    told = (
        f"ultralytics {ultralytics.__version__} predict: same ONNX, pictures, thresholds and {finds.input_size} px",
        "ultralytics: one picture a call, threads of ONNX Runtime and torch as many as cores",
        "ours: read_picture (decoded for the detector alone) + OnnxDetector.detect",
        "both: on 1 core, then on all; each goes through all pictures in its turn",
    )
    per_second = {side: len(files) / seconds for side, seconds in taken.items()}
    return Row(
        f"finding items, file to boxes, {threads} core{'s' * (threads > 1)}", per_second["ours"], "pictures/s",
        Beside("ultralytics predict", per_second["theirs"]), Goal(at_least=1.5), told,
    )  # fmt: skip


@contextmanager
def sessions_of(threads: int) -> Iterator[None]:
    """Give sessions that are made meanwhile so many threads: left to choose on one core, ONNX Runtime is slower."""
    opened = onnxruntime.InferenceSession

    def session(path: Any, sess_options: Any = None, **more: Any) -> onnxruntime.InferenceSession:
        chosen = sess_options or onnxruntime.SessionOptions()
        chosen.intra_op_num_threads = threads
        return opened(path, chosen, **more)

    onnxruntime.InferenceSession = session
    try:
        yield
    finally:
        onnxruntime.InferenceSession = opened


def ours(eyes: Eyes, file: Path, detail: int) -> None:
    """Find the items of a picture file, which is decoded as small as its decoder can and the detector allows."""
    eyes.recognise.detector.detect(read_picture(file, detail=detail))
