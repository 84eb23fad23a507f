"""TensorRT's Python binding and CUDA's runtime, if they are here: who they are, and what they answer.

TensorRT comes with JetPack by apt (10.3 on JetPack 6), CUDA's runtime binding is the package `cuda-bindings`. Neither
is imported before it is asked for. Names and signatures: tests/vision/published_bindings.json, read out of the
published wheels.
"""

from __future__ import annotations

import logging
from typing import Any

from attrs import field, frozen

from adapters.vision.engine import EngineUnavailable

_log = logging.getLogger(__name__)
_MOST_TOLD = 20


class CudaError(Exception):
    """A call of CUDA's runtime did not succeed; the message is its name and CUDA's."""


@frozen
class Library:
    """Both modules, and the GPU that they run on."""

    trt: Any
    """The module `tensorrt`."""
    cuda: Any
    """The module `cuda.bindings.runtime`."""
    gpu: str
    """Name and compute capability of the first device."""

    @property
    def version(self) -> str:
        """TensorRT's version."""
        return str(self.trt.__version__)

    @property
    def precision_by_flag(self) -> bool:
        """Whether the builder chooses the precision (TensorRT 10); from 11 on it comes with the network."""
        return hasattr(self.trt.BuilderFlag, "FP16")

    def ask(self, name: str, *arguments: Any) -> Any:
        """Call a function of CUDA's runtime; return what it gives beside its status. Raises CudaError."""
        status, *given = getattr(self.cuda, name)(*arguments)
        if status != self.cuda.cudaError_t.cudaSuccess:
            raise CudaError(f"{name}: {status.name}")
        return given[0] if given else None


def find_library() -> Library:
    """Import what is here. Raises EngineUnavailable, which names what is missing."""
    try:
        import tensorrt  # noqa: PLC0415 - only where somebody asks for it
    except (ImportError, OSError) as missing:  # OSError: a library of the system that it links to
        raise EngineUnavailable(f"TensorRT is not installed here: {missing}") from missing
    try:
        from cuda.bindings import runtime  # noqa: PLC0415 - the same
    except (ImportError, OSError) as missing:
        raise EngineUnavailable(f"CUDA's runtime binding is not installed here: {missing}") from missing
    return library_of(tensorrt, runtime)


def library_of(trt: Any, cuda: Any) -> Library:
    """Ask which GPU there is. Raises EngineUnavailable for none."""
    library = Library(trt, cuda, "")
    try:
        if not library.ask("cudaGetDeviceCount"):
            raise EngineUnavailable("TensorRT: there is no GPU")
        first = library.ask("cudaGetDeviceProperties", 0)
    except (CudaError, RuntimeError) as broken:  # RuntimeError: the binding found no CUDA library to call
        raise EngineUnavailable(f"TensorRT: no GPU answers: {broken}") from broken
    name = first.name.decode() if isinstance(first.name, bytes) else str(first.name)
    return Library(trt, cuda, f"{name} {first.major}.{first.minor}")


@frozen
class Told:
    """What TensorRT told while it was asked for something: the errors, newest last."""

    errors: list[str] = field(factory=list)

    def logger(self, trt: Any) -> Any:
        """Return a TensorRT logger that tells here and, below an error, to the log."""
        told = self

        class Logger(trt.ILogger):  # type: ignore[misc] # the binding's class is known at run time only
            def __init__(self) -> None:
                trt.ILogger.__init__(self)

            def log(self, severity: Any, msg: str) -> None:
                if severity in {trt.ILogger.Severity.ERROR, trt.ILogger.Severity.INTERNAL_ERROR}:
                    told.errors.append(msg)
                    del told.errors[:-_MOST_TOLD]
                else:
                    _log.debug("TensorRT: %s", msg)

        return Logger()

    def __str__(self) -> str:
        return self.errors[-1] if self.errors else "it does not say why"
