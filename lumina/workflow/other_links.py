"""Which link is meant by a value that is written as other programs, or people, write links."""

import re
from collections.abc import Mapping
from typing import Any

from lumina.workflow.document import Workflow
from lumina.workflow.graph import INPUTS
from lumina.workflow.node_sockets import outputs_at
from lumina.workflow.sockets import Socket

MESSAGE = "is no link as it is written"
_MARKED = re.compile(r"\$?\{\{?\s*([^{}]+?)\s*\}?\}|\$\(?([^(){}\s]+?)\)?|<([^<>]+)>")
_SOURCES = ("from", "$from", "$ref", "ref", "link", "node", "source", "input")
_OUTPUTS = ("output", "port", "slot", "key", "index")
_LAYERS = ("nodes", "steps", "outputs", "output", "")  # of "nodes.a.outputs.image"


def link_meant(workflow: Workflow, value: Any, socket: Socket) -> str | None:
    """The "NODE.OUTPUT" or "inputs.NAME" that a literal of ``socket`` stands for; None if it is a literal.

    A text is one only where it is nothing else, and as a whole: words with braces among them are words.
    """
    if socket.type == "json":
        return None
    if isinstance(value, str):
        return _of_text(workflow, value.strip(), socket)
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        is_place = isinstance(value[1], int) or socket.type != "text"  # otherwise they are two texts
        return _named(workflow, [value[0], str(value[1])], socket, is_exact=True) if is_place else None
    return _of_object(workflow, value, socket) if isinstance(value, Mapping) else None


def _of_object(workflow: Workflow, value: Mapping[str, Any], socket: Socket) -> str | None:
    """Of ``{"from": "a", "output": "image"}``, ``{"$ref": "inputs.idea"}`` and the like."""
    if list(value) == ["image"] and isinstance(value["image"], str):
        marked = _MARKED.fullmatch(value["image"].strip())
        return _of_text(workflow, value["image"].strip(), socket) if marked else None
    source = next((value[key] for key in _SOURCES if isinstance(value.get(key), str)), None)
    if source is None:
        return None
    output = next((str(value[key]) for key in _OUTPUTS if isinstance(value.get(key), str | int)), None)
    marked = _MARKED.fullmatch(source.strip())
    name = next(filter(None, marked.groups())) if marked else source
    return _named(workflow, [*_steps(workflow, name), *([output] if output else [])], socket)


def _of_text(workflow: Workflow, text: str, socket: Socket) -> str | None:
    """Of ``{{a.image}}``, ``${inputs.idea}``, ``a.image``; of the bare name ``a`` where no text is taken."""
    if marked := _MARKED.fullmatch(text):
        return _named(workflow, _steps(workflow, next(filter(None, marked.groups()))), socket)
    steps = text.split(".") if socket.type == "text" else _steps(workflow, text)
    is_bare = len(steps) == 1
    if is_bare and (socket.type == "text" or text in socket.choices):
        return None
    return _named(workflow, steps, socket, is_exact=True)


def _steps(workflow: Workflow, name: str) -> list[str]:
    """The parts of a name, ``a[0]`` and ``#/nodes/a/outputs/image`` too, without what only stands around."""
    parts = re.split(r"[./:#\[\]]+", name.strip())
    if len(parts) == 2 and parts[1] in outputs_at(workflow, parts[0]):
        return parts
    return [part for part in parts if part not in _LAYERS or part in workflow.nodes]


def _named(workflow: Workflow, steps: list[str], socket: Socket, is_exact: bool = False) -> str | None:
    """What there is of this name; if not ``is_exact`` an output of the node may be called otherwise."""
    if not 1 <= len(steps) <= 2:
        return None
    source = INPUTS if steps[0] == "input" and "input" not in workflow.nodes else steps[0]
    given = [f"{source}.{name}" for name in outputs_at(workflow, source)]
    if len(steps) == 2:
        exact = f"{source}.{steps[1]}"
        if exact in given:
            return exact
        if steps[1].isdecimal() and source != INPUTS:
            given = given[int(steps[1]) : int(steps[1]) + 1] or given
        elif is_exact or source == INPUTS:
            return None
    elif source in workflow.inputs:
        given = [f"{INPUTS}.{source}", *given]
    elif source == INPUTS:
        return None
    return next((each for each in given if _fits(workflow, each, socket)), given[0] if given else None)


def _fits(workflow: Workflow, target: str, socket: Socket) -> bool:
    source, _, output = target.partition(".")
    return socket.takes(outputs_at(workflow, source)[output])
