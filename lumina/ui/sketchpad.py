"""Where a condition is drawn, or changed by hand: a white brush on black, in a fold below the image field."""

import base64
from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np
from gradio.components.base import server
from gradio.components.image_editor import EditorValue
from PIL import Image

from lumina.errors import InvalidImage, LuminaError
from lumina.images import MAX_BYTES, cover, png_bytes
from lumina.tasks.conditions import condition_of
from lumina.tasks.panels import nearest
from lumina.ui.events import QUICK
from lumina.ui.forms import Form, Size, size_in
from lumina.ui.page_pictures import picture_of

LARGEST = 640  # pixels of the longer side of the paper
LINES = ("scribble", "canny", "hed")  # kinds that white lines on black can be
MOST_SENT = 32  # drawings on their way from pages


class ImageEditor(gr.ImageEditor):
    """Gradio's editor, which keeps what pages send of their drawings: here within bounds."""

    __module__ = gr.ImageEditor.__module__  # elsewhere Gradio would write a stub file beside this one
    EVENTS = gr.ImageEditor.EVENTS

    @server  # type: ignore[untyped-decorator]
    def accept_blobs(self, data: Any) -> None:
        """Take one sheet of a drawing; raises InvalidImage for one that is too large or one of too many."""
        index = str(data.data.get("index") or 0)
        if index not in ("0", "null") or any(len(file) > MAX_BYTES for _, file in data.files):
            raise InvalidImage("This drawing is too large; draw on one sheet.")
        super().accept_blobs(data)
        while len(self.blob_storage) > MOST_SENT:
            self.blob_storage.pop(next(iter(self.blob_storage)))


class Sketchpad:
    """The fold, the editor in it, and its buttons; nothing becomes the condition without a click."""

    def __init__(self, kinds: Sequence[str], sizes: Sequence[Size]) -> None:
        self._sizes = tuple(sizes)
        self._lines = [kind for kind in LINES if kind in kinds]
        with gr.Accordion(
            "Draw or edit the condition", open=False, elem_classes="advanced sketchpad"
        ) as self._fold:
            self._editor = ImageEditor(
                label="Condition",
                show_label=False,
                type="pil",
                format="png",
                sources=(),
                transforms=(),
                layers=False,
                buttons=["fullscreen"],
                canvas_size=blank(None).size,
                brush=gr.Brush(default_size=12, colors=["#ffffff", "#000000", "#808080"]),
                eraser=gr.Eraser(default_size=24),
            )
            with gr.Row(elem_classes="sketchpad-acts"):
                self._blank = gr.Button("New sheet", size="sm", min_width=0)
                self._take = gr.Button("Edit the condition", size="sm", min_width=0)
                self._use = gr.Button("Use the drawing", size="sm", min_width=0, elem_classes="sketchpad-use")
            self._said = gr.HTML('<p role="status"></p>', apply_default_css=False, elem_classes="said")

    def connect(self, form: Form, given: str, extracts: str) -> None:
        """Listen, once the form is in the page; the fields are a PanelTask's ``given`` and ``extracts``."""
        field, kind, extract, size = map(form.component, (given, "kind", extracts, "width"))
        begun, condition = [self._editor, self._said], [field, kind, extract, size]
        self._fold.expand(self._opened, [self._editor, *condition], begun, **QUICK)
        self._blank.click(lambda text: _as_paper(blank(size_in(text))), size, self._editor, **QUICK)
        self._take.click(self._taken, condition, begun, **QUICK)
        done: list[Any] = [field, kind, extract, self._said]
        self._use.click(self._used, [self._editor, kind], done, **QUICK)

    def _used(self, value: Any, kind: str) -> list[Any]:
        picture = flattened(value)
        if picture is None or not picture.getbbox():
            return [gr.skip(), gr.skip(), gr.skip(), _said("Draw something first.")]
        is_blank = not flattened({"background": value["background"]}).getbbox()  # type: ignore[union-attr]
        if is_blank and self._lines and kind not in self._lines:
            kind = self._lines[0]
        said = _said(f"The drawing is the condition now, as a map of the kind {kind}.")
        return [base64.b64encode(png_bytes(picture, by_model=False)).decode(), kind, False, said]

    def _opened(self, value: Any, text: Any, kind: str, extract: bool, size: str) -> list[Any]:
        """What an opened fold shows: what lay there before, else the condition, else black paper."""
        if flattened(value) is not None:
            return [gr.skip(), gr.skip()]
        if text:
            return self._taken(text, kind, extract, size)
        return [_as_paper(blank(size_in(size))), _said("")]

    def _taken(self, text: Any, kind: str, extract: bool, size: str) -> list[Any]:
        """The condition in the image field as the editor's paper, as its map where it is a photograph."""
        if not text:
            return [gr.skip(), _said("Put in a condition first, or draw one.")]
        try:
            picture = picture_of(text, "Condition")
            panel = size_in(size) or nearest(self._sizes, picture.width / picture.height)
            paper = paper_of(picture, panel, kind if extract else "")
        except LuminaError as error:
            return [gr.skip(), _said(str(error))]
        return [_as_paper(paper), _said("")]


def blank(size: Size | None) -> Image.Image:
    """Black paper for a panel of this size, doubled as often as there is room."""
    width, height = size or (512, 512)
    scale = 1
    while 2 * scale * max(width, height) <= LARGEST:
        scale *= 2
    return Image.new("RGB", (width * scale, height * scale))


def paper_of(condition: Image.Image, size: Size, kind: str = "") -> Image.Image:
    """A condition on paper for a panel of this size; ``kind`` if it is a photograph to make that map of.

    Each pixel becomes a square, so that what is not drawn over comes back as it was.
    """
    paper = blank(size)
    panel = cover(condition, *size)
    return (condition_of(panel, kind) if kind else panel).resize(paper.size, Image.Resampling.NEAREST)


def flattened(value: Any) -> Image.Image | None:
    """What an editor holds, its layers one over the other on black; None if it holds nothing."""
    value = value or {}
    sheets = [sheet for sheet in (value.get("background"), *(value.get("layers") or ())) if sheet is not None]
    if not sheets:
        return None
    whole = Image.new("RGBA", sheets[0].size, "black")
    for sheet in sheets:
        whole.alpha_composite(sheet.convert("RGBA").resize(whole.size))
    return whole.convert("RGB")


def _as_paper(image: Image.Image) -> EditorValue:
    return {"background": np.asarray(image), "layers": [], "composite": None}


def _said(sentence: str) -> str:
    return f'<p role="status">{sentence}</p>'
