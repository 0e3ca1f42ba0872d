"""Depth to calculate with: what is written into a file is read back from it alone."""

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lumina.images import read_recipe
from lumina.ui.colours import SCALES, coloured
from lumina.ui.depth import KEY, MOST, depth_png
from lumina.worlds import world_of
from lumina.worlds.tabletop.maps import depth_of

RAMP = np.linspace(0, 255, 128).astype(np.uint8)[None, :, None].repeat(32, 0).repeat(3, 2)


def opened(png: bytes) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
    with Image.open(io.BytesIO(png)) as image:
        assert image.mode == "I;16"
        return np.asarray(image).astype(np.float64), json.loads(image.info[KEY])


def test_a_depth_file_gives_the_distances_back() -> None:
    picture = RAMP.copy()
    picture[16:, :, 0] = np.minimum(picture[16:, :, 0].astype(int) + 1, 255)  # a third of a grey level
    png = depth_png(picture, world_of("tabletop").depth, '{"lumina": 1}')
    values, scale = opened(png)
    near, far = 1 / scale["nearest"], 1 / scale["farthest"]
    assert 1 / (far + values / MOST * (near - far)) == pytest.approx(depth_of(picture), rel=1e-4)
    assert (values.min(), values.max()) == (0, MOST) and (values[16:, 1:-1] > values[:16, 1:-1]).all()
    assert scale["unit"] and read_recipe(png) == '{"lumina": 1}'


def test_other_models_depth_claims_no_distances() -> None:
    values, scale = opened(depth_png(RAMP, None))
    assert values == pytest.approx(RAMP[..., 0] * 257.0)
    assert scale["values"] == "relative inverse distance" and scale["nearest"] is scale["unit"] is None


def test_grey_is_as_drawn_and_the_scales_keep_the_order() -> None:
    values = RAMP[..., 0].astype(np.float32) / 255
    assert (coloured(values, "grey") == RAMP).all()
    for scale in ("viridis", "magma"):
        light = coloured(values, scale)[0] @ np.array([0.299, 0.587, 0.114])
        assert (np.diff(light) > -0.5).all() and light[-1] - light[0] > 150
    assert len({coloured(values, scale).tobytes() for scale in SCALES}) == len(SCALES)
    assert (coloured(values * 3 - 1, "turbo")[0, [0, -1]] == coloured(values, "turbo")[0, [0, -1]]).all()
