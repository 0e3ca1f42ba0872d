"""Requests as tests write them: one picture, its options by name."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lumina.runtime.drawing import Codes, Drawing
from lumina.runtime.events import RowDrawn
from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest, below
from lumina.sampler.options import SamplingOptions
from lumina.steps import finish
from lumina.tasks.base import DrawingTask, Picture

OPTIONS = frozenset(SamplingOptions.model_fields)


def request(painter: Painter, instruction: str = "two cones", **changes: Any) -> DrawRequest:
    """What is asked for; `changes` go to the request or to its options, wherever the name belongs."""
    options = SamplingOptions(**{name: changes.pop(name) for name in list(changes) if name in OPTIONS})
    width, height, panels = changes.pop("width"), changes.pop("height"), changes.pop("panels", 1)
    rows = panels * height // painter.pixels_per_code
    changes.setdefault("stop_row", max(rows, 1))
    if changes.get("kept") is not None:
        changes["kept"] = np.asarray(changes["kept"], np.int64)
    return DrawRequest(instruction, width, height, options, panels=panels, **changes)


def drawn(painter: Painter, *requests: DrawRequest) -> tuple[Drawing, ...]:
    """The drawings of these requests."""
    return finish(painter.draw(requests))


def rows_of(painter: Painter, *requests: DrawRequest) -> Iterator[RowDrawn]:
    """The rows as they are drawn."""
    return (event for event in painter.draw(requests) if isinstance(event, RowDrawn))


def going_on(task: DrawingTask, painter: Painter, *kept: Codes) -> tuple[Picture, ...]:
    """The pictures of a task that goes on below these rows."""
    resolved = task.resolved(painter)
    pictures: tuple[Picture, ...] = finish(
        resolved.draw(painter, below(resolved.requests(painter), kept))
    ).image
    return pictures
