"""The sheets of a run that is under way: each event adds to them only what is new."""

import base64
import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from lumina.runtime.drawing import Codes
from lumina.runtime.events import Begun, DrawEvent, Finished, Pixels, RowDrawn, Scored
from lumina.tasks.base import DrawingTask, Picture
from lumina.ui.sheets import LAST_ACCEPTED, Sheet, bytes_of_codes, bytes_of_surprise, head_of, sheet_of

QUALITY = 82  # of strips, which the finished picture replaces


class Draft:
    """Follows one draw of a resolved task by ``model``; ``key`` names the sheet of each place.

    Sheets are replaced, never changed, so that what has been sent of them stays what it was. A sheet in the
    making has lists: ``strips`` of pixels, ``codes`` and ``surprise``, each entry for the rows of one event.
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
        task = self._task.singles()[event.index // self._task.best_of]
        seed = (int(task.seed) + event.index % self._task.best_of) % 2**63
        alone = task.model_copy(update={"seed": seed, "best_of": 1})
        return {
            "key": self._key(event.index),
            **head_of(alone, self._model),
            "width": event.width,
            "height": event.height,
            "score": None,
            "rows": event.rows,
            "cols": event.kept.shape[1],
            "drawn": len(event.kept),
            "strips": _strips(event.pixels),
            "codes": [_text(bytes_of_codes(event.kept))] if len(event.kept) else [],
            "surprise": [_text(_unknown(event.kept))] if len(event.kept) else [],
            "accepted": [],
            "forwards": 0,
            "tokens": 0,
            "seconds": 0.0,
        }

    def _score(self, event: Scored) -> None:
        """Once all candidates of a picture have a score, they stand in its order."""
        size, index = self._task.best_of, event.index
        scored = self._finished[index].model_copy(update={"score": event.score})
        self._finished[index] = scored
        self.sheets[index] = self.sheets[index] | {"score": event.score}
        first = index - index % size
        places = range(first, first + size)
        group = [(self._finished[at], self.sheets[at]) for at in places if at in self._finished]
        if len(group) < size or any(picture.score is None for picture, _ in group):
            return
        group.sort(key=lambda each: each[0].score or 0.0, reverse=True)
        for at, (picture, sheet) in enumerate(group, start=first):
            self._finished[at], self.sheets[at] = picture, sheet | {"key": self._key(at)}


def _grown(sheet: Sheet, event: RowDrawn) -> Sheet:
    new = event.codes.size
    return sheet | {
        "drawn": event.row + len(event.codes),
        "strips": [*sheet["strips"], *_strips(event.pixels)],
        "codes": [*sheet["codes"], _text(bytes_of_codes(event.codes))],
        "surprise": [*sheet["surprise"], _text(bytes_of_surprise(event.surprise))],
        "accepted": [*sheet["accepted"], *event.accepted][-LAST_ACCEPTED:],
        "forwards": sheet["forwards"] + len(event.accepted),
        "tokens": sheet["tokens"] + new,
        "seconds": round(event.seconds, 3),
    }


def _unknown(kept: Codes) -> bytes:
    return bytes_of_surprise(np.full(kept.shape, np.nan, np.float32))


def _strips(pixels: Pixels) -> list[str]:
    """As small pictures, WebP in base64; none where there are no pixels."""
    if not len(pixels):
        return []
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=QUALITY)
    return [_text(file.getvalue())]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
