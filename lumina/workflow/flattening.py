"""Makes one document of tasks alone of a document whose nodes may be workflows, and tells places of either.

The node ``draft`` of the workflow that the node ``scene`` stands for becomes the node ``scene/draft``. A
literal that ``scene`` is given becomes an input of the flat document, ``scene.prompt``, since several nodes
may take it and a list has to stay one list; a link is put in the place of those that lead to it. No name of a
document has a "/" or a "." in it, so that nothing can be called the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lumina.errors import InvalidWorkflow
from lumina.workflow.document import MAX_NODES, Input, Link, Node, Workflow
from lumina.workflow.graph import INPUTS, NODES, WORKFLOWS, with_needs
from lumina.workflow.node_sockets import given_ends, node_inputs, node_outputs
from lumina.workflow.parsing import Place, Problem, place_of, problem

SETTLED = "settled"
WITHIN = "/"  # between the name of a node and that of one in its workflow


@dataclass(frozen=True, eq=False)
class Flat:
    """A document of tasks.

    ``homes`` are the places of its nodes in the document it was made of, ``given`` those of values that a
    node has from outside of its own workflow, ``ends`` what the outputs of nodes that are workflows lead to.
    """

    workflow: Workflow
    homes: Mapping[str, Place]
    given: Mapping[tuple[str, str], Place]
    ends: Mapping[str, Link]

    def link(self, link: Link) -> Link:
        """Where a link of the document leads in the flat one."""
        return self.ends.get(link.target, link)

    def of(self, node: str) -> list[str]:
        """The flat nodes that a node of the document stands for, and those that what it gives comes from."""
        inside = [name for name in self.workflow.nodes if name.partition(WITHIN)[0] == node]
        ends = [link.ends[0] for name, link in self.ends.items() if name.partition(".")[0] == node]
        return list(dict.fromkeys([*inside, *ends]))

    def told(self, found: Iterable[Problem]) -> list[Problem]:
        """Problems of the flat document at their places in the document, each once."""
        return list({str(item): item for item in map(self._told, found)}.values())

    def _told(self, item: Problem) -> Problem:
        at = place_of(item["pointer"])
        name, key = str((*at, "", "")[1]), str((*at, "", "", "", "")[3])
        if at[:1] != (NODES,) or name not in self.homes:
            return item
        if (name, key) in self.given:
            return problem((*self.given[name, key], *at[4:]), item["message"], item["fix"])
        if WITHIN in name and len(at) == 2:  # of this node of the workflow, not of every one
            outer, _, inner = name.partition(WITHIN)
            return problem((NODES, outer), f'"{inner}" inside: {item["message"]}', item["fix"])
        return problem((*self.homes[name], *at[2:]), item["message"], item["fix"])


def flatten(workflow: Workflow) -> Flat:
    """The document as tasks alone; what its workflows leave out or link to in vain is left out.

    Raises InvalidWorkflow for more nodes than one document may have.
    """
    if not any(node.workflow for node in workflow.nodes.values()):
        return Flat(workflow, {}, {}, {})
    sizes = _sizes(workflow, workflow.nodes)
    if (count := sum(sizes.values())) > MAX_NODES:
        largest = max(sizes, key=sizes.__getitem__)
        message = (
            f"brings {sizes[largest]:,} of the {count:,} nodes that would run, and {MAX_NODES} are the most"
        )
        raise InvalidWorkflow([problem((NODES, largest), message, "let its workflow do less, or use fewer")])
    return _Flattening().of(workflow)


def every_node(workflow: Workflow) -> Iterator[Node]:
    """The nodes of a document and of the workflows in it, whether they run or not."""
    yield from workflow.nodes.values()
    for definition in workflow.workflows.values():
        yield from every_node(definition)


def needed_of(definition: Workflow) -> set[str]:
    """The nodes of a workflow that what it gives rests on: where it is a node, the others have no part."""
    return with_needs(definition, [link.ends[0] for link in given_ends(definition).values()])


def _sizes(workflow: Workflow, names: Iterable[str]) -> dict[str, int]:
    """How many tasks each node stands for; every workflow is counted once, however often it is used."""
    inner = {name: sum(_sizes(each, needed_of(each)).values()) for name, each in workflow.workflows.items()}
    nodes = {name: workflow.nodes[name] for name in names}
    return {
        name: inner.get(node.workflow, 1) if node.workflow and node.mode == "run" else 1
        for name, node in nodes.items()
    }


Given = tuple[Any, Place]
"""A value, and where it stands in the document."""


@dataclass(frozen=True, eq=False)
class _Level:
    """A workflow where it is used: what stands before its names, where it is, and what it is given."""

    workflow: Workflow
    path: str
    place: Place
    given: Mapping[str, Given]
    settled: Mapping[str, Given]


class _Flattening:
    def __init__(self) -> None:
        self.inputs: dict[str, Input] = {}
        self.nodes: dict[str, Node] = {}
        self.homes: dict[str, Place] = {}
        self.given: dict[tuple[str, str], Place] = {}
        self.ends: dict[str, Link] = {}

    def of(self, workflow: Workflow) -> Flat:
        self.inputs |= workflow.inputs
        self._level(_Level(workflow, "", (), {}, {}), workflow.nodes)
        nodes = {name: _with_inputs(node, self._followed(node.inputs)) for name, node in self.nodes.items()}
        ends = {name: self._follow(link) for name, link in self.ends.items()}
        outputs = {name: self._follow(link) for name, link in workflow.outputs.items()}
        parts = {INPUTS: self.inputs, NODES: nodes, "outputs": outputs, WORKFLOWS: {}}
        return Flat(workflow.model_copy(update=parts), self.homes, self.given, ends)

    def _level(self, level: _Level, names: Iterable[str]) -> None:
        for name, node in level.workflow.nodes.items():
            if name in names:
                self._node(level, name, node)

    def _node(self, level: _Level, name: str, node: Node) -> None:
        full, place = level.path + name, (*level.place, NODES, name)
        values = dict(_values(level, name, node, place))
        definition = level.workflow.workflows.get(node.workflow)
        self.homes[full] = place
        if not node.workflow:
            self.nodes[full] = _with_inputs(node, {key: value for key, (value, _) in values.items()})
            own = {(full, key): (*place, INPUTS, key) for key in values}
            self.given |= {at: values[at[1]][1] for at, usual in own.items() if values[at[1]][1] != usual}
        elif definition is None or node.mode == "mute":
            self.nodes[full] = Node(task="text", mode="mute")  # for what rests on it
        elif node.mode == "bypass":
            self.ends |= _bypassed(level, full, node, values)
        else:
            self._inside(level, name, definition, values)

    def _inside(self, level: _Level, name: str, definition: Workflow, values: Mapping[str, Given]) -> None:
        """The nodes of the workflow that a node stands for."""
        full, node = level.path + name, level.workflow.nodes[name]
        place = (*level.place, WORKFLOWS, node.workflow)
        given = {}
        for key, item in definition.inputs.items():
            value, origin = values.get(key, (None, ()))
            if value is None:
                value, origin = item.default, (*place, INPUTS, key, "default")
            if not isinstance(value, Link):
                self.inputs[f"{full}.{key}"] = item.model_copy(update={"default": value})
                value = _link(f"{INPUTS}.{full}.{key}")
            given[key] = (value, origin)
        settled = dict(_settled_inside(level, name, node))
        inner = _Level(definition, full + WITHIN, place, given, settled)
        self._level(inner, needed_of(definition))
        self.ends |= {
            f"{full}.{output}": _value(inner, link, ())[0] for output, link in given_ends(definition).items()
        }

    def _followed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: self._follow(value) if isinstance(value, Link) else value for key, value in values.items()
        }

    def _follow(self, link: Link) -> Link:
        """Through the outputs of workflows to that of a task, or to an input of the document."""
        passed = set[str]()
        while link.target in self.ends and link.target not in passed:
            passed.add(link.target)
            link = self.ends[link.target]
        return link


def _values(level: _Level, name: str, node: Node, place: Place) -> Iterator[tuple[str, Given]]:
    """The inputs of a node as its workflow is given them; what is settled for it comes last."""
    for key, value in node.inputs.items():
        yield key, _value(level, value, (*place, INPUTS, key))
    for key, given in level.settled.items():
        inner, _, last = key.partition(".")
        if inner == name:
            yield last, given


def _value(level: _Level, value: Any, place: Place) -> Given:
    if not isinstance(value, Link):
        return value, place
    source, output = value.ends
    if source == INPUTS:
        return level.given.get(output, (value, place))
    return _link(level.path + value.target), place


def _settled_inside(level: _Level, name: str, node: Node) -> Iterator[tuple[str, Given]]:
    for key, value in node.settled.items():
        yield key, (value, (*level.place, NODES, name, SETTLED, key))
    for key, given in level.settled.items():
        outer, within, inner = key.partition(WITHIN)
        if within and outer == name:
            yield inner, given


def _bypassed(level: _Level, full: str, node: Node, values: Mapping[str, Given]) -> dict[str, Link]:
    """For each output the first link of its type that the node is given."""
    sockets = node_inputs(level.workflow, node)
    links = {key: value for key, (value, _) in values.items() if isinstance(value, Link) and key in sockets}
    found: dict[str, Link] = {}
    for output, socket in node_outputs(level.workflow, node).items():
        for key, link in links.items():
            if sockets[key].type == socket.type:
                found.setdefault(f"{full}.{output}", link)
    return found


def _with_inputs(node: Node, inputs: Mapping[str, Any]) -> Node:
    return node if inputs == node.inputs else node.model_copy(update={INPUTS: dict(inputs)})


def _link(target: str) -> Link:
    """To a name that no document could have."""
    return Link.model_construct(None, **{"from": target})
