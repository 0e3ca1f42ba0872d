"""The workflow document, version 1: reading and writing it without loss, and the recipe of a picture."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    StrictFloat,
    StrictInt,
    StringConstraints,
    Tag,
    ValidationError,
)

from lumina.errors import InputError, InvalidWorkflow
from lumina.tasks import TASKS
from lumina.tasks.base import Task
from lumina.workflow.parsing import Problem, parse, problem, problems_of

MAX_NODES = 64
CODES_KEY = "x-codes"  # of a recipe: digest of the codes that were drawn

_NAME = r"[a-z][a-z0-9_]*"
Name = Annotated[str, StringConstraints(pattern=f"^{_NAME}$", max_length=64)]
LinkTarget = Annotated[str, StringConstraints(pattern=rf"^{_NAME}\.{_NAME}$", max_length=130)]
ExtensionKey = Annotated[str, StringConstraints(pattern=r"^x-")]
ModelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+(@[A-Za-z0-9._-]+)?$", max_length=100)]
Place2d = Annotated[list[StrictInt | StrictFloat], Field(min_length=2, max_length=2)]


def _is_version_one(value: Any) -> Any:
    if type(value) is not int or value != 1:  # true and 1.0 equal 1 in Python, but would not be written back
        raise ValueError("must be 1; there is no other version yet")
    return value


def _kind(value: Any) -> str:
    is_link = isinstance(value, Link) or (isinstance(value, dict) and list(value) == ["from"])
    return "link" if is_link else "literal"


class Link(BaseModel):
    """Takes a value from elsewhere: from an input of the workflow, or from an output of another node."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    target: LinkTarget = Field(alias="from", description='"inputs.NAME" or "NODE.OUTPUT"')


# An object with the single key "from" is a link, everything else is a literal.
Value = Annotated[Annotated[Link, Tag("link")] | Annotated[JsonValue, Tag("literal")], Discriminator(_kind)]


class Part(BaseModel):
    """A piece of the document: known keys are checked, x-… keys are kept, any other key is a problem."""

    model_config = ConfigDict(frozen=True, extra="allow", serialize_by_alias=True)
    __pydantic_extra__: dict[ExtensionKey, JsonValue]


class Input(Part):
    """A value that is filled in when the workflow is run."""

    type: Literal["text", "integer", "number", "boolean", "choice", "image"]
    label: str = ""
    description: str = ""
    choices: list[JsonValue] | None = None
    default: JsonValue = None


class Node(Part):
    """One task with its inputs.

    A muted node is left out with all that rests on it; a bypassed one hands on the first link of its
    output's type.
    """

    task: Name
    inputs: dict[Name, Value] = Field(default_factory=dict)
    mode: Literal["run", "mute", "bypass"] = "run"


class Workflow(Part):
    """A workflow. Its title and layout (node to [x, y] on the canvas) change nothing of what is computed."""

    lumina: Annotated[Literal[1], BeforeValidator(_is_version_one)]
    title: str = ""
    model: ModelName | None = None
    inputs: dict[Name, Input] = Field(default_factory=dict)
    nodes: dict[Name, Node] = Field(min_length=1, max_length=MAX_NODES)
    outputs: dict[Name, Link] = Field(default_factory=dict)
    layout: dict[Name, Place2d] = Field(default_factory=dict)


def load(text: str | bytes) -> Workflow:
    """Read a document; raises InvalidWorkflow with every problem of its form, each with pointer and fix."""
    document = parse(text)
    try:
        return Workflow.model_validate(document)
    except ValidationError as error:
        raise InvalidWorkflow(problems_of(error)) from None


def dump(workflow: Workflow) -> str:
    """Write a document as indented JSON; :func:`load` reads the same document from it, key for key."""
    return json.dumps(workflow.model_dump(mode="json", exclude_unset=True), ensure_ascii=False, indent=2)


def schema_text() -> str:
    """The JSON Schema of a document, as published in ``docs/workflow.schema.json``."""
    schema = Workflow.model_json_schema()
    for part in (schema, schema["$defs"]["Input"], schema["$defs"]["Node"]):
        part |= {"additionalProperties": False, "patternProperties": {"^x-": {}}}
    value = schema["$defs"]["Node"]["properties"]["inputs"]["patternProperties"][f"^{_NAME}$"]
    value["anyOf"] = value.pop("oneOf")  # a literal may be anything, a link included
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | schema | {"title": "lumina-workflow"}, indent=2) + "\n"


def recipe_of(task: Task, model: str, codes: str | None = None) -> Workflow:
    """The one-node workflow that gives a picture again: the task as it ran, the model, the digest."""
    values = task.model_dump(mode="json", exclude_none=True)
    inputs = {name: values[name] for name in task.inputs() if name in values}
    document: dict[str, Any] = {
        "lumina": 1,
        "model": model,
        "nodes": {task.name: {"task": task.name, "inputs": inputs}},
        "outputs": {output: {"from": f"{task.name}.{output}"} for output in task.Output.model_fields},
    }
    return Workflow.model_validate(document | ({CODES_KEY: codes} if codes else {}))


def codes_of(workflow: Workflow) -> str | None:
    """The digest of the codes that a recipe's picture was drawn with, if it says so."""
    digest = (workflow.model_extra or {}).get(CODES_KEY)
    return digest if isinstance(digest, str) else None


def problems(workflow: Workflow) -> list[Problem]:
    """What is wrong with the nodes: unknown tasks, wrong values, links that lead nowhere."""
    found: list[Problem] = []
    for name, node in workflow.nodes.items():
        links = {key: value for key, value in node.inputs.items() if isinstance(value, Link)}
        literals = {key: value for key, value in node.inputs.items() if key not in links}
        found += _value_problems(name, node.task, literals, links)
        found += _link_problems(workflow, ("nodes", name, "inputs"), links)
    return found + _link_problems(workflow, ("outputs",), workflow.outputs)


def task_of(workflow: Workflow, values: Mapping[str, Any] | None = None) -> Task:
    """The task of a one-node workflow, its links filled from ``values`` or from the inputs' defaults.

    Raises InvalidWorkflow for problems of the document, InputError for a value it has no input for.
    """
    found = problems(workflow)
    if len(workflow.nodes) > 1:
        found.append(problem(("nodes",), "has several nodes, and only one can be run yet", "keep one node"))
    given = {name: item.default for name, item in workflow.inputs.items()} | dict(values or {})
    for name in given.keys() - workflow.inputs.keys():
        raise InputError(
            f'There is no input "{name}"; this workflow has: {", ".join(workflow.inputs) or "none"}.'
        )
    (name, node), *_ = workflow.nodes.items()
    filled = {
        key: given.get(value.target.removeprefix("inputs.")) if isinstance(value, Link) else value
        for key, value in node.inputs.items()
    }
    found = found or _value_problems(name, node.task, filled, {})
    if found:
        raise InvalidWorkflow(found)
    return TASKS[node.task].model_validate(filled)


def _value_problems(
    node: str, task: str, values: Mapping[str, Any], links: Mapping[str, Link]
) -> list[Problem]:
    """Faults of literal values; an input that a link fills is not missing."""
    if task not in TASKS:
        near = get_close_matches(task, TASKS, n=1)
        fix = f'use "{near[0]}"' if near else f"use one of: {', '.join(TASKS)}"
        return [problem(("nodes", node, "task"), f'names no task: "{task}"', fix)]
    unknown = {key: None for key in links if key not in TASKS[task].model_fields}
    try:
        TASKS[task].model_validate(dict(values) | unknown)
    except ValidationError as error:
        filled = {f"/nodes/{node}/inputs/{key}" for key in links.keys() - unknown.keys()}
        found = problems_of(error, below=("nodes", node, "inputs"))
        return [item for item in found if item["pointer"] not in filled]
    return []


def _link_problems(workflow: Workflow, place: tuple[str, ...], links: Mapping[str, Link]) -> list[Problem]:
    found = []
    for key, link in links.items():
        source, output = link.target.split(".")
        known = list(workflow.inputs) if source == "inputs" else _outputs_of(workflow, source)
        if output not in known:
            targets = ", ".join(f"{source}.{name}" for name in known)
            fix = f"use one of: {targets}" if known else "link to an input or a node that exists"
            found.append(problem((*place, key), f'leads nowhere: "{link.target}"', fix))
    return found


def _outputs_of(workflow: Workflow, node: str) -> list[str]:
    task = TASKS.get(workflow.nodes[node].task) if node in workflow.nodes else None
    return list(task.Output.model_fields) if task else []
