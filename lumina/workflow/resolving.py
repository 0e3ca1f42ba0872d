"""Makes a document ready to run: inputs given, random seeds and open options settled, pictures found."""

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from lumina.errors import InputError, InvalidWorkflow, is_said_twice
from lumina.runtime.painter import Painter
from lumina.settings import is_yes
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Task
from lumina.tasks.error_wording import shortened
from lumina.workflow.document import Element, Input, Link, Node, Value, Workflow
from lumina.workflow.flattening import SETTLED, WITHIN, Flat, flatten, needed_of
from lumina.workflow.graph import INPUTS, WORKFLOWS
from lumina.workflow.literals import IMAGE, literal_problems, wrong_value
from lumina.workflow.node_sockets import node_inputs, takers_of
from lumina.workflow.parsing import Problem, place_of, problem
from lumina.workflow.settling import RANDOM, open_inside, opening_at, random_inputs
from lumina.workflow.sockets import Socket, inputs_of
from lumina.workflow.values import offered

AnyElement = TypeVar("AnyElement", bound=Element)

Seeds = Mapping[str, Value]
_PLAIN = re.compile(r"\+?[0-9]{1,300}")  # "007" and "+1", which JSON has not
_NAMED = 12  # names of inputs in a sentence
LARGEST_SEED = 2**31  # of seeds that are made here; such numbers can be read and typed


def with_values(workflow: Workflow, values: Mapping[str, Any], option: str = "") -> Workflow:
    """The document with ``values``: by name for its inputs, by ``node.input`` for literals of its nodes, by
    ``node`` for a choice that a node waits for. What a node that is a workflow leaves open is named by
    ``node/inner.input``, or ``node/inner``.

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
    nodes = flatten(workflow).workflow.nodes
    task = TASKS.get(nodes[name].task) if name in nodes else None
    return task is not None and task.asks is not None and name not in workflow.inputs


def _answer(workflow: Workflow, node: str, value: Any, option: str) -> tuple[str, Any]:
    """A choice as a value for an input of its node; raises InputError for what is none."""
    flat = flatten(workflow).workflow
    task = TASKS[flat.nodes[node].task]
    sockets, count = inputs_of(task), offered(flat, node)
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
        if _read_as(socket, value) == []:
            raise InputError(f"{name}: the list is empty, so nothing would be drawn; give one value or more.")
        if name in inputs:
            inputs[name] = _with_default(name, inputs[name], value)
            for task, key, taken in takers_of(workflow, name):
                _check_literal(name, task, key, inputs[name].default, taken)
        else:
            node, key, part = _place_of(name)
            read = _read_as(socket, value)
            if part == INPUTS and nodes[node].task in TASKS:
                _check_literal(name, TASKS[nodes[node].task], key, read, socket)
            values_there = {**getattr(nodes[node], part), key: read}
            nodes[node] = _changed(nodes[node], **{part: values_there})
    return _changed(workflow, **({INPUTS: inputs} if inputs else {}), nodes=nodes)


def _check_literal(name: str, task: type[Task], key: str, value: Any, socket: Socket) -> None:
    """Raise InputError, which begins with ``name``, for a value that an input of a task does not take."""
    for item in literal_problems((), task, {key: value}, {key: socket}):
        if place_of(item["pointer"])[:1] == (key,):
            message = item["message"]
            advice = "" if is_said_twice(item) else f"; {item['fix']}"
            raise InputError(f"{name}: {message}{advice}.")


def target_of(workflow: Workflow, name: str) -> Socket | None:
    """What a value for ``name`` fills, which is called as for :func:`with_values`; None if nothing."""
    if name in workflow.inputs:
        return Socket(workflow.inputs[name].type)
    node, key, part = _place_of(name)
    if part == SETTLED:
        opening = opening_at(_definition(workflow, node), key)
        return opening.socket if opening else None
    return node_inputs(workflow, workflow.nodes[node]).get(key) if node in workflow.nodes else None


def may_be_empty(workflow: Workflow, name: str) -> bool:
    """Whether a text may say nothing, as it does now or where it is not given."""
    now: Any
    if name in workflow.inputs:
        now, takers = workflow.inputs[name].default, [each[:2] for each in takers_of(workflow, name)]
    else:
        node, key, part = _place_of(name)
        if part == SETTLED or node not in workflow.nodes:
            return False
        task = TASKS.get(workflow.nodes[node].task)
        now, takers = workflow.nodes[node].inputs.get(key), [(task, key)] if task else []
    fields = [task.model_fields.get(key) for task, key in takers]
    return now == "" or (bool(fields) and all(field is not None and field.default == "" for field in fields))


def _definition(workflow: Workflow, node: str) -> Workflow | None:
    """The workflow that a node is."""
    return workflow.workflows.get(workflow.nodes[node].workflow) if node in workflow.nodes else None


def _place_of(name: str) -> tuple[str, str, str]:
    """Of ``node.input``, or ``node/inner.input``, the node, the key there, and below what."""
    first = name.partition(".")[0]
    if WITHIN in first:
        node, _, key = name.partition(WITHIN)
        return node, key, SETTLED
    return first, name.partition(".")[2], INPUTS


def _unknown(workflow: Workflow, name: str) -> InputError:
    return InputError(f'There is no input "{name}"; {_meant(workflow, name)}')


def _meant(workflow: Workflow, name: str) -> str:
    """What can be given a value instead: the one that is like it, or all."""
    known = [*workflow.inputs, *(f"{node}.{key}" for node in workflow.nodes for key in _keys(workflow, node))]
    known += [node for node in flatten(workflow).workflow.nodes if is_choice(workflow, node)]
    inner = {node: _definition(workflow, node) for node in workflow.nodes}
    known += [f"{node}{WITHIN}{key}" for node, each in inner.items() if each for key in open_inside(each)]
    last = name.rpartition(".")[2]
    near = get_close_matches(name.lower(), known, n=1) or [key for key in known if key.endswith(f".{last}")]
    more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    some = f"{', '.join(known[:_NAMED])}{more}"
    return f'did you mean "{near[0]}"?' if near else f"this workflow has: {some}."


def _keys(workflow: Workflow, node: str) -> list[str]:
    return [*node_inputs(workflow, workflow.nodes[node])]


def resolved(workflow: Workflow, painter: Painter | None) -> Workflow:
    """The document as a recipe needs it: a number for every random seed, the model and its options."""
    inputs = {name: _settled_input(given) for name, given in workflow.inputs.items()}
    nodes = {name: _settled_node(workflow, node, painter) for name, node in workflow.nodes.items()}
    filled = _changed(workflow, nodes=nodes, **({INPUTS: inputs} if inputs else {}))
    if painter is None:
        return filled
    inner = {name: _with_options(each, painter) for name, each in workflow.workflows.items()}
    return _changed(filled, model=painter.model, **({WORKFLOWS: inner} if inner else {}))


def missing_inputs(workflow: Workflow, needed: set[str]) -> list[Problem]:
    """The inputs of a flat document that have no value, each where one of the ``needed`` nodes takes it."""
    found = []
    for name in workflow.nodes:
        for key, value in workflow.nodes[name].inputs.items() if name in needed else ():
            source, given = value.ends if isinstance(value, Link) else ("", "")
            if source == INPUTS and workflow.inputs[given].default is None:
                message = f'takes "{INPUTS}.{given}", which is not filled'
                found.append(problem(("nodes", name, INPUTS, key), message, f'give a value for "{given}"'))
    return found


def _with_default(name: str, given: Input, value: Any) -> Input:
    read = _read_as(Socket(given.type, choices=tuple(map(str, given.choices or ()))), value)
    for single in read if isinstance(read, list) else [read]:
        if (wrong := wrong_value(given, single)) is not None:
            if "; " in wrong:  # with what to do
                raise InputError(f"{name}: {wrong}.")
            shown = single.get(IMAGE) if isinstance(single, dict) and IMAGE in single else single
            raise InputError(f"{name}: {wrong}, not {shortened(shown)}.")
    return _changed(given, default=read)


def _read_as(socket: Socket, value: Any) -> Any:
    """A text from a command line as the socket's type; other values as they are."""
    if isinstance(value, list) and socket.type == IMAGE:
        return [_read_as(socket, each) for each in value]
    if not isinstance(value, str):
        return value
    if socket.type == IMAGE and not value.startswith(("{", "[")):
        return {IMAGE: value}
    if socket.type == "choice":  # one that is written with other capitals, or blanks around it
        chosen = value.strip().casefold()
        value = next((choice for choice in socket.choices if choice.casefold() == chosen), value)
    if socket.type == "boolean" and (meant := is_yes(value)) is not None:
        return meant
    if socket.type in ("integer", "number") and _PLAIN.fullmatch(value.strip()):
        return int(value)
    is_json = value.lstrip().startswith(("[", "{")) or socket.type not in ("text", "choice", IMAGE)
    if not is_json or value == RANDOM:
        return value
    is_several = "," in value and socket.type in ("integer", "number")
    for text in (value, f"[{value}]" if is_several else value):  # also "1, 2, 3"
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


def _settled_node(workflow: Workflow, node: Node, painter: Painter | None) -> Node:
    if (definition := workflow.workflows.get(node.workflow)) is not None:
        return _settled_inside(definition, node)
    task = TASKS.get(node.task)
    if task is None or not issubclass(task, DrawingTask):
        return node
    values: dict[str, Value] = dict(node.inputs)
    values["seed"] = _without_random(values.get("seed", RANDOM))
    return _with_inputs(node, task, values if painter is None else _with_defaults(task, values, painter))


def _settled_inside(definition: Workflow, node: Node) -> Node:
    """A node that is a workflow, with a number for every random seed that it is given or that is inside."""
    given = {name: _without_random(value) for name, value in random_inputs(definition, node).items()}
    settled: dict[str, Any] = dict(node.settled)
    for name, opening in open_inside(definition).items():
        if opening.is_random:
            settled[name] = _without_random(settled.get(name, opening.value))
    inputs = {INPUTS: {**node.inputs, **given}} if given else {}
    return _changed(node, **inputs, **({SETTLED: settled} if settled else {}))


def _with_options(definition: Workflow, painter: Painter) -> Workflow:
    """A workflow that is a node, with the model's options; its random seeds are each node's own."""
    nodes = dict(definition.nodes)
    for name in needed_of(definition):
        task = TASKS.get(nodes[name].task)
        if task is not None and issubclass(task, DrawingTask):
            values = _with_defaults(task, nodes[name].inputs, painter)
            nodes[name] = _with_inputs(nodes[name], task, values)
    inner = {name: _with_options(each, painter) for name, each in definition.workflows.items()}
    return _changed(definition, nodes=nodes, **({WORKFLOWS: inner} if inner else {}))


def _with_defaults(
    task: type[DrawingTask], values: Mapping[str, Value], painter: Painter
) -> dict[str, Value]:
    given = {name: value for name, value in values.items() if value is not None}
    return {**task.defaults(painter.spec, painter.settings), **given}


def _with_inputs(node: Node, task: type[Task], values: Mapping[str, Value]) -> Node:
    ordered = {name: values[name] for name in _in_order(task, values)}
    return node if ordered == node.inputs else _changed(node, inputs=ordered)


def _in_order(task: type[Task], values: Mapping[str, Any]) -> list[str]:
    known = [name for name in task.inputs() if name in values]
    return known + [name for name in values if name not in known]


def _without_random(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_random(each) for each in value]
    return secrets.randbelow(LARGEST_SEED) if value == RANDOM else value


def seeds_drawn(workflow: Workflow, ran: Workflow) -> Seeds:
    """The numbers that "random" became in a run of the document, by the names of :func:`with_values`."""
    found: dict[str, Value] = {}
    for name, node in ran.nodes.items():
        before = workflow.nodes[name]
        keys = list(node.inputs) if node.workflow else ["seed"] if "seed" in node.inputs else []
        found |= {
            f"{name}.{key}": node.inputs[key] for key in keys if node.inputs[key] != before.inputs.get(key)
        }
        changed = {key: value for key, value in node.settled.items() if value != before.settled.get(key)}
        found |= {f"{name}{WITHIN}{key}": value for key, value in changed.items()}
    inputs = {name: given.default for name, given in ran.inputs.items()}
    return found | {name: new for name, new in inputs.items() if new != workflow.inputs[name].default}


def _changed(part: AnyElement, **changes: Any) -> AnyElement:
    """A copy of a part of the document with other values."""
    return part.model_copy(update=changes)


def check_resolved(flat: Flat, needed: set[str]) -> None:
    """Raise InvalidWorkflow, whose sentence names all of them, for inputs that have no value."""
    if not (found := flat.told(missing_inputs(flat.workflow, needed))):
        return
    named = {item["fix"] for item in found}
    open_ones = [f'"{name}"' for name in flat.workflow.inputs if f'give a value for "{name}"' in named]
    if len(open_ones) == 1:
        raise InvalidWorkflow(found, f"The input {open_ones[0]} is not filled; give it a value.")
    listed = f"{', '.join(open_ones[:-1])} and {open_ones[-1]}"
    raise InvalidWorkflow(found, f"The inputs {listed} are not filled; give each a value.")
