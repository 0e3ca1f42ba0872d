"""Makes a workflow of parsed JSON: strictly, or leaving out what is wrong so that the rest can be checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from lumina.errors import InvalidWorkflow
from lumina.json_types import JsonObject
from lumina.workflow.document import MAX_ENTRIES, MAX_NODES, Workflow
from lumina.workflow.graph import INPUTS
from lumina.workflow.other_programs import of_document
from lumina.workflow.parsing import Place, Problem, place_of, problem, problems_of

VERSION = 1


@dataclass(frozen=True)
class ReadWorkflow:
    """A document without its wrong parts, if anything is left; the places left out, as in the file."""

    workflow: Workflow | None
    problems: list[Problem]
    left_out: frozenset[Place] = frozenset()


def strict(document: Any) -> Workflow:
    """The document; raises InvalidWorkflow with every problem of its form."""
    if found := _of_others(document) or other_version(document) or list(_too_much(document)):
        raise InvalidWorkflow(found)
    try:
        return Workflow.model_validate(document)
    except ValidationError as error:
        raise InvalidWorkflow(problems_of(error)) from None


def lenient(document: Any) -> ReadWorkflow:
    """What can be read of the document, which is changed on the way, and every problem of its form."""
    try:
        return ReadWorkflow(strict(document), [])
    except InvalidWorkflow as error:
        found = list(error.problems)
    places = frozenset(place_of(item["pointer"]) for item in found)
    is_lost = () in places or ("nodes",) in places or other_version(document)
    if is_lost or not isinstance(document, dict):
        return ReadWorkflow(None, found)
    for place in places:
        _leave_out(document, place)
    try:
        return ReadWorkflow(Workflow.model_validate(document), found, places)
    except ValidationError:  # no node is left
        return ReadWorkflow(None, found)


def _of_others(document: Any) -> list[Problem]:
    """The one problem of JSON that is a file of another program."""
    if not isinstance(document, Mapping) or "lumina" in document:
        return []
    for other in of_document(document):
        fix = (
            "draw its prompt, which `lumina recipe` prints" if other.prompt else "build it anew on the canvas"
        )
        return [problem((), f"is one of {other.program}, which is not read here", fix)]
    if document and "nodes" not in document and "version" not in _numbers(document):
        message = 'is not one of Lumina Studio: it has neither "lumina" nor "nodes"'
        return [problem((), message, "use a JSON file or a PNG that Lumina Studio wrote")]
    return []


def _numbers(document: Mapping[str, Any]) -> set[str]:
    return {key for key, value in document.items() if isinstance(value, int | float)}


def other_version(document: Any) -> list[Problem]:
    """The one problem of a document of another version, in which nothing else is looked at."""
    if not isinstance(document, Mapping):
        return []
    key = "lumina" if "lumina" in document else "version"
    version = document.get(key)
    if isinstance(version, bool) or not isinstance(version, int | float) or version == VERSION:
        return []
    message = f"is a document of version {version}, and version {VERSION} is the only one that is read here"
    return [problem((key,), message, "update Lumina Studio if it is newer, or build it anew")]


def sources_left_out(places: Iterable[Place]) -> frozenset[str]:
    """Nodes, and inputs of the workflow as ``inputs.NAME``, that something may be linked to in vain."""
    nodes = {str(place[1]) for place in places if len(place) == 2 or place[2:3] == ("task",)}
    return frozenset(
        nodes | {f"{INPUTS}.{place[1]}" for place in places if place[:1] == (INPUTS,) and place[1:]}
    )


def _leave_out(document: JsonObject, place: Place) -> None:
    """Remove the smallest part around ``place`` that can go."""
    if place == ("lumina",):
        document["lumina"] = 1
        return
    is_node = place[0] == "nodes"
    depth = len(place)
    if (is_node and place[2:3] == ("task",)) or not is_node:
        depth = min(depth, 2)
    elif place[2:3] == (INPUTS,):
        depth = min(depth, 4)
    else:
        depth = min(depth, 3)
    inner: Any = document
    for step in place[: depth - 1]:
        inner = inner.get(step) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        inner.pop(place[depth - 1], None)


def _too_much(document: Any) -> Iterator[Problem]:
    """Lists and objects that are too long, found before each entry is looked at."""
    if not isinstance(document, Mapping):
        return
    yield from _longer((), document)
    for key in (INPUTS, "outputs", "layout", "frames"):
        yield from _longer((key,), document.get(key))
    nodes = document.get("nodes")
    yield from _longer(("nodes",), nodes, MAX_NODES)
    if not isinstance(nodes, Mapping) or len(nodes) > MAX_NODES:
        return
    for name, node in nodes.items():
        yield from _longer(("nodes", name), node)
        values = node.get(INPUTS) if isinstance(node, Mapping) else None
        yield from _longer(("nodes", name, INPUTS), values)
        if isinstance(values, Mapping):
            for key, value in values.items():
                yield from _longer(("nodes", name, INPUTS, key), value)


def _longer(place: Place, values: Any, most: int = MAX_ENTRIES) -> Iterator[Problem]:
    if isinstance(values, Mapping | list) and len(values) > most:
        yield problem(place, f"has {len(values):,} entries", f"keep it within {most}")
