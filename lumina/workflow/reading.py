"""Makes a workflow of parsed JSON: strictly, or leaving out what is wrong so that the rest can be checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from lumina.errors import InvalidWorkflow
from lumina.json_types import JsonObject
from lumina.workflow.document import MAX_DEPTH, MAX_ENTRIES, MAX_NODES, MAX_WORKFLOWS, Workflow
from lumina.workflow.graph import INPUTS, NODES, WORKFLOWS
from lumina.workflow.literals import IMAGE
from lumina.workflow.other_links import MESSAGE, link_meant
from lumina.workflow.other_programs import of_document
from lumina.workflow.parsing import Place, Problem, place_of, problem, problems_of
from lumina.workflow.sockets import Socket

VERSION = 1
KINDS = (("task",), ("workflow",))  # where a node says what it is


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
    found = list(_of_no_kind(document))
    try:
        workflow = Workflow.model_validate(document)
    except ValidationError as error:
        raise InvalidWorkflow(problems_of(error) + found) from None
    if found:
        raise InvalidWorkflow(found)
    return workflow


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
    wrong = {place: _wrong_link(document, place) for place in places}
    for place in places:
        _leave_out(document, place)
    try:
        workflow = Workflow.model_validate(document)
        return ReadWorkflow(workflow, _with_links(workflow, found, wrong), places)
    except ValidationError:  # no node is left
        return ReadWorkflow(None, found)


def _wrong_link(document: Any, place: Place) -> tuple[Place, Any]:
    """The place of a link, and what stands there, of a fault in an output or in the end of a link."""
    depth = 2 if place[0] == "outputs" else 4
    if len(place) < depth or (depth == 4 and (place[0] != NODES or place[4:] != ("from",))):
        return (), None
    for step in place[:depth]:
        document = document.get(step) if isinstance(document, dict) else None
    return place[:depth], document


def _with_links(
    workflow: Workflow, found: list[Problem], wrong: Mapping[Place, tuple[Place, Any]]
) -> list[Problem]:
    """The problems; of a link to something that is there, written otherwise, one of how it is written."""
    told: dict[str, Problem] = {}
    for item in found:
        place, value = wrong[place_of(item["pointer"])]
        target = link_meant(workflow, value, Socket(IMAGE)) if place else None
        if target is None:
            told.setdefault(item["pointer"], item)
            continue
        if place[0] == NODES:
            place = (*place, "from")
        one = problem(place, MESSAGE, f'write {{"from": "{target}"}}')
        told.setdefault(one["pointer"], one)
    return list(told.values())


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
        if names := [key for key in document if str(key).lower() in ("lumina", "nodes")]:
            message = f"has {' and '.join(names)} with capital letters"
            return [problem((), message, "write keys in lower case")]
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
    """What may be led to in vain: nodes, ``inputs.NAME``, ``workflows.NAME``, or all ``workflows``."""
    found = set[str]()
    for place in places:
        kind = str(place[0])
        if kind in (INPUTS, WORKFLOWS):
            found.add(f"{kind}.{place[1]}" if place[1:] else kind)
        elif len(place) == 2 or place[2:3] in KINDS:
            found.add(str(place[1]))
    return frozenset(found)


def left_out_of(places: Iterable[Place], workflow: str) -> frozenset[Place]:
    """Of the places left out those in one of the document's workflows, as they are called there."""
    return frozenset(place[2:] for place in places if place[:2] == (WORKFLOWS, workflow) and place[2:])


def _leave_out(document: JsonObject, place: Place) -> None:
    """Remove the smallest part around ``place`` that can go."""
    if place == ("lumina",):
        document["lumina"] = 1
        return
    if place[0] == WORKFLOWS and place[2:] not in ((), (NODES,)):
        workflows: Any = document.get(WORKFLOWS)
        definition = workflows.get(place[1]) if isinstance(workflows, dict) else None
        if isinstance(definition, dict):  # and not left out already
            _leave_out(definition, place[2:])
        return
    is_node = place[0] == NODES
    depth = len(place)
    if (is_node and place[2:3] in KINDS) or not is_node:
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


def _documents(document: Any, place: Place = ()) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """The document and those that it holds, as deep as they may be, each with its place."""
    if not isinstance(document, Mapping) or len(place) > 2 * MAX_DEPTH:
        return
    yield place, document
    inner = document.get(WORKFLOWS)
    if isinstance(inner, Mapping) and len(inner) <= MAX_WORKFLOWS:
        for name, each in inner.items():
            yield from _documents(each, (*place, WORKFLOWS, name))


def _of_no_kind(document: Any) -> Iterator[Problem]:
    """Nodes that are neither a task nor a workflow, or both."""
    for place, each in _documents(document):
        nodes = each.get(NODES)
        for name, node in nodes.items() if isinstance(nodes, Mapping) else ():
            if not isinstance(node, Mapping):
                continue
            kinds = [kind for (kind,) in KINDS if node.get(kind)]
            if not kinds:
                yield problem((*place, NODES, name, "task"), "is missing", 'add "task"')
            elif len(kinds) > 1:
                message = "stands beside a task, and a node is one or the other"
                yield problem((*place, NODES, name, "workflow"), message, "remove one of them")


def _too_much(document: Any) -> Iterator[Problem]:
    """Lists and objects that are too long or too deep, found before each entry is looked at."""
    count = sum(1 for _ in _documents(document)) - 1
    if count > MAX_WORKFLOWS:
        yield problem((WORKFLOWS,), f"has {count:,} workflows in all", f"keep it within {MAX_WORKFLOWS}")
        return
    for place, each in _documents(document):
        yield from _longer(place, each)
        for key in (INPUTS, "outputs", "layout", "frames"):
            yield from _longer((*place, key), each.get(key))
        yield from _longer((*place, WORKFLOWS), each.get(WORKFLOWS), MAX_WORKFLOWS)
        if each.get(WORKFLOWS) and len(place) == 2 * MAX_DEPTH:
            message = f"stands within {MAX_DEPTH} workflows already"
            yield problem((*place, WORKFLOWS), message, "put its nodes into the workflow around it")
        yield from _too_many_nodes(each.get(NODES), (*place, NODES))


def _too_many_nodes(nodes: Any, place: Place) -> Iterator[Problem]:
    yield from _longer(place, nodes, MAX_NODES)
    if not isinstance(nodes, Mapping) or len(nodes) > MAX_NODES:
        return
    for name, node in nodes.items():
        yield from _longer((*place, name), node)
        for key in (INPUTS, "settled"):
            values = node.get(key) if isinstance(node, Mapping) else None
            yield from _longer((*place, name, key), values)
            if isinstance(values, Mapping):
                for inner, value in values.items():
                    yield from _longer((*place, name, key, inner), value)


def _longer(place: Place, values: Any, most: int = MAX_ENTRIES) -> Iterator[Problem]:
    if isinstance(values, Mapping | list) and len(values) > most:
        yield problem(place, f"has {len(values):,} entries", f"keep it within {most}")
