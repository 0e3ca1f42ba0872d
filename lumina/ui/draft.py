"""The sheets of a run that is under way: each event adds to them only what is new."""

from collections.abc import Callable

from lumina.runtime.events import Begun, DrawEvent, Finished, RowDrawn, Scored
from lumina.runtime.sketch import Sketches
from lumina.sampler.options import LAST_SEED
from lumina.tasks.base import DrawingTask, Picture
from lumina.ui.messages import Sheet
from lumina.ui.sheets import sheet_of


class Draft:
    """Follows one draw of a resolved task by ``model``; ``key`` names the sheet of each place.

    Sheets are replaced, never changed.
    """

    def __init__(self, task: DrawingTask, model: str, key: Callable[[int], str]) -> None:
        self.sheets: list[Sheet] = []
        self.count = len(task.singles()) * task.best_of
        self._task, self._model, self._key = task, model, key
        self._sketches = Sketches()
        self._finished: dict[int, Picture] = {}

    def take(self, event: DrawEvent) -> None:
        """Follow one event."""
        self._sketches.take(event)
        match event:
            case Begun():
                self.sheets.append(self._sheet(event.index))
            case RowDrawn():
                self.sheets[event.index] = self._sheet(event.index)
            case Finished():
                picture = self._task.drawn(event.index, event.drawing)
                self._finished[event.index] = picture
                self.sheets[event.index] = sheet_of(picture, self._model, self._key(event.index))
            case Scored():
                self._score(event)

    def _sheet(self, index: int) -> Sheet:
        first = int(self._task.singles()[index // self._task.best_of].seed)
        seed = (first + index % self._task.best_of) % (LAST_SEED + 1)
        picture = self._task.drawn(index, self._sketches.all[index].drawing(seed))
        return sheet_of(picture, self._model, self._key(index))

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
