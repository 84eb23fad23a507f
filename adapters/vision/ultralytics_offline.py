"""Ultralytics, kept from asking the network, installing anything, or writing to the user's home."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from adapters.vision.engine import EngineUnavailable


def torch() -> Any:
    """Return the module `torch`. Raises EngineUnavailable: the extra `ultralytics` is not installed."""
    try:
        import torch as module  # noqa: PLC0415 - only where somebody asks for it
    except ImportError as missing:
        raise _not_here(missing) from missing
    return module


def backend() -> Any:
    """Return what runs a network of any format: the class `AutoBackend`. Raises EngineUnavailable."""
    _keep_quiet()
    try:
        from ultralytics.nn.autobackend import AutoBackend  # noqa: PLC0415 - the same
    except ImportError as missing:
        raise _not_here(missing) from missing
    return AutoBackend


def sam() -> Any:
    """Return the class `SAM`. Raises EngineUnavailable."""
    _keep_quiet()
    try:
        from ultralytics import SAM  # noqa: PLC0415 - the same
    except ImportError as missing:
        raise _not_here(missing) from missing
    return SAM


def _keep_quiet() -> None:
    """Say so to Ultralytics, which reads it when it is imported."""
    os.environ.setdefault("YOLO_OFFLINE", "true")
    os.environ.setdefault("YOLO_AUTOINSTALL", "false")
    os.environ.setdefault("YOLO_VERBOSE", "false")
    if "YOLO_CONFIG_DIR" not in os.environ:
        os.environ["YOLO_CONFIG_DIR"] = tempfile.mkdtemp(prefix="ultralytics-")


def _not_here(missing: ImportError) -> EngineUnavailable:
    return EngineUnavailable(f"Ultralytics is not installed here (extra `ultralytics`): {missing}")
