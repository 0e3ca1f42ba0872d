"""Brings documents of earlier versions to the present one: a pure function for each step forward."""

from collections.abc import Callable, Mapping
from typing import Any

VERSION = 1

Document = dict[str, Any]

_TASKS = {"t2i": "text_to_image"}
_INPUTS = {"edit": {"prompt": "instruction"}}  # that were renamed, by task


def migrated(document: Any) -> Any:
    """``document`` in the present version; what is not an older document is given back as it is."""
    while (step := MIGRATIONS.get(_version(document))) is not None:
        document = step(document)
    return document


def _version(document: Any) -> int | None:
    if not isinstance(document, dict):
        return None
    if document.get("format") == "lumina-workflow":
        return 0
    version = document.get("lumina")
    return version if type(version) is int else None


def _from_sketch(document: Document) -> Document:
    """Version 0, the sketch of the canvas: ``type`` for ``task``, links as ["node", "OUTPUT"], one size."""
    named = {
        "title": document.get("name"),
        "inputs": _each(document.get("inputs"), _sketched_input),
        "nodes": _each(document.get("nodes"), _sketched_node),
        "outputs": _each(document.get("outputs"), _link),
    }
    kept = {key: value for key, value in document.items() if key.startswith("x-")}
    return {"lumina": 1} | {key: value for key, value in named.items() if value} | kept


def _sketched_node(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    kind = node.get("type", node.get("class_type"))
    task = _TASKS.get(kind, kind) if isinstance(kind, str) else kind
    inputs = node.get("inputs")
    if not isinstance(inputs, dict):
        return {"task": task}
    names = _INPUTS.get(task, {}) if isinstance(task, str) else {}
    filled = {names.get(name, name): _link(value) for name, value in inputs.items() if name != "size"}
    return {"task": task, "inputs": filled | _size(inputs.get("size"))}


def _sketched_input(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    words = {"TEXT": "text", "INT": "integer", "FLOAT": "number", "BOOL": "boolean", "ENUM": "choice"}
    kind = given.get("type")
    kind = words.get(kind, kind.lower()) if isinstance(kind, str) else kind
    return {**given, "type": kind}


def _link(value: Any) -> Any:
    """["node", "OUTPUT"] as a link, {"value": […]} as that list."""
    if isinstance(value, dict) and list(value) == ["value"]:
        return value["value"]
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)):
        return value
    source, output = value
    return {"from": f"{'inputs' if source == '$inputs' else source}.{output.lower()}"}


def _size(text: Any) -> Document:
    """ "512" or "512x256" as width and height."""
    sides = text.split("x") if isinstance(text, str) and len(text) < 12 else []
    if not (1 <= len(sides) <= 2 and all(side.isascii() and side.isdecimal() for side in sides)):
        return {}
    return {"width": int(sides[0]), "height": int(sides[-1])}


def _each(values: Any, change: Callable[[Any], Any]) -> Any:
    return {key: change(value) for key, value in values.items()} if isinstance(values, Mapping) else values


MIGRATIONS: Mapping[int | None, Callable[[Document], Document]] = {0: _from_sketch}
