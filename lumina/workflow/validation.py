"""Finds every problem of a workflow at once, each with its place, its plain cause and a proposed fix."""

from collections.abc import Iterable, Iterator, Mapping
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
from lumina.workflow.document import Input, Link, Node, Workflow
from lumina.workflow.graph import INPUTS, circles, needs_of, order_of, sources_of
from lumina.workflow.limits import RunLimits
from lumina.workflow.literals import input_problems, literal_problems
from lumina.workflow.ordering import order_problems
from lumina.workflow.parsing import Place, Problem, parse, place_of, problem
from lumina.workflow.reading import lenient, sources_left_out
from lumina.workflow.sockets import Socket, inputs_of, outputs_of, slots_of
from lumina.workflow.values import MAX_VALUES, axes_of, too_many

MAX_PROBLEMS = 50  # that are told of one file

Sockets = Mapping[str, Socket]


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
        reading = lenient(parse(text))
    except InvalidWorkflow as error:
        return Checked(None, list(error.problems))
    found = reading.problems
    if reading.workflow is not None:
        lost = sources_left_out(reading.left_out)
        more = problems(reading.workflow, spec, lost)
        found = found + [item for item in more if not _is_told(item, reading.left_out)]
        found = found or order_problems(reading.workflow, order_of(reading.workflow), RunLimits())
    return Checked(reading.workflow, _shortened(found))


def problems(
    workflow: Workflow, spec: ModelSpec | None = None, lost: frozenset[str] = frozenset()
) -> list[Problem]:
    """What is wrong with a document of the right form; links to sources in ``lost`` are not looked at."""
    return list(islice(_all_problems(workflow, spec, lost), MAX_PROBLEMS + 1))


def _all_problems(workflow: Workflow, spec: ModelSpec | None, lost: frozenset[str]) -> Iterator[Problem]:
    yield from _model_problems(workflow)
    for name, given in workflow.inputs.items():
        yield from input_problems((INPUTS, name), given)
    for name, node in workflow.nodes.items():
        yield from _node_problems(workflow, name, node, spec, lost)
    ends = {name: (link, None) for name, link in workflow.outputs.items()}
    yield from _link_problems(workflow, ("outputs",), ends, lost)
    if paths := circles(needs_of(workflow.nodes)):
        yield from (_circle_problem(workflow, path) for path in paths)
    else:
        yield from _list_problems(workflow)


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


def sockets(node: Node) -> Sockets:
    """The inputs of a node by name; none for an unknown task."""
    return inputs_of(TASKS[node.task], node.inputs) if node.task in TASKS else {}


def results(node: Node) -> Sockets:
    """The outputs of a node by name; none for an unknown task."""
    return outputs_of(TASKS[node.task]) if node.task in TASKS else {}


def nearest(word: str, known: Iterable[str]) -> str:
    """A fix for a name that does not exist."""
    names = list(known)
    near = get_close_matches(word, names, n=1)
    return f'did you mean "{near[0]}"?' if near else f"use one of: {', '.join(names) or 'none'}"


def _model_problems(workflow: Workflow) -> Iterator[Problem]:
    name = (workflow.model or "").partition("@")[0]
    if name and name not in MODELS:
        yield problem(("model",), f'names no model: "{name}"', nearest(name, MODELS))


def _node_problems(
    workflow: Workflow, name: str, node: Node, spec: ModelSpec | None, lost: frozenset[str]
) -> Iterator[Problem]:
    place: Place = ("nodes", name)
    if name == INPUTS:
        yield problem(place, "is the name of the workflow's own inputs", 'call it "inputs_1"')
    if node.task not in TASKS:
        yield problem((*place, "task"), f'names no task: "{node.task}"', nearest(node.task, TASKS))
        return
    task, known = TASKS[node.task], sockets(node)
    if spec is not None and issubclass(task, DrawingTask) and task.name not in spec.tasks:
        yield problem(
            (*place, "task"), f"is nothing that {spec.title} can do", nearest(task.name, spec.tasks)
        )
    links = {key: value for key, value in node.inputs.items() if isinstance(value, Link)}
    literals = {key: value for key, value in node.inputs.items() if key not in links}
    yield from _literal_problems(workflow, place, node, links, literals)
    if spec is not None and issubclass(task, DrawingTask) and task.name in spec.tasks:
        yield from _unknown_kinds(place, literals, spec)
    ends = {key: (link, known.get(key)) for key, link in links.items() if key in known}
    yield from _link_problems(workflow, (*place, INPUTS), ends, lost)
    if node.mode == "bypass":
        yield from _bypass_problems(place, node, links)


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
    known = sockets(node)
    own = {key: value for key, value in literals.items() if key in known}
    for item in literal_problems((*place, INPUTS), TASKS[node.task], own, known):
        name = str((*place_of(item["pointer"]), "", "")[3])
        if name not in links:
            yield _unlinked(workflow, _missing_image(item, known.get(name)), own.get(name))
    for slot in slots_of(TASKS[node.task], node.inputs):
        if slot not in node.inputs:
            yield problem((*place, INPUTS, slot), "is missing", f'add "{slot}", which the text has in braces')
    for key in node.inputs:
        if key not in known:
            message = f"is not an input of {node.task}"
            is_slot = TASKS[node.task].slots is not None and slots_in(f"{{{key}}}") == [key]
            fix = f"write {{{key}}} in the text where it belongs" if is_slot else nearest(key, known)
            yield problem((*place, INPUTS, key), message, fix)


def _unlinked(workflow: Workflow, item: Problem, literal: Any) -> Problem:
    """A text that is written like the end of a link, where it can be nothing else, is told how to be one."""
    source, dot, output = literal.partition(".") if isinstance(literal, str) else ("", "", "")
    if not dot or not _is_known(workflow, source) or output not in _offered(workflow, source):
        return item
    return item | {"message": "is a text, not a link", "fix": f'write {{"from": "{literal}"}}'}


def _missing_image(item: Problem, socket: Socket | None) -> Problem:
    is_image = socket is not None and socket.type == "image" and item["message"] == "is missing"
    return item | {"fix": "link it to an image, or name a picture"} if is_image else item


def _link_problems(
    workflow: Workflow, place: Place, links: Mapping[str, tuple[Link, Socket | None]], lost: frozenset[str]
) -> Iterator[Problem]:
    """Links that lead nowhere, or to a value of another type than the ``Socket`` takes."""
    for key, (link, socket) in links.items():
        source, output = link.target.split(".")
        if link.target in lost or source in lost or not _is_known(workflow, source):
            continue
        given = _offered(workflow, source)
        if output not in given:
            yield problem(
                (*place, key), f'leads nowhere: "{link.target}"', _where_to(workflow, source, output)
            )
        elif socket is not None and not socket.takes(given[output]):
            yield _mismatch((*place, key), link, given[output], socket)
        elif socket is not None and source == INPUTS:
            yield from _choice_problems((*place, key), workflow.inputs[output], socket)


def _is_known(workflow: Workflow, source: str) -> bool:
    """False for a node of an unknown task: what it offers cannot be told."""
    return source not in workflow.nodes or workflow.nodes[source].task in TASKS


def _offered(workflow: Workflow, source: str) -> Sockets:
    """What can be linked to of a node, or of the inputs of the workflow."""
    if source == INPUTS:
        return {name: Socket(given.type) for name, given in workflow.inputs.items()}
    return results(workflow.nodes[source]) if source in workflow.nodes else {}


def _where_to(workflow: Workflow, source: str, output: str) -> str:
    if source == INPUTS or source in workflow.nodes:
        known = [f"{source}.{name}" for name in _offered(workflow, source)]
    else:
        known = [f"{node}.{name}" for node in workflow.nodes for name in _offered(workflow, node)]
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


def _bypass_problems(place: Place, node: Node, links: Mapping[str, Link]) -> Iterator[Problem]:
    known = sockets(node)
    types = {known[key].type for key in links if key in known}
    missing = [name for name, socket in results(node).items() if socket.type not in types]
    if missing:
        message = f'cannot be bypassed: nothing of the type of its "{missing[0]}" is linked to it'
        yield problem((*place, "mode"), message, 'link an input of that type, or use "mute"')


def _circle_problem(workflow: Workflow, path: list[str]) -> Problem:
    first, second = path[0], path[1]  # the second needs the first
    key = next(name for name, source, _ in sources_of(workflow.nodes[second]) if source == first)
    message = f"goes round in a circle: {' → '.join(path)}"
    return problem(("nodes", second, INPUTS, key), message, "remove one of these links")


def _list_problems(workflow: Workflow) -> Iterator[Problem]:
    for name, axes in axes_of(workflow, sockets).items():
        if prod(size for _, size in axes) > MAX_VALUES:
            yield problem(("nodes", name), too_many(axes).rstrip("."), "shorten a list")


def _shortened(found: list[Problem]) -> list[Problem]:
    if len(found) <= MAX_PROBLEMS:
        return found
    return [*found[:MAX_PROBLEMS], problem((), "has more problems than these", "correct these first")]
