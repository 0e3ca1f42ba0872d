"""Several ways in which a picture could go on, drawn side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from lumina.runtime.drawing import Drawing
from lumina.runtime.events import DrawEvent
from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest
from lumina.steps import Steps, mapped
from lumina.tasks.base import DrawingTask, Picture, Pictures

FOUR = 4


@dataclass(frozen=True)
class Futures:
    """Tasks for one picture each, resolved, drawn and followed as those of one task with variations are."""

    tasks: tuple[DrawingTask, ...]
    best_of: int = 1

    def singles(self) -> Sequence[DrawingTask]:
        """Each of them."""
        return self.tasks

    def alone(self, index: int, seed: int) -> DrawingTask:
        """The one that draws picture ``index``."""
        return self.tasks[index].alone(0, seed)

    def drawn(self, index: int, drawing: Drawing) -> Picture:
        """Picture ``index``, with the task that gives it again."""
        return self.tasks[index].drawn(0, drawing)

    def requests(self, painter: Painter) -> tuple[DrawRequest, ...]:
        """One for each picture."""
        return tuple(request for task in self.tasks for request in task.requests(painter))

    def draw(self, painter: Painter, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, Pictures]:
        """All of them side by side."""

        def output(drawings: Sequence[Drawing]) -> Pictures:
            return Pictures(image=tuple(self.drawn(index, each) for index, each in enumerate(drawings)))

        return mapped(painter.draw(requests), lambda event: event, output)
