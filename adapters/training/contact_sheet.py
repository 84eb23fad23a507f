"""Many pictures on one sheet, for an eye to judge."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import cv2
import numpy as np

from adapters.training.pictures import Image

COLOURS = ((0, 150, 90), (220, 30, 30), (30, 90, 230), (240, 160, 0))


@attrs.frozen(slots=True)
class Tile:
    """One picture of a sheet: boxes in its pixels (x0, y0, x1, y1), and a line of text."""

    image: Image
    text: str = ""
    boxes: tuple[tuple[float, float, float, float], ...] = ()


def contact_sheet(tiles: Sequence[Tile], columns: int, width: int, *, grid: bool = False) -> Image:
    """Lay tiles out in rows.

    Args:
        tiles: at least one; each is scaled to `width`, keeping its shape within 4:3.
        columns: tiles in a row.
        width: of a tile, in pixels.
        grid: draw lines at every tenth of the picture, to read coordinates by eye.
    """
    height = round(width * 4 / 3)
    sheet = np.full((height * -(-len(tiles) // columns), width * columns, 3), 255, np.uint8)
    for index, tile in enumerate(tiles):
        row, column = divmod(index, columns)
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = _drawn(
            tile, width, height, grid=grid
        )
    return sheet


def _drawn(tile: Tile, width: int, height: int, *, grid: bool) -> Image:
    tall, wide = tile.image.shape[:2]
    scale = min(width / wide, height / tall)
    canvas = np.full((height, width, 3), 255, np.uint8)
    small = cv2.resize(tile.image, (round(wide * scale), round(tall * scale)), interpolation=cv2.INTER_AREA)
    canvas[: small.shape[0], : small.shape[1]] = small
    if grid:
        for tenth in range(1, 10):
            grey = (255, 0, 255) if tenth == 5 else (120, 120, 120)
            x, y = round(wide * scale * tenth / 10), round(tall * scale * tenth / 10)
            cv2.line(canvas, (x, 0), (x, small.shape[0]), grey, 1)
            cv2.line(canvas, (0, y), (small.shape[1], y), grey, 1)
    for number, (x0, y0, x1, y1) in enumerate(tile.boxes):
        start, end = (round(x0 * scale), round(y0 * scale)), (round(x1 * scale) - 1, round(y1 * scale) - 1)
        cv2.rectangle(canvas, start, end, COLOURS[number % len(COLOURS)], 2)
    for colour, thick in (((255, 255, 255), 3), ((0, 0, 0), 1)):
        cv2.putText(canvas, tile.text, (3, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, thick, cv2.LINE_AA)
    return canvas
