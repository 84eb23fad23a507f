"""Vision without looking: recognitions that were recorded once, played back for the picture they were made of.

In virtual time a fleet sees hundreds of thousands of items; what a model says of a picture does not change, so it is
asked once (`record`) and played back here, with noise from a seed where that is wanted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from attrs import evolve, field, frozen

from application.ports.hardware import CameraFailed
from application.ports.vision import Frame, InferenceFailed
from domain.deposits.recognition import PPM, Box, Classification, Detection, Mask, Material


@frozen
class SimulatedFrame:
    """A frame without pixels: which picture it is, and the codes that stand in it."""

    width: int
    height: int
    sha256: str
    perceptual_hash: str
    codes: tuple[str, ...] = ()
    encoded: bytes = field(default=b"", repr=False)


@frozen
class Recorded:
    """What the models said of one picture."""

    detections: tuple[Detection, ...]
    named: Classification | None
    """What the classifier said of the surest detection's box; None when nothing was found."""
    mask: Mask | None
    """What the segmenter measured there."""


def record(
    frame: Frame,
    detect: Callable[[Frame], Sequence[Detection]],
    classify: Callable[[Frame, Box], Classification],
    segment: Callable[[Frame, Box], Mask],
) -> Recorded:
    """Ask real models about one picture, for playing back."""
    detections = tuple(detect(frame))
    if not detections:
        return Recorded((), None, None)
    box = detections[0].box
    return Recorded(detections, classify(frame, box), segment(frame, box))


@frozen
class Noise:
    """How unlike itself a second look at one picture is. The same seed gives the same looks."""

    seed: int
    confidence: int = 0
    """Largest change of a probability, parts per million."""
    shift: int = 0
    """Largest move of a box, pixels."""
    failures: float = 0.0
    """Share of looks that fail."""
    _dice: random.Random = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Start the chance from the seed."""
        object.__setattr__(self, "_dice", random.Random(self.seed))

    def fails(self) -> bool:
        """Tell whether this look fails."""
        return self._dice.random() < self.failures

    def moved(self, box: Box, frame: Frame) -> Box:
        """Return the box a little elsewhere, still inside the frame and of its size."""
        across = self._within(self.shift, -box.x0, frame.width - box.x1)
        down = self._within(self.shift, -box.y0, frame.height - box.y1)
        return Box(box.x0 + across, box.y0 + down, box.x1 + across, box.y1 + down)

    def wavered(self, confidence: int) -> int:
        """Return the confidence a little more or less."""
        return confidence + self._within(self.confidence, -confidence, PPM - confidence)

    def _within(self, most: int, low: int, high: int) -> int:
        return max(low, min(high, self._dice.randint(-most, most)))


STILL = Noise(seed=0)
"""Every look is like the first."""


@frozen
class SimulatedVision:
    """Detector, classifier and segmenter in one, playing back what was recorded by the picture's hash."""

    recorded: Mapping[str, Recorded]
    noise: Noise = STILL

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Return the recorded items, the most certain first. Raises InferenceFailed."""
        seen = [
            evolve(one, box=self.noise.moved(one.box, frame), confidence=self.noise.wavered(one.confidence))
            for one in self._of(frame).detections
        ]
        return tuple(sorted(seen, key=lambda one: -one.confidence))

    def classify(self, frame: Frame, box: Box) -> Classification:
        """Return the recorded probabilities; what noise gives one material it takes from another.

        Raises InferenceFailed, also for a picture in which nothing was found.
        """
        named = self._of(frame).named
        if named is None:
            raise InferenceFailed(f"nothing was recorded of an item in {frame.sha256[:12]}")
        parts = dict(named.probabilities)
        first, second = sorted(parts, key=lambda material: -parts[material])[:2] if len(parts) > 1 else (None, None)
        if first is not None and second is not None:
            both = parts[first] + parts[second]
            parts[first] = min(both, self.noise.wavered(parts[first]))
            parts[second] = both - parts[first]
        return Classification(parts)

    def segment(self, frame: Frame, box: Box) -> Mask:
        """Return the recorded measures, the area as far as the box has room for it. Raises InferenceFailed."""
        mask = self._of(frame).mask
        if mask is None:
            raise InferenceFailed(f"nothing was recorded of an item in {frame.sha256[:12]}")
        return evolve(mask, area=min(mask.area, box.area))

    def _of(self, frame: Frame) -> Recorded:
        if self.noise.fails():
            raise InferenceFailed("the simulated model failed")
        try:
            return self.recorded[frame.sha256]
        except KeyError as unknown:
            raise InferenceFailed(f"no recognition was recorded of {frame.sha256[:12]}") from unknown


def plainly(material: Material, box: Box, confidence: int = 970_000) -> Recorded:
    """Make up what a model would plainly say of one item of this material."""
    others = [other for other in Material if other is not material]
    share, left = divmod(PPM - confidence, len(others))
    parts = {material: confidence + left, **dict.fromkeys(others, share)}
    return Recorded((Detection(box, material, confidence),), Classification(parts), Mask(box.area * 3 // 4))


class SimulatedCamera:
    """A camera that shows what lies before it, or fails when it is told to."""

    def __init__(self, shows: Callable[[], Frame]) -> None:
        """`shows` returns what lies before the camera at the moment."""
        self._shows = shows
        self.broken = False

    def capture(self) -> Frame:
        """Return what lies before the camera. Raises CameraFailed while `broken`."""
        if self.broken:
            raise CameraFailed("the simulated camera is unplugged")
        return self._shows()


class SimulatedCodeReader:
    """Reads the codes that a simulated frame says stand in it."""

    def read(self, frame: Frame) -> tuple[str, ...]:
        """Return the texts, sorted. Raises InferenceFailed for any other frame."""
        if not isinstance(frame, SimulatedFrame):
            raise InferenceFailed(f"codes are known of simulated frames, not of a {type(frame).__name__}")
        return tuple(sorted(frame.codes))
