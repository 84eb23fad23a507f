"""Several classifiers as one: each is asked about a crop from its own sides, and the logits of all are averaged."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

SIDES: tuple[tuple[int, ...], ...] = ((), (2, 3), (3,), (2,))
"""Axes of [n, 3, high, wide] along which a crop is turned over: upright, upside down, and the mirror images of both."""


class Committee(nn.Module):
    """The members share the four sides out among them; one member alone is asked about all four.

    They were taught with all sides alike, so these are four opinions on one picture, and the price is four looks,
    however many the members are.
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """[n, 3, side, side] to [n, 6]."""
        opinions = []
        for first, member in enumerate(self.members):
            asked = [images.flip(axes) if axes else images for axes in SIDES[first :: len(self.members)]]
            said = member(torch.cat(asked))
            opinions.append(said.reshape(len(asked), -1, said.shape[-1]).mean(0))
        return torch.stack(opinions).mean(0)
