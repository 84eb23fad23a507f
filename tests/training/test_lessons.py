"""How a classifier is taught: products in bfloat16, and the same weights from the same seed."""

import numpy as np
import pytest

from tests.training.photographs import photograph

pytestmark = pytest.mark.torch


def recipe(**more):
    from adapters.training.lessons import Recipe

    return Recipe(**{"epochs": 2, "side": 64, "rate": 1e-4, "frozen_blocks": 4, "batch": 4, "threads": 1, **more})


def samples():
    from adapters.training.lessons import Sample

    made = [photograph(np.random.default_rng(place), size=(96, 128)) for place in range(6)]
    return [Sample(image, box, place % 6) for place, (image, box) in enumerate(made)]


def test_the_same_seed_teaches_the_same_weights_in_bfloat16(tmp_path):
    import torch

    from adapters.training import classifier

    told = []
    one, other = (
        classifier.train(samples(), recipe(bfloat16=True), 3, tmp_path / f"{run}.pt", lambda *said: told.append(said))
        for run in range(2)
    )
    fresh = classifier.network().state_dict()
    assert [said[0] for said in told] == [1, 2, 3, 4] * 2
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert {weight.dtype for weight in one.values() if weight.is_floating_point()} == {torch.float32}
    assert all(bool(torch.isfinite(weight).all()) for weight in one.values())
    assert not torch.equal(one["_conv_head.weight"], fresh["_conv_head.weight"])
