"""Reading and writing the workflow document without loss, its JSON Schema, and the recipe of a picture."""

import json
from collections.abc import Mapping
from typing import Any

from lumina.errors import InputError, InvalidWorkflow
from lumina.json_types import JsonObject
from lumina.tasks import TASKS
from lumina.tasks.base import Task, read
from lumina.workflow.document import NAME, Link, Workflow
from lumina.workflow.parsing import Place, parse_document, place_of, problem
from lumina.workflow.reading import strict
from lumina.workflow.validation import problems, value_problems

CODES_KEY = "x-codes"  # of a recipe: digest of the codes that were drawn


def load(text: str | bytes) -> Workflow:
    """Read a document; raises InvalidWorkflow with every problem of its form.

    Tasks and links are not looked at: see :func:`lumina.workflow.validation.check`.
    """
    return strict(parse_document(text))


def canonical(text: str | bytes) -> str:
    """A document for the canvas: of the right form, with values that may be wrong.

    Those can be mended there. Raises InvalidWorkflow with every other problem of its form.
    """
    document = parse_document(text)
    try:
        strict(document)
    except InvalidWorkflow as error:
        if any(not _is_value(place_of(item["pointer"])) for item in error.problems):
            raise
    return json.dumps(document, ensure_ascii=False)


def _is_value(place: Place) -> bool:
    """Whether this is where a node, or an input of the workflow, has its value."""
    return (place[:1], place[2:3]) in ((("nodes",), ("inputs",)), (("inputs",), ("default",))) and len(
        place
    ) > 2 + (place[0] == "nodes")


def dump(workflow: Workflow) -> str:
    """Write a document as indented JSON; :func:`load` reads the same document from it, key for key."""
    return json.dumps(workflow.model_dump(mode="json", exclude_unset=True), ensure_ascii=False, indent=2)


def schema_text() -> str:
    """The JSON Schema of a document, as published in ``docs/workflow.schema.json``."""
    schema = Workflow.model_json_schema()
    for part in (schema["$defs"][name] for name in ("Workflow", "Input", "Node", "Frame")):
        part |= {"additionalProperties": False, "patternProperties": {"^x-": {}}}
    node = schema["$defs"]["Node"]
    node["oneOf"] = [{"required": ["task"]}, {"required": ["workflow"]}]
    for kind in ("task", "workflow"):
        del node["properties"][kind]["default"]  # which is no name
        node["properties"][kind]["pattern"] = f"^{NAME}$"
    value = node["properties"]["inputs"]["patternProperties"][f"^{NAME}$"]
    value["anyOf"] = value.pop("oneOf")  # a literal may be anything, a link included
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | schema | {"title": "lumina-workflow"}, indent=2) + "\n"


def recipe_of(task: Task, model: str, codes: str | None = None) -> Workflow:
    """The one-node workflow that gives a picture again: the task as it ran, the model, the digest."""
    values = task.model_dump(mode="json", exclude_none=True)
    inputs = {name: values[name] for name in task.inputs() if name in values}
    document: JsonObject = {
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


def task_of(workflow: Workflow, values: Mapping[str, Any] | None = None) -> Task:
    """The task of a one-node workflow, its links filled from ``values`` or from the inputs' defaults.

    Raises InvalidWorkflow for problems of the document, InputError for a value it has no input for, and for
    a list of values.
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
    if node.workflow:
        found.append(problem(("nodes", name), "is a workflow, and only a task can be run yet", "keep a task"))
    filled = {
        key: given.get(value.ends[1]) if isinstance(value, Link) else value
        for key, value in node.inputs.items()
    }
    found = found or value_problems(name, node.task, filled)
    if found:
        raise InvalidWorkflow(found)
    return read(TASKS[node.task], filled)
