"""Named endpoints for programs: one for each drawing task, its parameters made from the task's fields."""

import inspect
import json
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import gradio as gr
from gradio.data_classes import FileData
from gradio.processing_utils import save_bytes_to_cache

from lumina.errors import InputError, InvalidWorkflow, LuminaError
from lumina.images import png_bytes
from lumina.model.config import ModelSpec, split_revision
from lumina.server.zerogpu import Workshop
from lumina.steps import finish
from lumina.tasks.base import DrawingTask, Picture, Pictures, read
from lumina.tasks.image_input import ImageInput
from lumina.ui.forms import bare_type
from lumina.ui.pictures import picture_fields, picture_of
from lumina.workflow.document import Workflow
from lumina.workflow.events import ChoiceNeeded, NodeFailed, Run, RunFinished
from lumina.workflow.executor import Resources, run
from lumina.workflow.files import result_files
from lumina.workflow.filling import target_of, with_values
from lumina.workflow.schema import dump, recipe_of
from lumina.workflow.shelves import MemoryShelf, shipped
from lumina.workflow.validation import check

PATIENCE = 300.0  # seconds that a program waits for a model that is still loading
TYPES = (str, int, float, bool)
MAX_VALUES = 64_000_000  # characters; pictures come in base64
LEFT_OUT = frozenset({"variations"})  # an answer is one picture


def endpoint(task: type[DrawingTask], workshop: Workshop, folder: str) -> Callable[..., Any]:
    """A function that draws one picture: (PNG file in ``folder``, seed); its parameters are typed."""
    parameters = _parameters(task)
    names = [parameter.name for parameter in parameters]

    def draw(*values: Any) -> tuple[dict[str, Any], int]:
        given = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        try:
            given |= {name: picture_of(given[name], name) for name in picture_fields(task) if name in given}
            workshop.wait(PATIENCE)
            pictures: Pictures = finish(workshop.run(read(task, given)))
            return _answer(pictures.image[0], workshop.painter.model, folder)
        except LuminaError as error:
            raise gr.Error(str(error), print_exception=False) from error

    returned = tuple[FileData, int]
    draw.__name__ = task.name  # what a tool is called
    draw.__doc__ = _described(task, names)
    draw.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": returned}
    signature = inspect.Signature(parameters, return_annotation=returned)
    draw.__signature__ = signature  # type: ignore[attr-defined]
    return draw


def _described(task: type[DrawingTask], names: list[str]) -> str:
    """What programs, and models that use them as tools, read of a task: what it does, takes and gives."""
    lines = [inspect.getdoc(task) or task.title, "", "Args:"]
    for name in names:
        field = task.model_fields[name]
        kind = bare_type(field.annotation)
        more = "A picture file in base64." if kind is ImageInput else ""
        if get_origin(kind) is Literal:
            more = f"One of: {', '.join(map(str, get_args(kind)))}."
        lines.append(f"    {name}: {field.description or field.title} {more}".rstrip())
    return "\n".join([*lines, "Returns:", "    The picture, a PNG that carries its recipe.", "    Its seed."])


def _answer(picture: Picture, model: str, folder: str) -> tuple[dict[str, Any], int]:
    seed = int(picture.task.seed)
    recipe = dump(recipe_of(picture.task, model, picture.drawing.digest))
    return _file(png_bytes(picture.image, recipe), f"{picture.task.name}-{seed}.png", folder), seed


def _parameters(task: type[DrawingTask]) -> list[inspect.Parameter]:
    """The fields of plain types, pictures as files in base64; all but the required ones may be left out."""
    found = []
    for name, field in task.inputs().items():
        kind = int if name == "seed" else bare_type(field.annotation)
        if kind is ImageInput or get_origin(kind) is Literal:
            kind = str
        if kind not in TYPES or name in LEFT_OUT:
            continue
        is_required = field.is_required()
        found.append(
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if is_required else None,
                annotation=kind if is_required else kind | None,
            )
        )
    return sorted(
        found, key=lambda parameter: parameter.default is None
    )  # required ones first, as Python asks


def workflow_endpoint(workshop: Workshop, spec: ModelSpec, folder: str) -> Callable[..., Any]:
    """A function that runs a document: by output the results, pictures as PNG files in ``folder``."""

    def run_workflow(document: str, values: str = "{}") -> dict[str, Any]:
        """Run a workflow of several drawing tasks and tools, as `lumina check` accepts it.

        Args:
            document: The lumina-workflow document, as JSON text.
            values: Values for its inputs by name, or by node.input, a JSON object; pictures in base64.
        Returns:
            For each output the list of its results; pictures are PNG files that carry the whole recipe.
        """
        try:
            checked = check(document, spec)
            if checked.problems or checked.workflow is None:
                raise InvalidWorkflow(checked.problems)
            shelf = MemoryShelf()
            workflow = with_values(checked.workflow, _given(checked.workflow, values, shelf))
            workshop.wait(PATIENCE)
            if workflow.model and split_revision(workflow.model)[0] != spec.name:
                raise InputError(
                    f'This studio draws with {spec.name}; leave out "model": "{workflow.model}".'
                )
            finished = _finished(run(workflow, Resources(workshop, shelves=(shelf, shipped()))))
            return {name: _sent(name, found, folder) for name, found in result_files(finished).items()}
        except LuminaError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return run_workflow


def _given(workflow: Workflow, text: str, shelf: MemoryShelf) -> dict[str, Any]:
    """The values of a call; pictures among them are laid on the shelf."""
    try:
        given = json.loads(text) if len(text) <= MAX_VALUES else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise InputError("values: send a JSON object, by name the value of each input.")
    for name, value in given.items():
        socket = target_of(workflow, name)
        if socket is not None and socket.type == "image" and isinstance(value, str):
            picture = ImageInput.of(picture_of(value, name))
            shelf.add(picture)
            given[name] = {"image": picture.name}
    return given


def _finished(happening: Run) -> RunFinished:
    """The end of a run; raises InputError for what kept it from its end."""
    try:
        while True:
            event = next(happening)
            if isinstance(event, NodeFailed):
                raise InputError(f'Node "{event.node}": {event.message}')
            if isinstance(event, ChoiceNeeded):
                advice = f'send a number from 1 to {len(event.pictures)} as "{event.node}.{event.input}"'
                raise InputError(f'Node "{event.node}" waits for a choice; {advice}.')
    except StopIteration as stop:
        finished: RunFinished = stop.value
        return finished
    finally:
        happening.close()


def _sent(output: str, values: list[Any], folder: str) -> list[Any]:
    """The results of an output as a program gets them."""
    return [
        _file(value, f"{output}-{number}.png", folder) if isinstance(value, bytes) else value
        for number, value in enumerate(values, start=1)
    ]


def _file(png: bytes, name: str, folder: str) -> dict[str, Any]:
    path = save_bytes_to_cache(png, name, folder)
    return FileData(path=path, orig_name=name, mime_type="image/png").model_dump()
