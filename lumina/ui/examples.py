"""What each tab offers to try with one click: words, and a picture for tasks that are given one."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from lumina.images import png_bytes
from lumina.model.config import ModelSpec
from lumina.tasks.base import Task
from lumina.ui.page_pictures import picture_fields
from lumina.ui.prompt_guide import guide_of
from lumina.workflow.image_lookup import shipped
from lumina.worlds import world_of
from lumina.worlds.base import Example


def examples_of(task: type[Task], spec: ModelSpec) -> tuple[Example, ...]:
    """The examples of a task for the model, pictures in base64: its world's, the task's own, or prompts."""
    world = world_of(spec.world)
    found = world.examples(task.name) if world else ()
    if found or task.examples:
        return tuple(map(_encoded, found)) or tuple(_declared(task, values) for values in task.examples)
    if task.spoken is None or picture_fields(task):
        return ()
    return tuple(Example(text, {task.spoken: text}) for text in guide_of(spec).examples)


def _declared(task: type[Task], values: Mapping[str, Any]) -> Example:
    """An example that the task itself declares; its pictures are shipped ones, by name."""
    named = {name: values[name] for name in picture_fields(task) if name in values}
    found = {name: shipped().find(literal["image"]) for name, literal in named.items()}
    pictures = {name: np.asarray(picture.image) for name, picture in found.items() if picture is not None}
    label = str(values.get(task.spoken or "", task.title))
    return _encoded(Example(label, {**values, **pictures}))


def _encoded(example: Example) -> Example:
    values = {name: _text(value) for name, value in example.values.items()}
    return Example(example.label, values)


def _text(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    return base64.b64encode(png_bytes(Image.fromarray(value))).decode()
