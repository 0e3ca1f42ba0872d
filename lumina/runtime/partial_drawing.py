"""A picture in the making, put together from its events."""

import numpy as np
from PIL import Image

from lumina.runtime.drawing import BACKGROUND, Codes, Drawing
from lumina.runtime.events import Begun, PictureEvent, RowDrawn
from lumina.steps import Progress


class PartialDrawing:
    """The rows of one picture so far, and their pixels on an ``image`` of the full size."""

    def __init__(self, begun: Begun) -> None:
        self.image = Image.new("RGB", (begun.width, begun.height), BACKGROUND)
        self._begun, self._drawn = begun, list[RowDrawn]()
        self._paste(begun, len(begun.kept))

    @property
    def codes(self) -> Codes:
        """Of all rows so far, the kept ones included: [k, cols]."""
        return np.concatenate([self._begun.kept, *(row.codes for row in self._drawn)])

    def take(self, event: RowDrawn) -> None:
        """Add what is new."""
        self._drawn.append(event)
        self._paste(event, event.row + len(event.codes))

    def drawing(self, seed: int) -> Drawing:
        """The picture so far; its pixels are those of the previews."""
        accepted = tuple(count for row in self._drawn for count in row.accepted)
        unknown = np.full(self._begun.kept.shape, np.nan, np.float32)
        return Drawing(
            image=self.image.copy(),
            codes=self.codes,
            rows=self._begun.rows,
            seed=seed,
            forwards=len(accepted),
            prefills=1 if self._drawn else 0,
            tokens=sum(row.codes.size for row in self._drawn),
            seconds=self._drawn[-1].seconds if self._drawn else 0.0,
            nll=np.concatenate([unknown, *(row.nll for row in self._drawn)]),
            accepted=accepted,
        )

    def _paste(self, event: Begun | RowDrawn, rows: int) -> None:
        """Put the pixels so that they end with these rows."""
        if len(event.pixels):
            lower = rows * self.image.height // self._begun.rows
            self.image.paste(Image.fromarray(event.pixels), (0, lower - len(event.pixels)))


class PartialDrawings:
    """All pictures of one draw, by the number of their request."""

    def __init__(self) -> None:
        self.all: dict[int, PartialDrawing] = {}

    def take(self, event: PictureEvent | Progress) -> None:
        """Follow one event."""
        if isinstance(event, Begun):
            self.all[event.index] = PartialDrawing(event)
        elif isinstance(event, RowDrawn):
            self.all[event.index].take(event)
