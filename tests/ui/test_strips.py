"""Strips of pixels, cut at the panels of a drawing."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from lumina.ui.strips import panel_of, webp_of

ROWS = np.arange(24, dtype=np.uint8)[:, None, None].repeat(8, axis=1).repeat(3, axis=2)  # row 0, 1, 2 …


@pytest.mark.parametrize(
    ("bottom", "height", "rows", "lower"),
    [
        (24, 32, range(24), 24),  # all inside
        (40, 32, range(16), 32),  # the last 8 rows lie in the panel below
        (8, 32, range(16, 24), 8),  # the first 16 in the one above
        (0, 32, range(0), 0),
        (60, 32, range(0), 32),
    ],
)
def test_a_panel_gets_the_rows_that_lie_in_it(bottom: int, height: int, rows: range, lower: int) -> None:
    inside, end = panel_of(ROWS, bottom, height)
    assert (inside[:, 0, 0].tolist(), end) == (list(rows), lower)


def test_pixels_become_a_small_picture_and_none_become_nothing() -> None:
    with Image.open(io.BytesIO(base64.b64decode(webp_of(ROWS)))) as image:
        assert (image.format, image.size) == ("WEBP", (8, 24))
    assert webp_of(ROWS[:0]) == ""
