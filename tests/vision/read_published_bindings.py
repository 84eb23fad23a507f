"""Read names and signatures out of the published bindings: `python -m tests.vision.read_published_bindings`.

The wheels of TensorRT's bindings hold the compiled module, which describes itself, and link to libraries that are not
in them. Here those are libraries of the same names in which nothing does anything (made by `cc`): enough to import the
module and to read what it says of itself. Nothing of TensorRT runs. Writes published_bindings.json; needs a package
index, CPython 3.11 on x86-64, and a C compiler.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TABLE = Path(__file__).with_name("published_bindings.json")
SOURCES = (
    "tensorrt-cu12-bindings==10.3.0",
    "tensorrt-cu12-bindings==11.4.0.106",
    "tensorrt-cu13-bindings==11.4.0.106",
    "cuda-bindings==12.9.4",
    "cuda-bindings==13.5.0",
)
TENSORRT = {
    "ILogger": ("__init__", "log"),
    "Builder": ("__init__", "create_network", "create_builder_config", "build_serialized_network"),
    "OnnxParser": ("__init__", "parse", "get_error", "num_errors"),
    "ParserError": ("desc",),
    "IBuilderConfig": ("set_flag", "set_memory_pool_limit"),
    "Runtime": ("__init__", "deserialize_cuda_engine"),
    "ICudaEngine": (
        "num_io_tensors", "get_tensor_name", "get_tensor_mode", "get_tensor_shape", "get_tensor_dtype",
        "create_execution_context",
    ),
    "IExecutionContext": ("set_input_shape", "get_tensor_shape", "set_tensor_address", "execute_async_v3"),
    "IHostMemory": ("nbytes",),
}  # fmt: skip
ENUMS = ("BuilderFlag", "NetworkDefinitionCreationFlag", "TensorIOMode", "MemoryPoolType")
CUDA = (
    "cudaGetDeviceCount", "cudaGetDeviceProperties", "cudaMalloc", "cudaFree", "cudaMallocHost", "cudaFreeHost",
    "cudaMemcpyAsync", "cudaStreamCreate", "cudaStreamSynchronize", "cudaStreamDestroy",
)  # fmt: skip
EMPTY = "void *{0}(void) {{ return 0; }}\n"
WANTED = (
    "createInferBuilder_INTERNAL", "createInferRefitter_INTERNAL", "createInferRuntime_INTERNAL",
    "createNvOnnxParserRefitter_INTERNAL", "createNvOnnxParser_INTERNAL", "getBuilderPluginRegistry",
    "getNvOnnxParserVersion", "getPluginRegistry", "initLibNvInferPlugins",
)  # fmt: skip


def signatures(thing):
    """The signatures in a docstring: what pybind11 and Cython write into its lines, without types' long names."""
    said = [line.strip() for line in (thing.__doc__ or "").splitlines()]
    lines = [re.sub(r"^\d+\. ", "", line) for line in said if re.match(r"(\d+\. )?\w+\(.*\)", line)]
    return [re.sub(r"tensorrt_bindings\.tensorrt\.|typing\.|typing_extensions\.", "", line) for line in lines]


def describe_tensorrt():
    import tensorrt_bindings as trt

    classes = {}
    for name, members in TENSORRT.items():
        kind = getattr(trt, name, None) or getattr(trt, f"I{name}")
        classes[name] = {member: signatures(getattr(kind, member)) for member in members}
    enums = {name: sorted(getattr(trt, name).__members__) for name in ENUMS}
    enums["Severity"] = sorted(trt.ILogger.Severity.__members__)
    return {"version": trt.__version__, "classes": classes, "enums": enums, "functions": ["nptype"]}


def describe_cuda():
    from cuda.bindings import runtime

    enums = {"cudaMemcpyKind": sorted(runtime.cudaMemcpyKind.__members__)}
    assert "cudaSuccess" in runtime.cudaError_t.__members__
    assert all(hasattr(runtime.cudaDeviceProp, name) for name in ("name", "major", "minor"))
    return {"functions": {name: signatures(getattr(runtime, name))[:1] for name in CUDA}, "enums": enums}


def _hollow_libraries(folder, major):
    source = folder / "hollow.c"
    source.write_text("".join(EMPTY.format(name) for name in WANTED))
    for name in ("libnvinfer", "libnvinfer_plugin", "libnvonnxparser"):
        file = f"{name}.so.{major}"
        subprocess.run(["cc", "-shared", str(source), "-o", str(folder / file), f"-Wl,-soname,{file}"], check=True)


def _described(source, folder):
    name, version = source.split("==")
    download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(folder)]
    subprocess.run([*download, source], check=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "wheel")
    tensorrt = name.startswith("tensorrt")
    if tensorrt:
        _hollow_libraries(folder, version.split(".")[0])
    ask = (
        "import sys, os, json; sys.setdlopenflags(os.RTLD_LAZY); "
        "from tests.vision import read_published_bindings as read; "
        f"print(json.dumps(read.describe_{'tensorrt' if tensorrt else 'cuda'}()))"
    )
    paths = os.pathsep.join([str(folder / "wheel"), str(Path(__file__).parents[2])])
    told = subprocess.run(
        [sys.executable, "-c", ask], check=True, capture_output=True, text=True,
        env={**os.environ, "LD_LIBRARY_PATH": str(folder), "PYTHONPATH": paths},
    ).stdout  # fmt: skip
    return {"wheel": wheel.name, "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(), **json.loads(told)}


def main():
    table = {}
    for source in SOURCES:
        with tempfile.TemporaryDirectory() as folder:
            table[source] = _described(source, Path(folder))
    TABLE.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
