"""Pictures and workflows as files: a drawn picture carries its recipe, a recipe is read from either."""

from pathlib import Path

from lumina.errors import InputError, InvalidImage
from lumina.images import MAX_BYTES, png_bytes, read_recipe, write_png
from lumina.tasks.base import Picture
from lumina.workflow.schema import Workflow, dump, load, recipe_of

_PNG = b"\x89PNG"


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
    path = folder / f"{picture.task.name}-{picture.drawing.seed}-{digest}{part}.png"
    try:
        return write_png(path, picture.image, recipe_text(picture, model))
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be written to; choose another.") from error


def read_workflow(source: bytes | str | Path) -> Workflow:
    """The workflow in a JSON file, or inside a PNG (also given as bytes).

    Raises InputError if there is none, InvalidWorkflow with its problems.
    """
    data = source if isinstance(source, bytes) else _content(Path(source))
    if not data.startswith(_PNG):
        return load(data)
    recipe = read_recipe(data)
    if recipe is None:
        raise InvalidImage("This picture carries no recipe; use a PNG that Lumina Studio wrote.")
    return load(recipe)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError(f"The file {file.name!r} cannot be opened; check its name.") from error
