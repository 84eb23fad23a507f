"""What leaves PyTorch: two networks in one file, the largest weights in bytes, and how little that changes."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch


def crops(count=3, side=64):
    return [np.random.default_rng(place).integers(0, 256, (side, side, 3), np.uint8) for place in range(count)]


def tensor_of(images):
    import torch

    from adapters.training.augment import as_batch

    return torch.from_numpy(as_batch(images))


def test_members_share_the_four_sides_and_the_mean_of_all_counts():
    import torch
    from torch import nn

    from adapters.training.committee import Committee

    class Corners(nn.Module):
        """Says the mean of the picture's upper left quarter."""

        def forward(self, images):
            half = images.shape[-1] // 2
            return images[:, :, :half, :half].mean((2, 3))

    images = tensor_of(crops())
    quarters = {
        (rows, columns): images[:, :, 32 * rows : 32 * rows + 32, 32 * columns : 32 * columns + 32].mean((2, 3))
        for rows in range(2)
        for columns in range(2)
    }
    all_four = torch.stack(list(quarters.values())).mean(0)
    assert torch.allclose(Committee([Corners()])(images), all_four, atol=1e-5)
    assert torch.allclose(Committee([Corners(), Corners()])(images), all_four, atol=1e-5)
    upright_and_mirrored = (quarters[0, 0] + quarters[0, 1]) / 2

    class Silent(Corners):
        """Says nothing at all."""

        def forward(self, images):
            return 0 * super().forward(images)

    assert torch.allclose(2 * Committee([Corners(), Silent()])(images), upright_and_mirrored, atol=1e-5)


def test_the_file_holds_the_largest_weights_in_bytes_and_says_nearly_the_same(tmp_path):
    import onnx
    from onnx import TensorProto

    from adapters.training import classifier, export

    members = [classifier.network().state_dict() for _ in range(2)]
    members[1] = {name: 0.98 * held if held.ndim > 1 else held for name, held in members[1].items()}
    path = tmp_path / "classifier.onnx"
    export.export_classifier(members, 64, path)
    kinds = dict.fromkeys((TensorProto.INT8, TensorProto.FLOAT16, TensorProto.FLOAT), 0)
    for weight in onnx.load(path).graph.initializer:
        if weight.data_type in kinds:
            kinds[weight.data_type] += int(np.prod(weight.dims))
    assert kinds[TensorProto.INT8] > 6_000_000
    assert kinds[TensorProto.FLOAT] < 200_000
    assert path.stat().st_size < 14_000_000
    ours, theirs = export.run_classifier(path, crops()), classifier.logits(export.judging(members), crops())
    assert np.abs(ours - theirs).max() < 0.05 * np.abs(theirs).max() + 0.01
