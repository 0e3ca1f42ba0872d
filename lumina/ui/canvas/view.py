"""A run of a workflow as the canvas sees it: a small object with the state and the pictures of every node."""

import base64
import io
from collections.abc import Callable, Iterable
from typing import Any, Literal

from PIL import Image

from lumina.json_types import JsonObject
from lumina.model.config import ModelSpec
from lumina.runtime.events import Begun, Finished, Pixels, RowDrawn
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Picture, remarks_of
from lumina.tasks.image_input import ImageInput
from lumina.ui.canvas.inside import Inside
from lumina.ui.messages.base import Data
from lumina.ui.messages.canvas import DrawnRows, NodeView, ShownPicture
from lumina.ui.messages.canvas import RunView as Message
from lumina.ui.messages.easel import Strip
from lumina.ui.picture_messages import text_of_codes
from lumina.ui.strips import panel_of, webp_of
from lumina.workflow.document import Workflow
from lumina.workflow.events import (
    ChoiceNeeded,
    Event,
    NodeCached,
    NodeDone,
    NodeFailed,
    NodeProgress,
    NodeQueued,
    NodeSkipped,
    NodeStarted,
    RunFinished,
    RunStarted,
    pictures_drawn,
)
from lumina.workflow.flattening import WITHIN, flatten
from lumina.workflow.resolving import seeds_drawn
from lumina.workflow.schema import dump, load

SMALL = 256  # pixels along the longer side of a picture in the making
SAFE = 2**53 - 1  # JavaScript's largest exact whole number
State = Literal["running", "done", "failed", "choice"]
ENDINGS: dict[str, State] = {"done": "done", "failed": "failed", "needs choice": "choice"}
LEFT = {"running": "stopped", "queued": "idle"}  # what a run that is over leaves of a node at work

Save = Callable[[Image.Image, str, str], str]
"""Keeps a finished picture: (pixels, recipe as JSON text, file name) to the address it is fetched from."""


class CanvasRun:
    """Follows the events of one run with a model's ``spec``; ``state`` is always all there is to show."""

    def __init__(self, key: str, workflow: Workflow, save: Save, spec: ModelSpec) -> None:
        self._key, self._workflow, self._save, self._spec = key, workflow, save, spec
        self._flat = flatten(workflow)
        self._inside = Inside(workflow, self._flat)
        self._nodes: dict[str, NodeView] = {}  # of the flat document
        self._items: dict[str, dict[tuple[int, int], list[ShownPicture]]] = {}
        self._rows: dict[tuple[str, int, int], int] = {}  # of a panel
        self._drawn: dict[str, list[DrawnRows]] = {}  # by the key of a call its pictures
        self._seeds: JsonObject = {}
        self._state: State = "running"
        self._message, self._recipe = "Starting…", dump(workflow)

    def state(self) -> Data:
        """The whole view, as plain data."""
        return Message(
            run=self._key,
            state=self._state,
            message=self._message,
            seeds=self._seeds,
            nodes=self._inside.cards(self._nodes),
            drawn=self._drawn,
        ).data()

    def waiting(self, message: str) -> Data:
        """Nothing has begun yet, and why."""
        return self.state() | {"message": message}

    def failed(self, sentence: str) -> Data:
        """Over, with the one sentence to show; nodes at work stop, what is drawn stays."""
        for name, node in self._nodes.items():
            if left := LEFT.get(node.state):
                self._nodes[name] = node.model_copy(update={"state": left})
        self._state, self._message = "failed", sentence
        return self.state()

    def take(self, event: Event) -> Data:
        """What there is to show after ``event``."""
        if isinstance(event, RunStarted):
            self._start(event)
        elif isinstance(event, RunFinished):
            self._state, self._message = ENDINGS[event.status], _summary(event)
        elif isinstance(event, NodeProgress):
            self._nodes[event.node] = self._progress(event)
        elif isinstance(event, NodeDone | NodeCached):
            self._nodes[event.node] = self._done(event)
        else:
            self._nodes[event.node] = self._changed(event)
        return self.state()

    def _start(self, event: RunStarted) -> None:
        """From here on the recipe holds the numbers that random seeds became."""
        self._recipe = event.recipe
        found = seeds_drawn(self._workflow, load(event.recipe))
        self._seeds = {name if "." in name else f"inputs.{name}": _safe(seed) for name, seed in found.items()}

    def _changed(self, event: Event) -> NodeView:
        match event:
            case NodeQueued():
                return NodeView(state="queued")
            case NodeStarted(node, item, _):
                self._message = self._where(node)
                return (self._nodes.get(node) if item else None) or NodeView(state="running")
            case NodeFailed(_, message):
                return NodeView(state="error", message=message)
            case NodeSkipped(_, _, message):
                return NodeView(state="skipped", message=message)
            case ChoiceNeeded(node, name, pictures):
                asks = f"{node.partition(WITHIN)[2]}.{name}" if WITHIN in node else ""
                return NodeView(state="choice", pictures=self._finished(node, pictures), asks=asks)
        return NodeView(state="idle")

    def _progress(self, event: NodeProgress) -> NodeView:
        """The rows so far; of several values, those before are there already."""
        step = event.step
        self._follow(event)
        which = f", value {event.item + 1} of {event.items}" if event.items > 1 else ""
        self._message = f"{self._where(event.node)}{which}: {step.unit[:-1]} {step.done} of {step.total}"
        of_node = self._items.get(event.node, {})
        pictures = [picture for place in sorted(of_node) for picture in of_node[place]]
        return NodeView(state="running", done=step.done, total=step.total, pictures=pictures)

    def _follow(self, event: NodeProgress) -> None:
        """Add what is new of one picture; the others stay as they are."""
        step, items = event.step, self._items.setdefault(event.node, {})
        if event.key and isinstance(step, Begun | RowDrawn):
            self._note_rows(self._drawn.setdefault(event.key, []), step)
        count = len(TASKS[self._flat.workflow.nodes[event.node].task].Output.model_fields)
        match step:
            case Begun():
                blank = ShownPicture(url="", width=step.width, height=step.height // count)
                self._rows[event.node, event.item, step.index] = step.rows // count
                items[event.item, step.index] = [blank] * count
                self._add(event, step, len(step.kept))
            case RowDrawn():
                self._add(event, step, step.row + len(step.codes))
            case Finished():
                panels = _panels(step.drawing.image, count)
                items[event.item, step.index] = [_small(panel) for panel in panels]

    @staticmethod
    def _note_rows(pictures: list[DrawnRows], step: Begun | RowDrawn) -> None:
        """Their codes, by which a studio that knows nothing of this run can go on with it."""
        codes = step.kept if isinstance(step, Begun) else step.codes
        while len(pictures) <= step.index:
            pictures.append(DrawnRows(cols=codes.shape[1], codes=[]))
        before = pictures[step.index]
        if codes.size:
            pictures[step.index] = DrawnRows(cols=before.cols, codes=[*before.codes, text_of_codes(codes)])

    def _add(self, event: NodeProgress, step: Begun | RowDrawn, drawn: int) -> None:
        """To each panel of a drawing of which so many rows are there, the pixels that lie in it."""
        items, place = self._items[event.node], (event.item, step.index)
        rows, height = self._rows[event.node, *place], items[place][0].height
        bottom = drawn * height // rows
        items[place] = [
            _grown(panel, step.pixels, bottom - at * height) for at, panel in enumerate(items[place])
        ]

    def _done(self, event: NodeDone | NodeCached) -> NodeView:
        self._inside.note(event)
        values = [value for given in event.outputs.values() for value in given]
        words = [str(value) for value in values if not isinstance(value, Picture | ImageInput | Image.Image)]
        more: Data = {"text": "\n".join(words)} if words else {}
        if isinstance(event, NodeDone):
            more["seconds"] = round(event.seconds, 2)
        if issubclass(TASKS[self._flat.workflow.nodes[event.node].task], DrawingTask):
            more["remark"] = " ".join(remarks_of(pictures_drawn(event), self._spec))
        state: Literal["done", "cached"] = "done" if isinstance(event, NodeDone) else "cached"
        return NodeView(state=state, pictures=self._finished(event.node, values), **more)

    def _finished(self, node: str, values: Iterable[Any]) -> list[ShownPicture]:
        found = []
        for index, image in enumerate(_images(values), start=1):
            name = f"{node.replace(WITHIN, '-')}-{index}.png"
            address = self._save(image, self._recipe, name)
            found.append(ShownPicture(url=address, width=image.width, height=image.height, file=name))
        return found

    def _where(self, node: str) -> str:
        return (
            f"{node.replace(WITHIN, ' · ')} · step {list(self._nodes).index(node) + 1} of {len(self._nodes)}"
        )


def _summary(event: RunFinished) -> str:
    ran, cached = len(event.executed), len(event.cached)
    parts = [f"{ran} ran" if ran else "", f"{cached} from the cache" if cached else ""]
    parts += [
        f"{len(names)} {word}"
        for names, word in ((event.failed, "failed"), (event.skipped, "skipped"))
        if names
    ]
    told = ", ".join(part for part in parts if part) or "nothing to do"
    if event.needs_choice:
        return f"Pick a picture in {event.needs_choice[0].partition(WITHIN)[0]}, then run again."
    return f"Done in {event.seconds:.1f} s: {told}." if not event.failed else f"Not everything ran: {told}."


def _panels(image: Image.Image, count: int) -> list[Image.Image]:
    """The panels of a drawing, which stand one above the other."""
    height = image.height // count
    return [image.crop((0, top * height, image.width, (top + 1) * height)) for top in range(count)]


def _images(values: Iterable[Any]) -> list[Image.Image]:
    images = (value.image if isinstance(value, Picture | ImageInput) else value for value in values)
    return [image for image in images if isinstance(image, Image.Image)]


def _grown(panel: ShownPicture, pixels: Pixels, bottom: int) -> ShownPicture:
    """With those of the pixels, which end at row ``bottom`` of it, that lie in it."""
    inside, lower = panel_of(pixels, bottom, panel.height)
    if not len(inside):
        return panel
    return panel.model_copy(update={"strips": [*panel.strips, Strip(bottom=lower, pixels=webp_of(inside))]})


def _small(image: Image.Image) -> ShownPicture:
    return ShownPicture(url=thumbnail(image), width=image.width, height=image.height)


def thumbnail(image: Image.Image, size: int = SMALL) -> str:
    """A picture of a few kilobytes, as an address that holds it."""
    small = image.convert("RGB")
    small.thumbnail((size, size))
    file = io.BytesIO()
    small.save(file, "WEBP", quality=82)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def _safe(value: Any) -> Any:
    """Whole numbers that JavaScript would round travel as text."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > SAFE:
        return str(value)
    return [_safe(each) for each in value] if isinstance(value, list | tuple) else value
