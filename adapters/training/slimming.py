"""Weights of an ONNX file in fewer bytes; ONNX Runtime restores them when it loads a file and computes in float32.

Most weights become float16. Of the largest matrices each row (what makes one number of the output) becomes whole
numbers from -127 to 127 and one float32 factor: a byte a weight, at an error of at most 1/254 of the row's largest.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

SMALL = 256
"""Tensors with fewer numbers stay float32."""
HALF_LARGEST = 60_000
"""Larger numbers have no float16."""
BYTE_LARGEST = 127


def slim_weights(path: Path, *, bytes_from: int | None = None) -> None:
    """Rewrite the file.

    Args:
        path: an ONNX file.
        bytes_from: tensors of so many numbers or more are kept in bytes; None: none are.
    """
    model = onnx.load(path)
    graph, restored = model.graph, []
    for weight in list(graph.initializer):
        values = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or values.size < SMALL or np.abs(values).max() > HALF_LARGEST:
            continue
        graph.initializer.remove(weight)
        in_bytes = bytes_from is not None and values.size >= bytes_from
        kept, nodes = (_in_bytes if in_bytes else _in_halves)(weight.name, values)
        graph.initializer.extend(kept)
        restored += nodes
    nodes = [*restored, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    del model.metadata_props[:]
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _in_halves(name: str, values: NDArray[np.float32]) -> tuple[list[TensorProto], list[NodeProto]]:
    half = numpy_helper.from_array(values.astype(np.float16), f"{name}_half")
    return [half], [_cast(half.name, name)]


def _in_bytes(name: str, values: NDArray[np.float32]) -> tuple[list[TensorProto], list[NodeProto]]:
    largest = np.abs(values).reshape(len(values), -1).max(axis=1).reshape(-1, *[1] * (values.ndim - 1))
    factor = np.maximum(largest / BYTE_LARGEST, np.finfo(np.float32).tiny).astype(np.float32)
    whole = np.clip(np.round(values / factor), -BYTE_LARGEST, BYTE_LARGEST).astype(np.int8)
    kept = [numpy_helper.from_array(whole, f"{name}_bytes"), numpy_helper.from_array(factor, f"{name}_factor")]
    times = helper.make_node("Mul", [f"{name}_whole", f"{name}_factor"], [name], name=f"{name}_mul")
    return kept, [_cast(f"{name}_bytes", f"{name}_whole"), times]


def _cast(name: str, to: str) -> NodeProto:
    return helper.make_node("Cast", [name], [to], to=TensorProto.FLOAT, name=f"{to}_cast")
