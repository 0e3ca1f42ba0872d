"""The sheets of a run that is under way: each event adds to them only what is new."""

import base64
from collections.abc import Callable

import numpy as np

from lumina.runtime.events import Begun, DrawEvent, Finished, RowDrawn, Scored
from lumina.sampler.options import MAX_SEED
from lumina.tasks.base import DrawingTask
from lumina.ui.futures import Futures
from lumina.ui.messages.easel import Rows, Sheet
from lumina.ui.picture_messages import bytes_of_codes, bytes_of_nll, head_of, sheet_of
from lumina.ui.strips import webp_of

AT_THE_END = ("png", "id", "digest", "forwards", "tokens", "seconds")  # all else is told with the rows


class RunSheets:
    """Follows one draw of a resolved task by ``model``; ``key`` names the sheet of each place.

    Sheets are replaced, never changed, so that what has been sent of them stays what it was.
    """

    def __init__(self, task: DrawingTask | Futures, model: str, key: Callable[[int], str]) -> None:
        self.sheets: list[Sheet] = []
        self.count = len(task.singles()) * task.best_of
        self._task, self._model, self._key = task, model, key

    @property
    def seconds(self) -> float:
        """How long it took: candidates are drawn side by side, pictures one after the other."""
        size = self._task.best_of
        groups = [self.sheets[at : at + size] for at in range(0, len(self.sheets), size)]
        return sum(max(sheet.seconds for sheet in group) for group in groups)

    def take(self, event: DrawEvent) -> None:
        """Follow one event."""
        match event:
            case Begun():
                self.sheets.append(self._begun(event))
            case RowDrawn():
                self.sheets[event.index] = _grown(self.sheets[event.index], event)
            case Finished():
                self._finish(event)
            case Scored():
                self._score(event)

    def _begun(self, event: Begun) -> Sheet:
        first = self._task.singles()[event.index // self._task.best_of]
        seed = (int(first.seed) + event.index % self._task.best_of) % (MAX_SEED + 1)
        task = self._task.alone(event.index, seed)
        unknown = np.full(event.kept.shape, np.nan, np.float32)
        kept = Rows(
            bottom=len(event.kept) * event.height // event.rows,
            pixels=webp_of(event.pixels),
            codes=_text(bytes_of_codes(event.kept)),
            nll=_text(bytes_of_nll(unknown)),
            accepted=[],
            seconds=0.0,
        )
        return Sheet(
            key=self._key(event.index),
            **head_of(task, self._model),
            width=event.width,
            height=event.height,
            digest="",
            png="",
            strips=[kept] if len(event.kept) else [],
            codes="",
            nll="",
            score=None,
            rows=event.rows,
            cols=event.kept.shape[1],
            drawn=len(event.kept),
            accepted=[],
            forwards=0,
            tokens=0,
            seconds=0.0,
        )

    def _finish(self, event: Finished) -> None:
        picture = self._task.drawn(event.index, event.drawing)
        whole = sheet_of(picture, self._model, self._key(event.index))
        added = {name: getattr(whole, name) for name in AT_THE_END}
        self.sheets[event.index] = self.sheets[event.index].model_copy(update=added)

    def _score(self, event: Scored) -> None:
        """Once all candidates that were drawn to the end have a score, their keys tell their order."""
        size, index = self._task.best_of, event.index
        self.sheets[index] = self.sheets[index].model_copy(update={"score": event.score})
        first = index - index % size
        among = range(first, first + size)
        scored = [at for at in among if self.sheets[at].score is not None]
        most = max(self.sheets[at].drawn for at in among)
        if len(scored) < sum(self.sheets[at].drawn == most for at in among):
            return
        ranked = sorted(
            among, key=lambda at: (self.sheets[at].drawn, self.sheets[at].score or 0.0), reverse=True
        )
        for place, at in enumerate(ranked, start=first):
            self.sheets[at] = self.sheets[at].model_copy(update={"key": self._key(place)})


def _grown(sheet: Sheet, event: RowDrawn) -> Sheet:
    drawn = event.row + len(event.codes)
    rows = Rows(
        bottom=drawn * sheet.height // sheet.rows,
        pixels=webp_of(event.pixels),
        codes=_text(bytes_of_codes(event.codes)),
        nll=_text(bytes_of_nll(event.nll)),
        accepted=list(event.accepted),
        seconds=round(event.seconds, 3),
    )
    return sheet.model_copy(update={"drawn": drawn, "strips": [*sheet.strips, rows]})


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
