"""The stand-in for TensorRT has no name and no parameter that the published bindings do not have.

What the adapter calls is what the stand-in has: nothing else is there. So it calls only what is published, in 10.3 (the
one of JetPack 6) and in 11.
"""

import inspect
import json
import re

import pytest

from tests.vision import tensorrt_stand_in as stand_in
from tests.vision.read_published_bindings import CUDA, TABLE, TENSORRT

PUBLISHED = json.loads(TABLE.read_text())
TENSORRTS = sorted(source for source in PUBLISHED if source.startswith("tensorrt"))
CUDAS = sorted(source for source in PUBLISHED if source.startswith("cuda"))
UNDER_OTHER_NAMES = {"__init__"}


def parameters(signature):
    """Names of the parameters in a published signature, `self` left out."""
    inside = re.sub(r"<[^>]*>", "", signature[signature.index("(") + 1 : signature.rindex(")")])
    names = [part.split(":")[0].split("=")[0].split()[-1] for part in inside.split(",") if part.strip()]
    return [name for name in names if name != "self"]


def own(kind):
    return {name: value for name, value in vars(kind).items() if not name.startswith("_") and name != "Severity"}


@pytest.mark.parametrize("source", TENSORRTS)
@pytest.mark.parametrize("kind", [name for name in TENSORRT if hasattr(stand_in, name)])
def test_every_method_of_the_stand_in_is_published_with_these_parameters(source, kind):
    classes = PUBLISHED[source]["classes"]
    members = own(getattr(stand_in, kind))
    assert members, kind
    for name, value in members.items():
        published = classes[kind][name]
        if isinstance(value, property):
            continue
        ours = [one for one in inspect.signature(value).parameters if one != "self"]
        assert any(parameters(one)[: len(ours)] == ours for one in published), (kind, name, published)


@pytest.mark.parametrize("source", TENSORRTS)
def test_what_is_made_takes_what_the_published_constructors_take(source):
    classes = PUBLISHED[source]["classes"]
    for kind in ("Builder", "OnnxParser", "Runtime"):
        ours = [one for one in inspect.signature(getattr(stand_in.StandInTensorRt, kind)).parameters if one != "self"]
        assert parameters(classes[kind]["__init__"][0]) == ours


@pytest.mark.parametrize("source", TENSORRTS)
def test_flags_and_modes_are_those_of_the_version(source):
    published = PUBLISHED[source]
    trt = stand_in.StandInTensorRt(None, published["version"])
    for name in ("BuilderFlag", "NetworkDefinitionCreationFlag", "TensorIOMode", "MemoryPoolType"):
        assert set(getattr(trt, name).__members__) <= set(published["enums"][name]), name
    assert set(stand_in.Severity.__members__) <= set(published["enums"]["Severity"])
    assert hasattr(trt.BuilderFlag, "FP16") == ("FP16" in published["enums"]["BuilderFlag"])


def test_from_11_on_no_flag_of_the_builder_chooses_a_precision():
    flags = {
        PUBLISHED[source]["version"].split(".")[0]: PUBLISHED[source]["enums"]["BuilderFlag"] for source in TENSORRTS
    }
    assert {"FP16", "INT8"} <= set(flags["10"])
    assert not {"FP16", "INT8"} & set(flags["11"])


@pytest.mark.parametrize("source", CUDAS)
def test_every_function_of_cuda_is_published_with_these_parameters(source):
    functions = {name for name in own(stand_in.StandInCuda) if name not in {"cudaError_t", "cudaMemcpyKind"}}
    assert functions == set(CUDA)
    for name in functions:
        ours = [one for one in inspect.signature(getattr(stand_in.StandInCuda, name)).parameters if one != "self"]
        assert parameters(PUBLISHED[source]["functions"][name][0]) == ours
    assert set(stand_in.cudaMemcpyKind.__members__) <= set(PUBLISHED[source]["enums"]["cudaMemcpyKind"])
