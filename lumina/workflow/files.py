"""Pictures and workflows as files: a drawn picture carries its recipe, a recipe is read from either."""

import itertools
import json
import os
from pathlib import Path
from typing import Any

from lumina.errors import InputError, InvalidImage, LuminaError
from lumina.files import called, opened_to_read, refusal, unopened
from lumina.formats import format_of, refusal_of, with_article
from lumina.images import DAMAGED, MAX_BYTES, is_cut, png_bytes, read_recipe, write_png
from lumina.tasks.base import Picture
from lumina.tasks.image_input import ImageInput
from lumina.workflow.document import Workflow
from lumina.workflow.events import RunFinished
from lumina.workflow.other_programs import MAX_BYTES as MAX_OTHER
from lumina.workflow.other_programs import other_file
from lumina.workflow.result_recipes import is_by_model
from lumina.workflow.result_recipes import recipe_text as result_recipe
from lumina.workflow.schema import dump, load, recipe_of

_PNG = b"\x89PNG"
_HELD_BACK = ("archive", "Git LFS")  # files behind which a workflow may lie
_ADVICE = "use a PNG that Lumina Studio wrote, or a JSON file"


def recipe_text(picture: Picture, model: str) -> str:
    """The recipe of a picture that ``model`` (with revision) drew, as JSON text."""
    return dump(recipe_of(picture.task, model, picture.drawing.digest))


def picture_bytes(picture: Picture, model: str, with_recipe: bool = True) -> bytes:
    """The picture as a PNG, marked as AI-generated; ``with_recipe`` adds the one-node workflow."""
    return png_bytes(picture.image, recipe_text(picture, model) if with_recipe else None)


def write_picture(picture: Picture, model: str, folder: Path) -> Path:
    """Write a picture with its recipe; the same picture always gets the same name.

    Raises InputError if the folder cannot be written to.
    """
    digest = picture.drawing.digest.removeprefix("sha256:")[:8]
    part = "" if picture.part == "whole" else f"-{picture.part}"
    name, recipe = f"{picture.task.name}-{picture.drawing.seed}-{digest}{part}", recipe_text(picture, model)
    try:
        return write_png(_free(folder, name, recipe), picture.image, recipe)
    except OSError as error:
        raise refusal(error, folder) from error


def _free(folder: Path, name: str, recipe: str) -> Path:
    """A file of that name, with a number where others have other recipes: first rows may be equal."""
    paths = (folder / f"{name}{f'-{number}' if number > 1 else ''}.png" for number in itertools.count(1))
    return next(path for path in paths if not os.path.lexists(path) or _holds(path, recipe))


def _holds(path: Path, recipe: str) -> bool:
    try:
        return read_recipe(path) == recipe
    except (LuminaError, OSError):
        return False


def write_results(finished: RunFinished, folder: Path, prefix: str = "") -> dict[str, list[Any]]:
    """Write the pictures of a run, each with the whole recipe: by output the files, or the values themselves.

    Names of files begin with ``prefix``. Raises InputError if the folder cannot be written to.
    """
    workflow = load(finished.recipe)
    found: dict[str, list[Any]] = {}
    for name, values in finished.outputs.items():
        link = finished.sources[name]
        found[name] = [
            _written(folder, workflow, finished.recipe, (prefix + name, link, index, len(values)), value)
            for index, value in enumerate(values)
        ]
    return found


def result_files(finished: RunFinished) -> dict[str, list[Any]]:
    """By output the values of a run, its pictures as PNG files in bytes, each with the whole recipe."""
    workflow = load(finished.recipe)
    found: dict[str, list[Any]] = {}
    for name, values in finished.outputs.items():
        link, by_model = finished.sources[name], is_by_model(workflow, finished.sources[name])
        found[name] = list(values)
        for index, value in enumerate(values):
            if isinstance(value, Picture | ImageInput):
                text = result_recipe(finished.recipe, link, index, len(values), value)
                found[name][index] = png_bytes(value.image, text, by_model=by_model)
    return found


def _written(
    folder: Path, workflow: Workflow, recipe: str, place: tuple[str, str, int, int], value: Any
) -> Any:
    if not isinstance(value, Picture | ImageInput):
        return value
    name, link, index, count = place
    digest = (value.drawing.digest if isinstance(value, Picture) else value.name).removeprefix("sha256:")[:8]
    number = f"-{index + 1}" if count > 1 else ""
    text = result_recipe(recipe, link, index, count, value)
    try:
        path = _free(folder, f"{name}{number}-{digest}", text)
        return str(write_png(path, value.image, text, by_model=is_by_model(workflow, link)))
    except OSError as error:
        raise refusal(error, folder) from error


def read_workflow(source: bytes | str | Path) -> Workflow:
    """The workflow in a JSON file, or inside a PNG (also given as bytes).

    Raises InputError if there is none, InvalidWorkflow with its problems.
    """
    return load(read_text(source))


def read_text(source: bytes | str | Path) -> bytes | str:
    """The JSON text of a workflow in a file, or inside a PNG; raises InputError if there is none."""
    data = source if isinstance(source, bytes) else content(Path(source))
    if not data.startswith(_PNG):
        if (kind := binary_kind(data)) is not None:
            if (other := other_file(data)) is not None:
                raise InvalidImage(other.sentence)
            why = refusal_of(data) or ""
            is_behind = kind.endswith(_HELD_BACK)
            advice = why.rpartition("; ")[2].rstrip(".") if is_behind else _ADVICE
            raise InvalidImage(f"This is {with_article(kind)} file, which holds no workflow; {advice}.")
        if format_of(data) is None and not _may_be_json(data):
            raise InvalidImage(f"This file holds no workflow; {_ADVICE}.")
        return data
    recipe = read_recipe(data)
    if recipe is None:
        if (other := other_file(data)) is not None:
            raise InvalidImage(other.sentence)
        if is_cut(data):
            raise InvalidImage("This picture is cut off, and carries no recipe so far; download it again.")
        raise InvalidImage(
            f"This picture carries no recipe (an editor that saves it leaves it out); {_ADVICE}."
        )
    if not _is_json(recipe):
        raise InvalidImage(DAMAGED)
    return recipe


def _is_json(text: str) -> bool:
    """Whether a text is whole; over our limits it may be, which is told when it is read."""
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    except (RecursionError, ValueError):
        return True
    return True


def binary_kind(data: bytes) -> str | None:
    """What a file is that is neither text nor empty, such as "JPEG"; None for one that may hold JSON."""
    found = format_of(data)
    if found is None or found.name in ("text", "empty file"):
        return None
    return found.name.removeprefix("a ").removeprefix("an ").removesuffix(" picture")


def _may_be_json(data: bytes) -> bool:
    """Whether a file that is no plain text begins as a document does, in UTF-16 for example."""
    return data.lstrip(b"\0 \t\r\n\xef\xbb\xbf\xfe\xff")[:1] in (b"{", b"[")


def content(file: Path) -> bytes:
    """A file, or with ``-`` what comes on stdin; what is no PNG only so far that it is seen to be too long.

    Raises InputError if it cannot be opened.
    """
    try:
        with opened_to_read(file) as opened:
            head = opened.read(MAX_OTHER + 1)
            return head + opened.read(MAX_BYTES + 1 - len(head)) if head.startswith(_PNG) else head
    except (OSError, ValueError) as error:
        raise InputError(unopened(error, called(file))) from error
