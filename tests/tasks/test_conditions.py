"""Maps made from photographs: lines where something ends, and nothing elsewhere."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lumina.errors import InputError
from lumina.tasks.conditions import EXTRACTED, condition_of, is_photograph


def disc() -> Image.Image:
    """A disc on a ground that gets slowly lighter."""
    picture = Image.linear_gradient("L").resize((128, 96)).point(lambda level: 60 + level // 4).convert("RGB")
    ImageDraw.Draw(picture).ellipse((40, 24, 88, 72), fill=(250, 240, 200))
    return picture


@pytest.mark.parametrize("kind", EXTRACTED)
def test_lines_stand_where_something_ends(kind: str) -> None:
    found = condition_of(disc(), kind)
    assert found.mode == "RGB" and found.size == (128, 96)
    lines = np.asarray(found)[..., 0] > 127
    y, x = np.nonzero(lines)
    assert 100 < lines.sum() < 2000
    assert (np.abs(np.hypot(x - 64, y - 48) - 24) < 4).mean() > 0.97


def test_thin_lines_are_one_pixel_and_scribbles_three() -> None:
    ink = {kind: (np.asarray(condition_of(disc(), kind))[..., 0] > 127).sum() for kind in EXTRACTED}
    assert ink["scribble"] > 2 * ink["canny"]
    canny = np.asarray(condition_of(disc(), "canny"))
    assert set(np.unique(canny)) == {0, 255}


@pytest.mark.parametrize("kind", ["depth", "normal", "segmentation", "openpose", "x"])
def test_other_maps_take_a_model(kind: str) -> None:
    with pytest.raises(InputError, match=f"A {kind} map is not made from a photograph here"):
        condition_of(disc(), kind)


def test_a_photograph_is_told_from_a_map() -> None:
    levels = [Image.linear_gradient("L").rotate(turn) for turn in (0, 90, 180)]
    photo = Image.merge("RGB", levels)
    slopes = np.stack(np.meshgrid(np.linspace(-0.7, 0.7, 96), np.linspace(-0.7, 0.7, 96)), -1)
    normals = np.concatenate([slopes, np.sqrt(1 - (slopes**2).sum(-1, keepdims=True))], -1)
    patches = Image.new("RGB", (90, 90), "blue")
    patches.paste("red", (10, 10, 40, 40))
    maps = [
        levels[0],
        patches,
        Image.fromarray(((normals + 1) * 127.5).astype(np.uint8)),
        condition_of(disc(), "hed"),
    ]
    assert is_photograph(photo) and not any(map(is_photograph, maps))
