"""The promises of the camera: pictures come, with light on them, and they show what is there."""

from __future__ import annotations

import time

from adapters.vision.figures import figures
from domain.body.frame_quality import Figures, Flaw, flaws
from entrypoints.contracts.contract import Contract, Machine, expect

PART = "camera"
PICTURES = 5
AT_MOST_S = 2.0
"""A picture takes no longer, once the first has come."""
SEEN = 6
"""Levels by which a tile of the picture changes at least where something was put."""
LIGHT = frozenset({Flaw.BLACK, Flaw.DIM, Flaw.WHITE, Flaw.BURNT})


def pictures_come_one_after_the_other(machine: Machine) -> None:
    """Take a few."""
    assert machine.camera is not None
    first = machine.camera.capture()
    for _ in range(PICTURES):
        began = time.monotonic()
        next_one = machine.camera.capture()
        took = time.monotonic() - began
        expect(took <= AT_MOST_S, f"a picture took {took:.1f} s")
        sizes = [(frame.width, frame.height) for frame in (first, next_one)]
        expect(sizes[0] == sizes[1], f"one picture is {sizes[0]} pixels, the next {sizes[1]}")


def there_is_light_and_not_too_much(machine: Machine) -> None:
    """Look at the empty intake."""
    seen = _seen(machine)
    wrong = sorted(flaw.value for flaw in flaws(seen) & LIGHT)
    expect(
        not wrong,
        f"the picture is {' and '.join(wrong)}: mean brightness {seen.brightness} of 255, "
        f"{seen.burnt / 10} per cent too bright, {seen.dark / 10} per cent too dark",
    )


def what_is_put_in_is_seen(machine: Machine) -> None:
    """Put an item in and take it out, and look each time."""
    empty = _seen(machine)
    machine.hands.put_item()
    with_item = _seen(machine)
    machine.hands.take_item()
    after = _seen(machine)
    expect(with_item.fingerprint != empty.fingerprint, "an item was put in, and the picture is the same, bit for bit")
    expect(_change(empty, with_item) >= SEEN, "an item was put in, and the picture does not show it")
    expect(_change(with_item, after) >= SEEN, "the item was taken out, and the picture still shows it")


def _seen(machine: Machine) -> Figures:
    assert machine.camera is not None
    return figures(machine.camera.capture())


def _change(before: Figures, now: Figures) -> int:
    return max(abs(one - other) for one, other in zip(before.tiles, now.tiles, strict=True))


CAMERA = (
    Contract(PART, "pictures come one after the other", pictures_come_one_after_the_other),
    Contract(PART, "there is light, and not too much", there_is_light_and_not_too_much),
)
FILMS = (Contract(PART, "what is put in is seen", what_is_put_in_is_seen, by_hand=True),)
"""Of one that sees what is there: a folder of pictures and a video do not."""
