"""A drawn map beside the exact one: where it is off, and the figure that says how much."""

import numpy as np

from lumina.edges import lines
from lumina.worlds.base import MapComparison
from lumina.worlds.pixels import Pixels
from lumina.worlds.segments import by_drawing_order, segments_of
from lumina.worlds.tabletop.map_metrics import map_errors
from lumina.worlds.tabletop.maps import depth_of, map_of, normals_of
from lumina.worlds.tabletop.render import Rendering

WORST = {"depth": 0.25, "normal": 45.0}  # relative error, degrees: as bright as an error is shown
FIGURES = {  # the first figure of each kind: its name, how it is written, and what is better
    "depth": ("AbsRel", "{:.3f}", "lower"),
    "normal": ("mean angle", "{:.1f}°", "lower"),
    "segmentation": ("mIoU of the objects", "{:.3f}", "higher"),
    "canny": ("F1", "{:.3f}", "higher"),
}
LEGENDS = {
    "depth": "Error: black is exact, the brightest 25 % off or more",
    "normal": "Error: black is exact, the brightest 45° off or more",
    "segmentation": "Error: bright where the object is wrong",
    "canny": "Error: bright where a line is missing or should not be",
}


def compared(kind: str, drawn: Pixels, truth: Rendering) -> MapComparison:
    """A map [h, w, 3] of one of the kinds in FIGURES against a rendering's."""
    name, form, better = FIGURES[kind]
    value = next(iter(map_errors(kind, drawn, truth).values()))
    figure = f"{name} {form.format(value)} ({better} is better)"
    return MapComparison(map_of(truth, kind), _error(kind, drawn, truth), LEGENDS[kind], figure)


def _error(kind: str, drawn: Pixels, truth: Rendering) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    if kind == "depth":
        wrong = np.abs(depth_of(drawn) - truth.depth) / truth.depth / WORST[kind]
    elif kind == "normal":
        length = np.maximum(np.linalg.norm(truth.normals, axis=-1), 1e-9)
        cosine = (normals_of(drawn) * truth.normals).sum(-1) / length
        wrong = np.degrees(np.arccos(np.clip(cosine, -1, 1))) / WORST[kind]
    elif kind == "segmentation":
        wrong = segments_of(drawn) != by_drawing_order(truth.instances)
    else:
        wrong = lines(drawn) != lines(map_of(truth, kind))
    return np.asarray(wrong, np.float32)
