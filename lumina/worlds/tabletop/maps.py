"""Exact maps of a rendering as pictures: depth, normals, segmentation and edges, and back to numbers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lumina.edges import edge_picture, soft_edge_picture
from lumina.worlds.tabletop.render import Rendering
from lumina.worlds.tabletop.scenes import STEP

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]

NEAREST, FARTHEST = 4.0, 12.0  # world units; depth is stored as inverse distance between these

PREDICTED = ("depth", "normal", "segmentation", "canny")  # kinds; the others only steer drawing

SEGMENT_COLORS = np.array(  # ground, then solids by drawing order
    [(24, 24, 28), (230, 60, 60), (60, 190, 90), (70, 110, 240), (240, 200, 60)], dtype=np.uint8
)


def depth_picture(depth: Floats) -> Picture:
    """Grey picture [h, w, 3] of distances [h, w] in world units: near is bright, linear in 1/distance."""
    share = (1 / depth - 1 / FARTHEST) / (1 / NEAREST - 1 / FARTHEST)
    grey = (np.clip(share, 0, 1) * 255 + 0.5).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=-1)


def depth_of(picture: Picture) -> Floats:
    """Distances [h, w] in world units from a depth picture [h, w, 3]."""
    share = picture.astype(np.float32).mean(-1) / 255
    return np.asarray(1 / (share * (1 / NEAREST - 1 / FARTHEST) + 1 / FARTHEST), dtype=np.float32)


def normal_picture(normals: Floats) -> Picture:
    """Picture [h, w, 3] of camera-space normals: red right, green up, blue towards the viewer."""
    return (np.clip((normals + 1) / 2, 0, 1) * 255 + 0.5).astype(np.uint8)


def normals_of(picture: Picture) -> Floats:
    """Unit normals [h, w, 3] from a normal picture."""
    vectors = picture.astype(np.float32) / 127.5 - 1
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-6), dtype=np.float32)


def by_drawing_order(instances: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Instance ids [h, w] renumbered so that 1 is the visible solid that a drawing comes to first.

    A drawing goes through rows of codes, each from left to right, so the solid with the highest row is
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


def segmentation_picture(instances: NDArray[np.uint8]) -> Picture:
    """Flat colours [h, w, 3], one for each solid by drawing order; solids beyond the fourth share its."""
    return SEGMENT_COLORS[np.minimum(by_drawing_order(instances), len(SEGMENT_COLORS) - 1)]


def segments_of(picture: Picture) -> NDArray[np.uint8]:
    """Segment ids [h, w] of the nearest segment colours."""
    distance = ((picture[..., None, :].astype(np.int32) - SEGMENT_COLORS.astype(np.int32)) ** 2).sum(-1)
    return np.asarray(distance.argmin(-1), dtype=np.uint8)


def scribble_picture(instances: NDArray[np.uint8]) -> Picture:
    """The outlines of instances [h, w] as strokes 3 pixels wide, white on black, [h, w, 3]."""
    lines = np.zeros(instances.shape, dtype=bool)
    lines[:, 1:] |= instances[:, 1:] != instances[:, :-1]
    lines[1:] |= instances[1:] != instances[:-1]
    strokes = ndimage.binary_dilation(lines, np.ones((3, 3), bool))
    return np.repeat((strokes * 255).astype(np.uint8)[..., None], 3, axis=-1)


def map_of(rendering: Rendering, kind: str) -> Picture:
    """One map of a rendering as a picture [h, w, 3]: any of `MAP_KINDS`."""
    return _MAPS[kind](rendering)


_MAPS: dict[str, Callable[[Rendering], Picture]] = {
    "depth": lambda rendering: depth_picture(rendering.depth),
    "normal": lambda rendering: normal_picture(rendering.normals),
    "segmentation": lambda rendering: segmentation_picture(rendering.instances),
    "canny": lambda rendering: edge_picture(rendering.picture),
    "hed": lambda rendering: soft_edge_picture(rendering.picture),
    "scribble": lambda rendering: scribble_picture(rendering.instances),
}
MAP_KINDS = tuple(_MAPS)


def map_pictures(rendering: Rendering) -> dict[str, Picture]:
    """The maps that are predicted from pictures, by kind."""
    return {kind: map_of(rendering, kind) for kind in PREDICTED}
