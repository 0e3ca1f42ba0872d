"""What has come of a draw over a line that may break: what is left to ask for, and events without a seam."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from lumina.errors import ModelError
from lumina.runtime.drawing import Codes, Drawing
from lumina.runtime.events import Begun, DrawEvent, Finished, Pixels, RowDrawn
from lumina.runtime.request import NO_SCORER, DrawRequest
from lumina.runtime.tally import Tally


class Received:
    """Follows the events of these requests through several connections.

    After a break the batches that are not over are asked for anew, each picture below the rows that are here,
    so that candidates are compared and scored among all of their batch. What was told is not told again, and
    progress counts on.
    """

    def __init__(self, requests: Sequence[DrawRequest]) -> None:
        self._requests, self._tally = requests, Tally(requests)
        self._rows: defaultdict[int, list[RowDrawn]] = defaultdict(list)
        self._begun, self._scored = set[int](), set[int]()
        self._drawings: dict[int, Drawing] = {}
        self._asked: list[int] = []  # on the connection that is open: requests by their place
        self._before: dict[int, int] = {}  # how many rows of each of these were here
        self._unseen: dict[int, Pixels] = {}  # of rows from before a break, which may not have been shown

    @property
    def is_whole(self) -> bool:
        """Whether all has come."""
        return not self._open()

    @property
    def drawings(self) -> tuple[Drawing, ...]:
        """All of them, once they are whole."""
        return tuple(self._drawings[index] for index in range(len(self._requests)))

    def left(self) -> tuple[DrawRequest, ...]:
        """What to ask for on a new connection."""
        missing = self._open()
        self._asked = [index for index, each in enumerate(self._requests) if each.batch in missing]
        self._before = {index: len(self._rows[index]) for index in self._asked}
        return tuple(self._going_on(index) for index in self._asked)

    def take(self, event: DrawEvent) -> Iterator[DrawEvent]:
        """What is new in an event of the open connection; raises ModelError where it does not fit."""
        if event.index >= len(self._asked):
            raise ModelError("The engine tells of a picture that was not asked for.")
        event = replace(event, index=self._asked[event.index])
        if isinstance(event, Begun):
            yield from self._begins(event)
        elif isinstance(event, RowDrawn):
            yield self._row(event)
        elif isinstance(event, Finished):
            yield from self._finished(event)
        elif event.index not in self._scored:
            self._scored.add(event.index)
            yield replace(event, **self._tally.step())

    def _begins(self, event: Begun) -> Iterator[Begun]:
        if event.index in self._begun:
            self._unseen[event.index] = event.pixels
            return
        self._begun.add(event.index)
        yield replace(event, **self._tally.now())

    def _row(self, event: RowDrawn) -> RowDrawn:
        rows = self._rows[event.index]
        if event.row != len(self._requests[event.index].kept) + sum(len(row.codes) for row in rows):
            raise ModelError("The engine has left out a row; draw the picture again.")
        pixels = self._with_unseen(event)
        rows.append(
            replace(event, seconds=self._seconds(event.index) + event.seconds, pixels=event.pixels[:0])
        )
        return replace(rows[-1], pixels=pixels, **self._tally.step())

    def _with_unseen(self, event: RowDrawn) -> Pixels:
        """The pixels of a row; of the first one after a break those of all rows above it, too."""
        if not event.pixels.size or (above := self._unseen.pop(event.index, None)) is None or not above.size:
            return event.pixels
        new = len(event.codes) * event.pixels.shape[1] // event.codes.shape[1]
        return np.concatenate([above[: max(0, len(above) + new - len(event.pixels))], event.pixels])

    def _finished(self, event: Finished) -> Iterator[Finished]:
        known = self._drawings.get(event.index)
        if known is not None and len(known.codes) == len(event.drawing.codes):
            return
        self._drawings[event.index] = self._unbroken(event.index, event.drawing)
        yield replace(event, drawing=self._drawings[event.index], **self._tally.now())

    def _unbroken(self, index: int, drawing: Drawing) -> Drawing:
        """The drawing as if it had come in one piece: with what the rows before the last break have cost."""
        before = self._rows[index][: self._before[index]]
        if not before:
            return drawing
        first, nll = len(self._requests[index].kept), drawing.nll.copy()
        drawn = np.concatenate([row.nll for row in before])[: len(nll) - first]
        nll[first : first + len(drawn)] = drawn
        accepted = tuple(count for row in before for count in row.accepted)
        return replace(
            drawing,
            nll=nll,
            accepted=accepted + drawing.accepted,
            forwards=len(accepted) + drawing.forwards,
            prefills=1 + drawing.prefills,
            tokens=sum(row.codes.size for row in before) + drawing.tokens,
            seconds=before[-1].seconds + drawing.seconds,
        )

    def _seconds(self, index: int) -> float:
        """How long the rows before the last break have taken."""
        before = self._rows[index][: self._before[index]]
        return before[-1].seconds if before else 0.0

    def _going_on(self, index: int) -> DrawRequest:
        request, rows = self._requests[index], self._rows[index]
        return request.keeping(self._codes(index)) if rows else request

    def _codes(self, index: int) -> Codes:
        if (drawing := self._drawings.get(index)) is not None:
            return drawing.codes
        kept, rows = self._requests[index].kept, self._rows[index]
        return np.concatenate([*([kept] if len(kept) else []), *(row.codes for row in rows)])

    def _open(self) -> set[int]:
        """The batches of which something is missing."""
        return {each.batch for index, each in enumerate(self._requests) if not self._is_over(index)}

    def _is_over(self, index: int) -> bool:
        request, drawing = self._requests[index], self._drawings.get(index)
        if drawing is None:
            return False
        is_scored = request.scorer == NO_SCORER or index in self._scored
        return is_scored or len(drawing.codes) < request.stop_row
