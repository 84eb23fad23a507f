"""Runs a TensorRT engine: named tensors, buffers that CUDA reaches by itself, one stream."""

from __future__ import annotations

import ctypes
import threading
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from adapters.vision.engine import EngineUnavailable
from adapters.vision.tensorrt_library import CudaError, Library
from application.ports.vision import InferenceFailed


@frozen
class Tensor:
    """One of the engine's inputs or outputs: its buffer on the host, which is page-locked, and on the device."""

    name: str
    host: NDArray[Any]
    pointer: int
    device: int


class TensorRtEngine:
    """One engine with its buffers. One picture at a time: calls from several threads wait for each other."""

    def __init__(self, library: Library, engine: Any, input_size: int) -> None:
        """Make buffers for all tensors. Raises EngineUnavailable: other tensors than a detector has, or no memory."""
        self._library = library
        self._one_at_a_time = threading.Lock()
        self._engine = engine  # the context lives no longer than its engine
        self._tensors: list[Tensor] = []
        self._stream: Any = None
        self._context = engine.create_execution_context()
        if self._context is None:
            raise EngineUnavailable("TensorRT: no execution context, most likely for want of memory")
        try:
            entries, exits = self._names()
            self._stream = library.ask("cudaStreamCreate")
            self._entry = self._tensor(entries[0], (1, 3, input_size, input_size))
            self._exits = [self._tensor(name, None) for name in exits]
        except CudaError as broken:
            self.close()
            raise EngineUnavailable(f"TensorRT: {broken}") from broken
        except EngineUnavailable:
            self.close()
            raise

    def run(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the first output without its batch axis. Raises InferenceFailed; also for numbers that are none."""
        with self._one_at_a_time:
            try:
                answer = self._ran(picture)
            except CudaError as broken:
                raise InferenceFailed(f"the detector: {broken}") from broken
        if not np.isfinite(answer).all():
            raise InferenceFailed("the detector: its answer holds numbers that are none")
        return answer

    def close(self) -> None:
        """Let the buffers and the stream go."""
        while self._tensors:
            tensor = self._tensors.pop()
            self._library.cuda.cudaFreeHost(tensor.pointer)
            self._library.cuda.cudaFree(tensor.device)
        if self._stream is not None:
            self._library.cuda.cudaStreamDestroy(self._stream)
            self._stream = None

    def _names(self) -> tuple[list[str], list[str]]:
        engine, mode = self._engine, self._library.trt.TensorIOMode
        names = [engine.get_tensor_name(number) for number in range(engine.num_io_tensors)]
        entries = [name for name in names if engine.get_tensor_mode(name) == mode.INPUT]
        exits = [name for name in names if engine.get_tensor_mode(name) == mode.OUTPUT]
        if len(entries) != 1 or not exits:
            raise EngineUnavailable(f"TensorRT: a detector has one input, this engine has {entries} and {exits}")
        return entries, exits

    def _tensor(self, name: str, wanted: tuple[int, ...] | None) -> Tensor:
        """Make a tensor's buffers and tell TensorRT where they are. `wanted` is an input's shape."""
        if wanted is not None and not self._context.set_input_shape(name, wanted):
            raise EngineUnavailable(
                f"TensorRT: {name} takes {tuple(self._engine.get_tensor_shape(name))}, not {wanted}"
            )
        shape = tuple(self._context.get_tensor_shape(name))
        kind = np.dtype(self._library.trt.nptype(self._engine.get_tensor_dtype(name)))
        if any(side < 1 for side in shape):
            raise EngineUnavailable(f"TensorRT: {name} has no fixed shape, but {shape}")
        size = int(np.prod(shape)) * kind.itemsize
        pointer = self._library.ask("cudaMallocHost", size)
        try:
            device = self._library.ask("cudaMalloc", size)
        except CudaError:
            self._library.cuda.cudaFreeHost(pointer)
            raise
        memory = (ctypes.c_uint8 * size).from_address(int(pointer))
        tensor = Tensor(name, np.frombuffer(memory, kind).reshape(shape), pointer, device)
        self._tensors.append(tensor)
        if not self._context.set_tensor_address(name, int(device)):
            raise EngineUnavailable(f"TensorRT: it does not take the buffer of {name}")
        return tensor

    def _ran(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        ask, ways = self._library.ask, self._library.cuda.cudaMemcpyKind
        entry, answer = self._entry, self._exits[0]
        if picture.shape != entry.host.shape:
            raise InferenceFailed(f"the detector: takes {entry.host.shape}, not {picture.shape}")
        np.copyto(entry.host, picture, casting="same_kind")
        ask(
            "cudaMemcpyAsync", entry.device, entry.pointer, entry.host.nbytes, ways.cudaMemcpyHostToDevice, self._stream
        )
        if not self._context.execute_async_v3(int(self._stream)):
            raise InferenceFailed("the detector: TensorRT did not run it")
        ask(
            "cudaMemcpyAsync", answer.pointer, answer.device, answer.host.nbytes, ways.cudaMemcpyDeviceToHost,
            self._stream,
        )  # fmt: skip
        ask("cudaStreamSynchronize", self._stream)
        return np.array(answer.host[0], np.float32)
