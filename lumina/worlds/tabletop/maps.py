"""Exact maps of a rendering as pictures: depth, normals, segmentation and edges, and back to numbers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lumina.edges import edge_picture, soft_edge_picture
from lumina.worlds.segments import scribble_picture, segmentation_picture
from lumina.worlds.tabletop.render import Rendering

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]

NEAREST, FARTHEST = 4.0, 12.0  # world units; depth is stored as inverse distance between these

PREDICTED = ("depth", "normal", "segmentation", "canny")  # kinds; the others only steer drawing


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
