"""Which photographs show the same object.

Two steps: an embedding (EfficientNet-Lite0's ImageNet features, averaged over four turns so that a turned object stays
near) gives a shortlist of neighbours; local features (SIFT, ratio test, a similarity or homography by RANSAC) confirm a
pair. Only features on the item count, not those on the ground: the ground is the same in all photographs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs
import cv2
import numpy as np
from numpy.typing import NDArray

from adapters.training.pictures import Image

Embed = Callable[[Sequence[Image]], NDArray[np.float32]]
Tick = Callable[[int, int], None]


@attrs.frozen(slots=True)
class Confirmation:
    """How sure a match must be. The numbers were chosen by looking at the pairs just above and below them."""

    neighbours: int = 12
    least_similarity: float = 0.60
    ratio: float = 0.78
    least_inliers: int = 7
    least_share: float = 0.30
    strong_inliers: int = 15


@attrs.frozen(slots=True)
class Match:
    """One compared pair: embedding similarity, features that agree, and their share of all matches."""

    one: str
    other: str
    similarity: float
    inliers: int
    share: float

    def confirmed(self, rule: Confirmation) -> bool:
        """Whether this is the same object by the rule."""
        return self.inliers >= rule.strong_inliers or (
            self.inliers >= rule.least_inliers and self.share >= rule.least_share
        )


def shortlist(
    hashes: Sequence[str], embeddings: NDArray[np.float32], rule: Confirmation
) -> list[tuple[int, int, float]]:
    """Index pairs that are among each other's nearest neighbours and similar enough (cosine)."""
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    similarity = unit @ unit.T
    np.fill_diagonal(similarity, -1.0)
    near = np.argsort(-similarity, axis=1)[:, : rule.neighbours]
    found: set[tuple[int, int]] = set()
    for index in range(len(hashes)):
        for other in near[index]:
            if similarity[index, other] >= rule.least_similarity:
                found.add((min(index, int(other)), max(index, int(other))))
    return [(a, b, float(similarity[a, b])) for a, b in sorted(found)]


def describe(image: Image, mask: NDArray[np.uint8] | None) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """SIFT points (n, 2) in pixels and root-normalised descriptors (n, 128) on the item."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    grey = cv2.createCLAHE(2.0, (8, 8)).apply(grey)
    keys, descriptors = cv2.SIFT.create(nfeatures=500, contrastThreshold=0.03).detectAndCompute(grey, mask)
    if descriptors is None:
        return np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32)
    rooted = np.sqrt(descriptors / (descriptors.sum(axis=1, keepdims=True) + 1e-7))
    return np.array([key.pt for key in keys], np.float32), rooted.astype(np.float32)


def agree(
    one: tuple[NDArray[np.float32], NDArray[np.float32]],
    other: tuple[NDArray[np.float32], NDArray[np.float32]],
    ratio: float,
) -> tuple[int, float]:
    """Number of feature matches that one geometric map explains, and their share of all matches."""
    if len(one[0]) < 8 or len(other[0]) < 8:
        return 0, 0.0
    near = cv2.BFMatcher(cv2.NORM_L2).knnMatch(one[1], other[1], k=2)
    good = [pair[0] for pair in near if len(pair) == 2 and pair[0].distance < ratio * pair[1].distance]
    if len(good) < 6:
        return 0, 0.0
    start = np.array([one[0][match.queryIdx] for match in good], np.float32)
    end = np.array([other[0][match.trainIdx] for match in good], np.float32)
    cv2.setRNGSeed(7)
    _, homography = cv2.findHomography(start, end, cv2.RANSAC, 6.0, maxIters=500)
    similar, chosen = cv2.estimateAffinePartial2D(start, end, method=cv2.RANSAC, ransacReprojThreshold=6.0)
    best = 0
    for inliers in (homography, chosen if _plausible(similar) else None):
        if inliers is not None:
            kept = inliers.ravel() > 0
            # many matches onto one point are no agreement: count distinct places on both sides
            places = min(len(np.unique(start[kept].round(), axis=0)), len(np.unique(end[kept].round(), axis=0)))
            best = max(best, places)
    return best, best / len(good)


def _plausible(similar: NDArray[np.float64] | None) -> bool:
    return similar is not None and 0.3 < float(np.hypot(similar[0, 0], similar[1, 0])) < 3.3


def compare(
    images: Mapping[str, Image],
    masks: Mapping[str, NDArray[np.uint8]],
    embed: Embed,
    rule: Confirmation,
    tick: Tick,
) -> list[Match]:
    """Shortlist and compare all pictures; returns every compared pair with its evidence, sorted."""
    hashes = sorted(images)
    pairs = shortlist(hashes, embed([images[sha] for sha in hashes]), rule)
    features = [describe(images[sha], masks.get(sha)) for sha in hashes]
    matches = []
    for done, (a, b, similarity) in enumerate(pairs):
        inliers, share = agree(features[a], features[b], rule.ratio)
        matches.append(Match(hashes[a], hashes[b], similarity, inliers, share))
        if done % 200 == 0:
            tick(done, len(pairs))
    tick(len(pairs), len(pairs))
    return matches
