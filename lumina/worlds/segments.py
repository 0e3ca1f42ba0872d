"""Segments of a scene as pictures, and scribbles of their outlines: what every world shows alike."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lumina.worlds.pixels import STEP, Pixels

SEGMENT_COLORS = np.array(  # ground, then things by drawing order
    [(24, 24, 28), (230, 60, 60), (60, 190, 90), (70, 110, 240), (240, 200, 60)], dtype=np.uint8
)
SMALLEST = 0.001  # share of the picture; smaller segments are specks


def by_drawing_order(instances: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Instance ids [h, w] renumbered so that 1 is the visible thing that a drawing comes to first.

    A drawing goes through rows of codes, each from left to right, so the thing with the highest row is
    first; among those that begin in one row, the leftmost there. A colour that hung on anything else would
    have to be known before the picture is.
    """
    table = np.zeros(256, dtype=np.uint8)
    order = sorted((int(i) for i in np.unique(instances) if i), key=lambda i: _beginning(instances == i))
    table[order] = np.arange(1, len(order) + 1)
    return table[instances]


def _beginning(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """(row of codes, pixel column in it) where a mask [h, w] begins."""
    row = int(np.argmax(mask.any(1))) // STEP
    return row, int(np.argmax(mask[row * STEP : (row + 1) * STEP].any(0)))


def segmentation_picture(instances: NDArray[np.uint8]) -> Pixels:
    """Flat colours [h, w, 3], one for each thing by drawing order; those beyond the fourth share its."""
    return SEGMENT_COLORS[np.minimum(by_drawing_order(instances), len(SEGMENT_COLORS) - 1)]


def segments_of(picture: Pixels) -> NDArray[np.uint8]:
    """Segment ids [h, w] of the nearest segment colours."""
    distance = ((picture[..., None, :].astype(np.int32) - SEGMENT_COLORS.astype(np.int32)) ** 2).sum(-1)
    return np.asarray(distance.argmin(-1), dtype=np.uint8)


def objects_in(segmentation: Pixels) -> NDArray[np.uint8]:
    """Ids [h, w] of what a segmentation shows, by drawing order; specks are nothing."""
    ids = segments_of(segmentation)
    sizes = np.bincount(ids.ravel(), minlength=256)
    return by_drawing_order(np.where(sizes[ids] < SMALLEST * ids.size, 0, ids).astype(np.uint8))


def scribble_picture(instances: NDArray[np.uint8]) -> Pixels:
    """The outlines of instances [h, w] as strokes 3 pixels wide, white on black, [h, w, 3]."""
    lines = np.zeros(instances.shape, dtype=bool)
    lines[:, 1:] |= instances[:, 1:] != instances[:, :-1]
    lines[1:] |= instances[1:] != instances[:-1]
    strokes = ndimage.binary_dilation(lines, np.ones((3, 3), bool))
    return np.repeat((strokes * 255).astype(np.uint8)[..., None], 3, axis=-1)
