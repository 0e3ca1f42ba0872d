"""What a map or a picture that follows one is compared with: the given picture, and the exact map."""

import base64
import binascii
import json
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from lumina.errors import InputError, LuminaError
from lumina.evaluation.mapping import lines, map_errors
from lumina.images import png_bytes, read_recipe
from lumina.tasks import TASKS
from lumina.tasks.base import read
from lumina.tasks.panels import PanelTask
from lumina.ui.colours import SCALES, coloured
from lumina.ui.depth import depth_png, scale_of
from lumina.ui.events import QUICK, payload_of, ticket_of
from lumina.ui.examples import truth_of
from lumina.ui.messages import Look
from lumina.ui.pictures import picture_of, with_pictures
from lumina.worlds.tabletop.maps import PREDICTED, by_drawing_order, depth_of, map_of, normals_of, segments_of
from lumina.worlds.tabletop.render import Rendering

Picture = NDArray[np.uint8]

SMALLEST = 0.001  # share of the picture; smaller segments are specks
WORST = {"depth": 0.25, "normal": 45.0}  # relative error, degrees: as bright as an error is shown
FIGURES = {  # the first figure of each kind: its name, how it is written, and what is better
    "depth": ("AbsRel", "{:.3f}", "lower"),
    "normal": ("mean angle", "{:.1f}°", "lower"),
    "segmentation": ("mIoU of the objects", "{:.3f}", "higher"),
    "canny": ("F1", "{:.3f}", "higher"),
}
ERRORS = {
    "depth": "Error: black is exact, the brightest 25 % off or more",
    "normal": "Error: black is exact, the brightest 45° off or more",
    "segmentation": "Error: bright where the object is wrong",
    "canny": "Error: bright where a line is missing or should not be",
}


@dataclass(frozen=True)
class Finding:
    """A whole result, and what it may be compared with; all pictures are as large as the result, [h, w, 3].

    ``kind`` is the kind of the map that one of them is. ``given`` is the panel above the result, where the
    page still has its picture; ``truth`` the rendering that the given picture is, where it is an example.
    """

    kind: str
    model: str
    result: Picture
    is_map: bool  # of the given picture, else a picture that follows a map
    recipe: str | None
    given: Picture | None = None
    truth: Rendering | None = None


def finding_of(payload: Any) -> Finding:
    """What a page shows; raises InputError if it shows nothing whole that can be compared."""
    try:
        look = Look.model_validate(payload)
        inputs = json.loads(look.inputs)
        recipe = read_recipe(base64.b64decode(look.png, validate=True))
    except (ValidationError, ValueError, RecursionError, binascii.Error) as error:
        raise InputError("There is no picture to compare.") from error
    task_class = TASKS.get(look.task)
    if task_class is None or not issubclass(task_class, PanelTask) or not isinstance(inputs, dict):
        raise InputError("There is no picture to compare.")
    result = picture_of(look.png, "Result").convert("RGB")
    kind = str(inputs.get("kind", ""))
    is_map = task_class.map_output == task_class.primary
    alone = Finding(kind, look.model, np.asarray(result), is_map, recipe)
    try:
        task = read(task_class, with_pictures(task_class, inputs, look.given))
        panel = np.asarray(task.panel(*result.size))
    except LuminaError:
        return alone  # a picture from a file: what it began with is not here
    truth = truth_of(task.picture.name) if is_map and kind in PREDICTED else None
    if truth is not None and truth.picture.shape != panel.shape:
        truth = None
    return replace(alone, given=panel, truth=truth)


def segments(finding: Finding) -> list[tuple[Picture, str]]:
    """Masks [h, w] of 0 and 1 of the objects in a segmentation, named from the top down."""
    ids = segments_of(finding.result)
    sizes = np.bincount(ids.ravel(), minlength=256)
    ids = by_drawing_order(np.where(sizes[ids] < SMALLEST * ids.size, 0, ids).astype(np.uint8))
    return [((ids == number).astype(np.uint8), f"object {number}") for number in range(1, int(ids.max()) + 1)]


def error_picture(kind: str, drawn: Picture, truth: Rendering) -> Picture:
    """How far each pixel of a map is off, as a picture [h, w, 3]: black is exact, the brightest far off."""
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
    return coloured(np.asarray(wrong, np.float32), "magma")


def verdict(finding: Finding) -> str:
    """The figure of a map whose truth is known."""
    assert finding.truth is not None
    name, form, better = FIGURES[finding.kind]
    value = next(iter(map_errors(finding.kind, finding.result, finding.truth).values()))
    return f"{name} {form.format(value)} ({better} is better)"


class Findings:
    """Below an easel: a slider between the given picture and the result, and what suits the kind of map."""

    def __init__(self, easel: gr.HTML, title: str) -> None:
        """Listens to what is looked at on ``easel``; ``title`` names the two sides of the slider."""
        with gr.Column(visible=False, elem_classes="findings") as self.whole:
            self.scale = gr.Radio(
                list(SCALES), value="grey", label="Colours of the depth", elem_classes="choice scale"
            )
            self.figures = gr.HTML(apply_default_css=False)
            self.slider = gr.ImageSlider(
                label=title, format="png", interactive=False, buttons=[], elem_classes="findings-slider"
            )
            self.segments = gr.AnnotatedImage(
                label="Objects", format="png", buttons=[], elem_classes="findings-segments"
            )
        found = gr.State()
        parts = [self.whole, self.scale, self.figures, self.slider, self.segments]
        easel.seen(looked, self.scale, [found, *parts, easel], trigger_mode="multiple", **QUICK)
        self.scale.input(shown, [found, self.scale], parts, trigger_mode="always_last", **QUICK)


def looked(scale: str, event: gr.EventData) -> list[Any]:
    """What is found of the picture that the page looks at, updates of the parts, and what this answers."""
    payload = payload_of(event)
    answered = gr.HTML(answered=ticket_of(payload))
    try:
        finding = finding_of(payload)
    except LuminaError:
        return [None, gr.update(visible=False), *(gr.skip() for _ in range(4)), answered]
    return [finding, *shown(finding, scale), answered]


def shown(finding: Finding | None, scale: str) -> list[Any]:
    """Updates of the whole, the choice of a scale, the figures, the slider and the objects."""
    if finding is None or scale not in SCALES:
        return [gr.skip() for _ in range(5)]
    is_depth = finding.is_map and finding.kind == "depth"
    scale = scale if is_depth else "grey"
    pair = None if finding.given is None else (finding.given, _tinted(finding.result, scale))
    return [
        gr.update(visible=True),
        gr.update(visible=is_depth),
        _figures(finding, scale) + (_depth_file(finding) if is_depth else ""),
        gr.update(value=pair, visible=pair is not None),
        _annotated(finding),
    ]


def _annotated(finding: Finding) -> Any:
    """The objects over the given picture, each in the colour that it is drawn in."""
    if not finding.is_map or finding.kind != "segmentation":
        return gr.update(visible=False)
    masks = segments(finding)
    colours = {name: _hex(np.median(finding.result[mask > 0], axis=0)) for mask, name in masks}
    base = finding.result if finding.given is None else finding.given
    return gr.update(value=(base, masks), color_map=colours, visible=True)


def _figures(finding: Finding, scale: str) -> str:
    """The pictures side by side that the slider cannot show."""
    if finding.truth is None:
        return ""
    exact = map_of(finding.truth, finding.kind)
    error = error_picture(finding.kind, finding.result, finding.truth)
    row = [
        ("The model's map", _tinted(finding.result, scale)),
        ("The exact map", _tinted(exact, scale)),
        (ERRORS[finding.kind], error),
    ]
    return f'<p class="findings-verdict">Against the exact map: {escape(verdict(finding))}</p>{_row(row)}'


def _row(pictures: list[tuple[str, Picture]]) -> str:
    cells = [
        f'<figure><img src="{_url(png_bytes(Image.fromarray(picture)))}" alt="{escape(title)}" />'
        f"<figcaption>{escape(title)}</figcaption></figure>"
        for title, picture in pictures
    ]
    return f'<div class="findings-row">{"".join(cells)}</div>'


def _depth_file(finding: Finding) -> str:
    scale = scale_of(finding.model)
    meaning = f"16-bit grey, {scale['values']}"
    if scale["unit"]:
        meaning += f": white is {scale['nearest']:g}, black {scale['farthest']:g} {scale['unit']}"
    url = _url(depth_png(finding.result, finding.model, finding.recipe))
    return (
        f'<p class="findings-file"><a class="easel-button" download="depth-16-bit.png" href="{url}">'
        f"Save as 16-bit PNG</a> <span>{escape(meaning)}. The file says so, too.</span></p>"
    )


def _tinted(picture: Picture, scale: str) -> Picture:
    """A depth map in other colours, to look at only; in grey, and any other picture, as it is."""
    return picture if scale == "grey" else coloured(picture.mean(-1).astype(np.float32) / 255, scale)


def _url(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _hex(colour: NDArray[np.floating[Any]]) -> str:
    return "#" + bytes(colour.astype(np.uint8).tolist()).hex()
