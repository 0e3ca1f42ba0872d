"""What a node of a document takes and gives, whether it is a task or a workflow itself."""

from collections.abc import Iterator, Mapping
from weakref import ref

from lumina.tasks import TASKS
from lumina.tasks.base import Task
from lumina.workflow.document import MAX_ENTRIES, Link, Node, Workflow
from lumina.workflow.graph import INPUTS, circles, needs_of, order_of, sources_of
from lumina.workflow.sockets import Socket, inputs_of, outputs_of

Sockets = Mapping[str, Socket]

_known: dict[int, tuple[ref[Workflow], Sockets]] = {}  # what workflows give, as long as they are there


def is_known(workflow: Workflow, node: Node) -> bool:
    """Whether there is such a task, or such a workflow in the document."""
    return node.workflow in workflow.workflows if node.workflow else node.task in TASKS


def node_inputs(workflow: Workflow, node: Node) -> Sockets:
    """The inputs of a node by name; none of what is not known."""
    if not is_known(workflow, node):
        return {}
    if not node.workflow:
        return inputs_of(TASKS[node.task], node.inputs)
    return {
        name: Socket(
            given.type,
            is_required=given.default is None,
            choices=tuple(map(str, given.choices or ())) if given.type == "choice" else (),
        )
        for name, given in workflow.workflows[node.workflow].inputs.items()
    }


def node_outputs(workflow: Workflow, node: Node) -> Sockets:
    """The outputs of a node by name; none of what is not known."""
    if not is_known(workflow, node):
        return {}
    return _given_by(workflow.workflows[node.workflow]) if node.workflow else outputs_of(TASKS[node.task])


def outputs_at(workflow: Workflow, source: str) -> Sockets:
    """What can be linked to of a node, or of the inputs of the workflow."""
    if source == INPUTS:
        return {name: Socket(given.type) for name, given in workflow.inputs.items()}
    return node_outputs(workflow, workflow.nodes[source]) if source in workflow.nodes else {}


def takers_of(workflow: Workflow, name: str) -> Iterator[tuple[type[Task], str, Socket]]:
    """The tasks that an input of the workflow fills directly, each with its input that is filled; those of
    lists left out, and links that may not be."""
    own = Socket(workflow.inputs[name].type)
    for node in workflow.nodes.values():
        is_task = not node.workflow and node.task in TASKS
        takes = node_inputs(workflow, node) if is_task else {}
        for key, source, given in sources_of(node):
            is_filled = (source, given) == (INPUTS, name) and key in takes
            if is_filled and takes[key].takes(own) and not takes[key].many:
                yield TASKS[node.task], key, takes[key]


def ends_of(workflow: Workflow, until: str | None = None) -> dict[str, Link]:
    """What a workflow gives by name: its outputs, or those of the nodes that nothing rests on.

    With ``until`` those of that node.
    """
    return _ends(workflow, _outputs(workflow), until)


def given_ends(definition: Workflow) -> dict[str, Link]:
    """What a workflow gives where it is a node: no more than it could name as its outputs."""
    return dict(list(ends_of(definition).items())[:MAX_ENTRIES])


def _given_by(definition: Workflow) -> Sockets:
    """The same as sockets, as far as that leads to something; looked for once, for all nodes ask for it."""
    key = id(definition)
    if key in _known and _known[key][0]() is definition:
        return _known[key][1]
    outputs = {**_outputs(definition), INPUTS: outputs_at(definition, INPUTS)}
    ends = {name: link.ends for name, link in given_ends(definition).items()}
    found = {
        name: outputs[source][output]
        for name, (source, output) in ends.items()
        if output in outputs.get(source, ())
    }
    _known[key] = ref(definition, lambda _: _known.pop(key, None)), found
    return found


def _outputs(workflow: Workflow) -> dict[str, Sockets]:
    """The outputs of each node; every workflow inside is looked at once, however many nodes it is."""
    inner = {name: _given_by(each) for name, each in workflow.workflows.items()}
    return {
        name: inner.get(node.workflow, {}) if node.workflow else node_outputs(workflow, node)
        for name, node in workflow.nodes.items()
    }


def _ends(workflow: Workflow, outputs: Mapping[str, Sockets], until: str | None = None) -> dict[str, Link]:
    if until is None and workflow.outputs:
        return workflow.outputs
    used = {source for node in workflow.nodes.values() for _, source, _ in sources_of(node)}
    order = list(workflow.nodes) if circles(needs_of(workflow.nodes)) else order_of(workflow)
    ends = [name for name in order if name not in used and outputs[name]] if until is None else [until]
    return {
        output if len(ends) == 1 else f"{name}_{output}": Link.model_validate({"from": f"{name}.{output}"})
        for name in ends
        for output in outputs[name]
    }
