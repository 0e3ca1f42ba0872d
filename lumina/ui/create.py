"""The form of Create: a picture, or, where a kind of map is chosen, a picture and its map."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from lumina.model.config import ModelSpec
from lumina.tasks.base import DrawingTask, Task, read
from lumina.tasks.image_pair import ImagePair
from lumina.tasks.panels import nearest
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.events import QUICK
from lumina.ui.forms import Control, Form, Values, size_in, size_text

NO_MAP = "none"


def tab_of(task: str) -> str:
    """The tab in which a task is asked for: image pairs are a mode of Create."""
    return TextToImage.name if task == ImagePair.name else task


def form_of(task: type[DrawingTask], spec: ModelSpec, defaults: Values) -> Form:
    """The form of a tab."""
    if task is TextToImage and ImagePair.name in spec.tasks:
        return CreateForm(spec, defaults)
    return Form(task, spec.sizes_of(dual=task is not TextToImage), defaults, spec.kinds)


class CreateForm(Form):
    """Asks for a kind of map as well; with one it reads an image pair, else text to image."""

    def __init__(self, spec: ModelSpec, defaults: Values) -> None:
        super().__init__(TextToImage, spec.sizes, defaults)
        self._spec = spec

    def place(self, *, only: Sequence[str] = (), advanced: bool = False) -> None:
        """As for every form, and the kind of map first among the settings."""
        if not only and not advanced:
            self.controls.append(_kind_control(self._spec.kinds))
        super().place(only=only, advanced=advanced)

    def listen(self) -> None:
        """Offer what fits: the sizes of a panel, and no variations of a pair."""
        kind, size, variations = (self.component(name) for name in ("kind", "width", "variations"))
        changed: Any = kind
        changed.change(self._fitting, [kind, size], [size, variations], **QUICK)

    def takes(self, task: Task) -> bool:
        """Whether the form can show this task."""
        return isinstance(task, TextToImage | ImagePair)

    def read(self, raw: Sequence[Any]) -> Task:
        """The task that the components' values ask for; raises InputError naming what is wrong."""
        values = self.values(raw)
        if values["kind"] == NO_MAP:
            return read(TextToImage, _without(values, "kind"), titled=True)
        return read(ImagePair, _without(values, "variations"), titled=True)

    def _fitting(self, kind: str, size: str) -> tuple[Any, Any]:
        sizes = self._spec.sizes_of(dual=kind != NO_MAP)
        width, height = size_in(size) or sizes[0]
        fitting = size_text(*nearest(sizes, width / height))
        visible: Any = "hidden" if kind != NO_MAP else True
        return (
            gr.update(choices=[size_text(*each) for each in sizes], value=fitting),
            gr.update(visible=visible),
        )


def _without(values: Values, left_out: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != left_out}


def _kind_control(kinds: Sequence[str]) -> Control:
    choices = [("no map", NO_MAP), *((kind, kind) for kind in kinds)]
    radio = gr.Radio(choices, value=NO_MAP, label="Also draw its map", elem_classes="choice kinds")
    return Control(
        ("kind",),
        (radio,),
        lambda kind: {"kind": kind or NO_MAP},
        lambda values: [gr.update(value=values.get("kind", NO_MAP))],
    )
