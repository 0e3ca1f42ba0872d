"""A depth map to calculate with: a PNG of 16-bit grey that says what its values mean."""

import json

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumina.images import png_bytes
from lumina.json_types import JsonObject
from lumina.worlds.base import DepthScale

KEY = "lumina-depth"  # of the text in the PNG, a JSON object
MOST = 2**16 - 1


def depth_png(picture: NDArray[np.uint8], scale: DepthScale | None, recipe: str | None = None) -> bytes:
    """A depth picture [h, w, 3] as a PNG with 16-bit grey values, near is bright.

    All three channels count, so there are more steps than in the picture. The text under ``KEY`` holds what
    :func:`meaning_of` says; without a ``scale`` the values are in order and no more.
    """
    share = picture.astype(np.float64).mean(-1) / 255
    grey = (share.clip(0, 1) * MOST + 0.5).astype(np.uint16)
    return png_bytes(Image.fromarray(grey), recipe, notes={KEY: json.dumps(meaning_of(scale))})


def meaning_of(scale: DepthScale | None) -> JsonObject:
    """What the values v of a depth file mean: distances of a world, mere order elsewhere."""
    if scale is None:
        return {
            "values": "relative inverse distance",
            "nearest": None,
            "farthest": None,
            "unit": None,
            "formula": f"v/{MOST} is 1 nearest to the camera and 0 farthest; there is no absolute scale",
        }
    return {
        "values": "inverse distance",
        "nearest": scale.nearest,
        "farthest": scale.farthest,
        "unit": scale.unit,
        "formula": f"1/distance = 1/farthest + v/{MOST} * (1/nearest - 1/farthest)",
    }
