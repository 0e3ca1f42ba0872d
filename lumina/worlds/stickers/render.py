"""A scene of stickers as pixels, with what lies where."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lumina.worlds.pixels import STEP, Pixels
from lumina.worlds.stickers.scenes import FRAME, Scene
from lumina.worlds.stickers.sprites import layer

_SHADES = {
    "white": (252, 252, 252), "grey": (178, 184, 194), "pink": (255, 182, 206), "yellow": (255, 224, 118),
    "green": (160, 218, 158), "blue": (146, 200, 250), "purple": (196, 172, 244), "orange": (255, 186, 122),
}  # fmt: skip
_HORIZON = 88  # pixels from the top
_STARS = ((1, 2), (1, 11), (3, 6), (4, 14), (6, 1), (7, 9), (9, 4), (10, 13), (12, 7), (13, 1), (14, 11))
"""Codes (row, col) of the night with a star in it."""


@dataclass(frozen=True, eq=False)
class Rendering:
    """A picture [h, w, 3], and for each pixel [h, w] the number of the sticker in the scene, from 1, or 0."""

    picture: Pixels
    instances: NDArray[np.uint8]


@cache
def ground_picture(ground: str) -> Pixels:
    """A ground without anything on it, [h, w, 3]; not to be written to."""
    width, height = FRAME
    picture = np.zeros((height, width, 3), np.uint8)
    if ground in _SHADES:
        picture[:] = _SHADES[ground]
    elif ground == "meadow":
        picture[:_HORIZON], picture[_HORIZON:] = (158, 214, 255), (126, 200, 98)
        picture[_HORIZON : _HORIZON + 2] = (104, 180, 80)
    elif ground == "table":
        picture[:_HORIZON], picture[_HORIZON:] = (246, 230, 208), (190, 136, 88)
        picture[_HORIZON : _HORIZON + 3] = (212, 160, 110)
        picture[_HORIZON + 19 : _HORIZON + 20] = (168, 116, 72)
    else:
        picture[:] = (36, 42, 92)
        for row, col in _STARS:
            y, x = row * STEP + 3, col * STEP + 3
            picture[y : y + 2, x - 1 : x + 3] = (255, 244, 190)
            picture[y - 1 : y + 3, x : x + 2] = (255, 244, 190)
    picture.setflags(write=False)
    return picture


def render(scene: Scene) -> Rendering:
    """The scene's picture and instances; those of two scenes differ only where the scenes do."""
    picture = ground_picture(scene.ground).astype(np.float32)
    instances = np.zeros(picture.shape[:2], np.uint8)
    for number, sticker in enumerate(scene.stickers, start=1):
        part = layer(sticker.drawing, sticker.size)
        rows, cols = slice(sticker.y, sticker.y + sticker.side), slice(sticker.x, sticker.x + sticker.side)
        picture[rows, cols] = picture[rows, cols] * (1 - part.alpha[..., None]) + part.color
        instances[rows, cols][part.shape] = number
    return Rendering(np.clip(picture + 0.5, 0, 255).astype(np.uint8), instances)
