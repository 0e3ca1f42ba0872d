"""The sheets of a run that is under way: each event adds to them only what is new."""

import base64
import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumina.runtime.drawing import Codes
from lumina.runtime.events import Begun, DrawEvent, Finished, Pixels, RowDrawn, Scored
from lumina.sampler.options import LAST_SEED
from lumina.tasks.base import DrawingTask, Picture
from lumina.ui.messages import Sheet, Strip
from lumina.ui.sheets import LAST_ACCEPTED, bytes_of_codes, bytes_of_surprise, head_of, sheet_of

QUALITY = 40  # of strips, which the finished picture replaces


class Draft:
    """Follows one draw of a resolved task by ``model``; ``key`` names the sheet of each place.

    Sheets are replaced, never changed, so that what has been sent of them stays what it was.
    """

    def __init__(self, task: DrawingTask, model: str, key: Callable[[int], str]) -> None:
        self.sheets: list[Sheet] = []
        self.count = len(task.singles()) * task.best_of
        self._task, self._model, self._key = task, model, key
        self._finished: dict[int, Picture] = {}

    def take(self, event: DrawEvent) -> None:
        """Follow one event."""
        match event:
            case Begun():
                self.sheets.append(self._begun(event))
            case RowDrawn():
                self.sheets[event.index] = _grown(self.sheets[event.index], event)
            case Finished():
                picture = self._task.drawn(event.index, event.drawing)
                self._finished[event.index] = picture
                self.sheets[event.index] = sheet_of(picture, self._model, self._key(event.index))
            case Scored():
                self._score(event)

    def _begun(self, event: Begun) -> Sheet:
        first = self._task.singles()[event.index // self._task.best_of]
        seed = (int(first.seed) + event.index % self._task.best_of) % (LAST_SEED + 1)
        task = first.model_copy(update={"seed": seed, "best_of": 1})
        unknown = np.full(event.kept.shape, np.nan, np.float32)
        kept = _strip(len(event.kept), event.kept, unknown, event.pixels)
        return Sheet(
            key=self._key(event.index),
            **head_of(task, self._model),
            width=event.width,
            height=event.height,
            digest="",
            png="",
            strips=[kept] if len(event.kept) else [],
            codes="",
            surprise="",
            score=None,
            rows=event.rows,
            cols=event.kept.shape[1],
            drawn=len(event.kept),
            accepted=[],
            forwards=0,
            tokens=0,
            seconds=0.0,
        )

    def _score(self, event: Scored) -> None:
        """Once all candidates of a picture have a score, they stand in its order."""
        size, index = self._task.best_of, event.index
        scored = self._finished[index].model_copy(update={"score": event.score})
        self._finished[index] = scored
        self.sheets[index] = self.sheets[index].model_copy(update={"score": event.score})
        first = index - index % size
        places = range(first, first + size)
        group = [(self._finished[at], self.sheets[at]) for at in places if at in self._finished]
        if len(group) < size or any(picture.score is None for picture, _ in group):
            return
        group.sort(key=lambda each: each[0].score or 0.0, reverse=True)
        for at, (picture, sheet) in enumerate(group, start=first):
            self._finished[at], self.sheets[at] = picture, sheet.model_copy(update={"key": self._key(at)})


def _grown(sheet: Sheet, event: RowDrawn) -> Sheet:
    drawn = event.row + len(event.codes)
    strip = _strip(drawn, event.codes, event.surprise, event.pixels)
    return sheet.model_copy(
        update={
            "drawn": drawn,
            "strips": [*sheet.strips, strip],
            "accepted": [*sheet.accepted, *event.accepted][-LAST_ACCEPTED:],
            "forwards": sheet.forwards + len(event.accepted),
            "tokens": sheet.tokens + event.codes.size,
            "seconds": round(event.seconds, 3),
        }
    )


def _strip(drawn: int, codes: Codes, surprise: NDArray[np.float32], pixels: Pixels) -> Strip:
    file = io.BytesIO()
    if len(pixels):
        Image.fromarray(pixels).save(file, "WEBP", quality=QUALITY)
    parts = {
        "pixels": file.getvalue(),
        "codes": bytes_of_codes(codes),
        "surprise": bytes_of_surprise(surprise),
    }
    return Strip(drawn=drawn, **{name: base64.b64encode(data).decode() for name, data in parts.items()})
