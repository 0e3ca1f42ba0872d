"""What could be changed of a picture: things that are in it, as far as the world can read it."""

import base64
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lumina.images import png_bytes
from lumina.model.config import MODELS
from lumina.ui.suggested_edits import edits_of
from lumina.worlds import world_of

SHAPES = {"cube", "sphere", "cylinder", "cone"}
SIZES = [(128, 128), (160, 96), (96, 160)]
TABLETOP = MODELS["tabletop"]


def text_of(picture: Image.Image) -> str:
    return base64.b64encode(png_bytes(picture, by_model=False)).decode()


@pytest.mark.parametrize("seed", [1, 2])
def test_edits_are_of_what_the_picture_shows(seed: int) -> None:
    world = world_of("tabletop")
    assert world is not None
    scene = world.scene("a green cube left of a yellow sphere", seed, 128, 128)
    found = edits_of(text_of(Image.fromarray(scene.picture)), TABLETOP, SIZES)
    assert len(found) == 3
    assert SHAPES & set(" ".join(found).split()) <= {"cube", "sphere"}


def test_edits_are_of_the_stickers_that_are_there() -> None:
    world = world_of("stickers")
    assert world is not None
    found = world.edits_of(world.scene("a cat above a pizza", 1, 128, 128).picture)
    assert len(found) > 2 and any("cat" in each for each in found)


def test_of_what_cannot_be_read_nothing_is_suggested() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (128, 128, 3), np.uint8)
    assert edits_of(text_of(Image.fromarray(noise)), TABLETOP, SIZES) == ()
    assert edits_of("", TABLETOP, SIZES) == edits_of("no picture", TABLETOP, SIZES) == ()
    assert edits_of(text_of(Image.fromarray(noise)), replace(TABLETOP, world=""), SIZES) == ()
