"""The honest line below a well: only for what tabletop has not seen."""

import base64
from dataclasses import replace

import pytest
from PIL import Image

from lumina.images import png_bytes
from lumina.model.config import MODELS
from lumina.ui.well import cut_of, shows_world_of

RECIPE = '{"lumina": 1, "model": "%s", "nodes": {"a": {"task": "text_to_image", "inputs": {"prompt": "x"}}}}'


@pytest.mark.parametrize(
    ("recipe", "is_its_own"),
    [(RECIPE % "tabletop@1a2b3c4d", True), (RECIPE % "omni", False), ("{", False), (None, False)],
)
def test_a_picture_by_tabletop_is_known_by_its_recipe(recipe: str | None, is_its_own: bool) -> None:
    text = base64.b64encode(png_bytes(Image.new("RGB", (32, 32)), recipe)).decode()
    assert shows_world_of(text, MODELS["tabletop"]) == is_its_own


def test_a_folder_of_the_same_world_knows_its_own_pictures() -> None:
    mine = replace(MODELS["tabletop"], name="x")
    text = base64.b64encode(png_bytes(Image.new("RGB", (32, 32)), RECIPE % "x@1a2b3c4d")).decode()
    assert shows_world_of(text, mine) and not shows_world_of(text, MODELS["tabletop"])


@pytest.mark.parametrize("text", ["", "?", "abcd"])
def test_what_is_no_picture_is_not_by_tabletop(text: str) -> None:
    assert not shows_world_of(text, MODELS["tabletop"])


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ((160, 96), "Its left and right are cut off: pictures of this shape become 128 × 128 pixels here."),
        ((96, 160), "Its top and bottom are cut off: pictures of this shape become 128 × 128 pixels here."),
        ((130, 128), ""),
    ],
)
def test_what_a_picture_loses_is_said(size: tuple[int, int], told: str) -> None:
    text = base64.b64encode(png_bytes(Image.new("RGB", size))).decode()
    assert cut_of(text, [(128, 128)]) == told
    assert cut_of(text, [(128, 128), size]) == ""


def test_of_what_is_no_picture_nothing_is_cut() -> None:
    assert cut_of("?", [(128, 128)]) == ""
