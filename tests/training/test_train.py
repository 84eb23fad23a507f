"""The whole of `rvm train` on 24 made-up photographs: killed on the way, gone on with, and what it leaves."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.training.photographs import write_folder

ROOT = Path(__file__).parents[2]
SHORT = {"epochs_classifier": 1, "epochs_detector": 1, "calibration": 6, "validation": 6, "composites": 4}

pytestmark = [pytest.mark.torch, pytest.mark.timeout(900)]


def command(data, out, **more):
    options = {**SHORT, **more}
    call = f"sys.exit(train(Path({str(data)!r}), Path({str(out)!r}), 5, **{options!r}))"
    script = f"import sys; from pathlib import Path; from entrypoints.train import train; {call}"
    return [sys.executable, "-c", script]


def run(data, out, **more):
    return subprocess.run(
        command(data, out, **more), cwd=ROOT, capture_output=True, text=True, timeout=800, check=False
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A model that was killed with SIGKILL when half of its classifier was taught, and finished by a second run."""
    folder = tmp_path_factory.mktemp("train")
    data, out = folder / "data", folder / "out"
    write_folder(data)
    weights = out / "stages" / "classifier-1-weights.pt"
    first = subprocess.Popen(command(data, out), cwd=ROOT, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 600
    while not weights.exists() and first.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    assert first.poll() is None, first.stderr.read().decode()
    time.sleep(0.5)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert not (out / "model" / "model.json").exists()
    before = weights.stat().st_mtime_ns
    second = run(data, out)
    assert second.returncode == 0, second.stderr
    assert weights.stat().st_mtime_ns == before, "the finished stage was done again"
    return data, out


def test_what_a_machine_loads_is_there_and_loads(made):
    from entrypoints.train import eyes_of

    data, out = made
    described = json.loads((out / "model" / "model.json").read_text())
    assert described["schema"] == 1
    assert described["trained"]["seed"] == 5
    size = sum((out / "model" / described[part]["file"]).stat().st_size for part in ("detector", "classifier"))
    assert size < 20_000_000
    seen = eyes_of(out / "model")(next((data / "glass").iterdir()))
    assert seen.reason in {"container", "not_a_container", "uncertain", "no_item", "two_items"}


def test_onnx_agrees_with_torch(made):
    checked = json.loads((made[1] / "stages" / "checked.json").read_text())
    assert checked["classifier_difference"] < 0.05, "names may differ: this one learned so little that it wavers"
    assert checked["detector_difference"] < 0.01


def test_the_card_tells_the_numbers_and_shows_pictures(made):
    card = made[1] / "card"
    text = (card / "README.md").read_text()
    assert "95 % interval" in text
    assert "$" not in text
    for picture in ("confusion.png", "reliability.png", "mistakes.jpg", "boxes/glass.jpg"):
        assert (card / picture).stat().st_size > 500


def test_the_division_that_was_used_is_written_down(made):
    said = json.loads((made[1] / "splits.json").read_text())
    assert sum(map(len, said["parts"].values())) == 24


def test_a_folder_of_another_plan_is_refused(made):
    data, out = made
    refused = run(data, out, epochs_classifier=2)
    assert refused.returncode == 2
    assert "epochs_classifier" in refused.stderr


def test_a_division_that_tears_an_object_apart_is_refused(made, tmp_path):
    data, out = made
    said = json.loads((out / "splits.json").read_text())
    one, other = said["parts"]["train"][0], said["parts"]["validation"][0]
    pairs = out / "stages" / "pairs.json"
    kept = pairs.read_text()
    try:
        pairs.write_text(json.dumps([[one, other]]))
        refused = run(data, out, splits=str(out / "splits.json"))
    finally:
        pairs.write_text(kept)
    assert refused.returncode == 2
    assert "straddle" in refused.stderr
