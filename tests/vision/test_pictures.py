"""Any file becomes an upright frame, or one error that says what is wrong with it."""

import hashlib
import os
import struct
import time
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.vision.pictures import LARGEST_FILE, decode, read_picture
from application.ports.vision import BrokenPicture
from tests.vision.drawing import (
    BLUE,
    GREEN,
    GROUND,
    RED,
    encoded,
    exif,
    ground,
    jpeg_with_exif,
    png_chunk,
    png_with_exif,
    stored_for,
    tiff,
    webp_with_exif,
    with_block,
)  # fmt: skip

SUFFIXES = [".jpg", ".png", ".webp", ".bmp", ".gif", ".tiff"]


def corners():
    """A picture that looks different in all eight orientations."""
    return with_block(with_block(ground(64, 96), (0, 0, 16, 24), RED), (32, 64, 64, 96), BLUE)


def exif_files():
    yield "jpeg", lambda p, o: jpeg_with_exif(encoded(p, ".jpg"), exif(o))
    yield "jpeg, big-endian", lambda p, o: jpeg_with_exif(encoded(p, ".jpg"), exif(o, ">"))
    yield "png", lambda p, o: png_with_exif(encoded(p), exif(o))
    yield "webp", lambda p, o: webp_with_exif(encoded(p, ".webp"), exif(o), p.shape[1], p.shape[0])
    yield "tiff", tiff


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("kind", "write"), list(exif_files()))
def test_a_picture_is_turned_upright(kind, write, orientation):
    frame = decode(write(stored_for(corners(), orientation), orientation))
    assert (frame.width, frame.height) == (64, 96)
    off = np.abs(frame.pixels.astype(int) - corners())
    assert np.median(off) <= 4
    assert off[12, 8].max() <= 40, "the red corner is where it was"
    assert off[80, 48].max() <= 40, "so is the blue one"


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_a_senseless_orientation_turns_nothing(orientation):
    assert decode(jpeg_with_exif(encoded(corners(), ".jpg"), exif(orientation))).width == 64


@pytest.mark.parametrize("block", [b"", b"II", b"garbage" * 9, exif(6)[:14], b"II*\x00\xff\xff\xff\xff"])
def test_a_damaged_exif_block_turns_nothing(block):
    assert decode(jpeg_with_exif(encoded(corners(), ".jpg"), block)).width == 64


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_is_read(suffix):
    data = encoded(corners(), suffix)
    frame = decode(data)
    assert (frame.width, frame.height) == (64, 96)
    assert frame.sha256 == hashlib.sha256(data).hexdigest()
    assert np.abs(frame.pixels[12, 8].astype(int) - RED).max() < 60
    assert frame.pixels.flags.c_contiguous


@pytest.mark.parametrize(
    "picture",
    [corners()[:, :, 0], np.dstack([corners(), np.full((96, 64), 255, np.uint8)]), corners().astype(np.uint16) * 257],
    ids=["grey", "with alpha", "16 bits"],
)
def test_every_depth_becomes_three_channels_of_eight_bits(picture):
    frame = decode(encoded(picture))
    assert frame.pixels.shape == (96, 64, 3)
    assert frame.pixels.dtype == np.uint8


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_picture_is_an_error_and_no_grey_half(suffix, share):
    dice = np.random.default_rng(5)
    data = encoded(dice.integers(0, 255, (200, 150, 3), np.uint8), suffix)
    with pytest.raises(BrokenPicture):
        decode(data[: int(len(data) * share)])


def test_a_jpeg_that_lacks_its_last_byte_or_ends_in_zeros_is_cut_off():
    whole = encoded(np.random.default_rng(5).integers(0, 255, (96, 64, 3), np.uint8), ".jpg")
    for cut in (whole[:-1], whole[:-2], whole[:-200] + bytes(200), whole[: len(whole) // 2] + bytes(len(whole))):
        with pytest.raises(BrokenPicture, match="cut off"):
            decode(cut)


@pytest.mark.parametrize("how", [[cv2.IMWRITE_JPEG_PROGRESSIVE, 1], [cv2.IMWRITE_JPEG_RST_INTERVAL, 2]])
def test_every_way_to_code_a_jpeg_is_read_and_its_truncation_found(how):
    noise = np.random.default_rng(6).integers(0, 255, (96, 64, 3), np.uint8)
    whole = cv2.imencode(".jpg", noise, how)[1].tobytes()
    assert decode(whole).width == 64
    for share in (0.3, 0.6, 0.95):
        with pytest.raises(BrokenPicture):
            decode(whole[: int(len(whole) * share)])


def test_a_thumbnail_inside_does_not_pass_for_the_end():
    thumbnail = encoded(ground(16, 16), ".jpg")
    whole = jpeg_with_exif(encoded(corners(), ".jpg"), exif(1) + thumbnail)
    assert decode(whole).width == 64
    with pytest.raises(BrokenPicture, match="cut off"):
        decode(whole[:-300])


def test_what_stands_after_a_jpeg_does_no_harm():
    assert decode(encoded(corners(), ".jpg") + b"anything" * 50).width == 64


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\x00" * 500, "no picture of a kind"),
        (b"hello, I am a letter", "no picture of a kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture of a kind"),
        (b"%PDF-1.7", "no picture of a kind"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "no picture of a kind"),
        (b"\xff\xd8", "cut off"),
        (b"\xff\xd8\xff\xd9", "cut off"),
        (b"\x89PNG\r\n\x1a\n", "cut off"),
        (b"GIF89a", "cut off"),
        (b"BM", "cut off"),
        (b"II*\x00\xff\xff\xff\x7f", "cut off"),
    ],
)
def test_what_is_no_picture_is_named(data, says):
    with pytest.raises(BrokenPicture, match=says):
        decode(data)


def test_a_flipped_byte_in_a_png_is_found():
    data = bytearray(encoded(corners()))
    data[len(data) // 2] ^= 1
    with pytest.raises(BrokenPicture, match="damaged"):
        decode(bytes(data))


def bomb(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)
    return start + png_chunk(b"IDAT", zlib.compress(bytes(50_000), 9)) + png_chunk(b"IEND", b"")


def jpeg_of_size(width, height):
    data = encoded(ground(8, 8), ".jpg")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


@pytest.mark.parametrize(
    "data",
    [bomb(10_001, 10_000), bomb(2**31 - 1, 2**31 - 1), jpeg_of_size(65_500, 65_500), jpeg_of_size(10_001, 10_000)],
)
def test_a_decompression_bomb_is_found_before_anything_is_decoded(data, monkeypatch):
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("the bomb was decoded"))
    with pytest.raises(BrokenPicture, match="at most 100,000,000"):
        decode(data)


def test_a_hundred_megapixels_are_not_too_many(monkeypatch):
    asked = []
    monkeypatch.setattr(cv2, "imdecode", lambda data, how: asked.append(how))
    with pytest.raises(BrokenPicture, match="damaged or cut off"):
        decode(bomb(10_000, 10_000))
    assert asked


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "large.jpg"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    start = time.perf_counter()
    with pytest.raises(BrokenPicture, match="at most 67,108,864"):
        read_picture(path)
    assert time.perf_counter() - start < 0.05


def test_what_cannot_be_read_says_why(tmp_path):
    with pytest.raises(BrokenPicture, match="no such file"):
        read_picture(tmp_path / "nowhere.jpg")
    with pytest.raises(BrokenPicture, match="no file"):
        read_picture(tmp_path)
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(BrokenPicture, match="no file"):
        read_picture(tmp_path / "pipe.jpg")


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize(("side", "kept"), [(1000, 1000), (1280, 640), (2600, 650), (5200, 650)])
def test_a_large_picture_is_decoded_smaller_and_says_its_true_size(suffix, side, kept):
    frame = decode(encoded(with_block(ground(side // 2, side), (0, 0, side // 4, side // 4), BLUE), suffix))
    assert (frame.width, frame.height) == (side // 2, side)
    assert frame.pixels.shape[:2] == (kept, kept // 2)
    assert frame.scale == pytest.approx((kept / side, kept / side))
    assert np.abs(frame.pixels[kept // 8, kept // 8].astype(int) - BLUE).max() < 8
    assert np.abs(frame.pixels[kept // 2, kept // 3].astype(int) - GROUND).max() < 8


def test_all_pixels_are_kept_where_they_are_asked_for():
    assert decode(encoded(ground(1500, 2000), ".jpg"), detail=None).pixels.shape == (2000, 1500, 3)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SUFFIXES), st.data())
def test_no_damage_gets_past_as_anything_but_a_frame_or_a_broken_picture(suffix, data):
    file = bytearray(encoded(with_block(corners(), (20, 20, 40, 40), GREEN), suffix))
    for _ in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        frame = decode(bytes(file))
    except BrokenPicture:
        return
    assert frame.pixels.ndim == 3
    assert frame.width * frame.height <= 100_000_000
