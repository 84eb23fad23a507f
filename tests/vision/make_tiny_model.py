"""Make the tiny model package that the tests of vision run: `python -m tests.vision.make_tiny_model` (needs `onnx`).

The networks are small enough to be reckoned by hand, and yet they look at the picture:

- the detector finds everything that is clearly red (it votes metal) and everything that is clearly blue (plastic): the
  box around all such pixels, certain in the measure of how clear the clearest one is;
- the classifier weighs the mean colour of what it is shown: red is metal, green glass, blue plastic, white paper, black
  trash, brown cardboard.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent / "tiny"
LABELS = ["cardboard", "glass", "metal", "paper", "plastic", "trash"]
SIDE = 224
CLEAR = 0.25
"""How far a channel must stand above the two others to be clearly its colour."""
COLOURS = {  # of each material, red green blue
    "cardboard": (0.6, 0.4, 0.2), "glass": (0, 0.8, 0), "metal": (0.9, 0, 0),
    "paper": (0.95, 0.95, 0.95), "plastic": (0, 0, 0.9), "trash": (0, 0, 0),
}  # fmt: skip


def constant(name: str, values: object, sort: type = np.float32) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(values, sort), name)


def saved(path: Path, nodes: list, weights: list, shape: list[int]) -> str:
    """Write a network [1, 3, SIDE, SIDE] -> shape; returns its SHA-256."""
    graph = helper.make_graph(
        nodes, path.stem,
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("answer", TensorProto.FLOAT, shape)],
        weights,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return hashlib.sha256(path.read_bytes()).hexdigest()


def side_nodes(colour: str, along: str, over: int) -> list:
    """The first and the last place along an axis where the mask is on."""
    here = f"{colour}_{along}"
    return [
        helper.make_node("ReduceMax", [f"{colour}_mask"], [f"{here}_any"], axes=[1, over], keepdims=0),
        helper.make_node("Mul", [f"{here}_any", "place_from_1"], [f"{here}_from"]),
        helper.make_node("Mul", [f"{here}_any", "place_to_end"], [f"{here}_to"]),
        helper.make_node("ReduceMax", [f"{here}_from"], [f"{here}_last"], axes=[1], keepdims=1),
        helper.make_node("ReduceMax", [f"{here}_to"], [f"{here}_left"], axes=[1], keepdims=1),
        helper.make_node("Sub", ["side", f"{here}_left"], [f"{here}_first"]),
        helper.make_node("Add", [f"{here}_first", f"{here}_last"], [f"{here}_sum"]),
        helper.make_node("Mul", [f"{here}_sum", "half"], [f"{here}_centre"]),
        helper.make_node("Sub", [f"{here}_last", f"{here}_first"], [f"{here}_size"]),
    ]


def colour_nodes(colour: str, channel: str, others: tuple[str, str], material: str) -> list:
    """One detection [1, 10]: box of what is clearly of this colour, and its score for one material."""
    return [
        helper.make_node("Max", [*others], [f"{colour}_rest"]),
        helper.make_node("Sub", [channel, f"{colour}_rest"], [f"{colour}_clear"]),
        helper.make_node("Greater", [f"{colour}_clear", "threshold"], [f"{colour}_is"]),
        helper.make_node("Cast", [f"{colour}_is"], [f"{colour}_mask"], to=TensorProto.FLOAT),
        *side_nodes(colour, "x", over=2),
        *side_nodes(colour, "y", over=3),
        helper.make_node("Mul", [f"{colour}_clear", f"{colour}_mask"], [f"{colour}_sure"]),
        helper.make_node("ReduceMax", [f"{colour}_sure"], [f"{colour}_top"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", [f"{colour}_top", "axis_1"], [f"{colour}_score"]),
        helper.make_node("Mul", [f"{colour}_score", f"is_{material}"], [f"{colour}_scores"]),
        helper.make_node(
            "Concat",
            [f"{colour}_x_centre", f"{colour}_y_centre", f"{colour}_x_size", f"{colour}_y_size", f"{colour}_scores"],
            [f"{colour}_row"],
            axis=1,
        ),
    ]


def detector(path: Path) -> str:
    nodes = [
        helper.make_node("Split", ["picture"], ["red", "green", "blue"], axis=1),
        *colour_nodes("redness", "red", ("green", "blue"), "metal"),
        *colour_nodes("blueness", "blue", ("red", "green"), "plastic"),
        helper.make_node("Unsqueeze", ["redness_row", "axis_2"], ["redness_column"]),
        helper.make_node("Unsqueeze", ["blueness_row", "axis_2"], ["blueness_column"]),
        helper.make_node("Concat", ["redness_column", "blueness_column"], ["answer"], axis=2),
    ]
    places = np.arange(SIDE)
    weights = [
        constant("threshold", CLEAR), constant("side", [[SIDE]]), constant("half", 0.5),
        constant("place_from_1", [places + 1]), constant("place_to_end", [SIDE - places]),
        constant("axis_1", [1], np.int64), constant("axis_2", [2], np.int64),
        constant("is_metal", [[label == "metal" for label in LABELS]]),
        constant("is_plastic", [[label == "plastic" for label in LABELS]]),
    ]  # fmt: skip
    return saved(path, nodes, weights, [1, 4 + len(LABELS), 2])


def classifier(path: Path) -> str:
    """Logits: 20 times (colour . mean - colour . colour / 2), which is least squared distance written as a product."""
    table = np.array([COLOURS[label] for label in LABELS])
    nodes = [
        helper.make_node("ReduceMean", ["picture"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("Gemm", ["mean", "weights", "bias"], ["answer"]),
    ]
    weights = [constant("weights", 20 * table.T), constant("bias", -10 * (table**2).sum(axis=1))]
    return saved(path, nodes, weights, [1, len(LABELS)])


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    said = {
        "schema": 1, "version": "tiny-1", "labels": LABELS,
        "detector": {
            "file": "detector.onnx", "sha256": detector(FOLDER / "detector.onnx"), "input_size": SIDE,
            "confidence": 0.25, "second_item_confidence": 0.4, "nms_iou": 0.5,
            "output": "yolo11: [1, 4+6, N] cx cy w h in input pixels, then per-class scores",
        },
        "classifier": {
            "file": "classifier.onnx", "sha256": classifier(FOLDER / "classifier.onnx"), "input_size": SIDE,
            "mean": [0, 0, 0], "std": [1, 1, 1], "crop_margin": 0.0, "square": False, "temperature": 1.0,
            "input": "RGB float32 NCHW scaled 0..1 then (x-mean)/std",
        },
        "acceptance": {"threshold_ppm": 550_000, "disagreement_ppm": 900_000},
        "trained": {"how": "reckoned by hand in tests/vision/make_tiny_model.py"},
    }  # fmt: skip
    (FOLDER / "model.json").write_text(json.dumps(said, indent=2) + "\n")


if __name__ == "__main__":
    main()
