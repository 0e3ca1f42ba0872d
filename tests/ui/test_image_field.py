"""The honest line below a well: only for what tabletop has not seen."""

import base64
from dataclasses import replace

import pytest
from PIL import Image

from lumina.images import png_bytes
from lumina.model.config import MODELS
from lumina.ui.image_field import KnownPictures, cut_of

RECIPE = '{"lumina": 1, "model": "%s", "nodes": {"a": {"task": "text_to_image", "inputs": {"prompt": "x"}}}}'


OWN = KnownPictures(["offered"], MODELS["tabletop"])
TRAINED = KnownPictures([], replace(MODELS["tabletop"], name="x"))


@pytest.mark.parametrize(
    ("recipe", "is_known"),
    [
        (RECIPE % "tabletop@1a2b3c4d", True), (RECIPE % "x@1a2b3c4d", False), (RECIPE % "omni", False),
        ("{", False), (None, False),
    ],
)  # fmt: skip
def test_a_picture_of_the_models_world_is_known_by_its_recipe(recipe: str | None, is_known: bool) -> None:
    text = base64.b64encode(png_bytes(Image.new("RGB", (32, 32)), recipe)).decode()
    assert (OWN.warning(text) == "") is is_known
    assert "plain solids on a table" in OWN.warning(text) or is_known


def test_a_model_under_another_name_knows_its_own_pictures_and_those_of_its_world() -> None:
    for model in ("x@1a2b3c4d", "tabletop"):
        text = base64.b64encode(png_bytes(Image.new("RGB", (32, 32)), RECIPE % model)).decode()
        assert TRAINED.warning(text) == ""
    assert KnownPictures([], MODELS["omni"]).warning("?") == "" and OWN.warning("offered") == ""


@pytest.mark.parametrize("text", ["?", "abcd"])
def test_what_is_no_picture_is_not_known(text: str) -> None:
    assert OWN.warning(text)


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
