"""Previews: the pixels of new rows, decoded with a few of the rows above them.

The decoder normalises over all it is shown, so that a strip is near what the whole picture will show, not
equal; its cost does not grow with the picture. The finished picture is decoded once, whole.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

CONTEXT = 6  # rows of codes above a new one that its pixels are decoded with
MENDED = 2  # of these, the rows nearest to it: only now it is known what follows them, so they are shown anew

Decode = Callable[[Tensor], NDArray[np.uint8]]


class PreviewStrip:
    """Decodes a picture strip by strip. ``panel`` rows are decoded apart from those that follow.

    ``above`` [k, cols] are codes of a given panel that counts as part of the first one. Without ``decode``
    there are no pixels. ``width`` is in pixels.
    """

    def __init__(self, decode: Decode | None, above: Tensor | None, panel: int, width: int) -> None:
        self.rows = 0
        self._decode, self._panel = decode, panel
        self._given = 0 if above is None else len(above)
        self._near = above[-CONTEXT:] if above is not None else None  # the rows right above the next one
        self._nothing = np.zeros((0, width, 3), np.uint8)
        self._waiting: Tensor | None = None  # rows without their pixels yet

    def take(self, codes: Tensor, is_shown: bool = True) -> NDArray[np.uint8]:
        """The pixels [h, width, 3] down to the lower edge of the next rows of codes [n, cols].

        None for rows that are not shown; the next ones that are come with theirs.
        """
        self.rows += len(codes)
        if self._decode is None:
            return self._nothing
        if self._waiting is not None:
            codes = torch.cat((self._waiting, codes))
        self._waiting = None if is_shown else codes
        if not (is_shown and len(codes)):
            return self._nothing
        first = self.rows - len(codes)
        return np.concatenate([self._part(part, row) for row, part in self._panels(codes, first)])

    def _panels(self, codes: Tensor, first: int) -> Iterator[tuple[int, Tensor]]:
        """The rows, parted where a panel ends, each part with the number of its first row."""
        while len(codes):
            left = self._panel - (first + self._given) % self._panel
            yield first, codes[:left]
            first, codes = first + left, codes[left:]

    def _part(self, codes: Tensor, first: int) -> NDArray[np.uint8]:
        assert self._decode is not None
        if (first + self._given) % self._panel == 0:
            self._near = None
        seen = codes if self._near is None else torch.cat((self._near, codes))
        pixels = self._decode(seen)
        self._near = seen[-CONTEXT:]
        shown = min(len(codes) + MENDED, first + len(codes), len(seen))
        return pixels[len(pixels) * (len(seen) - shown) // len(seen) :]
