"""Named endpoints for programs: one for each drawing task, its parameters made from the task's fields."""

import inspect
from collections.abc import Callable
from typing import Any, Literal, get_origin

import gradio as gr
from gradio.data_classes import FileData
from gradio.processing_utils import save_bytes_to_cache

from lumina.errors import LuminaError
from lumina.images import png_bytes
from lumina.server.zerogpu import Workshop
from lumina.steps import finish
from lumina.tasks.base import DrawingTask, Picture, Pictures, read
from lumina.tasks.image_input import ImageInput
from lumina.ui.forms import bare_type
from lumina.ui.pictures import picture_fields, picture_of
from lumina.workflow.schema import dump, recipe_of

PATIENCE = 300.0  # seconds that a program waits for a model that is still loading
TYPES = (str, int, float, bool)
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
    draw.__doc__ = f"{task.title}: draw one picture. Returns the PNG, which carries its recipe, and its seed."
    draw.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": returned}
    signature = inspect.Signature(parameters, return_annotation=returned)
    draw.__signature__ = signature  # type: ignore[attr-defined]
    return draw


def _answer(picture: Picture, model: str, folder: str) -> tuple[dict[str, Any], int]:
    seed = int(picture.task.seed)
    recipe = dump(recipe_of(picture.task, model, picture.drawing.digest))
    name = f"{picture.task.name}-{seed}.png"
    path = save_bytes_to_cache(png_bytes(picture.image, recipe), name, folder)
    return FileData(path=path, orig_name=name, mime_type="image/png").model_dump(), seed


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
