"""What happens between a click and the last row: runs a task and tells the easel about every step."""

import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lumina.errors import LuminaError
from lumina.faults import note, sentence_of
from lumina.runtime.events import Begun, DrawEvent, Finished
from lumina.runtime.request import below
from lumina.server.workshop import Workshop
from lumina.steps import Following, finish
from lumina.tasks.base import DrawingTask
from lumina.ui.easel import EaselRun
from lumina.ui.events import LOOK_AGAIN, message_of
from lumina.ui.futures import FOUR, Futures
from lumina.ui.messages.base import Data
from lumina.ui.messages.easel import Rerolled, Settled
from lumina.ui.picture_messages import Start, continued, rerolled, sheet_of, start_of
from lumina.workflow.files import picture_bytes

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """What changes: the easel's view, the seed in the form where a new one was chosen, a finished picture.

    The picture is a PNG file, told once, when it is finished.
    """

    view: Data | None = None
    seed: str | None = None
    finished: bytes | None = None


Drawing = Iterator[Step]


class DrawingStream:
    """Draws new pictures, and goes on with those that a page sends back."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def new(self, task: DrawingTask) -> Drawing:
        """Draw what the form asks for."""
        return self._guarded(EaselRun(_new_key()), lambda: [Start(task)])

    def resumed(self, payload: Any) -> Drawing:
        """Draw the missing rows of a picture."""
        key = str(payload.get("key", ""))[:100] if isinstance(payload, Mapping) else ""
        return self._guarded(EaselRun(_new_key(), onto=key), lambda: [continued(self._start(payload))])

    def rerolled(self, payload: Any) -> Drawing:
        """Keep the rows above one and draw the others anew, as another picture or as four."""

        def starts() -> list[Start]:
            start = self._start(payload)
            asked = message_of(payload, Rerolled, "Choose a row to re-roll below.")
            count = FOUR if asked.four else 1
            return [rerolled(start, asked.row, secrets.randbelow(2**31)) for _ in range(count)]

        return self._guarded(EaselRun(_new_key()), starts)

    def settled(self, payload: Any) -> Data | None:
        """The file of a picture that was stopped, decoded whole; None if it has no rows or cannot be made."""
        try:
            start = self._start(payload)
            if start.codes is None or not len(start.codes):
                return None
            codes, task = start.codes, continued(start).task
            (whole,) = task.requests(self._workshop)
            if len(codes) < whole.stop_row:
                task = task.model_copy(update={"stop_row": len(codes)})
            requests = below(task.requests(self._workshop), [codes])
            picture = finish(task.draw(self._workshop, requests)).image[0]
            sheet = sheet_of(picture, self._workshop.model, str(payload.get("key", ""))[:100])
            return Settled(state="settled", sheet=sheet).data()
        except LuminaError as error:
            note(log, "A picture that was stopped could not be made whole:", error)
        return None

    def _start(self, payload: Any) -> Start:
        return start_of(payload, self._workshop.painter.model)

    def _guarded(self, run: EaselRun, starts: Callable[[], Sequence[Start]]) -> Drawing:
        """Whatever goes wrong ends as a sentence in the last view."""
        try:
            yield from self._loading(run)
            yield from self._draw(run, starts())
        except LuminaError as error:
            yield Step(run.failed(str(error)))
        except Exception as error:
            note(log, "A drawing failed:", error)
            yield Step(run.failed(sentence_of(error)))

    def _loading(self, run: EaselRun) -> Drawing:
        if not self._workshop.wait(0):
            yield Step(run.waiting("The model is loading; drawing starts by itself."))
        while not self._workshop.wait(LOOK_AGAIN):
            yield Step()  # a place to be stopped at

    def _draw(self, run: EaselRun, starts: Sequence[Start]) -> Drawing:
        painter = self._workshop.painter
        first, *others = [start.task.resolved(painter) for start in starts]
        task = Futures((first, *others)) if others else first
        kept = [start.codes for start in starts if start.codes is not None]
        requests = below(task.requests(painter), kept)
        seed = None if kept else str(first.seed)
        yield Step(run.begin(painter.model, task))
        with Following(task.draw(self._workshop, requests)) as events:
            for event in events:
                told = None if isinstance(event, Begun) else seed  # one of which something is drawn
                yield Step(run.drawing(event), told, _png_of(task, event, painter.model))
                seed = seed if told is None else None
        remarks = dict.fromkeys(one.task.remark(one.image, painter.spec) for one in events.result.image)
        yield Step(run.done(" ".join(filter(None, remarks))))


def _png_of(task: DrawingTask | Futures, event: DrawEvent, model: str) -> bytes | None:
    """The file of a picture that is finished with this event."""
    if not isinstance(event, Finished):
        return None
    return picture_bytes(task.drawn(event.index, event.drawing), model)


def kept(drawing: Drawing, keep: Callable[[list[bytes]], None]) -> Drawing:
    """The same steps; ``keep`` gets each picture as a PNG file, as soon as it is finished."""
    for step in drawing:
        if step.finished is not None:
            keep([step.finished])
        yield step


def refused(error: LuminaError) -> Drawing:
    """A run that cannot begin, because what was asked for is wrong."""
    yield Step(EaselRun(_new_key()).failed(str(error)))


def _new_key() -> str:
    return secrets.token_hex(8)
