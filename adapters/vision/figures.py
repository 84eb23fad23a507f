"""What a picture is like, in whole numbers: brightness, contrast, sharpness."""

from __future__ import annotations

import cv2
import numpy as np

from adapters.vision.frame import PictureFrame
from application.ports.vision import Frame, InferenceFailed
from domain.body.sight import Figures

ACROSS = 160
"""Pixels to which a picture is made smaller first: what is left of noise there is little, and of edges much."""


def figures(frame: Frame) -> Figures:
    """Return a frame's figures. Raises InferenceFailed for a frame without pixels."""
    if not isinstance(frame, PictureFrame):
        raise InferenceFailed(f"a {type(frame).__name__} has no pixels to measure")
    high, wide = frame.pixels.shape[:2]
    size = (ACROSS, max(1, round(high * ACROSS / wide)))
    grey = cv2.cvtColor(cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return Figures(
        brightness=round(float(grey.mean())),
        contrast=round(float(grey.std())),
        sharpness=round(100 * float(np.var(cv2.Laplacian(grey, cv2.CV_32F)))),
        fingerprint=frame.sha256,
        looks=frame.perceptual_hash,
    )
