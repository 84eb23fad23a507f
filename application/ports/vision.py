"""What the application asks of vision. A frame is opaque here: it is passed on and never looked into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from domain.body.frame_quality import Figures
from domain.deposits.recognition import Box, Classification, Detection, Mask, Recognition


class Frame(Protocol):
    """One upright picture. Only the adapters of vision know what is inside."""

    @property
    def width(self) -> int:
        """Pixels across."""

    @property
    def height(self) -> int:
        """Pixels down."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the picture as it was encoded (file or camera), 64 hexadecimal digits."""

    @property
    def encoded(self) -> bytes:
        """The picture as it was encoded, what `sha256` is of; empty where nobody has kept it."""

    @property
    def perceptual_hash(self) -> str:
        """64-bit DCT hash of what is seen, 16 hexadecimal digits; near pictures have near hashes."""


class VisionError(Exception):
    """Vision could not do what it was asked; the message names what and why."""


class BrokenPicture(VisionError):
    """This is no picture that can be read: truncated, empty, of an unknown kind, or too large."""


class ModelNotLoaded(VisionError):
    """A model file is missing, has another hash than it should, or cannot be run here."""


class InferenceFailed(VisionError):
    """A model was loaded but failed on this frame."""


class RemoteAway(VisionError):
    """Nobody can be asked elsewhere: no network, no service, or it will not have it."""


class RemoteLate(VisionError):
    """No answer came from elsewhere in time."""


class Detector(Protocol):
    """Finds items in a frame."""

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Return the items found, the most certain first. Raises InferenceFailed."""


class Classifier(Protocol):
    """Names the material of the item inside a box."""

    def classify(self, frame: Frame, box: Box) -> Classification:
        """Return calibrated probabilities that sum to a million (give or take rounding). Raises InferenceFailed."""


class Segmenter(Protocol):
    """Tells which pixels of a box belong to the item, and measures them."""

    def segment(self, frame: Frame, box: Box) -> Mask:
        """Return the measures of what belongs to the item; its area is 0..box.area. Raises InferenceFailed."""


class RemoteRecogniser(Protocol):
    """Says what is in a frame, elsewhere: on a computer with more than this one has."""

    def recognise(self, frame: Frame, budget: int) -> Recognition:
        """Return what is seen; its `model` is the name of the model that saw it.

        `budget` is how long may be waited, microseconds: by then there is an answer, or RemoteLate. Raises RemoteAway,
        RemoteLate, InferenceFailed.
        """


class NoRemote:
    """Where no service is named: nobody can be asked."""

    def recognise(self, frame: Frame, budget: int) -> Recognition:
        """Raise RemoteAway."""
        raise RemoteAway("no service is named that could be asked")


FrameMeter = Callable[[Frame], Figures]
"""Says what a frame is like: its brightness, contrast and sharpness. Never fails."""
