"""Edges of a picture by arithmetic alone: thin lines and soft ones, white on black."""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage.feature import canny

Pixels: TypeAlias = NDArray[np.uint8]

FAINT, CLEAR = 0.06, 0.14  # change of grey: a line is faint throughout, and clear somewhere
REACH = 8  # pixels beyond which nothing counts: a blur ends at four times its width
SOFT_EDGE_BLUR = 1.5  # pixels
SOFT_EDGE_FULL = 0.1  # of the full range per pixel
ROWS_AT_ONCE = 128
EDGE = 128  # grey level above which a pixel of an edge map is a line


def edge_picture(picture: Pixels) -> Pixels:
    """Canny edges (Canny 1986) of a picture, white lines one pixel wide on black, [h, w, 3]."""
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)
    strips = (picture[rows].astype(np.float32) @ weights / 255 for rows in _strips(len(picture)))
    grey = np.concatenate(list(strips))
    faint, clear = _ridges(grey, FAINT), _ridges(grey, CLEAR)
    del grey
    labels, count = ndimage.label(faint, np.ones((3, 3)))
    is_line = np.zeros(count + 1, np.uint8)
    is_line[labels[clear]] = 255
    return np.repeat(is_line[labels][..., None], 3, axis=-1)


def _ridges(grey: NDArray[np.float32], least: float) -> NDArray[np.bool_]:
    """Where the change of grey [h, w] is the largest across its direction, and at least ``least``."""
    found = np.empty(grey.shape, np.bool_)
    for rows, around, inner in _strips_around(len(grey)):
        found[rows] = canny(grey[around], sigma=1.0, low_threshold=least, high_threshold=least)[inner]  # type: ignore[no-untyped-call]
    return found


def soft_edge_picture(picture: Pixels) -> Pixels:
    """Soft edges [h, w, 3] of a picture, white on black.

    The gradient's magnitude after a Gaussian blur of 1.5 pixels, the largest of the three channels; a change
    of a tenth of the full range per pixel and more is white.
    """
    return np.array(soft_edges_of(Image.fromarray(picture)))


def soft_edges_of(image: Image.Image) -> Image.Image:
    """The same of an RGB image, which may be a large one: no more of it than a strip is held as numbers."""
    found = Image.new("RGB", image.size)
    for rows, around, inner in _strips_around(image.height):
        strip = image.crop((0, around.start, image.width, min(around.stop, image.height)))
        found.paste(Image.fromarray(_soft(np.asarray(strip))[inner]), (0, rows.start))
    return found


def _soft(picture: Pixels) -> Pixels:
    channels = np.moveaxis(picture.astype(np.float32) / 255, -1, 0)
    steep = [ndimage.gaussian_gradient_magnitude(channel, SOFT_EDGE_BLUR) for channel in channels]
    grey: Pixels = (np.clip(np.max(steep, axis=0) / SOFT_EDGE_FULL, 0, 1) * 255 + 0.5).astype(np.uint8)
    return grey


def _strips(rows: int) -> Iterator[slice]:
    """The rows of a picture a few at a time: the numbers of a large one would take many times its room."""
    for top in range(0, rows, ROWS_AT_ONCE):
        yield slice(top, min(top + ROWS_AT_ONCE, rows))


def _strips_around(rows: int) -> Iterator[tuple[slice, slice, slice]]:
    """Strips, each with the rows that it rests on, and its own rows among these."""
    for strip in _strips(rows):
        above = min(strip.start, REACH)
        around = slice(strip.start - above, strip.stop + REACH)
        yield strip, around, slice(above, above + strip.stop - strip.start)


def lines(picture: Pixels) -> NDArray[np.bool_]:
    """The pixels [h, w] of an edge map [h, w, 3] that are lines."""
    return np.asarray(picture.mean(-1) >= EDGE)
