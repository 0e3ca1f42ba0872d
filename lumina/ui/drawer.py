"""What happens between a click and the last row: runs a task and tells the easel about every step."""

import base64
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lumina.errors import InputError, LuminaError
from lumina.server.zerogpu import Drawn, Workshop
from lumina.tasks.base import DrawingTask, Picture
from lumina.ui.easel import Run
from lumina.ui.events import LOOK_AGAIN, OUR_FAULT
from lumina.ui.messages import Data
from lumina.ui.sheets import Start, continued, rerolled, start_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """What changes in the page: the easel's view, and the seed in the form where a new one was chosen."""

    view: Data | None = None
    seed: str | None = None


Drawing = Iterator[Step]


class Drawer:
    """Draws new pictures, and goes on with those that a page sends back."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def new(self, task: DrawingTask) -> Drawing:
        """Draw what the form asks for."""
        return self._guarded(Run(_new_key()), lambda: Start(task))

    def resumed(self, payload: Any) -> Drawing:
        """Draw the missing rows of a picture."""
        key = str(payload.get("key", ""))[:100] if isinstance(payload, Mapping) else ""
        return self._guarded(Run(_new_key(), onto=key), lambda: continued(self._start(payload)))

    def rerolled(self, payload: Any) -> Drawing:
        """Keep the rows above ``payload["row"]`` and draw the others anew, as another picture."""

        def start() -> Start:
            row = payload.get("row") if isinstance(payload, Mapping) else None
            if not isinstance(row, int):
                raise InputError("Choose a row to re-roll below.")
            return rerolled(self._start(payload), row, secrets.randbelow(2**31))

        return self._guarded(Run(_new_key()), start)

    def _start(self, payload: Any) -> Start:
        return start_of(payload, self._workshop.painter.model)

    def _guarded(self, run: Run, start: Callable[[], Start]) -> Drawing:
        """Whatever goes wrong ends as a sentence in the last view."""
        try:
            yield from self._loading(run)
            yield from self._draw(run, start())
        except LuminaError as error:
            yield Step(run.failed(str(error)))
        except Exception:
            log.exception("A drawing failed.")
            yield Step(run.failed(OUR_FAULT))

    def _loading(self, run: Run) -> Drawing:
        if not self._workshop.wait(0):
            yield Step(run.waiting("The model is loading; drawing starts by itself."))
        while not self._workshop.wait(LOOK_AGAIN):
            yield Step()  # a place to be stopped at

    def _draw(self, run: Run, start: Start) -> Drawing:
        painter = self._workshop.painter
        task = start.task.resolved(painter)
        drawn: Drawn = () if start.codes is None else [start.codes]
        run.model, run.count = painter.model, len(task.singles()) * task.best_of
        yield Step(run.waiting(""), None if drawn else str(task.seed))
        steps = self._workshop.run(task, drawn)
        try:
            while True:
                step = next(steps)
                pictures = _all(step.partial.image) if step.partial else ()
                yield Step(run.drawing(step.done, step.total, pictures))
        except StopIteration as stop:
            yield Step(run.done(_all(stop.value.image)))
        finally:
            steps.close()


def _all(pictures: Iterable[Picture]) -> list[Picture]:
    """The pictures; in place of the best of several, all of them."""
    return [
        one.model_copy(update={"part": best.part}) for best in pictures for one in best.candidates or (best,)
    ]


def kept(drawing: Drawing, keep: Callable[[list[bytes]], None]) -> Drawing:
    """The same steps; ``keep`` gets each picture once as a PNG file, as soon as all its rows are drawn."""
    handed: set[str] = set()
    for step in drawing:
        view = step.view or {"state": "", "sheets": []}
        is_over = view["state"] == "done"
        whole = [sheet for sheet in view["sheets"] if is_over or sheet["drawn"] == sheet["rows"]]
        if new := [sheet for sheet in whole if sheet["identity"] not in handed]:
            keep([base64.b64decode(sheet["png"]) for sheet in new])
            handed |= {sheet["identity"] for sheet in new}
        yield step


def refused(error: LuminaError) -> Drawing:
    """A run that cannot begin, because what was asked for is wrong."""
    yield Step(Run(_new_key()).failed(str(error)))


def _new_key() -> str:
    return secrets.token_hex(8)
