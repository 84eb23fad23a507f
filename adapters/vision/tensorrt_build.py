"""TensorRT engines: built on the device from the ONNX file, which takes minutes, and kept.

An engine fits one network, one version of TensorRT and one kind of GPU: its file's name is the hash of all three. The
file begins with a mark and the SHA-256 of what follows; one that is broken, or that TensorRT will not load, is built
anew. TensorRT runs what an engine file says, so the folder belongs to the machine alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

from adapters.vision.engine import EngineUnavailable
from adapters.vision.tensorrt_library import Library, Told

_log = logging.getLogger(__name__)

MARK = b"MyRVM engine 1\n"
MOST_KEPT = 4
"""Engine files that stay: the model at work, the one before it, and two more."""
WORKSPACE = 1 << 28
"""Bytes that TensorRT may use while it looks for the quickest way."""


def engine_file(folder: Path, library: Library, onnx: bytes, *, half: bool) -> Path:
    """Return where the engine of this network lies on this device."""
    who = hashlib.sha256(onnx)
    for part in (library.version, library.gpu, "half" if half else "full"):
        who.update(b"\0" + part.encode())
    return folder / f"{who.hexdigest()[:32]}.engine"


def load_or_build(folder: Path, library: Library, onnx: bytes, *, half: bool = False) -> Any:
    """Return the engine (`ICudaEngine`): the one that was kept, or else a new one.

    Args:
        folder: where engines are kept.
        library: TensorRT and CUDA, as they are here.
        onnx: the network.
        half: let the builder choose half precision. From TensorRT 11 on the precision is the network's own.

    Raises:
        EngineUnavailable: it cannot be built here.
    """
    half = half and library.precision_by_flag
    path = engine_file(folder, library, onnx, half=half)
    kept = _kept(path)
    if kept is not None:
        told = Told()
        engine = _deserialised(library, kept, told)
        if engine is not None:
            return engine
        _log.warning("%s: TensorRT does not load it (%s); it is built anew", path.name, told)
    plan = _built(library, onnx, half=half)
    told = Told()
    engine = _deserialised(library, plan, told)
    if engine is None:
        raise EngineUnavailable(f"TensorRT does not load what it built: {told}")
    _keep(path, plan)
    return engine


def _deserialised(library: Library, plan: bytes, told: Told) -> Any:
    runtime = library.trt.Runtime(told.logger(library.trt))
    return runtime.deserialize_cuda_engine(plan)


def _built(library: Library, onnx: bytes, *, half: bool) -> bytes:
    trt, told = library.trt, Told()
    logger = told.logger(trt)
    builder = trt.Builder(logger)
    strongly = 0 if library.precision_by_flag else 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
    network = builder.create_network(strongly)
    parser = trt.OnnxParser(network, logger)
    if not parser.parse(onnx):
        why = "; ".join(parser.get_error(number).desc() for number in range(parser.num_errors))
        raise EngineUnavailable(f"TensorRT does not understand the network: {why or told}")
    config = builder.create_builder_config()
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, WORKSPACE)
    if half:
        config.set_flag(trt.BuilderFlag.FP16)
    plan = builder.build_serialized_network(network, config)
    if plan is None:
        raise EngineUnavailable(f"TensorRT could not build the engine: {told}")
    return bytes(plan)


def _kept(path: Path) -> bytes | None:
    """Return the engine in a file; None when there is none, or it is not what was written."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head = len(MARK) + 32
    plan = data[head:]
    if data[: len(MARK)] != MARK or data[len(MARK) : head] != hashlib.sha256(plan).digest():
        _log.warning("%s is no whole engine file; it is built anew", path.name)
        return None
    return plan


def _keep(path: Path, plan: bytes) -> None:
    """Write a file whole or not at all. A folder that cannot be written costs a build at each start, and no more."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=".engine-")
        with os.fdopen(number, "wb") as file:
            file.write(MARK + hashlib.sha256(plan).digest() + plan)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        files = sorted(path.parent.glob("*.engine"), key=lambda each: each.stat().st_mtime, reverse=True)
        for old in files[MOST_KEPT:]:
            if old != path:
                old.unlink(missing_ok=True)
    except OSError as broken:
        _log.warning("the engine cannot be kept: %s", broken)
