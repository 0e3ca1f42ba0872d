"""Every kind of node as JSON for a front end: inputs, outputs, types, limits, and which links fit."""

import inspect

from lumina.json_types import JsonObject
from lumina.model.config import ModelSpec
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Task
from lumina.workflow.document import MAX_NODES
from lumina.workflow.parsing import MAX_BYTES
from lumina.workflow.sockets import FITS, LETTERS, described
from lumina.workflow.values import MAX_VALUES


def catalogue(spec: ModelSpec | None = None) -> JsonObject:
    """The kinds of nodes by task name, the types of sockets, and the limits of a document.

    With a model's ``spec``, tasks that it cannot do are marked as not available.
    """
    return {
        "nodes": {name: _node(task, spec) for name, task in TASKS.items()},
        "types": {
            name: {"letter": letter, "fits": [name, *FITS.get(name, ())]} for name, letter in LETTERS.items()
        },
        "limits": {"nodes": MAX_NODES, "bytes": MAX_BYTES, "values": MAX_VALUES},
    }


def _node(task: type[Task], spec: ModelSpec | None) -> JsonObject:
    draws = issubclass(task, DrawingTask)
    return {
        "title": task.title,
        "docs": inspect.getdoc(task) or "",
        "version": task.version,
        "group": "draw" if draws else "tools",
        "available": not draws or spec is None or task.name in spec.tasks,
        "asks": task.asks,
        "slots": task.slots,
        "inputs": {
            name: described(field) | _known(name, draws, spec) for name, field in task.inputs().items()
        },
        "outputs": {name: described(field) for name, field in task.Output.model_fields.items()},
    }


def _known(name: str, draws: bool, spec: ModelSpec | None) -> JsonObject:
    """Of the kinds of maps that tasks name, those that the model knows."""
    return (
        {"choices": list(spec.kinds)} if draws and spec is not None and spec.kinds and name == "kind" else {}
    )
