"""The form of a tab that also asks for another task: Create draws a picture, or a picture and its map."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from lumina.model.config import ModelSpec
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Task, Values, read
from lumina.tasks.panels import PanelTask, nearest
from lumina.ui.events import QUICK
from lumina.ui.forms import Form, FormControl, size_in, size_text

NO_MAP = "none"


def tab_of(task: type[Task]) -> type[Task]:
    """The task in whose tab a task is asked for: itself, unless it is a mode of another one."""
    return (task.mode_of or task) if issubclass(task, DrawingTask) else task


def mode_of(task: type[DrawingTask], spec: ModelSpec) -> type[DrawingTask] | None:
    """The task that the model can do and that a kind of map in the tab of ``task`` asks for."""
    drawing = (other for other in TASKS.values() if issubclass(other, DrawingTask))
    return next((other for other in drawing if other.mode_of is task and other.name in spec.tasks), None)


def form_of(task: type[DrawingTask], spec: ModelSpec, defaults: Values) -> Form:
    """The form of a tab."""
    mode = mode_of(task, spec)
    if mode is not None:
        return CreateForm(task, mode, spec, defaults)
    return Form(task, spec.sizes_of(dual=issubclass(task, PanelTask)), defaults, spec.kinds)


class CreateForm(Form):
    """Asks for a kind of map as well; with one it reads the task ``mode``, else its own."""

    def __init__(
        self, task: type[DrawingTask], mode: type[DrawingTask], spec: ModelSpec, defaults: Values
    ) -> None:
        super().__init__(task, spec.sizes, defaults)
        self._mode, self._spec = mode, spec
        self._alone = [name for name in task.model_fields if name not in mode.model_fields]

    def place(self, *, only: Sequence[str] = (), advanced: bool = False) -> None:
        """As for every form, and the kind of map first among the settings."""
        if not only and not advanced:
            self.controls.append(_kind_control(self._spec.kinds))
        super().place(only=only, advanced=advanced)

    def listen(self) -> None:
        """Offer what fits: the sizes of a panel, and nothing that the mode does not have."""
        kind, size = self.component("kind"), self.component("width")
        alone = [self.component(name) for name in self._alone]
        changed: Any = kind
        changed.change(self._fitting, [kind, size], [size, *alone], **QUICK)

    def takes(self, task: Task) -> bool:
        """Whether the form can show this task."""
        return isinstance(task, self.task | self._mode)

    def read(self, raw: Sequence[Any]) -> Task:
        """The task that the components' values ask for; raises InputError naming what is wrong."""
        values = self.values(raw)
        if values["kind"] == NO_MAP:
            return read(self.task, _without(values, ["kind"]), titled=True)
        return read(self._mode, _without(values, self._alone), titled=True)

    def _fitting(self, kind: str, size: str) -> tuple[Any, ...]:
        sizes = self._spec.sizes_of(dual=kind != NO_MAP)
        width, height = size_in(size) or sizes[0]
        fitting = size_text(*nearest(sizes, width / height))
        visible: Any = "hidden" if kind != NO_MAP else True
        choices = [size_text(*each) for each in sizes]
        return (
            gr.update(choices=choices, value=fitting),
            *(gr.update(visible=visible) for _ in self._alone),
        )


def _without(values: Values, left_out: Sequence[str]) -> Values:
    return {name: value for name, value in values.items() if name not in left_out}


def _kind_control(kinds: Sequence[str]) -> FormControl:
    choices = [("no map", NO_MAP), *((kind, kind) for kind in kinds)]
    radio = gr.Radio(choices, value=NO_MAP, label="Also draw its map", elem_classes="choice kinds")
    return FormControl(
        ("kind",),
        (radio,),
        lambda kind: {"kind": kind or NO_MAP},
        lambda values: [gr.update(value=values.get("kind", NO_MAP))],
    )
