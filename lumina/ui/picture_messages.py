"""Pictures on their way between Python and the page: small JSON objects called sheets.

A sheet holds all it takes to show a picture, to save it, and to go on drawing it later, so that going on
does not rest on what the server has kept. What comes back from a page is checked like any other input.
"""

import base64
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from lumina import images
from lumina.errors import InputError
from lumina.runtime.drawing import Drawing
from lumina.server.gallery import key_of
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Picture, Task, read
from lumina.ui.messages.base import Data
from lumina.ui.messages.easel import Asked, Continued, RecipeSheet, Reworded, Sheet
from lumina.ui.page_pictures import picture_fields, with_pictures
from lumina.workflow.document import Workflow
from lumina.workflow.literals import as_list
from lumina.workflow.node_sockets import node_inputs
from lumina.workflow.schema import codes_of, dump, load, recipe_of, task_of
from lumina.worlds.language import Language

NLL_STEP = 1 / 16  # nats; nll travels as one byte a code
KEPT = 255  # stands for a code that was kept and not drawn
PLAIN = "picture"  # the kind of what is no map
LAST_ACCEPTED = 400  # forward passes whose accepted codes are told


@dataclass(frozen=True)
class Start:
    """Where drawing starts: a task, and the rows of codes [k, cols] that its picture has, if any."""

    task: DrawingTask
    codes: NDArray[np.int64] | None = None


def sheet_of(picture: Picture, model: str, key: str) -> Sheet:
    """The sheet of a picture, as far as it is drawn, by ``model`` (with its revision)."""
    task, drawing = picture.task, picture.drawing
    recipe = dump(recipe_of(task, model, drawing.digest))
    png = images.png_bytes(drawing.image, recipe)
    return Sheet(
        key=key,
        width=drawing.image.width,
        height=drawing.image.height,
        png=base64.b64encode(png).decode(),
        id=key_of(png),
        score=picture.score,
        **head_of(task, model),
        **_codes_of(drawing),
    )


def head_of(task: Task, model: str) -> Data:
    """What a sheet says of the task that a picture is drawn by."""
    seed = str(getattr(task, "seed", ""))
    return {
        "model": model,
        "task": task.name,
        "inputs": task.model_dump_json(exclude_none=True),
        "prompt": task.summary(),
        "kind": str(getattr(task, "kind", PLAIN)),
        "seed": seed,
        "file": f"{model.partition('@')[0] or task.name}-{seed}.png",
        "identity": identity_of(task),
        "panels": len(task.Output.model_fields),
    }


def _codes_of(drawing: Drawing) -> Data:
    return {
        "rows": drawing.rows,
        "drawn": len(drawing.codes),
        "cols": drawing.codes.shape[1],
        "codes": text_of_codes(drawing.codes),
        "digest": drawing.digest,
        "nll": base64.b64encode(bytes_of_nll(drawing.nll)).decode(),
        "accepted": list(drawing.accepted[-LAST_ACCEPTED:]),
        "forwards": drawing.forwards,
        "tokens": drawing.tokens,
        "seconds": round(drawing.seconds, 3),
    }


def bytes_of_codes(codes: NDArray[np.int64]) -> bytes:
    """Four bytes a code, the lowest first."""
    return bytes(codes.astype("<u4").tobytes())


def text_of_codes(codes: NDArray[np.int64]) -> str:
    """The same in base64."""
    return base64.b64encode(bytes_of_codes(codes)).decode()


def codes_of_text(text: str, cols: int) -> NDArray[np.int64]:
    """The rows [k, cols] of such a text; raises ValueError for any other."""
    codes = np.frombuffer(base64.b64decode(text, validate=True), dtype="<u4").astype(np.int64)
    return codes.reshape(-1, cols)


def bytes_of_nll(nats: NDArray[np.float32]) -> bytes:
    """One byte a code: sixteenths of a nat, 255 where it is not known."""
    steps = np.nan_to_num(nats / NLL_STEP, nan=KEPT).clip(0, 254)
    steps[np.isnan(nats)] = KEPT
    return bytes(steps.astype(np.uint8).tobytes())


def identity_of(task: Task) -> str:
    """The same for two tasks that ask for the same picture."""
    values = task.model_dump(mode="json", exclude_none=True, exclude=set(task.speed_only()))
    return hashlib.sha256(json.dumps([task.name, values], sort_keys=True).encode()).hexdigest()[:32]


def start_of(payload: Any, model: str) -> Start:
    """The task and codes of a sheet that a page sent; raises InputError if ``model`` cannot go on from it."""
    try:
        kept = Continued.model_validate(payload)
        codes = codes_of_text(kept.codes, 1).reshape(-1)
    except (ValidationError, ValueError) as error:
        raise InputError("This picture cannot be continued: its rows are damaged; draw it again.") from error
    if kept.model != model:
        raise InputError(f"This picture was drawn by {kept.model}, not by {model}; draw it again here.")
    task = _asked(kept)
    if len(codes) % kept.cols:
        raise InputError("This picture cannot be continued: a row is incomplete; draw it again.")
    return Start(task, codes.reshape(-1, kept.cols))


def _asked(kept: Asked) -> DrawingTask:
    """The task of a sheet that a page sent, with its pictures."""
    task_class = TASKS.get(kept.task)
    try:
        inputs = json.loads(kept.inputs)
    except (ValueError, RecursionError):
        inputs = None
    if task_class is None or not issubclass(task_class, DrawingTask) or not isinstance(inputs, dict):
        raise InputError("This picture cannot be continued: its recipe is damaged; draw it again.")
    return read(task_class, with_pictures(task_class, inputs, kept.given))


def reworded(payload: Any, language: Language) -> DrawingTask:
    """The task of a sheet that a page sent, whole and with one word of its prompt exchanged."""
    try:
        asked = Reworded.model_validate(payload)
    except ValidationError as error:
        raise InputError("This word cannot be exchanged; write the prompt anew.") from error
    task = _asked(asked)
    prompt = language.exchanged(str(getattr(task, "prompt", "")), asked.at, asked.word)
    if prompt is None:
        raise InputError("This word cannot stand there; write the prompt anew.")
    return read(type(task), _values(task, leaving_out=("stop_row",)) | {"prompt": prompt})


def _values(task: DrawingTask, leaving_out: Collection[str]) -> dict[str, Any]:
    """What a task was made from, its pictures as they are."""
    values = task.model_dump(exclude_none=True, exclude=set(leaving_out))
    return values | {name: getattr(task, name) for name in picture_fields(type(task))}


def continued(start: Start) -> Start:
    """Go on below the last row there is."""
    return Start(start.task.model_copy(update={"stop_row": None}), start.codes)


def rerolled(start: Start, row: int, seed: int) -> Start:
    """Keep the rows above ``row`` and draw the others with the noise of another seed.

    Raises InputError where there is no such row.
    """
    if start.codes is None or not 1 <= row < len(start.codes):
        raise InputError("Re-roll below a row that is drawn, with at least one row above it.")
    above = [pair for pair in start.task.rerolls if pair[0] < row]  # the others would be overruled
    values = _values(start.task, leaving_out=("stop_row", "rerolls"))
    task = read(type(start.task), values | {"rerolls": [*above, (row, seed)]})
    return Start(task, start.codes[:row])


def restored(png: bytes, here: str) -> tuple[DrawingTask, RecipeSheet, str]:
    """Of a PNG (its pixels may be left out): the task in its recipe, a sheet without codes, and a message.

    Raises InputError if there is no recipe, or none of one drawing. ``here`` is the model that runs.
    """
    text = images.read_recipe(png)
    if text is None:
        raise InputError("This picture carries no recipe; use one that was downloaded here.")
    return restored_from(text, here)


def restored_from(recipe: str, here: str) -> tuple[DrawingTask, RecipeSheet, str]:
    """The same of the recipe itself."""
    workflow = load(recipe)
    is_single = len(workflow.nodes) == 1 and not workflow.workflows and not _has_lists(workflow)
    task = task_of(workflow) if is_single else None
    if not isinstance(task, DrawingTask):
        raise InputError("A workflow made this picture; drop it on the Workflow tab.")
    model, digest = workflow.model or "", codes_of(workflow) or ""
    message = "Every setting is back; Replay draws the same picture."
    if here and model and model != here:
        message = f"Every setting is back, but {model} drew this, and {here} may draw it differently."
    return task, _recipe_sheet(task, model, digest), message + _hidden(task)


def _hidden(task: DrawingTask) -> str:
    """What of a task a person would not see in the form, and would wonder about in the next pictures."""
    said = [f"is re-rolled below row {min(task.rerolls)[0]}"] if task.rerolls else []
    said += [f"stops at row {task.stop_row}"] if task.stop_row else []
    return f" It {' and '.join(said)}: see Advanced." if said else ""


def _has_lists(workflow: Workflow) -> bool:
    """Whether its one node runs several times, for the values of a list."""
    (node,) = workflow.nodes.values()
    known = node_inputs(workflow, node)
    given = ((known.get(name), value) for name, value in node.inputs.items())
    return any(socket is not None and as_list(value, socket) is not None for socket, value in given)


def _recipe_sheet(task: Task, model: str, digest: str) -> RecipeSheet:
    identity = identity_of(task)
    return RecipeSheet(
        key=f"file{identity[:12]}-0",
        digest=digest,
        codes="",
        rows=0,
        drawn=0,
        cols=0,
        **head_of(task, model),
    )
