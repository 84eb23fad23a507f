"""What the simulated camera sees of a phone's code is read back as pixels, however the hand holds it."""

from __future__ import annotations

import uuid

import pytest

from adapters.codes.zxing import ZxingCodeReader
from adapters.vision.pictures import decode
from domain.deposits.token import Claims, to_text
from simulators.rig import sight
from tests.machine.kit import code_png

TEXT = to_text(
    Claims(
        key_id="0123abcd",
        organisation="0123456789abcdef",
        person=str(uuid.UUID(int=2**127 - 1)),
        session=str(uuid.UUID(int=2**126 - 7)),
        expires=1_800_000_000,
        lives=300,
        machine=str(uuid.UUID(int=2**125 - 3)),
    ),
    bytes(range(64)),
)
"""The longest token there is: 200 characters."""


def read(picture):
    return ZxingCodeReader().read(decode(picture))


@pytest.mark.parametrize("dim", [1.0, 0.5])
def test_the_longest_token_is_read_from_pixels(dim):
    shown = code_png(TEXT)
    missed = [seed for seed in range(12) if read(sight.code_on_ground(shown, seed=seed, dim=dim)) != (TEXT,)]
    assert not missed


def test_an_empty_intake_and_a_dark_phone_hold_no_code():
    assert read(sight.empty_ground()) == ()
    assert read(sight.code_on_ground(code_png(TEXT), dim=0.02)) == ()


def test_a_hand_never_holds_it_the_same_way_twice_and_a_seed_always_does():
    shown = code_png(TEXT)
    assert sight.code_on_ground(shown, seed=1) == sight.code_on_ground(shown, seed=1)
    assert sight.code_on_ground(shown, seed=1) != sight.code_on_ground(shown, seed=2)


@pytest.mark.parametrize("picture", [b"", b"no picture"])
def test_what_is_no_picture_is_refused(picture):
    with pytest.raises(sight.BrokenCode):
        sight.code_on_ground(picture)
