"""The item's box, from the plain ground it lies on.

No photograph comes with a box, but every ground is plain: its colour changes slowly. A smooth surface (quadratic in x
and y, per Lab channel) is fitted to the ground robustly, starting at the frame's rim; what differs in colour, or has
edges that no soft shadow has, is the item. Where the item fills the picture there is no ground to tell it from: the box
is the whole frame, and the result says so.
"""

from __future__ import annotations

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from adapters.training.pictures import Image

Mask = NDArray[np.uint8]
Plane = NDArray[np.float32]
Box = tuple[int, int, int, int]
WORKING_HEIGHT = 256


@attrs.frozen(slots=True)
class Item:
    """What was found on the ground.

    Attributes:
        box: x0, y0, x1, y1 in pixels of the picture, x1 and y1 exclusive.
        mask: 255 where the item is, at the picture's size.
        whole_frame: no ground was told apart; the box is the frame.
        ground_share: the part of the frame that looks like ground, 0 to 1.
    """

    box: Box
    mask: Mask = attrs.field(eq=False, repr=False)
    whole_frame: bool
    ground_share: float


def find_item(image: Image) -> Item:
    """Find the one item in an RGB picture."""
    height, width = image.shape[:2]
    scale = WORKING_HEIGHT / max(height, width)
    small = cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    edges = _edge_strength(lab)
    ground, inliers = _fit_ground(lab, edges)
    mask = _drawn_in(_without_tendrils(_largest_things(_foreground(lab - ground, edges))))
    share = float(inliers.mean())
    covered = float(mask.mean())
    if covered < 0.004 or covered > 0.93 or share < 0.04 or not _is_ground_colour(ground, inliers):
        return Item((0, 0, width, height), np.full((height, width), 255, np.uint8), True, share)
    full = cv2.resize(mask * 255, (width, height), interpolation=cv2.INTER_LINEAR)
    full = ((full > 127) * 255).astype(np.uint8)
    x, y, w, h = cv2.boundingRect(full)
    return Item(_snapped((x, y, x + w, y + h), width, height), full, False, share)


def _snapped(box: Box, width: int, height: int) -> Box:
    """A side within 1.5 % of the frame's edge lies on it: the item is cut off there."""
    near_x, near_y = round(0.015 * width), round(0.015 * height)
    x0, y0, x1, y1 = box
    return (
        0 if x0 <= near_x else x0,
        0 if y0 <= near_y else y0,
        width if x1 >= width - near_x else x1,
        height if y1 >= height - near_y else y1,
    )


def _edge_strength(lab: Plane) -> Plane:
    """Gradient magnitude over the three channels, in Lab units per pixel, lightly smoothed."""
    soft = cv2.GaussianBlur(lab, (0, 0), 1.0)
    total = np.zeros(lab.shape[:2], np.float32)
    for channel in range(3):
        dx = cv2.Sobel(soft[:, :, channel], cv2.CV_32F, 1, 0, ksize=3) / 8
        dy = cv2.Sobel(soft[:, :, channel], cv2.CV_32F, 0, 1, ksize=3) / 8
        total += dx * dx + dy * dy
    return np.sqrt(total)


def _terms(height: int, width: int) -> Plane:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y, x**3, y**3], axis=-1).reshape(height * width, -1)


def _fit_ground(lab: Plane, edges: Plane) -> tuple[Plane, NDArray[np.bool_]]:
    """Robust smooth surface through the ground; also which pixels agree with it.

    Starts with calm pixels near the rim, the lightest half of them counting fully (grounds are light), then
    alternates fitting and choosing what agrees, with a tolerance that shrinks.
    """
    height, width = lab.shape[:2]
    terms = _terms(height, width)
    values = lab.reshape(-1, 3)
    rim = np.zeros((height, width), bool)
    thick = max(3, round(0.09 * width))
    rim[:thick], rim[-thick:], rim[:, :thick], rim[:, -thick:] = True, True, True, True
    calm = (edges < np.clip(np.percentile(edges, 40) * 1.6, 0.5, 1.5)).ravel()
    chosen = calm & rim.ravel()
    if chosen.sum() < 200:
        return np.broadcast_to(lab.reshape(-1, 3).mean(0), lab.shape).astype(np.float32), np.zeros(
            (height, width), bool
        )
    centre = _mode(values[chosen])
    chosen &= np.abs(values - centre)[:, 0] < 22
    chosen &= np.linalg.norm(values[:, 1:] - centre[1:], axis=1) < 12
    surface = np.broadcast_to(centre, values.shape)
    for tolerance in (14.0, 10.0, 8.0, 6.0, 5.0):
        if chosen.sum() < 200:
            break
        few = 3 if chosen.sum() < 0.12 * len(values) else terms.shape[1]
        solution, *_ = np.linalg.lstsq(terms[chosen][::5, :few], values[chosen][::5], rcond=None)
        surface = terms[:, :few] @ solution
        off = values - surface
        chosen = calm & (np.abs(off[:, 0]) < tolerance) & (np.linalg.norm(off[:, 1:], axis=1) < 0.7 * tolerance)
    return surface.reshape(lab.shape).astype(np.float32), chosen.reshape(height, width)


def _is_ground_colour(ground: Plane, inliers: NDArray[np.bool_]) -> bool:
    """Grounds are light and nearly without colour; a brown or dark "ground" is an item that fills the picture."""
    lightness, a, b = np.median(ground[inliers], axis=0)
    return bool(lightness > 45 and np.hypot(a, b) < 21 and b < 4 + 0.2 * lightness)


def _mode(values: Plane) -> Plane:
    """The commonest colour, lighter ones preferred."""
    bins = np.round(values / 8).astype(np.int32)
    kinds, where, counts = np.unique(bins, axis=0, return_inverse=True, return_counts=True)
    best = int(np.argmax(counts * (0.3 + kinds[:, 0] / 12.5)))
    return values[where.ravel() == best].mean(0)


def _foreground(off: Plane, edges: Plane) -> NDArray[np.uint8]:
    """Pixels that are no ground: coloured, lighter, much darker, or with edges no soft shadow has."""
    colour = np.linalg.norm(off[:, :, 1:], axis=2)
    light = off[:, :, 0]
    noise = float(np.percentile(edges, 25))
    edge_level = float(np.clip(5 * noise, 1.3, 3.0))
    # a shadow is darker and, in warm or cold light, also shifts in colour a little in proportion
    dark = np.clip(-light, 0, None)
    solid = (colour > 9 + 0.22 * dark) | (light > 9) | (light < -32)
    drawn = edges > edge_level
    solid = cv2.morphologyEx(solid.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    mask = solid | _without_specks(drawn.astype(np.uint8), 12)
    side = 13
    padded = cv2.copyMakeBorder(mask, side, side, side, side, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    mask = _filled(closed[side:-side, side:-side])
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))


def _without_specks(mask: Mask, least: int) -> Mask:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = np.array([index > 0 and stats[index, cv2.CC_STAT_AREA] >= least for index in range(count)])
    return keep[labels].astype(np.uint8)


def _filled(mask: Mask) -> Mask:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros_like(mask), contours, -1, 1, thickness=cv2.FILLED)


def _without_tendrils(mask: Mask) -> Mask:
    """Drop thin outgrowths (edges of shadows), unless they make up a good part of the item."""
    side = int(0.13 * np.sqrt(mask.sum())) | 1
    if side < 5:
        return mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    padded = cv2.copyMakeBorder(mask, side, side, side, side, cv2.BORDER_REPLICATE)
    opened = cv2.morphologyEx(padded, cv2.MORPH_OPEN, kernel)[side:-side, side:-side]
    return opened if opened.sum() >= 0.8 * mask.sum() else mask


def _drawn_in(mask: Mask) -> Mask:
    """Take back the rim of about two pixels by which blurred edges widen an item (thin items are left alone)."""
    inner = cv2.erode(mask, np.ones((5, 5), np.uint8))
    return inner if inner.sum() >= 0.6 * mask.sum() else mask


def _largest_things(mask: Mask) -> Mask:
    """The largest piece, and those at least an eighth as large (an item may be drawn in pieces)."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    keep = areas >= max(0.125 * areas.max(), 1)
    return keep[labels].astype(np.uint8)
