"""Recipes of the release before: each one gives the same codes again."""

import json
from pathlib import Path

import pytest

from lumina.model.config import spec_of
from lumina.runtime.painter import Painter
from lumina.runtime.pipeline import Pipeline
from lumina.settings import Settings
from lumina.steps import finish
from lumina.ui.opening import drawn_anew, opening_file
from lumina.workflow.executor import Resources, run
from lumina.workflow.files import read_workflow
from lumina.workflow.image_lookup import shipped
from lumina.workflow.schema import codes_of

FOLDER = Path(__file__).parent / "recipes"
WORKFLOWS = json.loads((FOLDER / "digests.json").read_text())


@pytest.fixture(scope="module")
def painter() -> Painter:
    return Pipeline.load("tabletop", Settings(threads=1), previews=False)


def replayed(path: Path, painter: Painter) -> dict[str, list[str]]:
    workflow = read_workflow(path).model_copy(update={"model": None})
    found = finish(run(workflow, Resources(painter, image_sources=[shipped()])))
    return {name: [one.drawing.digest for one in values] for name, values in found.outputs.items()}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.png")), ids=lambda path: path.stem)
def test_a_picture_replays(path: Path, painter: Painter) -> None:
    digests = {digest for drawn in replayed(path, painter).values() for digest in drawn}
    assert digests == {codes_of(read_workflow(path))}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_replays(name: str, painter: Painter) -> None:
    assert replayed(FOLDER / f"{name}.workflow.json", painter) == WORKFLOWS[name]


def test_the_picture_that_the_page_opens_with_is_a_drawing_of_this_model(painter: Painter) -> None:
    path = opening_file(spec_of("tabletop"))
    assert path is not None
    shipped, drawn = json.loads(path.read_text()), json.loads(drawn_anew(path, painter))
    # `lumina templates --draw` draws it with a new model
    assert (drawn["digest"], drawn["model"]) == (shipped["digest"], shipped["model"])
