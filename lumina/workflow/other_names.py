"""What keys, types and tasks are called in documents that others write, and how they are called here."""

from typing import get_args

from lumina.tasks.instructions import Kind

_OF_DOCUMENT = {"name": "title", "steps": "nodes", "tasks": "nodes", "pipeline": "nodes", "graph": "nodes"}
_OF_NODE = dict.fromkeys(("type", "op", "operation", "class", "class_type", "tool"), "task")
_OF_NODE |= dict.fromkeys(("params", "parameters", "args", "arguments", "config", "with"), "inputs")
_OF_INPUT = {"options": "choices", "enum": "choices", "values": "choices", "value": "default"}
_LINKS = ("edges", "links", "connections", "wires")
_TYPES = {"int": "integer", "str": "text", "string": "text", "prompt": "text", "float": "number"}
_TYPES |= {"bool": "boolean", "enum": "choice", "select": "choice", "picture": "image", "file": "image"}
_TASKS = dict.fromkeys(("txt2img", "t2i", "generate", "generate_image"), "text_to_image")
_TASKS |= dict.fromkeys(("img2img", "i2i", "inpaint", "image_edit", "edit_image"), "edit")
_TASKS |= dict.fromkeys(("select", "select_best", "choose", "choice"), "pick")
_TASKS |= {"upscale": "resize", "scale": "resize", "montage": "grid", "collage": "grid"}
_TASKS |= {"load_image": "image_file", "image": "image_file", "controlnet": "control"}
_OBJECTS = {
    ("nodes",): '{"NAME": {"task": …, "inputs": {…}}}, each below its name',
    ("outputs",): '{"NAME": {"from": "NODE.OUTPUT"}}',
    ("inputs",): '{"NAME": {"type": "text", "default": …}}, each below its name',
}


def key_meant(steps: tuple[str | int, ...]) -> str | None:
    """The fix for a key that is not known at a place; None if nothing is known that may be meant."""
    last = str(steps[-1])
    if len(steps) == 1 and last in _LINKS:
        return 'write each link into an input of the node that it leads to: {"from": "NODE.OUTPUT"}'
    known = {1: _OF_DOCUMENT, 3: _OF_NODE if steps[0] == "nodes" else _OF_INPUT}.get(len(steps), {})
    return f'call it "{known[last]}"' if last in known else None


def object_meant(steps: tuple[str | int, ...]) -> str | None:
    """The fix for what must be an object at a place, and is none."""
    if steps in _OBJECTS:
        return f"write {_OBJECTS[steps]}"
    is_input = len(steps) == 2 and steps[0] == "inputs"
    return 'write {"type": "text", "default": …}' if is_input else None


def type_meant(name: str) -> str | None:
    """The type of an input that is called otherwise elsewhere."""
    return _TYPES.get(name.casefold())


def task_meant(name: str) -> str | None:
    """The fix for a task that is called otherwise elsewhere; None if none may be meant."""
    if name in get_args(Kind):
        return f'use "predict" with "kind": "{name}"'
    return f'did you mean "{_TASKS[name]}"?' if name in _TASKS else None
