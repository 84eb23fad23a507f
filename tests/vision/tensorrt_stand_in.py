"""TensorRT and CUDA's runtime as they are documented, in this process: ONNX Runtime reckons, the manners are theirs.

- Memory of the host and of the device are two worlds: an address of the one is none in the other, and only copies of
  the right direction cross over.
- What is asked of a stream happens when the stream is waited for: who reads an answer before that reads what was there.
- A context runs only once every tensor has an address with room for it. Failures are told as the real ones are: by
  None, False or a status, and a word to the logger; never by an exception.
- An engine is of one version and one GPU; any other bytes are refused.

Names and parameters are held against those of the published wheels (test_published_bindings.py).
"""

import ctypes
import enum
import json
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import onnxruntime

PLAN = b"stand-in plan\n"


class Severity(enum.IntEnum):
    INTERNAL_ERROR = 0
    ERROR = 1
    WARNING = 2
    INFO = 3
    VERBOSE = 4


class cudaError_t(enum.IntEnum):
    cudaSuccess = 0
    cudaErrorInvalidValue = 1
    cudaErrorMemoryAllocation = 2
    cudaErrorInsufficientDriver = 35
    cudaErrorIllegalAddress = 700


class cudaMemcpyKind(enum.IntEnum):
    cudaMemcpyHostToDevice = 1
    cudaMemcpyDeviceToHost = 2


OK = cudaError_t.cudaSuccess


class StandInCuda:
    """The module `cuda.bindings.runtime`."""

    cudaError_t = cudaError_t
    cudaMemcpyKind = cudaMemcpyKind

    def __init__(self, *, gpus=1, room=1 << 30, gpu="Orin"):
        self.gpus, self.room, self.gpu = gpus, room, gpu
        self.host, self.device, self.streams = {}, {}, {}
        self.taken = 0

    def cudaGetDeviceCount(self):
        return (OK, self.gpus) if self.gpus else (cudaError_t.cudaErrorInsufficientDriver, None)

    def cudaGetDeviceProperties(self, device):
        return OK, SimpleNamespace(name=self.gpu.encode(), major=8, minor=7)

    def _allocated(self, world, size):
        if self.taken + size > self.room:
            return cudaError_t.cudaErrorMemoryAllocation, None
        self.taken += size
        block = (ctypes.c_uint8 * size)()
        ctypes.memset(block, 0xAB, size)  # whoever relies on zeros relies on chance
        world[ctypes.addressof(block)] = block
        return OK, ctypes.addressof(block)

    def cudaMalloc(self, size):
        return self._allocated(self.device, size)

    def cudaMallocHost(self, size):
        return self._allocated(self.host, size)

    def _freed(self, world, address):
        block = world.pop(address, None)
        if block is None:
            return (cudaError_t.cudaErrorInvalidValue,)
        self.taken -= len(block)
        return (OK,)

    def cudaFree(self, devPtr):
        return self._freed(self.device, devPtr)

    def cudaFreeHost(self, ptr):
        return self._freed(self.host, ptr)

    def cudaStreamCreate(self):
        handle = 7_000 + len(self.streams)
        self.streams[handle] = []
        return OK, handle

    def cudaStreamDestroy(self, stream):
        return (OK if self.streams.pop(int(stream), None) is not None else cudaError_t.cudaErrorInvalidValue,)

    def cudaMemcpyAsync(self, dst, src, count, kind, stream):
        towards = self.device if kind is cudaMemcpyKind.cudaMemcpyHostToDevice else self.host
        away = self.host if kind is cudaMemcpyKind.cudaMemcpyHostToDevice else self.device
        if dst not in towards or src not in away or count > min(len(towards[dst]), len(away[src])):
            return (cudaError_t.cudaErrorInvalidValue,)
        self.streams[int(stream)].append(lambda: ctypes.memmove(dst, src, count))
        return (OK,)

    def cudaStreamSynchronize(self, stream):
        work, self.streams[int(stream)] = self.streams[int(stream)], []
        for step in work:
            if step() is False:
                return (cudaError_t.cudaErrorIllegalAddress,)
        return (OK,)


class ILogger:
    Severity = Severity

    def log(self, severity, msg):
        raise NotImplementedError


class TensorIOMode(enum.IntEnum):
    NONE = 0
    INPUT = 1
    OUTPUT = 2


class MemoryPoolType(enum.IntEnum):
    WORKSPACE = 0


class StandInTensorRt:
    """The module `tensorrt` of some version. `refuses`: what the builder says instead of building.

    `hollow`: the library gives its binding nothing, and that raises what pybind11 raises then.
    """

    ILogger = ILogger
    TensorIOMode = TensorIOMode
    MemoryPoolType = MemoryPoolType

    def __init__(self, cuda, version="10.3.0", refuses=None, *, hollow=False):
        self.cuda, self.__version__, self.refuses, self.hollow = cuda, version, refuses, hollow
        self.built = 0
        self.flags = []
        major = int(version.split(".", maxsplit=1)[0])
        names = ["FP16", "INT8", "TF32"] if major == 10 else ["TF32"]
        self.BuilderFlag = enum.IntEnum("BuilderFlag", names, start=0)
        self.NetworkDefinitionCreationFlag = enum.IntEnum(
            "NetworkDefinitionCreationFlag", {"STRONGLY_TYPED": 1 if major == 10 else 0}
        )

    @staticmethod
    def nptype(trt_type):
        return {"FLOAT": np.float32}[trt_type]

    def Builder(self, logger):
        if self.hollow:
            raise TypeError("pybind11::init(): factory function returned nullptr")
        return Builder(self, logger)

    def OnnxParser(self, network, logger):
        return OnnxParser(network)

    def Runtime(self, logger):
        return Runtime(self, logger)


class Builder:
    def __init__(self, trt, logger):
        assert isinstance(logger, ILogger)
        self._trt, self._logger = trt, logger

    def create_network(self, flags=0):
        self._trt.flags.append(("network", flags))
        return SimpleNamespace(onnx=None)

    def create_builder_config(self):
        return IBuilderConfig(self._trt)

    def build_serialized_network(self, network, config):
        if self._trt.refuses or network.onnx is None:
            self._logger.log(Severity.ERROR, self._trt.refuses or "the network has no layers")
            return None
        self._trt.built += 1
        who = json.dumps([self._trt.__version__, self._trt.cuda.gpu]).encode()
        return memoryview(PLAN + who + b"\n" + network.onnx)


class IBuilderConfig:
    def __init__(self, trt):
        self._trt = trt

    def set_flag(self, flag):
        self._trt.flags.append(("builder", flag.name))

    def set_memory_pool_limit(self, pool, pool_size):
        assert pool is MemoryPoolType.WORKSPACE
        assert pool_size > 0


class OnnxParser:
    def __init__(self, network):
        self._network = network
        self._errors = []

    def parse(self, model, path=None):
        try:
            onnxruntime.InferenceSession(bytes(model), providers=["CPUExecutionProvider"])
        except Exception as broken:  # noqa: BLE001 - the runtime's errors share no base class
            self._errors.append(str(broken))
            return False
        self._network.onnx = bytes(model)
        return True

    @property
    def num_errors(self):
        return len(self._errors)

    def get_error(self, index):
        return ParserError(self._errors[index])


class ParserError:
    def __init__(self, text):
        self._text = text

    def desc(self):
        return self._text


class Runtime:
    def __init__(self, trt, logger):
        assert isinstance(logger, ILogger)
        self._trt, self._logger = trt, logger

    def deserialize_cuda_engine(self, serialized_engine):
        data = bytes(serialized_engine)
        head, _, onnx = data.removeprefix(PLAN).partition(b"\n")
        who = json.dumps([self._trt.__version__, self._trt.cuda.gpu]).encode()
        if not data.startswith(PLAN) or head != who:
            self._logger.log(Severity.ERROR, "Serialization assertion failed: the engine is not of this version or GPU")
            return None
        return ICudaEngine(self._trt.cuda, onnx)


class ICudaEngine:
    def __init__(self, cuda, onnx):
        self._cuda = cuda
        self._session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
        entries, exits = self._session.get_inputs(), self._session.get_outputs()
        self._modes = {one.name: TensorIOMode.INPUT for one in entries}
        self._modes |= {one.name: TensorIOMode.OUTPUT for one in exits}
        self._shapes = {one.name: tuple(one.shape) for one in (*entries, *exits)}

    @property
    def num_io_tensors(self):
        return len(self._modes)

    def get_tensor_name(self, index):
        return list(self._modes)[index]

    def get_tensor_mode(self, name):
        return self._modes.get(name, TensorIOMode.NONE)

    def get_tensor_shape(self, name):
        return self._shapes[name]

    def get_tensor_dtype(self, name):
        return "FLOAT"

    def create_execution_context(self):
        return IExecutionContext(self)


class IExecutionContext:
    def __init__(self, engine):
        self._engine = engine
        self._addresses = {}

    def set_input_shape(self, name, shape):
        return self._engine._shapes.get(name) == tuple(shape)

    def get_tensor_shape(self, name):
        return self._engine._shapes[name]

    def set_tensor_address(self, name, memory):
        if name not in self._engine._shapes or not isinstance(memory, int):
            return False
        self._addresses[name] = memory
        return True

    def execute_async_v3(self, stream_handle):
        cuda, shapes = self._engine._cuda, self._engine._shapes
        for name, shape in shapes.items():
            block = cuda.device.get(self._addresses.get(name))
            if block is None or len(block) < 4 * np.prod(shape):
                return False
        if not isinstance(stream_handle, int) or stream_handle not in cuda.streams:
            return False
        cuda.streams[stream_handle].append(self._ran)
        return True

    def _ran(self):
        cuda, engine = self._engine._cuda, self._engine
        views = {
            name: np.frombuffer(cuda.device[address], np.float32, int(np.prod(engine._shapes[name])))
            for name, address in self._addresses.items()
        }
        modes = engine._modes
        fed = {name: views[name].reshape(engine._shapes[name]) for name in views if modes[name] is TensorIOMode.INPUT}
        exits = [name for name in modes if modes[name] is TensorIOMode.OUTPUT]
        for name, answer in zip(exits, engine._session.run(exits, fed), strict=True):
            views[name][:] = answer.ravel()
        return True


def stand_in(version="10.3.0", **how):
    """A library as `find_library` returns it, with one GPU."""
    from adapters.vision.tensorrt_library import library_of

    refuses, hollow = how.pop("refuses", None), how.pop("hollow", False)
    cuda = StandInCuda(**how)
    return library_of(StandInTensorRt(cuda, version, refuses, hollow=hollow), cuda)


def install(monkeypatch, trt):
    """Let `import tensorrt` and `from cuda.bindings import runtime` find the stand-ins."""
    for name, module in {
        "tensorrt": trt, "cuda": ModuleType("cuda"), "cuda.bindings": SimpleNamespace(runtime=trt.cuda),
        "cuda.bindings.runtime": trt.cuda,
    }.items():  # fmt: skip
        monkeypatch.setitem(sys.modules, name, module)
