"""How good a picture is, by whole numbers that an adapter works out of its pixels: exposure, focus, noise, dirt.

One picture is judged alone (is it black, is too much of it burnt out?) and against a picture of the same scene from
when the lens was clean: the empty intake on the day of installation, or as it was when this life began.
"""

from __future__ import annotations

import enum

from attrs import frozen

TILES_ACROSS, TILES_DOWN = 8, 6

BLACK = 20
"""Mean brightness, 0 to 255, below which a picture shows nothing."""
FLAT = 8
"""Standard deviation of the brightness below which a dark picture is black and not a dark item."""
DIM = 45
"""Mean brightness below which a picture of the empty intake is too dark: noise and items look alike."""
BURNT = 300
"""Permille of a picture without any drawing because it is too bright, from which on items lose their edges."""
WHITE = 900
"""Permille of it from which on it shows nothing."""
PALER = 600
"""Permille of the clean picture's contrast below which something veils the lens."""
SOFTER = 400
"""Permille of the clean picture's focus, at the same contrast, below which it is out of focus."""
CONTRAST_TOLD = 8
"""Contrast of a clean picture from which on its loss can be told."""
FOCUS_TOLD = 100
"""Focus of a clean picture from which on its loss can be told: there are edges in it."""
SPOT = 150
"""Permille by which a tile is brighter or darker than it was, beside the rest of its picture, where a spot is."""


@frozen
class Figures:
    """What one picture is like."""

    brightness: int
    """Mean, 0 to 255."""
    contrast: int
    """Standard deviation of the brightness."""
    sharpness: int
    """Variance of the Laplacian of the brightness, in hundredths, of the picture made small: what items look like."""
    fingerprint: str
    """Of all its bits: two exposures of one scene never share it, for no sensor is without noise."""
    looks: str
    """Its perceptual hash, 16 hexadecimal digits."""
    dark: int
    """Permille of the picture in which nothing can be told because it is too dark."""
    burnt: int
    """Permille of it in which nothing can be told because it is too bright."""
    focus: int
    """Tenengrad of the middle of the picture at full size, without what noise adds to it: how sharp its edges are."""
    noise: int
    """Standard deviation of a pixel's noise, in hundredths of a level."""
    tiles: tuple[int, ...]
    """Mean brightness of TILES_DOWN rows of TILES_ACROSS tiles, the upper left first."""


class Flaw(str, enum.Enum):
    """What is wrong with a picture."""

    BLACK = "black"
    """It shows nothing for want of light."""
    DIM = "dim"
    WHITE = "white"
    """It shows nothing for too much light."""
    BURNT = "burnt"
    """Much of it is too bright for anything to be told there."""
    VEILED = "veiled"
    """It is paler than it was, all over."""
    SOFT = "soft"
    """Its edges are softer than they were: out of focus, or greasy."""
    SPOTTED = "spotted"
    """A part of it is darker or brighter than it was, beside the rest."""


def flaws(figures: Figures, clean: Figures | None = None) -> frozenset[Flaw]:
    """Return what is wrong with a picture; `clean` is one of the same scene by the same camera when all was well.

    What makes a picture unusable hides what is wrong besides: a black picture is not soft, too.
    """
    if shows_nothing := _nothing(figures):
        return frozenset({shows_nothing})
    found = set()
    if figures.brightness < DIM:
        found.add(Flaw.DIM)
    if figures.burnt >= BURNT:
        found.add(Flaw.BURNT)
    if clean is not None and not found:
        found |= _against(figures, clean)
    return frozenset(found)


def _nothing(figures: Figures) -> Flaw | None:
    if figures.brightness < BLACK and figures.contrast < FLAT:
        return Flaw.BLACK
    return Flaw.WHITE if figures.burnt >= WHITE else None


def _against(figures: Figures, clean: Figures) -> set[Flaw]:
    found = set()
    if clean.contrast >= CONTRAST_TOLD and 1_000 * figures.contrast < PALER * clean.contrast:
        found.add(Flaw.VEILED)
    # Edges grow with the square of the contrast: what is only paler is not softer.
    if clean.focus >= FOCUS_TOLD and (
        1_000 * figures.focus * clean.contrast**2 < SOFTER * clean.focus * figures.contrast**2
    ):
        found.add(Flaw.SOFT)
    if spots(figures, clean):
        found.add(Flaw.SPOTTED)
    return found


def spots(figures: Figures, clean: Figures) -> tuple[int, ...]:
    """Return the tiles, by number from the upper left, that stand out from what they were.

    Each is compared beside the median of its picture: more or less light on all of it makes no spot.
    """
    if not figures.tiles or len(figures.tiles) != len(clean.tiles):
        return ()
    now, then = _median(figures.tiles), _median(clean.tiles)
    if not now or not then:
        return ()
    return tuple(
        number
        for number, (one, other) in enumerate(zip(figures.tiles, clean.tiles, strict=True))
        if abs(1_000 * one // now - 1_000 * other // then) > SPOT
    )


def _median(values: tuple[int, ...]) -> int:
    return sorted(values)[len(values) // 2]
