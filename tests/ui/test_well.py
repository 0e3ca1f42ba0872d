"""The honest line below a well: only for what tabletop has not seen."""

import base64

import pytest
from PIL import Image

from lumina.images import png_bytes
from lumina.ui.well import is_by_tabletop

RECIPE = '{"lumina": 1, "model": "%s", "nodes": {"a": {"task": "text_to_image", "inputs": {"prompt": "x"}}}}'


@pytest.mark.parametrize(
    ("recipe", "is_its_own"),
    [(RECIPE % "tabletop@1a2b3c4d", True), (RECIPE % "omni", False), ("{", False), (None, False)],
)
def test_a_picture_by_tabletop_is_known_by_its_recipe(recipe: str | None, is_its_own: bool) -> None:
    text = base64.b64encode(png_bytes(Image.new("RGB", (32, 32)), recipe)).decode()
    assert is_by_tabletop(text) == is_its_own


@pytest.mark.parametrize("text", ["", "?", "abcd"])
def test_what_is_no_picture_is_not_by_tabletop(text: str) -> None:
    assert not is_by_tabletop(text)
