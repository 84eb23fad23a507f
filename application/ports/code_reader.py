"""Reads QR codes and barcodes out of frames; apart from the camera, for another library does it."""

from __future__ import annotations

from typing import Protocol

from application.ports.vision import Frame


class CodeReader(Protocol):
    """Reads codes."""

    def read(self, frame: Frame) -> tuple[str, ...]:
        """Return the text of every QR code in the frame; an empty tuple when there is none."""
