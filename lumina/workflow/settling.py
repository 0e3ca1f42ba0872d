"""What a workflow leaves open where it is a node: numbers of random seeds, and choices of a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask
from lumina.workflow.document import Link, Node, Workflow
from lumina.workflow.flattening import WITHIN, needed_of
from lumina.workflow.sockets import Socket, inputs_of

RANDOM = "random"


@dataclass(frozen=True, eq=False)
class Opening:
    """An input of a node inside that has no value of its own in a run; ``value`` says if it is random."""

    socket: Socket
    value: Any = None

    @property
    def is_random(self) -> bool:
        """Whether each run gives it a number."""
        return has_random(self.value)


def open_inside(definition: Workflow) -> dict[str, Opening]:
    """By ``node.input``, or ``node/inner.input`` of a workflow inside, what each node of its own settles.

    Those are as many as the tasks that it stands for.
    """
    found: dict[str, Opening] = {}
    needed = needed_of(definition)
    for name, node in definition.nodes.items():
        if name in needed:
            found |= _of_node(definition, name, node)
            inner = definition.workflows.get(node.workflow)
            deep = open_inside(inner) if inner else {}
            found |= {f"{name}{WITHIN}{key}": each for key, each in deep.items() if key not in node.settled}
    return found


def opening_at(definition: Workflow | None, key: str) -> Opening | None:
    """One of them, None if nothing is open there."""
    name, is_deep, rest = key.partition(WITHIN)
    name = name if is_deep else key.partition(".")[0]
    if definition is None or name not in needed_of(definition):
        return None
    node = definition.nodes[name]
    if not is_deep:
        return dict(_of_node(definition, name, node)).get(key)
    return None if rest in node.settled else opening_at(definition.workflows.get(node.workflow), rest)


def has_random(value: Any) -> bool:
    """Whether a value, or one of a list, is another number in each run."""
    return RANDOM in value if isinstance(value, list) else value == RANDOM


def random_inputs(definition: Workflow, node: Node) -> dict[str, Any]:
    """Of a node that is a workflow the whole numbers that it is given at random."""
    given = {name: node.inputs.get(name) for name in definition.inputs}
    found = {
        name: definition.inputs[name].default if value is None else value for name, value in given.items()
    }
    return {
        name: value
        for name, value in found.items()
        if definition.inputs[name].type == "integer" and not isinstance(value, Link) and has_random(value)
    }


def _of_node(definition: Workflow, name: str, node: Node) -> Iterator[tuple[str, Opening]]:
    """Of its own inputs."""
    inner = definition.workflows.get(node.workflow)
    if inner is not None:
        for key, value in random_inputs(inner, node).items():
            yield f"{name}.{key}", Opening(Socket("integer", words=(RANDOM,)), value)
    elif (task := TASKS.get(node.task)) is not None:
        sockets, seed = inputs_of(task), node.inputs.get("seed", RANDOM)
        if issubclass(task, DrawingTask) and not isinstance(seed, Link) and has_random(seed):
            yield f"{name}.seed", Opening(sockets["seed"], seed)
        answers = [key for key in (task.asks, task.asks_unless) if key is not None]
        if all(node.inputs.get(key) is None for key in answers):
            yield from ((f"{name}.{key}", Opening(sockets[key])) for key in answers)
