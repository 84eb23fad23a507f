"""Engines are built once, kept by what they fit, mistrusted when they come back, and named when they cannot be had."""

import sys

import numpy as np
import pytest

from adapters.vision.engine import EngineUnavailable
from adapters.vision.pictures import read_picture
from adapters.vision.tensorrt_build import MARK, MOST_KEPT, engine_file, load_or_build
from adapters.vision.tensorrt_detector import TensorRtDetector
from adapters.vision.tensorrt_engine import TensorRtEngine
from adapters.vision.tensorrt_library import find_library
from application.ports.vision import InferenceFailed
from tests.vision.packaged import files
from tests.vision.tensorrt_stand_in import PLAN, StandInCuda, StandInTensorRt, install, stand_in

SIDE = 224
VERSIONS = ("10.3.0", "11.4.0.106")


@pytest.fixture
def onnx(tiny):
    return tiny.detector.onnx


def picture(seed=1):
    return np.random.default_rng(seed).random((1, 3, SIDE, SIDE), np.float32)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_engine_is_built_once_and_then_loaded(tmp_path, onnx, version):
    library = stand_in(version)
    for _ in range(3):
        load_or_build(tmp_path, library, onnx)
    assert library.trt.built == 1
    assert [path.name for path in tmp_path.iterdir()] == [engine_file(tmp_path, library, onnx, half=False).name]


def test_an_engine_is_kept_by_network_version_gpu_and_precision(tmp_path, onnx):
    libraries = [stand_in(), stand_in("10.7.0"), stand_in(gpu="Thor")]
    names = {engine_file(tmp_path, library, onnx, half=False) for library in libraries}
    names |= {engine_file(tmp_path, libraries[0], onnx + b" ", half=False)}
    names |= {engine_file(tmp_path, libraries[0], onnx, half=True)}
    assert len(names) == 5


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: b"",
        lambda data: b"an engine of somebody else's" * 100,
        lambda data: MARK + data[len(MARK) :][::-1],
    ],
    ids=["cut off", "one bit", "empty", "foreign", "turned round"],
)
def test_a_broken_file_is_built_anew(tmp_path, onnx, damage, caplog):
    library = stand_in()
    load_or_build(tmp_path, library, onnx)
    path = engine_file(tmp_path, library, onnx, half=False)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    load_or_build(tmp_path, library, onnx)
    assert library.trt.built == 2
    assert path.read_bytes() == whole
    assert "built anew" in caplog.text


def test_a_whole_file_that_tensorrt_does_not_load_is_built_anew(tmp_path, onnx, caplog):
    """An engine of another GPU under this one's name: a disk that was moved, say."""
    other, here = stand_in(gpu="Thor"), stand_in()
    load_or_build(tmp_path, other, onnx)
    engine_file(tmp_path, other, onnx, half=False).rename(engine_file(tmp_path, here, onnx, half=False))
    load_or_build(tmp_path, here, onnx)
    assert here.trt.built == 1
    assert "not of this version or GPU" in caplog.text


def test_old_engines_go(tmp_path, onnx):
    for number in range(MOST_KEPT + 3):
        load_or_build(tmp_path, stand_in(gpu=f"GPU {number}"), onnx)
    assert len(list(tmp_path.iterdir())) == MOST_KEPT


def test_a_folder_that_cannot_be_written_costs_a_build_and_no_more(tmp_path, onnx, caplog):
    (tmp_path / "file").write_text("no folder")
    load_or_build(tmp_path / "file", stand_in(), onnx)
    assert "cannot be kept" in caplog.text


def test_half_precision_is_the_builders_until_10_and_the_networks_from_11_on(tmp_path, onnx):
    ten, eleven = stand_in("10.3.0"), stand_in("11.4.0.106")
    load_or_build(tmp_path, ten, onnx, half=True)
    load_or_build(tmp_path, eleven, onnx, half=True)
    assert ten.trt.flags == [("network", 0), ("builder", "FP16")]
    assert eleven.trt.flags == [("network", 1 << eleven.trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)]


def test_a_network_that_is_none_is_named(tmp_path):
    with pytest.raises(EngineUnavailable, match="does not understand the network"):
        load_or_build(tmp_path, stand_in(), b"no network")


def test_a_build_that_fails_says_why(tmp_path, onnx):
    with pytest.raises(EngineUnavailable, match="no kernel image for this device"):
        load_or_build(tmp_path, stand_in(refuses="no kernel image for this device"), onnx)
    assert list(tmp_path.iterdir()) == []


def test_a_library_that_gives_its_binding_nothing_is_named(tmp_path, tiny):
    with pytest.raises(EngineUnavailable, match="returned nullptr"):
        TensorRtDetector(tiny, stand_in(hollow=True), tmp_path)


def test_no_gpu_is_named():
    with pytest.raises(EngineUnavailable, match="cudaErrorInsufficientDriver"):
        stand_in(gpus=0)


@pytest.mark.parametrize("missing", ["tensorrt", "cuda.bindings"])
def test_a_library_that_is_missing_is_named(monkeypatch, missing):
    install(monkeypatch, StandInTensorRt(StandInCuda()))
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(EngineUnavailable, match="TensorRT is not" if missing == "tensorrt" else "CUDA's runtime"):
        find_library()


def test_a_library_that_is_there_is_found(monkeypatch):
    install(monkeypatch, StandInTensorRt(StandInCuda()))
    assert (find_library().version, find_library().gpu) == ("10.3.0", "Orin 8.7")


def test_an_answer_is_onnx_runtimes_and_read_only_once_it_is_there(tmp_path, onnx, tiny_detector):
    library = stand_in()
    engine = TensorRtEngine(library, load_or_build(tmp_path, library, onnx), SIDE)
    for seed in (1, 2):
        np.testing.assert_array_equal(engine.run(picture(seed)), tiny_detector._engine.run(picture(seed)))


def test_another_input_than_the_packages_is_refused(tmp_path, onnx):
    library = stand_in()
    with pytest.raises(EngineUnavailable, match="takes"):
        TensorRtEngine(library, load_or_build(tmp_path, library, onnx), 192)
    assert library.cuda.taken == 0


def test_too_little_memory_is_named_and_what_was_taken_is_given_back(tmp_path, onnx):
    library = stand_in(room=4 * 3 * SIDE * SIDE + 100)
    with pytest.raises(EngineUnavailable, match="cudaErrorMemoryAllocation"):
        TensorRtEngine(library, load_or_build(tmp_path, library, onnx), SIDE)
    assert library.cuda.taken == 0


def test_closing_gives_everything_back(tmp_path, onnx):
    library = stand_in()
    engine = TensorRtEngine(library, load_or_build(tmp_path, library, onnx), SIDE)
    assert library.cuda.taken > 0
    engine.close()
    assert library.cuda.taken == 0
    assert library.cuda.streams == {}


def test_a_run_that_fails_is_named(tmp_path, onnx):
    library = stand_in()
    engine = TensorRtEngine(library, load_or_build(tmp_path, library, onnx), SIDE)
    library.cuda.streams[int(engine._stream)].append(lambda: False)
    with pytest.raises(InferenceFailed, match="cudaErrorIllegalAddress"):
        engine.run(picture())
    library.cuda.device.clear()
    with pytest.raises(InferenceFailed):
        engine.run(picture())


@pytest.mark.parametrize("version", VERSIONS)
def test_it_finds_what_onnx_runtime_finds_on_photographs(tmp_path, version, tiny, tiny_detector):
    detector = TensorRtDetector(tiny, stand_in(version), tmp_path)
    for path in files()[:6]:
        frame = read_picture(path)
        assert detector.detect(frame) == tiny_detector.detect(frame)


def test_the_stand_in_keeps_host_and_device_apart():
    cuda = stand_in().cuda
    (_, host), (_, device), (_, stream) = cuda.cudaMallocHost(8), cuda.cudaMalloc(8), cuda.cudaStreamCreate()
    kinds = cuda.cudaMemcpyKind
    assert cuda.cudaMemcpyAsync(host, device, 8, kinds.cudaMemcpyHostToDevice, stream)[0] != 0
    assert cuda.cudaMemcpyAsync(device, host, 9, kinds.cudaMemcpyHostToDevice, stream)[0] != 0
    assert cuda.cudaMemcpyAsync(device, host, 8, kinds.cudaMemcpyHostToDevice, stream)[0] == 0
    assert PLAN not in bytes(cuda.device[device])
