"""A drawn map beside the exact one: where it is off, and the figure that says how much."""

import numpy as np
from numpy.typing import NDArray

from lumina.edges import lines
from lumina.worlds import metrics
from lumina.worlds.base import MapComparison
from lumina.worlds.pixels import Pixels
from lumina.worlds.segments import by_drawing_order, segments_of
from lumina.worlds.stickers.maps import map_of
from lumina.worlds.stickers.render import Rendering

SOFT_ERROR = 20.0  # grey levels: as bright as an error of a soft edge is shown


def map_errors(kind: str, drawn: Pixels, truth: Rendering) -> dict[str, float]:
    """The figures of a map [h, w, 3] against a rendering's."""
    exact = map_of(truth, kind)
    if kind == "segmentation":
        instances = by_drawing_order(truth.instances)
        return {"instance_miou": metrics.instance_iou(segments_of(drawn), instances)}
    if kind == "hed":
        return {"psnr": min(metrics.psnr(drawn, exact), 99.0)}
    return {"f1": metrics.edge_f1(lines(drawn), lines(exact))}


def condition_errors(kind: str, condition: Pixels, picture: Rendering) -> dict[str, float]:
    """How well a picture follows a map, by the map made of it."""
    made = map_of(picture, kind)
    if kind == "segmentation":
        return {"matched_miou": metrics.matched_iou(segments_of(made), segments_of(condition))}
    if kind == "hed":
        return {"psnr": min(metrics.psnr(made, condition), 99.0)}
    return {"f1": metrics.edge_f1(lines(made), lines(condition))}


def compared(kind: str, drawn: Pixels, truth: Rendering) -> MapComparison:
    """A map [h, w, 3] against a rendering's."""
    ((_, value),) = map_errors(kind, drawn, truth).items()
    name, form = {"segmentation": ("mIoU of the objects", "{:.3f}"), "hed": ("PSNR", "{:.1f} dB")}.get(
        kind, ("F1", "{:.3f}")
    )
    legend = {
        "segmentation": "Error: bright where the object is wrong",
        "hed": f"Error: black is exact, the brightest {SOFT_ERROR:.0f} grey levels off or more",
    }.get(kind, "Error: bright where a line is missing or should not be")
    figure = f"{name} {form.format(value)} (higher is better)"
    return MapComparison(map_of(truth, kind), _error(kind, drawn, truth), legend, figure)


def _error(kind: str, drawn: Pixels, truth: Rendering) -> NDArray[np.float32]:
    if kind == "segmentation":
        wrong = np.asarray(segments_of(drawn) != by_drawing_order(truth.instances))
    elif kind == "hed":
        wrong = np.abs(drawn.astype(np.float32) - map_of(truth, kind)).mean(-1) / SOFT_ERROR
    else:
        wrong = np.asarray(lines(drawn) != lines(map_of(truth, kind)))
    return np.asarray(wrong, np.float32)
