"""Named endpoints for programs: one for each drawing task, its parameters made from the task's fields."""

import inspect
import json
from typing import get_origin

from lumina.json_types import JsonObject
from lumina.server.janitor import Janitor
from lumina.server.workshop import Workshop
from lumina.tasks.base import DrawingTask, Picture, Values, read
from lumina.tasks.image_input import ImageInput
from lumina.ui.endpoint import (
    SENT_PICTURE,
    UNREAD,
    Endpoint,
    Schema,
    Work,
    described,
    file_made,
    file_schema,
    remarked,
    unread,
    until_loaded,
)
from lumina.ui.forms import bare_type
from lumina.ui.page_pictures import picture_fields
from lumina.ui.uploaded_files import picture_sent
from lumina.workflow.files import picture_bytes, recipe_text

LEFT_OUT = frozenset({"variations"})  # an answer is one picture


def endpoint(task: type[DrawingTask], workshop: Workshop, files: Janitor) -> Endpoint:
    """Draws one picture, a PNG among ``files``: its seed, model and recipe come with it."""
    folder = str(files.folder)
    more = [name for name in task.Output.model_fields if name != "image"]

    def work(given: Values) -> Work:
        names = [name for name in picture_fields(task) if name in given]
        asked = read(task, {**given, **{name: picture_sent(given[name], name, folder) for name in names}})
        yield from until_loaded(workshop)
        output = yield from asked.run(workshop)
        model = workshop.painter.model
        seed, recipe = int(output.image[0].task.seed), recipe_text(output.image[0], model)
        notes = unread([asked], workshop.painter.spec) | remarked(output.image, workshop.painter.spec)
        drawn = [_drawn(getattr(output, name)[0], name, model, files) for name in ("image", *more)]
        return (drawn[0], seed, model, json.loads(recipe) | notes, *drawn[1:])

    returns: dict[str, Schema] = {
        "image": file_schema("Picture", "The picture, a PNG file that carries its recipe."),
        "seed": {"title": "Seed", "type": "integer", "description": "The seed that was used."},
        "model": {"title": "Model", "type": "string", "description": "The model that drew it."},
        "recipe": {
            "title": "Recipe",
            "type": "object",
            "additionalProperties": {},
            "description": f"The lumina-workflow document that draws it again. {UNREAD}",
        },
    }
    for name in more:
        title = task.Output.model_fields[name].title or name
        returns[name] = file_schema(title, "Drawn along with it, a PNG file that carries the recipe.")
    gives = " ".join(str(each["description"]) for each in returns.values())
    about = f"{(inspect.getdoc(task) or task.title).strip()} Returns: {gives}"
    return Endpoint(task.name, about, _parameters(task), returns, work)


def _parameters(task: type[DrawingTask]) -> dict[str, Schema]:
    """The fields of plain types and pictures, as their JSON schemas; required ones first."""
    whole = task.model_json_schema()["properties"]
    found = {}
    for name, field in task.inputs().items():
        if get_origin(bare_type(field.annotation)) is tuple or name in LEFT_OUT:
            continue
        schema = {key: value for key, value in whole[name].items() if key not in ("advanced", "speed")}
        if bare_type(field.annotation) is ImageInput:
            schema = _picture_schema(schema["title"], f"{field.description} {SENT_PICTURE}")
        found[name] = described(schema)
    return dict(sorted(found.items(), key=lambda item: "default" in item[1]))


def _picture_schema(title: str, description: str) -> Schema:
    return {"anyOf": [{"type": "string"}, {"type": "object"}], "title": title, "description": description}


def _drawn(picture: Picture, name: str, model: str, files: Janitor) -> JsonObject:
    part = "" if name == "image" else f"-{name}"
    file = f"{picture.task.name}-{picture.task.seed}{part}.png"
    return file_made(picture_bytes(picture, model), file, files)
