"""The codes of pictures in the making, put together from their events."""

import numpy as np

from lumina.runtime.drawing import Codes
from lumina.runtime.events import Begun, PictureEvent, RowDrawn
from lumina.steps import Progress


class PartialCodes:
    """The rows of all pictures of one draw so far."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Codes]] = {}

    def take(self, event: PictureEvent | Progress) -> None:
        """Follow one event."""
        if isinstance(event, Begun):
            self._rows[event.index] = [event.kept]
        elif isinstance(event, RowDrawn):
            self._rows[event.index].append(event.codes)

    @property
    def all(self) -> tuple[Codes, ...]:
        """One array [k, cols] for each picture that is begun, in order, the kept rows included."""
        return tuple(np.concatenate(rows) for _, rows in sorted(self._rows.items()))
