"""The endpoint that runs a whole workflow for a program."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from lumina.errors import InputError, InvalidImage, InvalidWorkflow
from lumina.json_types import JsonObject
from lumina.model.config import ModelSpec, split_revision
from lumina.server.guard import ONE_RUN
from lumina.server.janitor import Janitor
from lumina.server.workshop import Workshop
from lumina.steps import Following, Progress, Steps
from lumina.tasks.base import Picture, Values
from lumina.tasks.image_input import NAME
from lumina.ui.endpoint import (
    SENT_PICTURE,
    UNREAD,
    Endpoint,
    Schema,
    Work,
    described,
    file_made,
    remarked,
    unread,
    until_loaded,
)
from lumina.ui.page_pictures import of_picture
from lumina.ui.uploaded_files import file_sent, is_file, is_sent_file, picture_sent, refuse_name
from lumina.workflow.document import Workflow
from lumina.workflow.events import ChoiceNeeded, NodeFailed, NodeProgress, Run, RunFinished, pictures_drawn
from lumina.workflow.executor import Resources, run
from lumina.workflow.files import read_text, result_files
from lumina.workflow.image_lookup import MemoryImages, shipped
from lumina.workflow.limits import Budget
from lumina.workflow.parsing import check_depth, parse, parse_document
from lumina.workflow.resolving import target_of, with_values
from lumina.workflow.validation import check

MAX_VALUES = 64_000_000  # characters; pictures come in base64
WAY_IN = 'send it as values["{place}"]'  # uploads have no owner: they are never looked up by what they show


_OBJECT_OR_TEXT: list[JsonValue] = [{"type": "object"}, {"type": "string"}]
_WORKFLOW_PARAMETERS = {
    "document": described(
        {
            "title": "Document",
            "description": "The lumina-workflow document: a JSON object, its text, or a file that holds it "
            "(also a PNG from here, which carries its recipe).",
            "anyOf": _OBJECT_OR_TEXT,
        }
    ),
    "values": described(
        {
            "title": "Values",
            "description": 'Values for its inputs by name, or by "node.input": a JSON object or its text. '
            f"A list stands for several values. {SENT_PICTURE}",
            "anyOf": [*_OBJECT_OR_TEXT, {"type": "null"}],
            "default": None,
        }
    ),
}


def workflow_endpoint(workshop: Workshop, spec: ModelSpec, files: Janitor) -> Endpoint:
    """Runs a document: by output the results, pictures as PNGs among ``files``."""
    folder = str(files.folder)

    def work(given: Values) -> Work:
        image_source = MemoryImages()
        workflow = _workflow(given.get("document"), spec, image_source, folder)
        workflow = with_values(workflow, _given(workflow, given.get("values"), image_source, folder))
        yield from until_loaded(workshop)
        _check_model(workflow.model or "", spec.name, workshop.painter.model)
        drawn: list[Picture] = []
        sources = (image_source, shipped())
        resources = Resources(workshop, image_sources=sources, limits=ONE_RUN, way_in=WAY_IN)
        finished = yield from _run(run(workflow, resources), drawn)
        results = {name: _sent(name, values, files) for name, values in result_files(finished).items()}
        return ({**results, **unread([one.task for one in drawn], spec), **remarked(drawn, spec)},)

    about = (
        "Run a workflow of several drawing tasks and tools, as `lumina check` accepts it. "
        "Returns: for each output the list of its results; pictures are PNG files that carry the recipe."
    )
    results: Schema = {
        "title": "Results",
        "type": "object",
        "additionalProperties": {},
        "description": f"For each output the list of its results; pictures are PNG files. {UNREAD}",
    }
    return Endpoint("run_workflow", about, _WORKFLOW_PARAMETERS, {"results": results}, work)


def _check_model(asked: str, name: str, present: str) -> None:
    """Raise InputError if a document asks for another model, or another revision, than is ``present``."""
    model, wanted = split_revision(asked)
    revision = split_revision(present)[1]
    if asked and (model != name or (wanted and not wanted.startswith(revision))):
        raise InputError(f'This studio draws with {present}; leave out "model": "{asked}".')


def _workflow(document: Any, spec: ModelSpec, image_source: MemoryImages, folder: str) -> Workflow:
    """The document of a call; pictures in it are put into ``image_source``.

    Raises InputError, InvalidWorkflow with its problems.
    """
    if isinstance(document, str | Mapping):
        document = _text(document, folder)
    found = _parsed(document) if isinstance(document, str) else document
    if isinstance(found, Mapping):
        check_depth(found)
        named = _without_pictures(found, image_source, folder, Budget(ONE_RUN))
        document = document if isinstance(document, str) and named == found else json.dumps(named)
    if not isinstance(document, str | bytes):
        raise InputError("document: send a lumina-workflow document, as a JSON object or its text.")
    checked = check(document, spec)
    if checked.problems or checked.workflow is None:
        raise InvalidWorkflow(checked.problems)
    return checked.workflow


def _text(document: str | Mapping[str, Any], folder: str) -> Any:
    """The text in a file that is sent as a document; anything else as it is."""
    try:
        if is_file(document) or (isinstance(document, str) and is_sent_file(document, folder)):
            return read_text(file_sent(document, folder))
        if isinstance(document, str):
            refuse_name(document)
    except InvalidImage as error:
        raise of_picture("document", error) from error
    return document


def _parsed(text: str) -> Any:
    """What a text holds; None if it is no JSON, which is told later."""
    try:
        return parse_document(text, MAX_VALUES)
    except InvalidWorkflow:
        return None


def _without_pictures(value: Any, image_source: MemoryImages, folder: str, budget: Budget) -> Any:
    """A document in which pictures that stand in it as data URLs are named."""
    if (isinstance(value, str) and value[:11].lower() == "data:image/") or _is_picture(value):
        return _picture(value, "document", image_source, folder, budget)
    if isinstance(value, Mapping):
        return {key: _without_pictures(each, image_source, folder, budget) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_pictures(each, image_source, folder, budget) for each in value]
    return value


def _is_picture(value: Any) -> bool:
    """Whether a value is the literal of a picture, as it is named in a document."""
    return isinstance(value, Mapping) and list(value) == ["image"] and isinstance(value["image"], str)


def _given(workflow: Workflow, sent: Any, image_source: MemoryImages, folder: str) -> JsonObject:
    """The values of a call; pictures among them are put into ``image_source``."""
    values = _object(sent)
    budget = Budget(ONE_RUN)
    for name, value in values.items():
        socket = target_of(workflow, name)
        if socket is not None and socket.type == "image":
            many = [_picture(each, name, image_source, folder, budget) for each in _as_list(value)]
            values[name] = many if isinstance(value, list) else many[0]
    return values


def _object(sent: Any) -> JsonObject:
    """A JSON object, given as such or as text, without what is left open; an empty one for nothing."""
    if isinstance(sent, str):
        try:
            sent = parse(sent or "{}", MAX_VALUES)
        except InvalidWorkflow as error:
            first = error.problems[0]
            raise InputError(f"values: this {first['message']}; {first['fix']}.") from error
    if sent is not None and not isinstance(sent, dict):
        raise InputError("values: send a JSON object, by name the value of each input.")
    return {name: value for name, value in (sent or {}).items() if value is not None}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _picture(value: Any, name: str, image_source: MemoryImages, folder: str, budget: Budget) -> Any:
    """The literal of a picture that was sent, or is already named, as a document names it.

    Raises InputError where those sent so far are too much for one run.
    """
    if isinstance(value, Mapping) and "image" in value:
        if not (isinstance(value["image"], str) and value["image"][:5].lower() == "data:"):
            return value
        value = value["image"]
    if isinstance(value, str) and "." in value and re.fullmatch(NAME, value):  # no letter of base64
        return {"image": value}
    picture = picture_sent(value, name, folder)
    budget.hold([picture])
    image_source.add(picture)
    return {"image": picture.name}


def _run(happening: Run, drawn: list[Picture]) -> Steps[Progress, RunFinished]:
    """The end of a run; each picture is noted in ``drawn``.

    Raises InputError for what kept it from its end.
    """
    with Following(happening) as run:
        for event in run:
            if isinstance(event, NodeFailed):
                raise InputError(f'Node "{event.node}": {event.message}')
            if isinstance(event, ChoiceNeeded):
                advice = f'send a number from 1 to {len(event.pictures)} as "{event.node}.{event.input}"'
                raise InputError(f'Node "{event.node}" waits for a choice; {advice}.')
            if isinstance(event, NodeProgress):
                yield event.step
            drawn += pictures_drawn(event)
        return run.result


def _sent(output: str, values: list[Any], files: Janitor) -> list[Any]:
    """The results of an output as a program gets them."""
    return [
        file_made(value, f"{output}-{number}.png", files) if isinstance(value, bytes) else value
        for number, value in enumerate(values, start=1)
    ]
