"""Makes a document ready to run: inputs given, random seeds and open options settled, pictures found."""

import json
import secrets
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from lumina.errors import InputError, InvalidWorkflow
from lumina.runtime.painter import Painter
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Task
from lumina.tasks.error_wording import shortened
from lumina.workflow.document import Element, Input, Link, Node, Value, Workflow
from lumina.workflow.graph import INPUTS
from lumina.workflow.literals import IMAGE, wrong_value
from lumina.workflow.parsing import Problem, problem
from lumina.workflow.sockets import Socket, inputs_of
from lumina.workflow.values import offered

AnyElement = TypeVar("AnyElement", bound=Element)

Seeds = Mapping[str, Value]
RANDOM = "random"
LARGEST_SEED = 2**31  # of seeds that are made here; such numbers can be read and typed


def with_values(workflow: Workflow, values: Mapping[str, Any], option: str = "") -> Workflow:
    """The document with ``values``: by name for its inputs, by ``node.input`` for literals of its nodes, by
    ``node`` for a choice that a node waits for.

    Texts are read as the type that is asked for, a JSON list as a list of values. Raises InputError for a
    name that is not there or a value that does not fit; ``option`` is what a person types before a name.
    """
    answers = {name: value for name, value in values.items() if is_choice(workflow, name)}
    filled = _filled(workflow, {name: value for name, value in values.items() if name not in answers})
    return _filled(filled, dict(_answer(filled, name, value, option) for name, value in answers.items()))


def check_names(workflow: Workflow, names: Iterable[str]) -> None:
    """Raise InputError for a name that :func:`with_values` would not find."""
    for name in names:
        if target_of(workflow, name) is None and not is_choice(workflow, name):
            raise _unknown(workflow, name)


def is_choice(workflow: Workflow, name: str) -> bool:
    """Whether ``name`` is that of a node that waits for a choice."""
    task = TASKS.get(workflow.nodes[name].task) if name in workflow.nodes else None
    return task is not None and task.asks is not None and name not in workflow.inputs


def _answer(workflow: Workflow, node: str, value: Any, option: str) -> tuple[str, Any]:
    """A choice as a value for an input of its node; raises InputError for what is none."""
    task = TASKS[workflow.nodes[node].task]
    sockets, count = inputs_of(task), offered(workflow, node)
    others = sockets[task.asks_unless].choices if task.asks_unless else ()
    if value in others:
        return f"{node}.{task.asks_unless}", value
    text = str(value).strip()
    if text.isdecimal() and 0 < int(text) <= (count or int(text)):
        return f"{node}.{task.asks}", int(text)
    number = f"a number from 1 to {count}" if count else "the number of a picture, from 1"
    ways = ", or ".join([number, *map(repr, others)])
    raise InputError(f"{option}{node} takes {ways}, not {shortened(value)}.")


def _filled(workflow: Workflow, values: Mapping[str, Any]) -> Workflow:
    inputs, nodes = dict(workflow.inputs), dict(workflow.nodes)
    for name, value in values.items():
        socket = target_of(workflow, name)
        if socket is None:
            raise _unknown(workflow, name)
        if name in inputs:
            inputs[name] = _with_default(name, inputs[name], value)
        else:
            node, _, key = name.partition(".")
            nodes[node] = _changed(nodes[node], inputs={**nodes[node].inputs, key: _read_as(socket, value)})
    return _changed(workflow, **({INPUTS: inputs} if inputs else {}), nodes=nodes)


def target_of(workflow: Workflow, name: str) -> Socket | None:
    """What a value for ``name``, an input of the workflow or ``node.input``, fills; None if nothing."""
    if name in workflow.inputs:
        return Socket(workflow.inputs[name].type)
    node, _, key = name.partition(".")
    task = TASKS.get(workflow.nodes[node].task) if node in workflow.nodes else None
    return inputs_of(task, workflow.nodes[node].inputs).get(key) if task else None


def _unknown(workflow: Workflow, name: str) -> InputError:
    return InputError(f'There is no input "{name}"; {_meant(workflow, name)}')


def _meant(workflow: Workflow, name: str) -> str:
    """What can be given a value instead: the one that is like it, or all."""
    known = [*workflow.inputs, *(f"{node}.{key}" for node in workflow.nodes for key in _keys(workflow, node))]
    known += [node for node in workflow.nodes if is_choice(workflow, node)]
    last = name.rpartition(".")[2]
    near = get_close_matches(name.lower(), known, n=1) or [key for key in known if key.endswith(f".{last}")]
    return f'did you mean "{near[0]}"?' if near else f"this workflow has: {_names(workflow)}."


def _keys(workflow: Workflow, node: str) -> list[str]:
    task = TASKS.get(workflow.nodes[node].task)
    return [*inputs_of(task, workflow.nodes[node].inputs)] if task else []


def resolved(workflow: Workflow, painter: Painter | None) -> Workflow:
    """The document as a recipe needs it: a number for every random seed, the model and its options."""
    inputs = {name: _settled_input(given) for name, given in workflow.inputs.items()}
    nodes = {name: _settled_node(node, painter) for name, node in workflow.nodes.items()}
    filled = _changed(workflow, nodes=nodes, **({INPUTS: inputs} if inputs else {}))
    return filled if painter is None else _changed(filled, model=painter.model)


def missing_inputs(workflow: Workflow, needed: set[str]) -> list[Problem]:
    """The inputs of the workflow that have no value, each where one of the ``needed`` nodes takes it."""
    found = []
    for name in workflow.nodes:
        for key, value in workflow.nodes[name].inputs.items() if name in needed else ():
            source, _, given = value.target.partition(".") if isinstance(value, Link) else ("", "", "")
            if source == INPUTS and workflow.inputs[given].default is None:
                message = f'takes "{INPUTS}.{given}", which is not filled'
                found.append(problem(("nodes", name, INPUTS, key), message, f'give a value for "{given}"'))
    return found


def _with_default(name: str, given: Input, value: Any) -> Input:
    read = _read_as(Socket(given.type), value)
    for single in read if isinstance(read, list) else [read]:
        if (wrong := wrong_value(given, single)) is not None:
            if "; " in wrong:  # with what to do
                raise InputError(f"{name}: {wrong}.")
            shown = single.get(IMAGE) if isinstance(single, dict) and IMAGE in single else single
            raise InputError(f"{name}: {wrong}, not {shortened(shown)}.")
    return _changed(given, default=read)


def _read_as(socket: Socket, value: Any) -> Any:
    """A text from a command line as the socket's type; other values as they are."""
    if not isinstance(value, str):
        return value
    if socket.type == IMAGE and not value.startswith("{"):
        return {IMAGE: value}
    is_json = value.lstrip().startswith(("[", "{")) or socket.type not in ("text", "choice", IMAGE)
    if not is_json or value == RANDOM:
        return value
    for text in (value, f"[{value}]" if socket.type in ("integer", "number") else value):  # also "1, 2, 3"
        try:
            return json.loads(text)
        except ValueError:
            continue
    return value


def _settled_input(given: Input) -> Input:
    if given.type != "integer":
        return given
    default = _without_random(given.default)
    return given if default == given.default else _changed(given, default=default)


def _settled_node(node: Node, painter: Painter | None) -> Node:
    task = TASKS.get(node.task)
    if task is None or not issubclass(task, DrawingTask):
        return node
    values: dict[str, Value] = dict(node.inputs)
    values["seed"] = _without_random(values.get("seed", RANDOM))
    if painter is not None:
        given = {name: value for name, value in values.items() if value is not None}
        values = {**task.defaults(painter.spec, painter.settings), **given}
    ordered = {name: values[name] for name in _in_order(task, values)}
    return node if ordered == node.inputs else _changed(node, inputs=ordered)


def _in_order(task: type[Task], values: Mapping[str, Any]) -> list[str]:
    known = [name for name in task.inputs() if name in values]
    return known + [name for name in values if name not in known]


def _without_random(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_random(each) for each in value]
    return secrets.randbelow(LARGEST_SEED) if value == RANDOM else value


def seeds_drawn(workflow: Workflow, ran: Workflow) -> tuple[Seeds, Seeds]:
    """The numbers that "random" became in a run of the document: by node, and by input of the workflow."""
    nodes = {
        name: node.inputs["seed"]
        for name, node in ran.nodes.items()
        if "seed" in node.inputs and node.inputs["seed"] != workflow.nodes[name].inputs.get("seed")
    }
    inputs = {
        name: given.default
        for name, given in ran.inputs.items()
        if given.default != workflow.inputs[name].default
    }
    return nodes, inputs


def _changed(part: AnyElement, **changes: Any) -> AnyElement:
    """A copy of a part of the document with other values."""
    return part.model_copy(update=changes)


def _names(workflow: Workflow) -> str:
    own = list(workflow.inputs)
    return ", ".join([*own, *(f"{node}.…" for node in workflow.nodes)])


def check_resolved(workflow: Workflow, needed: set[str]) -> None:
    """Raise InvalidWorkflow, whose sentence names all of them, for inputs that have no value."""
    if not (found := missing_inputs(workflow, needed)):
        return
    named = {item["fix"] for item in found}
    open_ones = [f'"{name}"' for name in workflow.inputs if f'give a value for "{name}"' in named]
    if len(open_ones) == 1:
        raise InvalidWorkflow(found, f"The input {open_ones[0]} is not filled; give it a value.")
    listed = f"{', '.join(open_ones[:-1])} and {open_ones[-1]}"
    raise InvalidWorkflow(found, f"The inputs {listed} are not filled; give each a value.")
