"""The recipe inside a picture that a workflow made: the whole document, and which of its results this is."""

import json
from collections.abc import Mapping
from typing import Any

from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Picture
from lumina.workflow.document import Link, Workflow
from lumina.workflow.flattening import flatten
from lumina.workflow.graph import with_needs
from lumina.workflow.parsing import MAX_BYTES
from lumina.workflow.schema import CODES_KEY, dump, load

RESULT_KEY = "x-result"  # of a recipe: the link that the picture came from, and which of several it is


def recipe_text(recipe: str, link: str, item: int, count: int, value: Any) -> str:
    """The recipe of the value ``item`` (from 0) of ``count`` that came out at ``link``.

    ``recipe`` is the document as it ran. What a recipe gives carries the
    same recipe, byte for byte.
    """
    workflow = load(recipe)
    extra = dict(workflow.model_extra or {})
    kept = {key: value for key, value in extra.items() if key not in (RESULT_KEY, CODES_KEY)}
    if len(workflow.nodes) > 1 or workflow.workflows or count > 1:
        kept[RESULT_KEY] = {"from": link, "item": item}
    if isinstance(value, Picture):
        kept[CODES_KEY] = value.drawing.digest
    document = workflow.model_dump(mode="json", exclude_unset=True)
    document = {key: value for key, value in document.items() if key not in extra} | kept
    text = dump(Workflow.model_validate(document))
    is_long = len(text.encode()) > MAX_BYTES
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) if is_long else text


def pictured(workflow: Workflow, outputs: Mapping[str, tuple[Any, ...]], sources: Mapping[str, str]) -> Any:
    """Of the results of a recipe the one that its picture showed, None if it is not among them."""
    result = (workflow.model_extra or {}).get(RESULT_KEY)
    link, item = (result.get("from"), result.get("item")) if isinstance(result, dict) else (None, 0)
    for name, values in outputs.items():
        if link in (None, sources.get(name)) and isinstance(item, int) and 0 <= item < len(values):
            return values[item]
    return None


def is_by_model(workflow: Workflow, link: str) -> bool:
    """Whether a model had a part in what comes out at a link."""
    flat = flatten(workflow)
    end = flat.link(Link.model_construct(None, **{"from": link}))
    nodes = with_needs(flat.workflow, [end.ends[0]])
    tasks = [TASKS.get(flat.workflow.nodes[name].task) for name in nodes]
    return any(task is None or issubclass(task, DrawingTask) for task in tasks)
