"""One network in ONNX Runtime, on the CPU."""

from __future__ import annotations

import os

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from application.ports.vision import InferenceFailed, ModelNotLoaded

_ERRORS_ONLY = 3


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def options(threads: int | None) -> ort.SessionOptions:
    """Return the settings every network runs with. `threads` None: as many as there are cores."""
    chosen = ort.SessionOptions()
    chosen.intra_op_num_threads = threads or cores()
    chosen.inter_op_num_threads = 1
    # Threads that wait spinning take the cores from whoever has work: this process is not alone on its machine.
    # Measured with spinning, on two cores that others used too: eight times the wait, twice the processor time.
    chosen.add_session_config_entry("session.intra_op.allow_spinning", "0")
    chosen.log_severity_level = _ERRORS_ONLY
    return chosen


class Network:
    """A network with one picture in and one table of numbers out."""

    def __init__(self, onnx: bytes, name: str, input_size: int, *, threads: int | None = None) -> None:
        """Make the network ready. Raises ModelNotLoaded: not ONNX, or another input than the package says."""
        self.name = name
        try:
            self._session = ort.InferenceSession(onnx, options(threads), providers=["CPUExecutionProvider"])
        except Exception as broken:  # the runtime's errors share no base class
            raise ModelNotLoaded(f"{name}: {broken}") from broken
        entry = self._session.get_inputs()[0]
        if list(entry.shape[1:]) != [3, input_size, input_size] or entry.type != "tensor(float)":
            raise ModelNotLoaded(
                f"{name}: takes {entry.type} {entry.shape}, not float32 [1, 3, {input_size}, {input_size}]"
            )
        self._entry = entry.name
        self._exit = self._session.get_outputs()[0].name

        self._blank = np.zeros((1, 3, input_size, input_size), np.float32)

    def warm_up(self) -> tuple[int, ...]:
        """Run once on nothing, so that the first person waits no longer. Returns the answer's shape."""
        try:
            return self.run(self._blank).shape
        except InferenceFailed as broken:
            raise ModelNotLoaded(str(broken)) from broken

    def run(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the first output without its batch axis. Raises InferenceFailed; also for numbers that are none."""
        try:
            answer = self._session.run([self._exit], {self._entry: picture})[0][0]
        except Exception as broken:  # the same
            raise InferenceFailed(f"{self.name}: {broken}") from broken
        if not np.isfinite(answer).all():
            raise InferenceFailed(f"{self.name}: its answer holds numbers that are none")
        return np.asarray(answer, np.float32)
