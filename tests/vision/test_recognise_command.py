"""`rvm recognise`, as a person or a script calls it: a process, its output, its exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from attrs import frozen

from entrypoints.recognise import recognise
from tests.vision.drawing import BLUE, RED, encoded, exif, ground, jpeg_with_exif, stored_for, with_block
from tests.vision.test_package import TINY

ROOT = Path(__file__).parents[2]
RED_BOX, BLUE_BOX = (100, 120, 260, 300), (30, 330, 150, 470)
PICTURES = {
    "metal.jpg": encoded(with_block(ground(), RED_BOX, RED), ".jpg"),
    "plastic.PNG": encoded(with_block(ground(), BLUE_BOX, BLUE)),
    "empty.webp": encoded(ground(), ".webp"),
    "two.png": encoded(with_block(with_block(ground(), RED_BOX, RED), BLUE_BOX, BLUE)),
    "paper.jpg": encoded(with_block(with_block(ground(), RED_BOX, (240, 240, 240)), (100, 120, 110, 130), RED), ".jpg"),
}
BROKEN = {
    "broken/empty.jpg": b"",
    "broken/letter.jpg": b"Dear Sir or Madam",
    "broken/phone.HEIC": b"\x00\x00\x00\x18ftypheic" + bytes(100),
    "broken/half.jpg": PICTURES["metal.jpg"][: len(PICTURES["metal.jpg"]) // 2],
}


def rvm(*arguments, cwd=None, **variables):
    setting = {**os.environ, "RVM_VISION_MODEL": str(TINY), "RVM_VISION_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "entrypoints.cli", "recognise", *map(str, arguments)],
        capture_output=True, text=True, timeout=60, cwd=cwd, env={**setting, **variables}, check=False,
    )  # fmt: skip


@frozen
class Done:
    """What `subprocess.run` would say of a call."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def called(monkeypatch, capfd):
    """The command's function, called in this process: the same as `rvm`, but quick."""
    monkeypatch.setenv("RVM_VISION_MODEL", str(TINY))
    monkeypatch.setenv("RVM_VISION_THREADS", "1")

    def call(*paths, **how):
        status = recognise([Path(path) for path in paths], **how)
        return Done(status, *capfd.readouterr())

    return call


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "pictures"
    for name, data in {**PICTURES, **BROKEN}.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    (place / "notes.txt").write_text("no picture and not named like one")
    return place


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def near(box, other, pixels=6):
    return np.abs(np.array(box) - other).max() <= pixels


def test_a_folder_is_told_in_order_one_object_a_line_and_the_broken_do_not_stop_it(folder):
    done = rvm("--json", folder)
    told = {Path(line["path"]).relative_to(folder).as_posix(): line for line in lines(done)}
    assert done.returncode == 1
    assert done.stderr == ""
    assert list(told) == [
        "broken/empty.jpg", "broken/half.jpg", "broken/letter.jpg", "broken/phone.HEIC",
        "empty.webp", "metal.jpg", "paper.jpg", "plastic.PNG", "two.png",
    ]  # fmt: skip
    for name in BROKEN:
        assert set(told[name]) == {"path", "error"}
    assert "empty" in told["broken/empty.jpg"]["error"]
    assert "cut off" in told["broken/half.jpg"]["error"]
    assert "no picture" in told["broken/letter.jpg"]["error"]


def test_every_object_has_every_part(folder):
    told = {Path(line["path"]).name: line for line in lines(rvm("--json", *(folder / name for name in PICTURES)))}
    assert list(told) == list(PICTURES), "in the order they were given"
    for line in told.values():
        assert list(line) == ["path", "decision", "reason", "label", "confidence", "box", "model", "ms"]
        assert line["model"].startswith("tiny-1+")
        assert line["ms"] > 0
    assert (told["metal.jpg"]["decision"], told["metal.jpg"]["reason"]) == ("accept", "container")
    assert told["metal.jpg"]["label"] == "metal"
    assert 0.55 <= told["metal.jpg"]["confidence"] <= 1
    assert near(told["metal.jpg"]["box"], RED_BOX)
    assert all(isinstance(side, int) for side in told["metal.jpg"]["box"])
    assert told["plastic.PNG"]["label"] == "plastic"
    assert near(told["plastic.PNG"]["box"], BLUE_BOX)
    empty = told["empty.webp"]
    assert (empty["decision"], empty["reason"]) == ("reject", "no_item")
    assert (empty["label"], empty["confidence"], empty["box"]) == (None, 0, None)
    assert (told["two.png"]["decision"], told["two.png"]["reason"]) == ("reject", "two_items")
    assert told["two.png"]["label"] in {"metal", "plastic"}, "the surest one is named for a reject too"
    assert told["two.png"]["box"] is not None


def test_all_is_well_is_exit_status_0(called, folder):
    done = called(folder / "metal.jpg", folder / "empty.webp")
    assert done.returncode == 0
    assert done.stderr == ""


def test_people_get_a_line_each_and_errors_apart(folder):
    done = rvm(folder)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == len(PICTURES) + 1
    assert len(done.stderr.splitlines()) == len(BROKEN)
    for name in PICTURES:
        assert str(folder / name) in done.stdout
    for name in BROKEN:
        assert str(folder / name) in done.stderr
    assert "accept: container" in done.stdout
    assert "1 accepted" not in done.stdout
    assert "2 accepted" in done.stdout


def test_a_path_that_is_not_there_and_an_empty_folder_are_errors(called, folder, tmp_path):
    (tmp_path / "bare").mkdir()
    done = called(tmp_path / "nowhere.jpg", tmp_path / "bare", folder / "notes.txt", folder / "metal.jpg", as_json=True)
    told = lines(done)
    assert done.returncode == 1
    assert [line.get("error", "none")[:8] for line in told] == ["there is", "there is", "this is ", "none"]


def test_boxes_are_in_pixels_of_the_upright_picture(tmp_path):
    upright = with_block(ground(300, 500), (30, 50, 110, 150), RED)
    for orientation in range(1, 9):
        stored = encoded(stored_for(upright, orientation), ".jpg")
        (tmp_path / f"turned{orientation}.jpg").write_bytes(jpeg_with_exif(stored, exif(orientation)))
    told = lines(rvm("--json", "--save", tmp_path / "out", *sorted(tmp_path.glob("*.jpg"))))
    assert len(told) == 8
    for line in told:
        assert near(line["box"], (30, 50, 110, 150))
        saved = cv2.imread(str(tmp_path / "out" / Path(line["path"]).name))
        assert saved.shape == (500, 300, 3), "and so is what is saved"


def test_saved_pictures_show_the_box_and_nothing_is_overwritten(called, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.jpg").write_bytes(PICTURES["metal.jpg" if name == "a" else "two.png"])
    out = tmp_path / "out"
    assert called(tmp_path / "a" / "same.jpg", tmp_path / "b" / "same.jpg", save=out).returncode == 0
    assert sorted(path.name for path in out.iterdir()) == ["same-2.jpg", "same.jpg"]
    assert called(tmp_path / "a", tmp_path / "b", save=out).returncode == 0
    assert (out / "a" / "same.jpg").exists()
    assert (out / "b" / "same.jpg").exists()
    saved = cv2.imread(str(out / "same.jpg")).astype(int)
    assert saved.shape == (512, 384, 3)
    leaf = np.abs(saved - (69, 107, 10)).max(axis=2) < 40
    assert leaf[210, 95:106].any(), "the box's left side"
    assert leaf[210, 254:266].any(), "its right side"
    assert not leaf[400:].any(), "and nothing where nothing was seen"


def test_saving_into_the_photographs_own_folder_leaves_them_alone(called, folder):
    before = (folder / "metal.jpg").read_bytes()
    assert called(folder / "metal.jpg", save=folder).returncode == 0
    assert (folder / "metal.jpg").read_bytes() == before
    assert (folder / "metal-2.jpg").exists()


def test_a_folder_for_saving_that_cannot_be_made_is_an_error(called, folder):
    done = called(folder / "metal.jpg", as_json=True, save=folder / "notes.txt")
    assert done.returncode == 1
    assert "cannot be written" in lines(done)[0]["error"]


def test_names_of_any_kind_are_told(called, tmp_path):
    names = ["with space.jpg", "[red].jpg", "größe.jpg", "new\nline.jpg", os.fsdecode(b"\xff\xfe.jpg")]
    for name in names:
        (tmp_path / name).write_bytes(PICTURES["metal.jpg"])
    assert {Path(line["path"]).name for line in lines(called(tmp_path, as_json=True))} == set(names)
    done = rvm(tmp_path)
    assert done.returncode == 0
    assert "[red].jpg" in done.stdout
    assert len(done.stdout.splitlines()) == len(names) + 1


def test_a_model_that_cannot_be_loaded_is_said_and_is_exit_status_2(folder):
    done = rvm(folder, RVM_VISION_MODEL=str(folder))
    assert done.returncode == 2
    assert "model.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_seen_enough_is_no_error(folder):
    command = [sys.executable, "-m", "entrypoints.cli", "recognise", "--json", *[str(folder)] * 40]
    setting = {**os.environ, "RVM_VISION_MODEL": str(TINY), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=setting) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
