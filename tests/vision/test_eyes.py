"""Which eyes a machine has is chosen by settings; without its GPU it sees on, and says why."""

import json
import sys

import pytest

from adapters.vision.pictures import read_picture
from application.machine.report_telemetry import Look
from application.ports.vision import ModelNotLoaded, NoRemote, RemoteAway
from domain.fleet.command import Mode
from domain.fleet.telemetry import Sample
from entrypoints.eyes import open_eyes
from entrypoints.machine.recognition import who_recognises, with_eyes
from entrypoints.settings import MachineSettings, VisionSettings
from simulators.remote import SimulatedRemote
from tests.vision.drawing import RED, encoded, ground, with_block
from tests.vision.packaged import files
from tests.vision.tensorrt_stand_in import StandInCuda, StandInTensorRt, install
from tests.vision.test_default_model import GOLDEN, corners, overlap
from tests.vision.test_package import TINY
from tests.vision.test_recognise_command import rvm


@pytest.fixture
def gpu(monkeypatch, tmp_path):
    """Install the stand-ins as the modules that are looked for."""

    def chosen(**how):
        cuda = StandInCuda(gpus=how.pop("gpus", 1))
        install(monkeypatch, StandInTensorRt(cuda, **how))
        return VisionSettings(detector="tensorrt", engines=tmp_path / "engines", model=TINY)

    return chosen


def frame(tmp_path):
    (tmp_path / "one.png").write_bytes(encoded(with_block(ground(), (100, 120, 260, 300), RED)))
    return read_picture(tmp_path / "one.png")


def test_by_default_onnx_runtime_runs_the_detector_and_no_scale_is_known():
    eyes = open_eyes(TINY, threads=1)
    assert eyes.detector == "onnx"
    assert eyes.recognise.shows_mm is None


def test_the_gpu_runs_it_where_there_is_one(gpu, tmp_path, caplog):
    eyes = open_eyes(settings=gpu(), threads=1)
    assert eyes.detector == "tensorrt 10.3.0 on Orin 8.7"
    assert eyes.recognise(frame(tmp_path)) == open_eyes(TINY, threads=1).recognise(frame(tmp_path))
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"gpus": 0}, "no GPU answers"),
        ({"refuses": "no kernel image for this device"}, "could not build the engine: no kernel image"),
        ({"hollow": True}, "returned nullptr"),
    ],
    ids=["no GPU", "failed build", "hollow library"],
)
def test_without_it_onnx_runtime_goes_on_and_the_reason_is_told(gpu, tmp_path, caplog, how, why):
    eyes = open_eyes(settings=gpu(**how), threads=1)
    assert eyes.detector.startswith("onnx, for tensorrt is not to be had: ")
    assert why in eyes.detector
    assert why in caplog.text
    assert eyes.recognise(frame(tmp_path)) == open_eyes(TINY, threads=1).recognise(frame(tmp_path))


def test_without_the_library_too(monkeypatch, tmp_path, caplog):
    monkeypatch.setitem(sys.modules, "tensorrt", None)
    eyes = open_eyes(settings=VisionSettings(detector="tensorrt", engines=tmp_path, model=TINY), threads=1)
    assert "TensorRT is not installed here" in eyes.detector
    assert "TensorRT is not installed here" in caplog.text


@pytest.mark.parametrize("version", ["10.3.0", "11.4.0.106"])
def test_the_golden_boxes_are_tensorrts_too(gpu, version):
    chosen = gpu(version=version).model_copy(update={"model": None})
    eyes = open_eyes(settings=chosen, threads=1)
    told = json.loads(GOLDEN.read_text())["pictures"]
    for path in files():
        found = eyes.recognise.detector.detect(read_picture(path))
        assert overlap(corners(found[0].box), told[path.stem]["box"]) > 0.97, path.stem


def test_sam2_without_weights_is_an_error_and_no_other_segmenter(tmp_path):
    for weights in (None, tmp_path / "sam2.1_t.pt"):
        with pytest.raises(ModelNotLoaded, match="SAM 2 needs its weights"):
            open_eyes(settings=VisionSettings(segmenter="sam2", sam2_weights=weights, model=TINY))


def test_the_command_says_what_ran_the_detector(tmp_path):
    frame(tmp_path)
    done = rvm("--detector", "tensorrt", tmp_path / "one.png", RVM_VISION_ENGINES=str(tmp_path / "engines"))
    assert done.returncode == 0
    assert "accept: container" in done.stdout
    assert "detector: onnx, for tensorrt is not to be had: " in done.stdout
    assert "the detector runs in ONNX Runtime, on the CPU: " in done.stderr


def test_the_command_stops_where_sam2_has_no_weights(tmp_path):
    frame(tmp_path)
    done = rvm(tmp_path / "one.png", RVM_VISION_SEGMENTER="sam2")
    assert (done.returncode, done.stdout) == (2, "")
    assert "SAM 2 needs its weights" in done.stderr


# ------------------------------------------------------------ on a machine


class Clock:
    def now(self):
        raise AssertionError("nobody asks for the time here")


def test_a_machine_asks_nobody_unless_it_is_told_to():
    who = who_recognises(MachineSettings(), open_eyes(TINY, threads=1), Clock())
    assert who.mode is Mode.LOCAL
    assert isinstance(who.elsewhere, NoRemote)
    with pytest.raises(RemoteAway):
        who.elsewhere.recognise(None, 1)


def test_a_simulated_answer_is_for_simulated_hardware_alone():
    eyes = open_eyes(TINY, threads=1)
    settings = {"ai_mode": "local_then_remote", "remote": "simulated", "remote_budget_ms": 700}
    for hardware in ("rig", "simulated", "simulated:header"):
        who = who_recognises(MachineSettings(hardware=hardware, **settings), eyes, Clock())
        assert isinstance(who.elsewhere, SimulatedRemote)
        assert who.budget == 700_000
    with pytest.raises(ValueError, match="simulated hardware alone"):
        who_recognises(MachineSettings(hardware="/etc/myrvm/map.toml", **settings), eyes, Clock())


def test_telemetry_tells_what_it_sees_with_and_how_often_it_asked():
    eyes = open_eyes(TINY, threads=1)
    asking = who_recognises(MachineSettings(ai_mode="local_then_remote"), eyes, Clock())
    look = with_eyes(Look(serving=True, words={"model": "m"}, measures={"waiting": 3}), eyes, asking)
    assert look.words == {"model": "m", "detector": "onnx", "mode": "local_then_remote"}
    assert look.measures["waiting"] == 3
    assert look.measures["remote_away"] == look.measures["recognised_sure"] == 0
    Sample("boot", 0, 0, 0, trusted=False, measures=look.measures, words=look.words)
