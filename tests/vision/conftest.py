import pytest

from adapters.vision.onnx_classifier import OnnxClassifier
from adapters.vision.onnx_detector import OnnxDetector
from adapters.vision.package import load_package
from tests.vision.test_package import TINY


@pytest.fixture(scope="session")
def tiny():
    return load_package(TINY)


@pytest.fixture(scope="session")
def tiny_detector(tiny):
    return OnnxDetector(tiny, threads=1)


@pytest.fixture(scope="session")
def tiny_classifier(tiny):
    return OnnxClassifier(tiny, threads=1)
