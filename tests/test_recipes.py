"""Recipes of the release before: each one gives the same codes again."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lumina.runtime.drawing import Painter
from lumina.runtime.pipeline import Pipeline
from lumina.settings import Settings
from lumina.steps import finish
from lumina.workflow.executor import LocalWorker, Resources, run
from lumina.workflow.files import read_workflow
from lumina.workflow.schema import codes_of
from lumina.workflow.shelves import shipped

FOLDER = Path(__file__).parent / "recipes"


@pytest.fixture(scope="module")
def painter() -> Iterator[Painter]:
    yield Pipeline.load("tabletop", Settings(threads=1), previews=False)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.png")), ids=lambda path: path.stem)
def test_a_picture_replays(path: Path, painter: Painter) -> None:
    workflow = read_workflow(path)
    found = finish(
        run(workflow.model_copy(update={"model": None}), Resources(LocalWorker(painter), shelves=[shipped()]))
    )
    pictures = [value for values in found.outputs.values() for value in values]
    assert codes_of(workflow) in {picture.drawing.digest for picture in pictures}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_workflow_replays(path: Path, painter: Painter) -> None:
    wanted = json.loads((FOLDER / "digests.txt").read_text())[path.stem]
    found = finish(run(read_workflow(path), Resources(LocalWorker(painter))))
    assert {
        name: [value.drawing.digest for value in values] for name, values in found.outputs.items()
    } == wanted
