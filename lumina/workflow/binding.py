"""What each node of a settled document is given: literals, pictures and links become batches with keys."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lumina.errors import InputError
from lumina.runtime.painter import Painter
from lumina.settings import Settings
from lumina.tasks import TASKS
from lumina.tasks.base import Task, Values, whole
from lumina.tasks.image_input import ImageInput
from lumina.workflow.document import Link, Node, Workflow
from lumina.workflow.graph import INPUTS
from lumina.workflow.image_lookup import ImageSource, find
from lumina.workflow.limits import Budget, RunLimits
from lumina.workflow.literals import picture_name
from lumina.workflow.sockets import Socket, inputs_of, outputs_of
from lumina.workflow.values import VARIATIONS, Axes, Batch, Item, gathered, spread

Batches = Mapping[str, Batch]
WAY_IN = "upload it, or choose another"


@dataclass(frozen=True, eq=False)
class NodeCall:
    """One run of a node: its inputs, and the key of its result."""

    key: str
    inputs: Mapping[str, Item]

    @property
    def values(self) -> Values:
        """The inputs as the task takes them."""
        return {name: item.value for name, item in self.inputs.items() if item.value is not None}


@dataclass(frozen=True, eq=False)
class Binding:
    """A settled document, where its pictures are, and the model that its keys name."""

    workflow: Workflow
    image_sources: Sequence[ImageSource]
    painter: Painter | None
    budget: Budget = field(default_factory=lambda: Budget(RunLimits()))
    way_in: str = WAY_IN
    _found: dict[str, ImageInput] = field(default_factory=dict)  # by name; each is read once

    def calls(self, name: str, outputs: Mapping[str, Batches]) -> tuple[Axes, list[NodeCall]]:
        """The runs of a node, given the ``outputs`` of those before it; raises InputError."""
        node = self.workflow.nodes[name]
        task = TASKS[node.task]
        sockets = inputs_of(task, node.inputs)
        batches = {}
        for key, value in node.inputs.items():
            batch = self._batch(f"{name}.{key}", sockets[key], value, outputs)
            batches[key] = _as_one(batch) if sockets[key].many else batch
        axes, combinations = spread(batches)
        return axes, [NodeCall(self._key(task, inputs), inputs) for inputs in combinations]

    def values(self, name: str) -> Values:
        """The literals of a node, its links to the workflow's inputs followed."""
        return dict(self._literals(self.workflow.nodes[name]))

    def outputs_of(self, link: Link, outputs: Mapping[str, Batches]) -> Batch | None:
        """What a link leads to, None where it is not there."""
        source, output = link.ends
        if source == INPUTS:
            given = self.workflow.inputs[output]
            return self._literal(link.target, Socket(given.type), given.default)
        return outputs.get(source, {}).get(output)

    def bypassed(self, name: str, outputs: Mapping[str, Batches]) -> dict[str, Batch]:
        """What a bypassed node hands on: for each output its first link of that type."""
        node = self.workflow.nodes[name]
        sockets = inputs_of(TASKS[node.task], node.inputs)
        found = {}
        for output, socket in outputs_of(TASKS[node.task]).items():
            for key, value in node.inputs.items():
                if isinstance(value, Link) and sockets[key].type == socket.type and output not in found:
                    batch = self.outputs_of(value, outputs)
                    if batch is not None:
                        found[output] = batch
        return found

    def _literals(self, node: Node) -> Iterator[tuple[str, Any]]:
        for key, value in node.inputs.items():
            if not isinstance(value, Link):
                yield key, value
            elif value.ends[0] == INPUTS:
                yield key, self.workflow.inputs[value.ends[1]].default

    def _batch(self, place: str, socket: Socket, value: Any, outputs: Mapping[str, Batches]) -> Batch:
        if not isinstance(value, Link):
            return self._literal(place, socket, value)
        batch = self.outputs_of(value, outputs)
        if batch is None:
            raise InputError(f'Nothing comes from "{value.target}".')
        return batch

    def _literal(self, place: str, socket: Socket, value: Any) -> Batch:
        is_list = isinstance(value, list) and socket.type != "json"
        items = tuple(self._item(place, socket, each) for each in (value if is_list else [value]))
        return Batch(((place, len(items)),) if is_list else (), items)

    def _item(self, place: str, socket: Socket, value: Any) -> Item:
        name = picture_name(value) if socket.type == "image" else None
        if name is None:
            return Item(digest(value), value)
        picture = self._found.get(name) or find(name, self.image_sources)
        if picture is None:
            way_in = self.way_in.format(place=place.removeprefix(f"{INPUTS}."))
            raise InputError(f'The picture "{name}" is not here; {way_in}.')
        self.budget.hold([picture])
        self._found[name] = picture
        return Item(picture.name, picture)

    def _key(self, task: type[Task], inputs: Mapping[str, Item]) -> str:
        """Of everything that the result depends on, and of nothing else."""
        keys = {name: item.key for name, item in inputs.items() if name not in task.speed_only()}
        values = {name: item.value for name, item in inputs.items()}
        model = self._model() if task.uses_model(values) else None
        return digest([task.name, task.version, model, keys])

    def _model(self) -> Any:
        if self.painter is None:
            return None
        spec, settings = self.painter.spec, self.painter.settings
        shrunk = {"quant": settings.quant, "cache": settings.cache}
        is_whole = (settings.quant, settings.cache) == (Settings.quant, Settings.cache)
        return [self.painter.model, spec.sizes, spec.panel_sizes, *([] if is_whole else [shrunk])]


def results(
    name: str, task: type[Task], calls: Sequence[NodeCall], axes: Axes, found: Sequence[Any]
) -> Batches:
    """The outputs of a node: of each call the values by output, or None for those that are only planned."""
    batches = {}
    for output, socket in outputs_of(task).items():
        runs = [_items(output, socket, call, values) for call, values in zip(calls, found, strict=True)]
        batches[output] = gathered(name, axes, runs)
    return batches


def _items(
    output: str, socket: Socket, call: NodeCall, values: Mapping[str, tuple[Any, ...]] | None
) -> list[Item]:
    if values is None:
        several: tuple[Any, ...] = (None,) * (whole(call.values.get(VARIATIONS)) if socket.many else 1)
    else:
        several = values[output]
    return [Item(digest([call.key, output, index]), value) for index, value in enumerate(several)]


def _as_one(batch: Batch) -> Batch:
    """A list as one value, for an input that takes a whole list."""
    item = Item(digest([item.key for item in batch.items]), tuple(item.value for item in batch.items))
    return Batch((), (item,))


def digest(value: Any) -> str:
    """A key for a JSON value; equal values have equal keys, 1 and 1.0 too."""
    text = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
