"""Exact maps of a scene of stickers as pictures: segments and edges, and back to numbers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lumina.edges import edge_picture, soft_edge_picture
from lumina.worlds.pixels import Pixels
from lumina.worlds.stickers.render import Rendering
from lumina.worlds.stickers.scenes import STEP

PREDICTED = ("segmentation", "canny", "hed", "scribble")
SEGMENT_COLORS = np.array(  # ground, then stickers by drawing order
    [(24, 24, 28), (230, 60, 60), (60, 190, 90), (70, 110, 240), (240, 200, 60)], dtype=np.uint8
)


def by_drawing_order(instances: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ids [h, w] renumbered as drawing comes to what they stand for: by rows of codes, then across."""
    table = np.zeros(256, dtype=np.uint8)
    order = sorted((int(i) for i in np.unique(instances) if i), key=lambda i: _beginning(instances == i))
    table[order] = np.arange(1, len(order) + 1)
    return table[instances]


def _beginning(mask: NDArray[np.bool_]) -> tuple[int, int]:
    row = int(np.argmax(mask.any(1))) // STEP
    return row, int(np.argmax(mask[row * STEP : (row + 1) * STEP].any(0)))


def segmentation_picture(instances: NDArray[np.uint8]) -> Pixels:
    """Flat colours [h, w, 3], one for each sticker by drawing order; those beyond the fourth share its."""
    return SEGMENT_COLORS[np.minimum(by_drawing_order(instances), len(SEGMENT_COLORS) - 1)]


def segments_of(picture: Pixels) -> NDArray[np.uint8]:
    """Segment ids [h, w] of the nearest segment colours."""
    distance = ((picture[..., None, :].astype(np.int32) - SEGMENT_COLORS.astype(np.int32)) ** 2).sum(-1)
    return np.asarray(distance.argmin(-1), dtype=np.uint8)


def scribble_picture(instances: NDArray[np.uint8]) -> Pixels:
    """The outlines of instances [h, w] as strokes 3 pixels wide, white on black, [h, w, 3]."""
    lines = np.zeros(instances.shape, dtype=bool)
    lines[:, 1:] |= instances[:, 1:] != instances[:, :-1]
    lines[1:] |= instances[1:] != instances[:-1]
    strokes = ndimage.binary_dilation(lines, np.ones((3, 3), bool))
    return np.repeat((strokes * 255).astype(np.uint8)[..., None], 3, axis=-1)


_MAPS: dict[str, Callable[[Rendering], Pixels]] = {
    "segmentation": lambda rendering: segmentation_picture(rendering.instances),
    "canny": lambda rendering: edge_picture(rendering.picture),
    "hed": lambda rendering: soft_edge_picture(rendering.picture),
    "scribble": lambda rendering: scribble_picture(rendering.instances),
}
MAP_KINDS = tuple(_MAPS)
STORED = ("segmentation", "canny")


def map_of(rendering: Rendering, kind: str) -> Pixels:
    """One map of a rendering as a picture [h, w, 3]: any of `MAP_KINDS`."""
    return _MAPS[kind](rendering)


def map_pictures(rendering: Rendering) -> dict[str, Pixels]:
    """The maps that are kept with pictures, by kind."""
    return {kind: map_of(rendering, kind) for kind in STORED}
