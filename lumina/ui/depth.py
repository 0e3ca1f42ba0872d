"""A depth map to calculate with: a PNG of 16-bit grey that says what its values mean."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumina.images import png_bytes
from lumina.worlds.tabletop.maps import depth_of

KEY = "lumina-depth"  # of the text in the PNG, a JSON object
MOST = 2**16 - 1


def depth_png(picture: NDArray[np.uint8], world: str, recipe: str | None = None) -> bytes:
    """A depth picture [h, w, 3] of a model of ``world`` as a PNG with 16-bit grey values, near is bright.

    All three channels count, so there are more steps than in the picture. The text under ``KEY`` holds what
    :func:`scale_of` says.
    """
    scale = scale_of(world)
    share = picture.astype(np.float64).mean(-1) / 255
    if scale["unit"]:
        near, far = 1 / scale["nearest"], 1 / scale["farthest"]
        share = (1 / depth_of(picture).astype(np.float64) - far) / (near - far)
    grey = (share.clip(0, 1) * MOST + 0.5).astype(np.uint16)
    return png_bytes(Image.fromarray(grey), recipe, notes={KEY: json.dumps(scale)})


def scale_of(world: str) -> dict[str, Any]:
    """What the values v of a depth file mean: distances in a small world, mere order without one ("")."""
    if not world:
        return {
            "values": "relative inverse distance",
            "nearest": None,
            "farthest": None,
            "unit": None,
            "formula": f"v/{MOST} is 1 nearest to the camera and 0 farthest; there is no absolute scale",
        }
    ends = depth_of(np.array([[[255] * 3, [0] * 3]], np.uint8))[0]
    return {
        "values": "inverse distance",
        "nearest": round(float(ends[0]), 4),
        "farthest": round(float(ends[1]), 4),
        "unit": f"{world} world units from the camera",
        "formula": f"1/distance = 1/farthest + v/{MOST} * (1/nearest - 1/farthest)",
    }
