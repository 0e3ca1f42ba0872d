"""Which guidance scale each position of an image gets: what was asked for, or the reference's schedule."""

from lumina.model.layout import HEADER, TokenLayout

FLOOR = 4.0  # the reference lets no scale but 1 be smaller


def reference_scales(scale: float, layout: TokenLayout, first: int) -> list[float]:
    """The scale that the reference applies at every position of an image drawn from position ``first`` on.

    It multiplies its scale at every token by 1 - n / cells, n tokens after the image start, and keeps the
    product: g = max(4, g · (1 - n / (2h · 2w))) with h · w cells of 32 pixels. So 1 is off, anything below 4
    acts as 4, anything above falls to 4 within the first rows. Positions that are not drawn keep ``scale``.
    """
    cells = 2 * (layout.rows // layout.codes_per_size) * 2 * (layout.cols // layout.codes_per_size)
    scales, current = [scale] * layout.length, scale
    if scale == 1:
        return scales
    for position in range(max(first, HEADER), layout.length):
        current = max(FLOOR, current * (1 - (position - 1) / cells))
        scales[position] = current
    return scales
