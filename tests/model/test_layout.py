"""The layout: every position has one role, and codes survive the way to ids and back."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lumina.errors import InvalidImage, InvalidSize
from lumina.model.layout import ImageTokens, TokenLayout, Vocabulary

VOCABULARY = Vocabulary(
    bos=0,
    separator=1,
    image_start=2,
    image_end=3,
    new_line=4,
    sizes=tuple(range(5, 15)),
    first_code=20,
    num_codes=16,
)
layouts = st.builds(
    lambda height, width, per: TokenLayout(height * per, width * per, VOCABULARY, per),
    st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 2, 4]),
)  # fmt: skip


@given(layouts)
def test_every_position_has_one_role(layout: TokenLayout) -> None:
    forced = layout.forced().tolist()
    assert len(forced) == layout.length == 4 + layout.rows * (layout.cols + 1)
    height, width = layout.rows // layout.codes_per_size, layout.cols // layout.codes_per_size
    row = [-1] * layout.cols + [4]
    assert forced == [2, 5 + height, 5 + width, *row * layout.rows, 3]
    spots = [layout.position(row, col) for row in range(layout.rows) for col in range(layout.cols)]
    assert layout.code_positions.tolist() == spots


@given(layouts, st.data())
def test_codes_survive(layout: TokenLayout, data: st.DataObject) -> None:
    rows = data.draw(st.integers(0, layout.rows))
    generator = torch.Generator().manual_seed(rows)
    codes = torch.randint(0, 16, (rows, layout.cols), generator=generator)
    ids = layout.encode(codes)
    assert len(ids) == (layout.length if rows == layout.rows else layout.position(rows, 0))
    assert torch.equal(layout.decode(ids), codes)


def test_sizes_in_pixels() -> None:
    layout = TokenLayout.of_size(64, 96, VOCABULARY)
    assert (layout.rows, layout.cols) == (12, 8)
    assert layout.header == (2, 8, 7)  # height first
    for size in [(0, 32), (32, 33), (-32, 32), (320, 32), (100_000, 32)]:
        with pytest.raises(InvalidSize, match="choose"):
            TokenLayout.of_size(*size, VOCABULARY)


def test_what_is_no_image_is_refused() -> None:
    layout = TokenLayout(4, 4, VOCABULARY)
    ids = layout.encode(torch.zeros(4, 4, dtype=torch.long))
    for position, value in ((0, 3), (1, 7), (7, 20), (5, 4), (5, 36), (layout.length - 1, 2)):
        wrong = ids.clone()
        wrong[position] = value
        with pytest.raises(InvalidImage):
            layout.decode(wrong)
    with pytest.raises(InvalidImage):
        layout.decode(torch.cat((ids, ids[-1:])))
    with pytest.raises(InvalidImage):
        layout.encode(torch.full((4, 4), 16))
    with pytest.raises(InvalidSize):
        layout.encode(torch.zeros(4, 5, dtype=torch.long))
    with pytest.raises(InvalidSize):
        layout.encode(torch.zeros(5, 4, dtype=torch.long))


def test_layouts_are_values() -> None:
    assert TokenLayout(4, 8, VOCABULARY) == TokenLayout(4, 8, replace(VOCABULARY))
    assert TokenLayout(4, 8, VOCABULARY) != TokenLayout(8, 4, VOCABULARY)


def test_panels() -> None:
    upper, lower = (ImageTokens(torch.full((2, 3), value)) for value in (1, 2))
    both = upper.above(lower)
    assert both.codes.shape == (4, 3)
    assert ImageTokens(both.codes[2:]) == lower != upper
    with pytest.raises(InvalidSize):
        upper.above(ImageTokens(torch.zeros(2, 4)))
