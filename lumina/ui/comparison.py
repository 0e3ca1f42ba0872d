"""What a map or a picture that follows one is compared with: the given picture, and the exact map."""

import base64
import binascii
import json
import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from html import escape
from threading import Lock
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from lumina.errors import InputError, LuminaError
from lumina.images import noted, png_bytes, read_recipe
from lumina.model.config import ModelSpec, world_of_model
from lumina.tasks import TASKS
from lumina.tasks.base import read
from lumina.tasks.panels import PanelTask
from lumina.ui.colours import SCALES, coloured
from lumina.ui.depth import depth_png, meaning_of
from lumina.ui.events import QUICK, payload_of, ticket_of
from lumina.ui.messages.easel import Look
from lumina.ui.page_pictures import picture_of, with_pictures
from lumina.worlds import world_of
from lumina.worlds.base import MapComparison

Picture = NDArray[np.uint8]
MAX_RECENT = 100_000_000  # bytes of pixels that are looked at


@dataclass(frozen=True)
class Comparison:
    """A whole result, and what it may be compared with; all pictures are as large as the result, [h, w, 3].

    ``kind`` is the kind of the map that one of them is. ``given`` is the panel above the result, where the
    page still has its picture; ``world`` the name of the world that the model draws.
    """

    kind: str
    world: str
    result: Picture
    is_map: bool  # of the given picture, else a picture that follows a map
    recipe: str | None
    given: Picture | None = None


def comparison_of(payload: Any, spec: ModelSpec) -> Comparison:
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
    alone = Comparison(kind, world_of_model(look.model, spec), np.asarray(result), is_map, recipe)
    try:
        task = read(task_class, with_pictures(task_class, inputs, look.given))
        panel = np.asarray(task.panel(*result.size))
    except LuminaError:
        return alone  # a picture from a file: what it began with is not here
    return replace(alone, given=panel)


def segments(comparison: Comparison) -> list[tuple[Picture, str]]:
    """Masks [h, w] of 0 and 1 of the objects in a segmentation, named from the top down."""
    world = world_of(comparison.world)
    if world is None:
        return []
    ids = world.objects(comparison.result)
    return [((ids == number).astype(np.uint8), f"object {number}") for number in range(1, int(ids.max()) + 1)]


def compared(comparison: Comparison) -> MapComparison | None:
    """The map beside the exact one, where the given picture is an example whose truth is known."""
    world = world_of(comparison.world)
    if world is None or comparison.given is None or not comparison.is_map:
        return None
    return world.compare(comparison.kind, comparison.result, comparison.given)


class RecentComparisons:
    """The latest comparisons of all visitors, in no more than ``most`` bytes except for the newest.

    A visitor's state holds the name of theirs alone: pixels there would be kept for hours, of everybody.
    """

    def __init__(self, most: int = MAX_RECENT) -> None:
        self._most, self._kept, self._lock = most, OrderedDict[str, Comparison](), Lock()

    def keep(self, comparison: Comparison) -> str:
        """Keep it; its name."""
        name = secrets.token_hex(16)
        with self._lock:
            self._kept[name] = comparison
            while len(self._kept) > 1 and sum(map(_bytes_of, self._kept.values())) > self._most:
                self._kept.popitem(last=False)
        return name

    def find(self, name: Any) -> Comparison | None:
        """The comparison of this name, None if it is not kept any more."""
        return self._kept.get(name) if isinstance(name, str) else None


def _bytes_of(comparison: Comparison) -> int:
    return comparison.result.nbytes + (0 if comparison.given is None else comparison.given.nbytes)


class ComparisonView:
    """Below an easel: a slider between the given picture and the result, and what suits the kind of map."""

    def __init__(self, easel: gr.HTML, title: str, spec: ModelSpec) -> None:
        """Listens to what is looked at on ``easel``; ``title`` names the two sides of the slider."""
        with gr.Column(visible=False, elem_classes="comparison") as self.whole:
            self.scale = gr.Radio(
                list(SCALES), value="grey", label="Colours of the depth", elem_classes="choice scale"
            )
            self.figures = gr.HTML(apply_default_css=False)
            self.slider = gr.ImageSlider(
                label=title, format="png", interactive=False, buttons=[], elem_classes="comparison-slider"
            )
            self.segments = gr.AnnotatedImage(
                label="Objects", format="png", buttons=[], elem_classes="comparison-segments"
            )
        found = gr.State()
        parts = [self.whole, self.scale, self.figures, self.slider, self.segments]
        self._spec, self._recent = spec, RecentComparisons()
        easel.seen(self._looked, self.scale, [found, *parts, easel], trigger_mode="multiple", **QUICK)
        self.scale.input(self._shown_again, [found, self.scale], parts, trigger_mode="always_last", **QUICK)

    def _looked(self, scale: str, event: gr.EventData) -> list[Any]:
        comparison, *rest = looked(self._spec, scale, event)
        return [comparison and self._recent.keep(comparison), *rest]

    def _shown_again(self, name: Any, scale: str) -> list[Any]:
        return shown(self._recent.find(name), scale)


def looked(spec: ModelSpec, scale: str, event: gr.EventData) -> list[Any]:
    """What is found of the picture that the page looks at, updates of the parts, and what this answers."""
    payload = payload_of(event)
    answered = gr.HTML(answered=ticket_of(payload))
    try:
        comparison = comparison_of(payload, spec)
    except LuminaError:
        return [None, gr.update(visible=False), *(gr.skip() for _ in range(4)), answered]
    return [comparison, *shown(comparison, scale), answered]


def shown(comparison: Comparison | None, scale: str) -> list[Any]:
    """Updates of the whole, the choice of a scale, the figures, the slider and the objects."""
    if comparison is None or scale not in SCALES:
        return [gr.skip() for _ in range(5)]
    is_depth = comparison.is_map and comparison.kind == "depth"
    scale = scale if is_depth else "grey"
    pair = None if comparison.given is None else (comparison.given, _noted(comparison, scale))
    return [
        gr.update(visible=True),
        gr.update(visible=is_depth),
        _figures(comparison, scale) + (_depth_file(comparison) if is_depth else ""),
        gr.update(value=pair, visible=pair is not None),
        _annotated(comparison),
    ]


def _annotated(comparison: Comparison) -> Any:
    """The objects over the given picture, each in the colour that it is drawn in."""
    if not comparison.is_map or comparison.kind != "segmentation":
        return gr.update(visible=False)
    masks = segments(comparison)
    colours = {name: _hex(np.median(comparison.result[mask > 0], axis=0)) for mask, name in masks}
    base = _noted(comparison, "grey") if comparison.given is None else comparison.given
    return gr.update(value=(base, masks), color_map=colours, visible=True)


def _noted(comparison: Comparison, scale: str) -> Image.Image:
    """The result as it is shown, with its mark and its recipe."""
    return noted(Image.fromarray(_tinted(comparison.result, scale)), recipe=comparison.recipe)


def _figures(comparison: Comparison, scale: str) -> str:
    """The pictures side by side that the slider cannot show."""
    found = compared(comparison)
    if found is None:
        return ""
    drawn = png_bytes(Image.fromarray(_tinted(comparison.result, scale)), comparison.recipe)
    row = [
        ("The model's map", drawn),
        ("The exact map", _computed(_tinted(found.exact, scale))),
        (found.legend, _computed(coloured(found.error, "magma"))),
    ]
    return f'<p class="comparison-verdict">Against the exact map: {escape(found.figure)}</p>{_row(row)}'


def _computed(picture: Picture) -> bytes:
    return png_bytes(Image.fromarray(picture), by_model=False)


def _row(pictures: list[tuple[str, bytes]]) -> str:
    cells = [
        f'<figure><img src="{_url(png)}" alt="{escape(title)}" />'
        f"<figcaption>{escape(title)}</figcaption></figure>"
        for title, png in pictures
    ]
    return f'<div class="comparison-row">{"".join(cells)}</div>'


def _depth_file(comparison: Comparison) -> str:
    world = world_of(comparison.world)
    scale = world.depth if world else None
    meaning = f"16-bit grey, {meaning_of(scale)['values']}"
    if scale is not None:
        meaning += f": white is {scale.nearest:g}, black {scale.farthest:g} {scale.unit}"
    url = _url(depth_png(comparison.result, scale, comparison.recipe))
    return (
        f'<p class="comparison-file"><a class="easel-button" download="depth-16-bit.png" href="{url}">'
        f"Save as 16-bit PNG</a> <span>{escape(meaning)}. The file says so, too.</span></p>"
    )


def _tinted(picture: Picture, scale: str) -> Picture:
    """A depth map in other colours, to look at only; in grey, and any other picture, as it is."""
    return picture if scale == "grey" else coloured(picture.mean(-1).astype(np.float32) / 255, scale)


def _url(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _hex(colour: NDArray[np.floating[Any]]) -> str:
    return "#" + bytes(colour.astype(np.uint8).tolist()).hex()
