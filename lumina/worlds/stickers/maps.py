"""Exact maps of a scene of stickers as pictures: segments and edges, and back to numbers."""

from collections.abc import Callable

from lumina.edges import edge_picture, soft_edge_picture
from lumina.worlds.pixels import Pixels
from lumina.worlds.segments import scribble_picture, segmentation_picture
from lumina.worlds.stickers.render import Rendering

PREDICTED = ("segmentation", "canny", "hed", "scribble")


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
