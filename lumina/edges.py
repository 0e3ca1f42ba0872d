"""Edges of a picture by arithmetic alone: thin lines and soft ones, white on black."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import canny

Pixels: TypeAlias = NDArray[np.uint8]

SOFT_EDGE_BLUR = 1.5  # pixels
SOFT_EDGE_FULL = 0.1  # of the full range per pixel
EDGE = 128  # grey level above which a pixel of an edge map is a line


def edge_picture(picture: Pixels) -> Pixels:
    """Canny edges (Canny 1986) of a picture, white lines one pixel wide on black, [h, w, 3]."""
    grey = picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32) / 255
    lines = canny(grey, sigma=1.0, low_threshold=0.06, high_threshold=0.14)  # type: ignore[no-untyped-call]
    return np.repeat((lines * 255).astype(np.uint8)[..., None], 3, axis=-1)


def soft_edge_picture(picture: Pixels) -> Pixels:
    """Soft edges [h, w, 3] of a picture, white on black.

    The gradient's magnitude after a Gaussian blur of 1.5 pixels, the largest of the three channels; a change
    of a tenth of the full range per pixel and more is white.
    """
    channels = np.moveaxis(picture.astype(np.float32) / 255, -1, 0)
    steep = [ndimage.gaussian_gradient_magnitude(channel, SOFT_EDGE_BLUR) for channel in channels]
    grey = (np.clip(np.max(steep, axis=0) / SOFT_EDGE_FULL, 0, 1) * 255 + 0.5).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=-1)


def lines(picture: Pixels) -> NDArray[np.bool_]:
    """The pixels [h, w] of an edge map [h, w, 3] that are lines."""
    return np.asarray(picture.mean(-1) >= EDGE)
