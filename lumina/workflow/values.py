"""Lists of values on their way through a workflow: each list is an axis, and links carry its name along."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from lumina.errors import InputError
from lumina.tasks import TASKS
from lumina.workflow.document import Link, Node, Workflow
from lumina.workflow.graph import INPUTS, circles, needs_of, order_of
from lumina.workflow.sockets import Socket, inputs_of

MAX_VALUES = 64  # of one node, over all its axes
VARIATIONS = "variations"  # the input that says how many results one run of a task has

Axis = tuple[str, int]
"""Where a list comes from ("draft.seed", "inputs.idea", "draft"), and how long it is."""
Axes = tuple[Axis, ...]


@dataclass(frozen=True, eq=False)
class Item:
    """One value, and the key that names it in the cache."""

    key: str
    value: Any = None


@dataclass(frozen=True, eq=False)
class Batch:
    """Values along axes, the last axis running fastest; without axes it is one value."""

    axes: Axes
    items: tuple[Item, ...]


def joined(several: Sequence[Axes]) -> Axes:
    """All axes, each once: lists of one origin go together, others combine."""
    return tuple({axis[0]: axis for axes in several for axis in axes}.values())


def spread(inputs: Mapping[str, Batch]) -> tuple[Axes, list[dict[str, Item]]]:
    """The axes of a node that is given these inputs, and its inputs for each combination."""
    axes = joined([batch.axes for batch in inputs.values()])
    if prod(size for _, size in axes) > MAX_VALUES:
        raise InputError(too_many(axes))
    places = product(*(range(size) for _, size in axes))
    found = []
    for place in places:
        at = {name: index for (name, _), index in zip(axes, place, strict=True)}
        found.append({name: _item(batch, at) for name, batch in inputs.items()})
    return axes, found


def gathered(node: str, axes: Axes, results: Sequence[Sequence[Item]]) -> Batch:
    """What the runs of ``node`` along ``axes`` gave: results of one run become another axis."""
    counts = {len(result) for result in results}
    items = tuple(item for result in results for item in result)
    if counts == {1}:
        return Batch(axes, items)
    if len(counts) == 1:
        return Batch((*axes, (node, counts.pop())), items)
    return Batch(((node, len(items)),), items)


def too_many(axes: Axes) -> str:
    """Why a node will not run."""
    lists = " × ".join(f"{size} of {name}" for name, size in axes)
    return f"Its lists ask for {prod(size for _, size in axes)} runs ({lists}); {MAX_VALUES} are the most."


def axes_of(workflow: Workflow, sockets: Callable[[Node], Mapping[str, Socket]]) -> dict[str, Axes]:
    """The axes of each node as far as the document alone says; it has no circles."""
    found: dict[str, Axes] = {}
    outgoing: dict[str, Axes] = {}
    for name in order_of(workflow):
        node = workflow.nodes[name]
        found[name] = joined(list(_incoming(workflow, name, sockets(node), outgoing)))
        count = node.inputs.get(VARIATIONS)
        more = ((name, count),) if type(count) is int and count > 1 else ()
        outgoing[name] = (*found[name], *more)
    return found


def offered(workflow: Workflow, name: str) -> int | None:
    """How many values the input of a node that takes a list will hold, as far as the document alone says."""
    task = TASKS[workflow.nodes[name].task]
    value = next((workflow.nodes[name].inputs.get(k) for k, s in inputs_of(task).items() if s.many), None)
    source, _, output = value.target.partition(".") if isinstance(value, Link) else ("", "", "")
    if not isinstance(value, Link) or source == INPUTS:
        given = workflow.inputs[output].default if output in workflow.inputs else value
        return len(given) if isinstance(given, list) else None
    if source not in workflow.nodes or circles(needs_of(workflow.nodes)):
        return None
    variations = workflow.nodes[source].inputs.get(VARIATIONS, 1)
    axes = axes_of(workflow, lambda node: inputs_of(TASKS[node.task]) if node.task in TASKS else {})[source]
    return variations * prod(size for _, size in axes) if type(variations) is int else None


def _incoming(
    workflow: Workflow, name: str, sockets: Mapping[str, Socket], outgoing: Mapping[str, Axes]
) -> Iterator[Axes]:
    for key, value in workflow.nodes[name].inputs.items():
        socket = sockets.get(key)
        if socket is None or socket.many or socket.type == "json":
            continue
        if not isinstance(value, Link):
            yield ((f"{name}.{key}", len(value)),) if isinstance(value, list) else ()
            continue
        source, output = value.ends
        given = workflow.inputs.get(output)
        if source == INPUTS and given is not None and isinstance(given.default, list):
            yield ((value.target, len(given.default)),)
        yield outgoing.get(source, ())


def _item(batch: Batch, at: Mapping[str, int]) -> Item:
    """The item of a batch at a place of the joint axes."""
    index = 0
    for name, size in batch.axes:
        index = index * size + at[name]
    return batch.items[index]
