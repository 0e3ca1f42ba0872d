"""Which pictures that a document names are not where they would be looked for."""

from collections.abc import Iterator, Sequence
from typing import Any

from lumina.errors import InvalidImage
from lumina.tasks import TASKS
from lumina.workflow.binding import WAY_IN
from lumina.workflow.document import Link, Workflow
from lumina.workflow.flattening import flatten
from lumina.workflow.graph import INPUTS, NODES
from lumina.workflow.image_lookup import ImageSource, find
from lumina.workflow.literals import picture_name
from lumina.workflow.parsing import Place, Problem, problem
from lumina.workflow.sockets import inputs_of


def missing_pictures(
    workflow: Workflow, image_sources: Sequence[ImageSource], way_in: str = WAY_IN
) -> list[Problem]:
    """A problem for each place of a valid document that names a picture which cannot be had."""
    flat, found = flatten(workflow), []
    for place, target, value in _pictures(flat.workflow):
        if (name := picture_name(value)) is None:
            continue
        try:
            is_here = find(name, image_sources) is not None
            message, fix = f'The picture "{name}" is not here', way_in.format(place=target)
        except InvalidImage as error:
            is_here = False
            message, _, fix = str(error).rstrip(".").rpartition("; ")
        if not is_here:
            found.append(problem(place, message, fix))
    return flat.told(found)


def _pictures(workflow: Workflow) -> Iterator[tuple[Place, str, Any]]:
    """Where a node that runs is given pictures, by what name they can be set, and each of them."""
    for name, node in workflow.nodes.items():
        if node.mode != "run":
            continue
        sockets = inputs_of(TASKS[node.task], node.inputs)
        for key, value in node.inputs.items():
            place: Place
            place, target = (NODES, name, "inputs", key), f"{name}.{key}"
            if isinstance(value, Link) and value.ends[0] == INPUTS:
                target, value = value.ends[1], workflow.inputs[value.ends[1]].default
                place = place if "." in target else (INPUTS, target, "default")
            if sockets[key].type == "image":
                yield from ((place, target, each) for each in (value if isinstance(value, list) else [value]))
