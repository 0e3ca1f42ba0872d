"""A picture in the making, put together from its events."""

import numpy as np
from PIL import Image

from lumina.runtime.drawing import BACKGROUND, Codes
from lumina.runtime.events import Begun, PictureEvent, RowDrawn
from lumina.steps import Progress


class Sketch:
    """The rows of one picture so far: their ``codes``, and their pixels on an ``image`` of the full size."""

    def __init__(self, begun: Begun) -> None:
        self.rows = begun.rows
        self.image = Image.new("RGB", (begun.width, begun.height), BACKGROUND)
        self._codes, self._lower = [begun.kept], 0
        self._paste(begun)

    @property
    def codes(self) -> Codes:
        """Of all rows so far, the kept ones included: [k, cols]."""
        return np.concatenate(self._codes)

    def take(self, event: RowDrawn) -> None:
        """Add what is new."""
        self._codes.append(event.codes)
        self._paste(event)

    def _paste(self, event: Begun | RowDrawn) -> None:
        if len(event.pixels):
            self.image.paste(Image.fromarray(event.pixels), (0, self._lower))
        self._lower += len(event.pixels)


class Sketches:
    """All pictures of one draw, by the number of their request."""

    def __init__(self) -> None:
        self.all: dict[int, Sketch] = {}

    def take(self, event: PictureEvent | Progress) -> None:
        """Follow one event."""
        if isinstance(event, Begun):
            self.all[event.index] = Sketch(event)
        elif isinstance(event, RowDrawn):
            self.all[event.index].take(event)
