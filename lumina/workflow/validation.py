"""Finds every problem of a workflow at once, each with its place, its plain cause and a proposed fix."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from math import prod
from typing import Any, get_args

from lumina.errors import InvalidWorkflow
from lumina.model.config import MODELS, ModelSpec
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, slots_in
from lumina.tasks.instructions import Kind
from lumina.workflow.document import MAX_ENTRIES, Input, Link, Node, Workflow
from lumina.workflow.flattening import SETTLED, Flat, flatten
from lumina.workflow.graph import INPUTS, NODES, WORKFLOWS, circles, needs_of, order_of, sources_of
from lumina.workflow.limits import RunLimits
from lumina.workflow.literals import input_problems, list_problems, literal_problems, wrong_value
from lumina.workflow.node_sockets import ends_of, is_known, node_inputs, node_outputs, outputs_at, takers_of
from lumina.workflow.ordering import order_problems
from lumina.workflow.other_links import MESSAGE, link_meant
from lumina.workflow.other_names import task_meant
from lumina.workflow.parsing import Place, Problem, parse_document, place_of, problem
from lumina.workflow.reading import left_out_of, lenient, sources_left_out
from lumina.workflow.settling import opening_at
from lumina.workflow.sockets import Socket, inputs_of, slots_of
from lumina.workflow.values import MAX_VALUES, axes_of, too_many

MAX_PROBLEMS = 50  # that are told of one file


@dataclass(frozen=True)
class Checked:
    """A document and its problems; ``workflow`` lacks parts of a wrong form, None if nothing is left."""

    workflow: Workflow | None
    problems: list[Problem]


def check(text: str | bytes, spec: ModelSpec | None = None) -> Checked:
    """Every problem of a file, of its form and of its meaning; never raises for what the text says.

    With a model's ``spec``, tasks that it cannot do are problems too.
    """
    try:
        reading = lenient(parse_document(text))
    except InvalidWorkflow as error:
        return Checked(None, list(error.problems))
    found = reading.problems
    if reading.workflow is not None:
        more = problems(reading.workflow, spec, reading.left_out)
        found = found + [item for item in more if not _is_told(item, reading.left_out)]
        found = found or ordered_too_much(flatten(reading.workflow), RunLimits())
    return Checked(reading.workflow, _shortened(found))


def problems(
    workflow: Workflow, spec: ModelSpec | None = None, left_out: Collection[Place] = ()
) -> list[Problem]:
    """What is wrong with a document of the right form; what leads to a place ``left_out`` is passed over."""
    found = list(islice(_all_problems(workflow, spec, left_out), MAX_PROBLEMS + 1))
    return found or ([] if left_out else list(islice(_flat_problems(workflow), MAX_PROBLEMS + 1)))


def ordered_too_much(flat: Flat, limits: RunLimits, order: Sequence[str] | None = None) -> list[Problem]:
    """What is wrong with a valid document that asks for too much, in ``order`` or if all of it runs."""
    found = order_problems(flat.workflow, order_of(flat.workflow) if order is None else order, limits)
    return flat.told(found)


def _all_problems(
    workflow: Workflow, spec: ModelSpec | None, left_out: Collection[Place]
) -> Iterator[Problem]:
    """Of the document, and of its workflows as documents of their own."""
    lost = sources_left_out(left_out)
    for name, definition in workflow.workflows.items():
        for item in _all_problems(definition, spec, left_out_of(left_out, name)):
            yield item | {"pointer": problem((WORKFLOWS, name), "", "")["pointer"] + item["pointer"]}
        if (count := len(ends_of(definition))) > MAX_ENTRIES:
            message = f"gives {count:,} results to a node, and {MAX_ENTRIES} are the most"
            yield problem((WORKFLOWS, name), message, 'name some of them as its "outputs"')
    yield from _model_problems(workflow, spec)
    for name, given in workflow.inputs.items():
        found = [*input_problems((INPUTS, name), given)]
        yield from found or _default_problems(workflow, name, given)
    for name, node in workflow.nodes.items():
        yield from _node_problems(workflow, name, node, spec, lost)
    ends = {name: (link, None) for name, link in workflow.outputs.items()}
    yield from _link_problems(workflow, ("outputs",), ends, lost)
    if paths := circles(needs_of(workflow.nodes)):
        yield from (_circle_problem(workflow, path) for path in paths)
    elif not any(node.workflow for node in workflow.nodes.values()):  # otherwise once it is flat
        yield from _list_problems(workflow)


def _default_problems(workflow: Workflow, name: str, given: Input) -> Iterator[Problem]:
    """A default that a node it leads to does not take."""
    place: Place = (INPUTS, name, "default")
    for task, key, socket in takers_of(workflow, name) if given.default is not None else ():
        for item in literal_problems(place, task, {key: given.default}, {key: socket}):
            at = place_of(item["pointer"])
            if at[len(place) : len(place) + 1] == (key,):
                yield problem((*place, *at[len(place) + 1 :]), item["message"], item["fix"])
                return


def _flat_problems(workflow: Workflow) -> Iterator[Problem]:
    """What only shows where each node that is a workflow is taken for what stands in it."""
    try:
        flat = flatten(workflow)
    except InvalidWorkflow as error:
        yield from error.problems
        return
    if flat.homes:
        yield from flat.told(_given_problems(flat))
        yield from flat.told(_list_problems(flat.workflow))


def _given_problems(flat: Flat) -> Iterator[Problem]:
    """Literals from outside that a task inside does not take, which its own workflow could not tell."""
    for name, node in flat.workflow.nodes.items():
        values = {key: _literal_given(flat, value) for key, value in node.inputs.items()}
        literals = {key: value for key, value in values.items() if not isinstance(value, Link)}
        place: Place = (NODES, name, INPUTS)
        for item in literal_problems(place, TASKS[node.task], literals, node_inputs(flat.workflow, node)):
            key = str((*place_of(item["pointer"]), "")[3])
            if key in literals and (name, key) in flat.given:
                yield item


def _literal_given(flat: Flat, value: Any) -> Any:
    """What a value stands for, if it is an input that stands for a literal of a node."""
    source, name = value.ends if isinstance(value, Link) else ("", "")
    return flat.workflow.inputs[name].default if source == INPUTS and "." in name else value


def _is_told(item: Problem, left_out: frozenset[Place]) -> bool:
    """Whether a problem is there only because of what was left out, of which one is told already."""
    place = place_of(item["pointer"])
    return place in left_out or (
        item["message"] == "is missing" and any(lost[: len(place)] == place for lost in left_out)
    )


def value_problems(node: str, task: str, values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the values of one node of a known task."""
    place = ("nodes", node, INPUTS)
    return list(literal_problems(place, TASKS[task], values, inputs_of(TASKS[task], values)))


def nearest(word: str, known: Iterable[str]) -> str:
    """A fix for a name that does not exist."""
    names = list(known)
    near = get_close_matches(word, names, n=1)
    return f'did you mean "{near[0]}"?' if near else f"use one of: {', '.join(names) or 'none'}"


def _model_problems(workflow: Workflow, spec: ModelSpec | None) -> Iterator[Problem]:
    name = (workflow.model or "").partition("@")[0]
    if name and name not in MODELS and (spec is None or name != spec.name):  # which may lie in a folder
        yield problem(("model",), f'names no model: "{name}"', nearest(name, MODELS))


def _node_problems(
    workflow: Workflow, name: str, node: Node, spec: ModelSpec | None, lost: frozenset[str]
) -> Iterator[Problem]:
    place: Place = ("nodes", name)
    if name == INPUTS:
        yield problem(place, "is the name of the workflow's own inputs", 'call it "inputs_1"')
    known = node_inputs(workflow, node)
    meant = _links_meant(workflow, node, known, lost)
    for key, link in meant.items():
        yield problem((*place, INPUTS, key), MESSAGE, f'write {{"from": "{link.target}"}}')
    node = node.model_copy(update={INPUTS: {**node.inputs, **meant}}) if meant else node
    links = {key: value for key, value in node.inputs.items() if isinstance(value, Link)}
    if node.workflow:
        if _is_lost(node, lost):
            return
        yield from _workflow_problems(workflow, name, node)
    elif node.task not in TASKS:
        fix = task_meant(node.task) or nearest(node.task, TASKS)
        yield problem((*place, "task"), f'names no task: "{node.task}"', fix)
    else:
        yield from _task_problems(workflow, place, node, links, spec)
    ends = {key: (link, known.get(key)) for key, link in links.items() if key in known.keys() - meant.keys()}
    yield from _link_problems(workflow, (*place, INPUTS), ends, lost)
    if node.mode == "bypass" and is_known(workflow, node):
        yield from _bypass_problems(workflow, place, node, links)


def _links_meant(
    workflow: Workflow, node: Node, known: Mapping[str, Socket], lost: frozenset[str]
) -> dict[str, Link]:
    """The literals of a node that are links as other programs write them; not the text that has slots.

    Of a picture that is called as a node that is ``lost``, the one that this gives is meant.
    """
    slotted = TASKS[node.task].slots if node.task in TASKS else None
    found = {
        key: link_meant(workflow, value, known[key])
        for key, value in node.inputs.items()
        if key in known and key != slotted and not isinstance(value, Link)
    }
    for key, value in node.inputs.items():
        if isinstance(value, str) and value in lost and key in known and known[key].type == "image":
            found[key] = f"{value}.image"
    return {key: Link.model_validate({"from": target}) for key, target in found.items() if target}


def _workflow_problems(workflow: Workflow, name: str, node: Node) -> Iterator[Problem]:
    """Faults of a node that is a workflow, but for its links."""
    place: Place = (NODES, name)
    if node.workflow not in workflow.workflows:
        fix = nearest(node.workflow, workflow.workflows) if workflow.workflows else 'add it to "workflows"'
        yield problem((*place, "workflow"), f'names no workflow: "{node.workflow}"', fix)
        return
    if not node_outputs(workflow, node):
        yield problem((*place, "workflow"), "gives nothing", "use a workflow with a result")
    inputs = workflow.workflows[node.workflow].inputs
    for key, value in node.inputs.items():
        if key not in inputs:
            message = f'is not an input of the workflow "{node.workflow}"'
            yield problem((*place, INPUTS, key), message, nearest(key, inputs))
        elif not isinstance(value, Link) and value is not None:
            yield from _literals_of_input((*place, INPUTS, key), inputs[key], value)
    for key, given in inputs.items():
        if given.default is None and node.inputs.get(key) is None:
            fix = "link it to an image, or name a picture" if given.type == "image" else f'add "{key}"'
            yield problem((*place, INPUTS, key), "is missing", fix)
    for key in node.settled:
        if opening_at(workflow.workflows[node.workflow], key) is None:
            yield problem((*place, SETTLED, key), "is nothing that is left open inside", "remove it")


def _literals_of_input(place: Place, given: Input, value: Any) -> Iterator[Problem]:
    """What is wrong with a value of an input of a workflow that is a node."""
    yield from list_problems(place, value, Socket(given.type))
    for single in value if isinstance(value, list) else [value]:
        if (wrong := wrong_value(given, single)) is not None:
            message, _, advice = wrong.partition("; ")
            yield problem(place, message, advice or "correct it")
            return


def _task_problems(
    workflow: Workflow, place: Place, node: Node, links: Mapping[str, Link], spec: ModelSpec | None
) -> Iterator[Problem]:
    """Faults of a node that is a task, but for its links."""
    task = TASKS[node.task]
    if node.settled:
        yield problem((*place, SETTLED), "is only for a node that is a workflow", "remove it")
    if spec is not None and issubclass(task, DrawingTask) and task.name not in spec.tasks:
        yield problem(
            (*place, "task"), f"is nothing that {spec.title} can do", nearest(task.name, spec.tasks)
        )
    literals = {key: value for key, value in node.inputs.items() if key not in links}
    yield from _literal_problems(workflow, place, node, links, literals)
    if spec is not None and issubclass(task, DrawingTask) and task.name in spec.tasks:
        yield from _unknown_kinds(place, literals, spec)


def _unknown_kinds(place: Place, literals: Mapping[str, Any], spec: ModelSpec) -> Iterator[Problem]:
    """Kinds of maps that the model does not know, which it would refuse once all before them is drawn."""
    given = literals.get("kind")
    for kind in given if isinstance(given, list) else [given]:
        if isinstance(kind, str) and kind in get_args(Kind) and kind not in spec.kinds:
            fix = f"choose one of: {', '.join(spec.kinds)}" if spec.kinds else "choose another task"
            yield problem((*place, INPUTS, "kind"), f"is nothing that {spec.title} knows: {kind}", fix)


def _literal_problems(
    workflow: Workflow, place: Place, node: Node, links: Mapping[str, Link], literals: Mapping[str, Any]
) -> Iterator[Problem]:
    """Faults of literals, and of names that are no inputs; an input that a link fills is not missing."""
    known = node_inputs(workflow, node)
    own = {key: value for key, value in literals.items() if key in known}
    for item in literal_problems((*place, INPUTS), TASKS[node.task], own, known):
        name = str((*place_of(item["pointer"]), "", "")[3])
        if name not in links:
            yield _missing_image(item, known.get(name))
    for slot in slots_of(TASKS[node.task], node.inputs):
        if slot not in node.inputs:
            yield problem((*place, INPUTS, slot), "is missing", f'add "{slot}", which the text has in braces')
    for key in node.inputs:
        if key not in known:
            message = f"is not an input of {node.task}"
            is_slot = TASKS[node.task].slots is not None and slots_in(f"{{{key}}}") == [key]
            fix = f"write {{{key}}} in the text where it belongs" if is_slot else nearest(key, known)
            yield problem((*place, INPUTS, key), message, fix)


def _missing_image(item: Problem, socket: Socket | None) -> Problem:
    is_image = socket is not None and socket.type == "image" and item["message"] == "is missing"
    return item | {"fix": "link it to an image, or name a picture"} if is_image else item


def _link_problems(
    workflow: Workflow, place: Place, links: Mapping[str, tuple[Link, Socket | None]], lost: frozenset[str]
) -> Iterator[Problem]:
    """Links that lead nowhere, or to a value of another type than the ``Socket`` takes."""
    for key, (link, socket) in links.items():
        source, output = link.ends
        node = workflow.nodes.get(source)
        if link.target in lost or source in lost or (node and not _is_told_of(workflow, node, lost)):
            continue
        given = outputs_at(workflow, source)
        if output not in given:
            yield problem(
                (*place, key), f'leads nowhere: "{link.target}"', _where_to(workflow, source, output)
            )
        elif socket is not None and not socket.takes(given[output]):
            yield _mismatch((*place, key), link, given[output], socket)
        elif socket is not None and source == INPUTS:
            yield from _choice_problems((*place, key), workflow.inputs[output], socket)


def _is_told_of(workflow: Workflow, node: Node, lost: frozenset[str]) -> bool:
    """Whether it can be told what a node offers."""
    return is_known(workflow, node) and not _is_lost(node, lost)


def _is_lost(node: Node, lost: frozenset[str]) -> bool:
    """Whether a part of its workflow is left out."""
    return bool(node.workflow) and not lost.isdisjoint((WORKFLOWS, f"{WORKFLOWS}.{node.workflow}"))


def _where_to(workflow: Workflow, source: str, output: str) -> str:
    if source == INPUTS or source in workflow.nodes:
        known = [f"{source}.{name}" for name in outputs_at(workflow, source)]
    else:
        known = [f"{node}.{name}" for node in workflow.nodes for name in outputs_at(workflow, node)]
    return nearest(f"{source}.{output}", known) if known else "link to an input or a node that exists"


def _mismatch(place: Place, link: Link, given: Socket, wanted: Socket) -> Problem:
    if wanted.type == "json":
        return problem(place, "cannot be linked", "write its value here")
    message = f'takes the type {wanted.type}, but "{link.target}" is of the type {given.type}'
    return problem(place, message, f"link it to an output of the type {wanted.type}")


def _choice_problems(place: Place, given: Input, wanted: Socket) -> Iterator[Problem]:
    other = [str(choice) for choice in given.choices or [] if choice not in wanted.choices]
    if wanted.choices and other:
        yield problem(
            place, f'may be given "{other[0]}"', f"offer only these choices: {', '.join(wanted.choices)}"
        )


def _bypass_problems(
    workflow: Workflow, place: Place, node: Node, links: Mapping[str, Link]
) -> Iterator[Problem]:
    known = node_inputs(workflow, node)
    types = {known[key].type for key in links if key in known}
    missing = [name for name, socket in node_outputs(workflow, node).items() if socket.type not in types]
    if missing:
        message = f'cannot be bypassed: nothing of the type of its "{missing[0]}" is linked to it'
        yield problem((*place, "mode"), message, 'link an input of that type, or use "mute"')


def _circle_problem(workflow: Workflow, path: list[str]) -> Problem:
    first, second = path[0], path[1]  # the second needs the first
    key = next(name for name, source, _ in sources_of(workflow.nodes[second]) if source == first)
    message = f"goes round in a circle: {' → '.join(path)}"
    return problem(("nodes", second, INPUTS, key), message, "remove one of these links")


def _list_problems(workflow: Workflow) -> Iterator[Problem]:
    for name, axes in axes_of(workflow, lambda node: node_inputs(workflow, node)).items():
        if prod(size for _, size in axes) > MAX_VALUES:
            yield problem(("nodes", name), too_many(axes).rstrip("."), "shorten a list")


def _shortened(found: list[Problem]) -> list[Problem]:
    if len(found) <= MAX_PROBLEMS:
        return found
    return [*found[:MAX_PROBLEMS], problem((), "has more problems than these", "correct these first")]
