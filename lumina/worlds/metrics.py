"""Published figures of agreement between pictures, maps and counts."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import linear_sum_assignment

Array = NDArray[np.generic]
Mask = NDArray[np.bool_]

SPECK = 64  # pixels of a segment below which it is none


def psnr(picture: Array, truth: Array, peak: float = 255.0) -> float:
    """Peak signal-to-noise ratio in dB, 10 log10(peak² / mean squared error); infinite for equal arrays.

    As in Huynh-Thu and Ghanbari 2008, "Scope of validity of PSNR"; both arrays have the same shape.
    """
    error = float(np.mean((picture.astype(np.float64) - truth.astype(np.float64)) ** 2))
    return math.inf if error == 0 else 10 * math.log10(peak**2 / error)


def abs_rel(depth: Array, truth: Array) -> float:
    """Mean of |d - d*| / d* over all pixels (Eigen et al. 2014, "Depth map prediction")."""
    true = truth.astype(np.float64)
    return float(np.mean(np.abs(depth.astype(np.float64) - true) / true))


def delta1(depth: Array, truth: Array, threshold: float = 1.25) -> float:
    """Share of pixels with max(d / d*, d* / d) < 1.25 (Eigen et al. 2014)."""
    ratio = depth.astype(np.float64) / truth.astype(np.float64)
    return float(np.mean(np.maximum(ratio, 1 / ratio) < threshold))


def normal_angle(normals: Array, truth: Array) -> float:
    """Mean angle in degrees between normals [..., 3] (Fouhey et al. 2013, "Data-driven 3D primitives")."""
    a, b = (v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9) for v in (normals, truth))
    return float(np.degrees(np.arccos(np.clip((a * b).sum(-1), -1, 1))).mean())


def edge_f1(edges: Mask, truth: Mask, tolerance: int = 1) -> float:
    """F-measure of edge pixels [h, w] found within `tolerance` pixels (Martin et al. 2004).

    A pixel may serve several others, unlike in the matching of the original; 1 where both are empty.
    """
    if not edges.any() and not truth.any():
        return 1.0
    near = np.ones((2 * tolerance + 1, 2 * tolerance + 1), dtype=bool)
    precise = float(ndimage.binary_dilation(truth, near)[edges].mean()) if edges.any() else 0.0
    recalled = float(ndimage.binary_dilation(edges, near)[truth].mean()) if truth.any() else 0.0
    total = precise + recalled
    return 2 * precise * recalled / total if total else 0.0


def mean_iou(labels: Array, truth: Array) -> float:
    """Mean over the labels present in the truth of intersection / union (Everingham et al. 2010, VOC)."""
    scores = []
    for label in np.unique(truth):
        ours, theirs = labels == label, truth == label
        scores.append(float((ours & theirs).sum() / (ours | theirs).sum()))
    return float(np.mean(scores))


def instance_iou(labels: Array, truth: Array) -> float:
    """As `mean_iou`, over the instances (labels above 0) of one picture; 1 where there are none.

    A label that the truth lacks counts as one that is wholly wrong, if it is not a mere speck.
    """
    present = _present(truth)
    invented = set(_present(labels, SPECK)) - set(present)
    scores = [((labels == i) & (truth == i)).sum() / ((labels == i) | (truth == i)).sum() for i in present]
    count = len(present) + len(invented)
    return float(sum(scores) / count) if count else 1.0


def matched_iou(labels: Array, truth: Array) -> float:
    """As `instance_iou`, each instance of the truth with the one it overlaps most, whatever their numbers."""
    ours, theirs = _present(labels), _present(truth)
    count = max(len(theirs), len(_present(labels, SPECK)))
    if not count:
        return 1.0
    overlaps = np.array(
        [
            [((labels == i) & (truth == j)).sum() / ((labels == i) | (truth == j)).sum() for i in ours]
            for j in theirs
        ]
    ).reshape(len(theirs), len(ours))
    return float(overlaps[linear_sum_assignment(overlaps, maximize=True)].sum() / count)


def _present(labels: Array, least: int = 1) -> list[int]:
    """The labels above 0 that at least so many pixels have."""
    found, counts = np.unique(labels, return_counts=True)
    return [int(i) for i, count in zip(found, counts, strict=True) if i and count >= least]


def wilson(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """95 % score interval of a proportion (Wilson 1927); (0, 1) without trials."""
    if trials == 0:
        return 0.0, 1.0
    share, weight = successes / trials, z * z / trials
    middle = share + weight / 2
    spread = z * math.sqrt(share * (1 - share) / trials + weight / (4 * trials))
    low, high = (middle - spread) / (1 + weight), (middle + spread) / (1 + weight)
    return max(0.0, low), min(1.0, high)


def perplexity(counts: Array) -> float:
    """exp of the entropy of a histogram: how many equally frequent values would be as varied."""
    total = float(counts.astype(np.float64).sum())
    shares = counts[counts.astype(np.float64) > 0].astype(np.float64) / total
    return float(np.exp(-(shares * np.log(shares)).sum()))
