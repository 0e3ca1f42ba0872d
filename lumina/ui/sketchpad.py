"""Where a condition is drawn, or changed by hand: a white brush on black, in a fold below the image field."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import gradio as gr
import numpy as np
from gradio.components.base import server
from gradio.components.image_editor import EditorData, EditorValue
from gradio.data_classes import FileData
from PIL import Image

from lumina.errors import InvalidImage, LuminaError
from lumina.images import cover, png_bytes
from lumina.tasks.conditions import condition_of
from lumina.tasks.panels import nearest
from lumina.ui.events import QUICK, tell_end
from lumina.ui.forms import Form, Size, size_in, size_text
from lumina.ui.page_pictures import picture_of

LARGEST = 640  # pixels of the longer side of the paper
LINES = ("scribble", "canny", "hed")  # kinds that white lines on black can be
FOLLOWED = "Generate follows this map."
# the picture itself, where the easel is out of sight; the easel's script fills it
FOLLOWER = (
    '<canvas class="follow-picture" aria-hidden="true" hidden></canvas>'
    '<p class="follow-said" role="status"></p>'
)
KEEP_SEED = """(is, seed, kept) =>
    is ? [seed || String(Math.floor(Math.random() * 2 ** 31)), true] : [seed, kept]"""
OPEN_TO_SCRIBBLE = """(kind, given) => {
    const fold = document.querySelector(".sketchpad > .label-wrap");
    if (kind === "scribble" && !given && !fold.matches(".open")) fold.click();
    return [];
}"""
# there is paper now, before which nothing was drawn: the editor is Gradio's own
BEGIN_ANEW = """() => {
    document.querySelector(".sketchpad").toggleAttribute("data-paper", true);
    window.editor?.command_manager.reset();
    return [];
}"""
# what the server puts there; where it puts nothing there, the former paper is there again
WAIT = """(...given) => {
    document.querySelector(".sketchpad").removeAttribute("data-paper");
    return given;
}"""
GO_ON = """() => {
    const sheet = document.querySelector(".sketchpad");
    setTimeout(() => sheet.toggleAttribute("data-paper", true), 1000);
    return [];
}"""
# Black paper without asking the server: a stroke would go together with the paper that is on its way.
EMPTY = """(kind, size) => {
    const sheet = document.querySelector(".sketchpad");
    sheet.removeAttribute("data-paper");
    setTimeout(() => sheet.toggleAttribute("data-paper", true), 3000); // should the editor not tell of it
    const { sizes, kinds, seen } = GIVEN;
    const [width, height] = sizes[size] ?? sizes[""];
    const paper = Object.assign(document.createElement("canvas"), { width, height });
    paper.getContext("2d", { alpha: false }).fillRect(0, 0, width, height);
    const background = { path: "empty.png", url: paper.toDataURL(), meta: { _type: "gradio.FileData" } };
    const fitting = !kinds.length || kinds.includes(kind) ? kind : kinds[0];
    return [{ background, layers: [], composite: null }, "", seen, fitting, "", false];
}"""
LARGEST_SENT = 2 * LARGEST
MOST_BYTES = 4 * LARGEST_SENT**2  # of one sheet: as many as its pixels have
MOST_SENT = 32  # drawings on their way from pages
PAPER_SIDE = 16  # blocks along each side by which a paper is known again
PAPER_DIFFERS = 6  # grey levels of a block's mean
TOO_LARGE = "This drawing is too large; draw on one sheet."


class ImageEditor(gr.ImageEditor):
    """Gradio's editor, which keeps and opens whatever pages send of their drawings: here within bounds."""

    __module__ = gr.ImageEditor.__module__  # elsewhere Gradio would write a stub file beside this one
    EVENTS = gr.ImageEditor.EVENTS

    @server  # type: ignore[untyped-decorator]
    def accept_blobs(self, data: Any) -> None:
        """Take the paper or the one sheet of a drawing; raises InvalidImage for a large one, or another."""
        if data.data.get("type") == "composite":
            return  # both together, which is made of them here
        index = str(data.data.get("index") or 0)
        if index not in ("0", "null") or any(len(file) > MOST_BYTES for _, file in data.files):
            raise InvalidImage(TOO_LARGE)
        super().accept_blobs(data)
        while len(self.blob_storage) > MOST_SENT:
            self.blob_storage.pop(next(iter(self.blob_storage)))

    def preprocess(self, payload: EditorData | None) -> EditorValue | None:
        """The paper and the one sheet over it; raises InvalidImage for more of them, or larger ones."""
        sent = self.blob_storage.get(payload.id) if payload is not None and payload.id else payload
        if sent is not None:
            if len(sent.layers) > 1:
                raise InvalidImage(TOO_LARGE)
            sent.composite = None
        return super().preprocess(payload)

    def convert_and_format_image(self, file: FileData | bytes | None, flatten_on_white: bool = False) -> Any:
        """A sheet as a picture, which is not opened where it is larger than any paper."""
        if file is None:
            return None
        with Image.open(BytesIO(file) if isinstance(file, bytes) else file.path) as picture:
            if max(picture.size) > LARGEST_SENT:
                raise InvalidImage(TOO_LARGE)
        return super().convert_and_format_image(file, flatten_on_white)


@dataclass(frozen=True)
class Seen:
    """A condition as the sheet last knew it; the page keeps it as a line."""

    digest: str  # of the condition
    paper: str  # the grey of its blocks in hexadecimal figures; empty without paper
    is_drawn: bool  # whether strokes made it

    @classmethod
    def of(cls, text: Any, paper: Image.Image | None = None, *, is_drawn: bool = False) -> "Seen":
        """A condition in base64, which may be none, on this paper."""
        return cls(_digest(text), "" if paper is None else _blocks(paper).hex(), is_drawn)

    @classmethod
    def read(cls, line: str) -> "Seen":
        """What a line tells; whatever else a page sends tells of nothing."""
        parts = line.split(" ")
        return cls(parts[0], parts[1], parts[2] == "drawn") if len(parts) == 3 else cls("", "", False)

    @property
    def line(self) -> str:
        """See ``read``."""
        return f"{self.digest} {self.paper} {'drawn' if self.is_drawn else 'put'}"

    def tells_of(self, text: Any) -> bool:
        """Whether it is this condition."""
        return self.digest == _digest(text)

    def lies_on(self, paper: Image.Image | None) -> bool:
        """Whether it was known on this paper."""
        now = "" if paper is None else _blocks(paper).hex()
        if not now or len(now) != len(self.paper):
            return now == self.paper
        try:
            then = np.frombuffer(bytes.fromhex(self.paper), np.uint8).astype(int)
        except ValueError:  # of a page that is not ours
            return False
        return bool(abs(np.frombuffer(bytes.fromhex(now), np.uint8) - then).max() <= PAPER_DIFFERS)


class Sketchpad:
    """The fold, the editor in it, and its buttons; what is drawn on the open sheet is what is drawn from.

    The sheet shows the condition in the image field, and each stroke over it becomes the condition, which the
    browser keeps over a reload. Whatever else becomes the condition is shown on the sheet; ``_seen`` tells
    which one it was last known by, and on which paper, and lies in the page, so that it never runs ahead of
    the field. The page sends strokes over a former paper until it has loaded the new one.
    """

    def __init__(self, kinds: Sequence[str], sizes: Sequence[Size]) -> None:
        self._sizes = tuple(sizes)
        self._lines = [kind for kind in LINES if kind in kinds]
        with gr.Accordion("Draw the map", open=False, elem_classes="advanced sketchpad") as self._fold:
            self._editor = ImageEditor(
                label="Map",
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
            self._follow = gr.Checkbox(
                False,
                label="Follow my drawing",
                info="The picture follows each stroke after a second, with the same seed.",
                elem_classes="follow",
            )
            gr.HTML(FOLLOWER, apply_default_css=False)
            with gr.Row(elem_classes="sketchpad-acts"):
                self._blank = gr.Button("Empty map", size="sm", min_width=0)
                self._take = gr.Button("Draw on the map above", size="sm", min_width=0)
            self._said = gr.HTML(_said(""), apply_default_css=False, elem_classes="said")
        self._is_open = gr.Checkbox(False, label="Open", elem_classes="unseen")
        self._seen = gr.Textbox(Seen.of("").line, label="Seen", elem_classes="unseen")

    def connect(self, form: Form, given: str, extracts: str) -> None:
        """Listen, once the form is in the page; the fields are a PanelTask's ``given`` and ``extracts``."""
        parts: list[Any] = [form.component(name) for name in (given, "kind", extracts, "width")]
        field, kind, extract, size = parts
        condition = [field, kind, extract, size]
        begun = [self._editor, self._said, self._seen]
        self.inputs: list[Any] = [self._editor, self._is_open, self._seen, field]
        self.outputs: list[Any] = [field, extract, self._said, self._seen]
        self._fold.expand(None, None, self._is_open, js="() => true", **QUICK)
        self._fold.collapse(None, None, self._is_open, js="() => false", **QUICK)
        self._fold.expand(self._opened, [self._editor, *condition], [*begun, kind], **QUICK)
        emptied: list[Any] = [*begun, kind, field, extract]
        for empties in (self._blank.click, self._editor.clear):
            empties(None, [kind, size], emptied, js=self._empty(), **QUICK)
        taken = self._take.click(self._taken, condition, begun, js=WAIT, **QUICK)
        for ended in (taken.then, taken.failure):
            ended(None, None, None, js=GO_ON, **QUICK)
        self._editor.upload(None, None, None, js=BEGIN_ANEW, **QUICK)  # paper is nothing that was done
        kind.select(None, [kind, field], None, js=OPEN_TO_SCRIBBLE, **QUICK)
        drawn = self._editor.input(
            self._drawn, self.inputs, self.outputs, trigger_mode="always_last", **QUICK
        )
        seed = form.components_of("seed")
        switched = self._follow.input(None, [self._follow, *seed], seed, js=KEEP_SEED, **QUICK)
        for each in (drawn, switched):
            tell_end(each, "lumina-drawn", form.task.name)
        field.change(self._followed, [self._is_open, self._seen, *condition], begun, **QUICK)
        seen_as: list[Any] = [kind.change, extract.change]
        gr.on(seen_as, self._seen_anew, [self._editor, self._is_open, *condition], begun, **QUICK)

    def used(self, value: Any, is_open: bool, seen: str, text: Any) -> list[Any]:
        """What Generate changes in the form: strokes on the open sheet become the condition."""
        return self._drawn(value, is_open, seen, text) if has_strokes(value) else self._as_it_is()

    def _drawn(self, value: Any, is_open: bool, seen: str, text: Any) -> list[Any]:
        """What a stroke changes, or one that is taken back: the whole sheet becomes the condition.

        Gradio's editor tells of paper that it has loaded, too.
        """
        picture, known = flattened(value), Seen.read(seen)
        if (
            picture is None
            or not is_open
            or not known.tells_of(text)
            or not known.lies_on(value["background"])
        ):
            return self._as_it_is()
        if not has_strokes(value) and not known.is_drawn:
            return self._as_it_is()
        drawn = text_of(picture) if picture.getbbox() else ""
        now = Seen.of(drawn, value["background"], is_drawn=True)
        return [drawn, False, _said(FOLLOWED if drawn else ""), now.line]

    def _as_it_is(self) -> list[Any]:
        return [gr.skip()] * 4  # of outputs

    def _opened(self, value: Any, text: Any, kind: str, extract: bool, size: str) -> list[Any]:
        """What an opened fold shows: what lay there before, else the condition, else black paper."""
        if flattened(value) is not None:
            seen = Seen.of(text, value["background"], is_drawn=has_strokes(value))
            return [gr.skip(), gr.skip(), seen.line, gr.skip()]
        if text:
            return [*self._taken(text, kind, extract, size), gr.skip()]
        return self._begun(text, kind, size)

    def _begun(self, text: Any, kind: str, size: str) -> list[Any]:
        """Black paper, and a kind of map that white lines on it can be."""
        fitting = self._lines[0] if self._lines and kind not in self._lines else gr.skip()
        paper = blank(size_in(size))
        return [_as_paper(paper), _said(""), Seen.of(text, paper).line, fitting]

    def _empty(self) -> str:
        """The script of black paper, with no condition before something is drawn on it."""
        sizes = {size_text(*size): blank(size).size for size in self._sizes} | {"": blank(None).size}
        given = {"sizes": sizes, "kinds": self._lines, "seen": Seen.of("", blank(None)).line}
        return EMPTY.replace("GIVEN", json.dumps(given))

    def _taken(self, text: Any, kind: str, extract: bool, size: str) -> list[Any]:
        """The condition in the image field as the editor's paper, as its map where it is a photograph."""
        if not text:
            return [gr.skip(), _said("Put in a map first, or draw one."), gr.skip()]
        try:
            picture = picture_of(text, "Map")
            panel = size_in(size) or nearest(self._sizes, picture.width / picture.height)
            paper = paper_of(picture, panel, kind if extract else "")
        except LuminaError as error:
            return [gr.skip(), _said(str(error)), gr.skip()]
        return [_as_paper(paper), _said(""), Seen.of(text, paper).line]

    def _seen_anew(
        self, value: Any, is_open: bool, text: Any, kind: str, extract: bool, size: str
    ) -> list[Any]:
        """The map that is now made of the photograph, unless something is drawn over the last one."""
        if not (is_open and text) or has_strokes(value):
            return [gr.skip()] * 3
        return self._taken(text, kind, extract, size)

    def _followed(
        self, is_open: bool, seen: str, text: Any, kind: str, extract: bool, size: str
    ) -> list[Any]:
        """Another condition than the sheet's takes its place; one that is removed leaves what is drawn."""
        known = Seen.read(seen)
        if known.tells_of(text):
            return [gr.skip()] * 3
        if not text:
            return [gr.skip(), _said(""), replace(known, digest=_digest(text)).line]
        return self._taken(text, kind, extract, size) if is_open else [None, _said(""), Seen.of(text).line]


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


def text_of(picture: Image.Image) -> str:
    """A drawing as the image field holds it: a file in base64, which no model has made."""
    return base64.b64encode(png_bytes(picture, by_model=False)).decode()


def has_strokes(value: Any) -> bool:
    """Whether anything is drawn over an editor's paper."""
    layers = [layer for layer in (value or {}).get("layers") or () if layer is not None]
    return any(layer.convert("RGBA").getchannel("A").getbbox() for layer in layers)


def _digest(text: Any) -> str:
    """By which a picture in base64 is known; what an empty field holds has one, too."""
    return hashlib.sha256((text or "").encode()).hexdigest()


def _blocks(paper: Image.Image) -> bytes:
    """The grey of its blocks: whatever a browser makes of a paper hardly alters that."""
    return paper.convert("L").resize((PAPER_SIDE, PAPER_SIDE), Image.Resampling.BOX).tobytes()


def _as_paper(image: Image.Image) -> EditorValue:
    return {"background": np.asarray(image), "layers": [], "composite": None}


def _said(sentence: str) -> str:
    return f'<p role="status">{sentence}</p>'
