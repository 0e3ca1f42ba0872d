"""What a run will cost, in seconds, told before it is begun: below the button that begins it."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import gradio as gr

from lumina.errors import LuminaError
from lumina.model.config import ModelSpec
from lumina.runtime.halving import share
from lumina.server.workshop import Workshop
from lumina.tasks.base import DrawingTask
from lumina.ui.events import QUICK
from lumina.ui.forms import Form, size_in

COUNTED = ("width", "variations", "best_of", "halving")  # fields that decide how long a run takes


class Price:
    """One line; empty as long as nothing has been drawn here by which the seconds could be told."""

    def __init__(self, task: type[DrawingTask], workshop: Workshop, spec: ModelSpec) -> None:
        self._workshop, self._spec = workshop, spec
        self._panels = len(task.Output.model_fields)
        self._names = [name for name in COUNTED if name in task.inputs()]
        self.line = gr.HTML("", elem_classes="price", apply_default_css=False)

    def listen(self, form: Form, runs: Sequence[Any]) -> None:
        """Tell it anew when the form changes, and after each run."""
        parts: list[Any] = [form.component(name) for name in self._names]
        gr.on([part.change for part in parts], self.told, parts, self.line, **QUICK)
        for run in runs:
            run.then(self.told, parts, self.line, **QUICK)

    def told(self, *raw: Any) -> str:
        """The line for these values, without any those of a form that nobody has touched."""
        values = dict(zip(self._names, raw, strict=False))
        candidates = _whole(values.get("best_of"))
        count = _whole(values.get("variations")) * candidates
        width, height = size_in(values.get("width")) or self._spec.sizes[0]
        try:
            rows = self._panels * height // self._workshop.pixels_per_code
        except LuminaError:  # the model is still loading
            return ""
        drawn = share(rows, candidates) if values.get("halving") else 1
        seconds = self._workshop.cost.seconds(count, round(count * rows * width * drawn))
        if seconds is None:
            return ""
        pictures = "1 picture" if count == 1 else f"{count} pictures"
        return f"<p>{pictures}, about {ceil(seconds)} s of drawing</p>"


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and 1 <= value <= 1000 else 1
