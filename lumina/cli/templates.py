"""``lumina templates``: the workflows that come with the studio, and the pictures beside them."""

from typing import Annotated

import typer
from PIL import Image

from lumina.cli import generate
from lumina.cli.console import AsJson, Model, Out, note, show, watched
from lumina.cli.workflow import watchable
from lumina.errors import InputError
from lumina.images import open_image
from lumina.runtime.painter import Painter
from lumina.settings import Settings
from lumina.workflow.document import Workflow
from lumina.workflow.executor import Resources, run
from lumina.workflow.files import result_files
from lumina.workflow.image_lookup import shipped
from lumina.workflow.schema import load

Draw = Annotated[bool, typer.Option("--draw", help="Run them, and draw the pictures beside them.")]


def list_templates(model: Model = None, draw: Draw = False, out: Out = None, as_json: AsJson = False) -> None:
    """List the workflows that come with the studio and that the model can run; with --draw, picture them."""
    from lumina.server.surroundings import prepare

    prepare()
    if draw:
        return picture_templates(model, out, as_json)
    if out is not None:
        raise InputError("--out is where pictures are written to; add --draw, or leave it out.")
    from lumina.ui.templates import TEMPLATES, templates  # brings in the web server

    offered = templates(generate.spec_for(model))
    found = [
        {"name": each["name"], "title": each["title"], "file": str(TEMPLATES / f"{each['name']}.json")}
        for each in offered
    ]
    lines = [f"{each['name']}  {each['title']}  {each['file']}" for each in found]
    show({"templates": found} if as_json else lines)


def picture_templates(model: Model = None, out: Out = None, as_json: AsJson = False) -> None:
    """Run every template that the model can run, and draw the picture that the canvas shows beside it.

    Where no other folder is named, the picture that the page opens with is drawn, too; and the README's film,
    of the model that opens where none is named.
    """
    from lumina.ui.opening import FILM, drawn_anew, film_of_opening, opening_file
    from lumina.ui.templates import PICTURES, strip_of, templates

    spec = generate.spec_for(model)
    offered, opening = templates(spec), opening_file(spec) if out is None else None
    painter, folder = generate.open_pipeline(model), out or PICTURES
    files = []
    for template in offered:
        pictures = pictures_of(load(template["text"]), painter, quiet=as_json)
        if not pictures:
            note(f"{template['title']}: it gave no picture.")
            continue
        path = folder / f"{template['name']}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(strip_of(pictures))
        files.append(str(path))
    if opening is not None:
        sheet = drawn_anew(opening, painter)
        opening.write_text(sheet, encoding="utf-8")
        files.append(str(opening))
        if spec.name == Settings().model:  # the one that the studio opens with
            FILM.write_bytes(film_of_opening(sheet))
            files.append(str(FILM))
    show({"files": files} if as_json else files)


def pictures_of(workflow: Workflow, painter: Painter, quiet: bool = True) -> list[Image.Image]:
    """The pictures among a workflow's results, those of the output with the most of them first."""
    steps = watchable(run(workflow, Resources(painter, image_sources=(shipped(),))), [])
    results = result_files(watched(steps, "Running", quiet)).values()
    found = [[each for each in values if isinstance(each, bytes)] for values in results]
    return [open_image(png) for pngs in sorted(found, key=len, reverse=True) for png in pngs]
