"""Ultralytics, kept from asking the network or writing to the user's home."""

import os
import tempfile

os.environ.setdefault("YOLO_OFFLINE", "true")
os.environ.setdefault("YOLO_AUTOINSTALL", "false")
os.environ.setdefault("YOLO_VERBOSE", "false")
os.environ.setdefault("YOLO_CONFIG_DIR", tempfile.mkdtemp(prefix="ultralytics-"))

from ultralytics import YOLO
from ultralytics.utils import SETTINGS

SETTINGS.update({key: False for key in ("sync", "hub", "tensorboard", "wandb", "mlflow") if key in SETTINGS})

__all__ = ["YOLO"]
