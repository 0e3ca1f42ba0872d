"""The picture that whoever comes first sees: a real drawing, whole, with all it takes to go on from it."""

import base64
import io
import json

import httpx
import pytest
from PIL import Image

from lumina import images
from lumina.model.config import MODELS
from lumina.settings import Settings
from lumina.ui.messages.easel import Sheet
from lumina.ui.opening import FILM, KEY, OPENINGS, film_of_opening, opening_address, opening_file
from lumina.ui.picture_messages import start_of
from lumina.workflow.schema import codes_of, load, task_of
from tests.serving import served

FILES = sorted(OPENINGS.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_is_a_whole_sheet_with_its_recipe(path) -> None:
    sheet = Sheet.model_validate_json(path.read_text())
    assert sheet.key == KEY and sheet.drawn == sheet.rows and path.stat().st_size < 40_000
    recipe = load(images.read_recipe(base64.b64decode(sheet.png)) or "")
    assert (recipe.model, codes_of(recipe)) == (sheet.model, sheet.digest)
    start = start_of(json.loads(path.read_text()), sheet.model)
    assert start.task == task_of(recipe) and len(start.codes) == sheet.rows


def test_a_model_without_one_has_no_address() -> None:
    assert (
        opening_file(MODELS["lumina-mgpt-2.0"]) is None and opening_address(MODELS["lumina-mgpt-2.0"]) == ""
    )


def test_the_page_fetches_it_once(tmp_path) -> None:
    with served(0, tmp_path) as address:
        answer = httpx.get(f"{address}/{opening_address(MODELS['tabletop'])}", timeout=60)
    assert answer.json()["key"] == KEY and "immutable" in answer.headers["cache-control"]


def test_the_film_of_the_readme_is_of_the_picture_that_the_page_opens_with() -> None:
    made = film_of_opening((OPENINGS / f"{Settings().model}.json").read_text("utf-8"))
    with Image.open(FILM) as shipped, Image.open(io.BytesIO(made)) as film:
        assert (shipped.n_frames, shipped.size) == (film.n_frames, film.size)
        assert shipped.n_frames == 17 and FILM.stat().st_size < 2_000_000
