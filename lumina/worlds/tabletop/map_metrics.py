"""Maps against the truth: how far a drawn map is from a rendering's, and maps of pictures without a model."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lumina.edges import edge_picture, lines, soft_edge_picture
from lumina.worlds import metrics, segments
from lumina.worlds.tabletop import maps
from lumina.worlds.tabletop.judge import Reading
from lumina.worlds.tabletop.render import Rendering, render

Picture = NDArray[np.uint8]


def map_errors(kind: str, drawn: Picture, truth: Rendering, found: bool = False) -> dict[str, float]:
    """The published figures of a predicted map [h, w, 3] of this kind against the exact one.

    Those of depth and normals again over the solids alone: most of a picture is the table, which is known.

    Segments have numbers that the picture alone decides. Where the truth was only `found` in a picture, a
    pixel may decide otherwise, and they are matched by overlap.
    """
    solids = truth.instances > 0 if truth.instances.any() else np.ones(truth.instances.shape, bool)
    if kind == "depth":
        depth = maps.depth_of(drawn)
        return {
            "abs_rel": metrics.abs_rel(depth, truth.depth),
            "delta1": metrics.delta1(depth, truth.depth),
            "rmse": rmse(drawn, maps.depth_picture(truth.depth)),
            "abs_rel_solids": metrics.abs_rel(depth[solids], truth.depth[solids]),
            "delta1_solids": metrics.delta1(depth[solids], truth.depth[solids]),
        }
    if kind == "normal":
        normals = maps.normals_of(drawn)
        return {
            "mean_angle": metrics.normal_angle(normals, truth.normals),
            "mean_angle_solids": metrics.normal_angle(normals[solids], truth.normals[solids]),
        }
    if kind == "segmentation":
        shown, instances = segments.segments_of(drawn), segments.by_drawing_order(truth.instances)
        agreement = metrics.matched_iou if found else metrics.instance_iou
        return {"instance_miou": agreement(shown, instances)}
    return {"f1": metrics.edge_f1(lines(drawn), lines(edge_picture(truth.picture)))}


def rmse(picture: Picture, truth: Picture) -> float:
    """Root mean squared error in grey levels (0 to 255)."""
    return float(np.sqrt(np.mean((picture.astype(np.float64) - truth) ** 2)))


def condition_errors(kind: str, condition: Picture, picture: Picture, reading: Reading) -> dict[str, float]:
    """How far a picture is from the condition it was to follow, both [h, w, 3], without any drawing model.

    Edges are found again in the picture by the detector; depth, normals, segments and outlines come from the
    scene that the judge finds in it, rendered again.
    """
    if kind == "canny":
        return {"f1": metrics.edge_f1(lines(edge_picture(picture)), lines(condition))}
    if kind == "hed":
        return {"rmse": rmse(soft_edge_picture(picture), condition)}
    again = render(reading.scene)
    shown = maps.map_of(again, kind)
    if kind == "depth":
        return {"rmse": rmse(shown, condition)}
    if kind == "scribble":
        return {"f1": metrics.edge_f1(lines(shown), lines(condition))}
    if kind == "normal":
        return {"mean_angle": metrics.normal_angle(maps.normals_of(shown), maps.normals_of(condition))}
    return {
        "instance_miou": metrics.matched_iou(segments.segments_of(shown), segments.segments_of(condition))
    }


def own(errors: Mapping[str, float]) -> dict[str, float]:
    """The same figures under names that say: the measure's own error, on true pictures."""
    return {f"{name}_of_truth": value for name, value in errors.items()}
