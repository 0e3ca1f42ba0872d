"""Sheets: what a page gets of a picture, and how little it is believed when it sends it back."""

import base64
import json
from typing import Any

import numpy as np
import pytest

from lumina import images
from lumina.errors import InputError
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks.base import Picture
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.picture_messages import (
    continued,
    identity_of,
    rerolled,
    restored,
    reworded,
    sheet_of,
    start_of,
)
from lumina.worlds.tabletop.words import LANGUAGE
from tests.runtime.asking import going_on

MODEL = "tabletop@fake"


def picture_of(**inputs: Any) -> Picture:
    task = TextToImage.model_validate({"prompt": "two red spheres", "seed": 2**60 + 1} | inputs)
    return finish(task.run(FakePipeline())).image[0]


def test_a_sheet_survives_the_way_to_the_page_and_back() -> None:
    picture = picture_of(stop_row=5)
    sheet = json.loads(json.dumps(sheet_of(picture, MODEL, "run-0").data()))
    start = start_of(sheet, MODEL)
    assert start.task == picture.task
    assert np.array_equal(start.codes, picture.drawing.codes)
    assert sheet["drawn"] == 5 and sheet["rows"] == 16 and sheet["seed"] == str(2**60 + 1)


def test_its_png_carries_the_recipe_and_the_mark() -> None:
    picture = picture_of()
    png = base64.b64decode(sheet_of(picture, MODEL, "run-0").png)
    assert images.AI_GENERATED.encode() in png
    task, sheet, message = restored(png, MODEL)
    assert task == picture.task
    assert sheet.digest == picture.drawing.digest and sheet.identity == identity_of(picture.task)
    assert message == "Every setting is back; Replay draws the same picture."
    assert "tabletop@fake drew this, and tabletop@1234 may" in restored(png, "tabletop@1234")[2]


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"stop_row": 5}, " It stops at row 5: see Advanced."),
        ({"rerolls": [(3, 11), (9, 12)]}, " It is re-rolled below row 3: see Advanced."),
        (
            {"rerolls": [(3, 11)], "stop_row": 5},
            " It is re-rolled below row 3 and stops at row 5: see Advanced.",
        ),
    ],
)
def test_settings_that_are_hidden_are_named(inputs: dict[str, Any], told: str) -> None:
    png = base64.b64decode(sheet_of(picture_of(**inputs), MODEL, "run-0").png)
    assert restored(png, MODEL)[2] == f"Every setting is back; Replay draws the same picture.{told}"


def test_surprise_says_what_was_kept() -> None:
    whole = picture_of()
    (rest,) = going_on(whole.task, FakePipeline(), whole.drawing.codes[:4])
    sheet = sheet_of(rest, MODEL, "run-0").data()
    nll = np.frombuffer(base64.b64decode(sheet["nll"]), np.uint8).reshape(16, 16)
    assert (nll[:4] == 255).all() and (nll[4:] < 255).all()


def test_only_what_chooses_the_picture_is_its_identity() -> None:
    task = picture_of().task
    assert identity_of(task) == identity_of(task.model_copy(update={"window": 1, "dtype": "float64"}))
    assert identity_of(task) != identity_of(task.model_copy(update={"seed": 3}))


def test_rerolling_keeps_the_rows_above_and_forgets_what_it_overrules() -> None:
    picture = picture_of(rerolls=[(3, 11), (9, 12)])
    start = rerolled(start_of(sheet_of(picture, MODEL, "run-0").data(), MODEL), row=6, seed=13)
    assert start.task.rerolls == ((3, 11), (6, 13))
    assert np.array_equal(start.codes, picture.drawing.codes[:6])
    drawn = going_on(start.task, FakePipeline(), start.codes)[0].drawing
    assert drawn.digest == finish(start.task.run(FakePipeline())).image[0].drawing.digest


def test_another_word_is_another_picture_from_the_same_seed_and_settings() -> None:
    sheet = sheet_of(picture_of(stop_row=5, rerolls=[(3, 11)], width=96, height=160), MODEL, "run-0").data()
    at = [part.text for part in LANGUAGE.parts("two red spheres")].index("red")
    task = reworded(sheet | {"at": at, "word": "orange"}, LANGUAGE)
    kept = {"seed": 2**60 + 1, "rerolls": ((3, 11),), "width": 96, "stop_row": None}
    assert task.model_dump() | kept == task.model_dump() and task.summary() == "two orange spheres"
    with pytest.raises(InputError, match="cannot stand there"):
        reworded(sheet | {"at": at, "word": "furry"}, LANGUAGE)
    for broken in ({"at": -1, "word": "red"}, {"at": 99, "word": "red"}, {"inputs": "["}, {"word": 3}, {}):
        with pytest.raises(InputError):
            reworded(sheet | broken, LANGUAGE)
    with pytest.raises(InputError):
        reworded(None, LANGUAGE)


def test_continuing_ends_as_if_nothing_had_happened() -> None:
    start = continued(start_of(sheet_of(picture_of(stop_row=5), MODEL, "run-0").data(), MODEL))
    (whole,) = going_on(start.task, FakePipeline(), start.codes)
    assert whole.drawing.digest == picture_of().drawing.digest
    assert whole.task == picture_of().task


@pytest.mark.parametrize("row", [0, -1, 16, 99])
def test_rows_that_cannot_be_rerolled_are_refused(row: int) -> None:
    with pytest.raises(InputError, match="Re-roll below a row that is drawn"):
        rerolled(start_of(sheet_of(picture_of(), MODEL, "run-0").data(), MODEL), row, seed=1)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"codes": "no base64!"}, "its rows are damaged"),
        ({"codes": "A" * 1_000_000}, "its rows are damaged"),
        ({"codes": "AAAA"}, "its rows are damaged"),
        ({"cols": 7}, "a row is incomplete"),
        ({"inputs": "{"}, "its recipe is damaged"),
        ({"inputs": "[]"}, "its recipe is damaged"),
        ({"inputs": '{"prompt": "x", "path": "y"}'}, "path: is not an input here"),
        ({"task": "nothing"}, "its recipe is damaged"),
        ({"model": "other@1"}, "was drawn by other@1, not by tabletop@fake"),
    ],
)
def test_a_forged_sheet_is_refused_in_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        start_of(sheet_of(picture_of(), MODEL, "run-0").data() | changes, MODEL)


@pytest.mark.parametrize("payload", [None, 7, "text", [], {}])
def test_nonsense_is_refused(payload: Any) -> None:
    with pytest.raises(InputError):
        start_of(payload, MODEL)


def test_a_picture_without_recipe_says_so() -> None:
    with pytest.raises(InputError, match="carries no recipe"):
        restored(images.png_bytes(picture_of().image), MODEL)


@pytest.mark.parametrize(
    "nodes",
    [
        '"a": {"task": "text_to_image", "inputs": {"prompt": "a cone"}}, '
        '"b": {"task": "text_to_image", "inputs": {"prompt": "a cube"}}',
        '"a": {"task": "text_to_image", "inputs": {"prompt": "a cone", "seed": [3, 4]}}',
        '"a": {"task": "scene", "inputs": {"seed": 3}}',
    ],
)
def test_a_picture_of_a_workflow_is_sent_to_the_workflow_tab(nodes: str) -> None:
    recipe = f'{{"lumina": 1, "nodes": {{{nodes}}}}}'
    with pytest.raises(InputError, match="drop it on the Workflow tab"):
        restored(images.png_bytes(picture_of().image, recipe), MODEL)
