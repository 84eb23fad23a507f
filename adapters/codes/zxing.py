"""QR codes by zxing-cpp."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from application.ports.vision import Frame, InferenceFailed


@runtime_checkable
class HasPixels(Protocol):
    """A frame that can be looked into: height x width x 3, blue green red."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The picture."""


class ZxingCodeReader:
    """Reads every QR code of a frame."""

    def read(self, frame: Frame) -> tuple[str, ...]:
        """Return the texts, sorted. Raises InferenceFailed for a frame without pixels."""
        if not isinstance(frame, HasPixels):
            raise InferenceFailed(f"codes are read from pictures, not from a {type(frame).__name__}")
        found = zxingcpp.read_barcodes(np.ascontiguousarray(frame.pixels), formats=zxingcpp.BarcodeFormat.QRCode)
        return tuple(sorted(code.text for code in found if code.valid and code.text))
