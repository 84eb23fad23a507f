"""The window a classifier looks through, given an item's box. Training and the machine must use the same."""

from __future__ import annotations

Window = tuple[int, int, int, int]


def crop_window(
    box: tuple[float, float, float, float], frame: tuple[int, int], *, margin: float, square: bool
) -> Window:
    """Widen a box to the classifier's window.

    1. Every side moves outward by `margin` times the box's longer side.
    2. If `square`, the shorter side is widened on both ends to the longer one.
    3. The window is clipped to the frame (it is not shifted; what is not square then is letterboxed later).

    Args:
        box: x0, y0, x1, y1 in pixels of the upright picture.
        frame: width, height of the picture.
        margin: share of the box's longer side.
        square: whether to widen to a square.

    Returns:
        x0, y0, x1, y1 in whole pixels, x1 and y1 exclusive, at least one pixel each way.
    """
    x0, y0, x1, y1 = box
    width, height = frame
    out = margin * max(x1 - x0, y1 - y0)
    x0, y0, x1, y1 = x0 - out, y0 - out, x1 + out, y1 + out
    if square:
        side = max(x1 - x0, y1 - y0)
        middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
        x0, x1 = middle_x - side / 2, middle_x + side / 2
        y0, y1 = middle_y - side / 2, middle_y + side / 2
    left = min(max(round(x0), 0), width - 1)
    top = min(max(round(y0), 0), height - 1)
    return left, top, max(min(round(x1), width), left + 1), max(min(round(y1), height), top + 1)
