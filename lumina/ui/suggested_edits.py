"""Below an instruction, what could be changed of the picture that is given, in place of the examples."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from lumina.errors import LuminaError
from lumina.images import cover
from lumina.model.config import ModelSpec
from lumina.tasks.panels import nearest
from lumina.ui.events import QUICK
from lumina.ui.forms import Size
from lumina.ui.page_pictures import picture_of
from lumina.worlds import world_of

MOST = 4


class SuggestedEdits:
    """The buttons, which are there while the model's world can read the picture; else the examples are."""

    def __init__(self, spec: ModelSpec, sizes: Sequence[Size]) -> None:
        self._spec, self._sizes = spec, tuple(sizes)
        with gr.Row(visible=False, elem_classes="examples suggested-edits") as self._row:
            self.buttons = [gr.Button("", size="sm", elem_classes="example") for _ in range(MOST)]

    def connect(self, field: Any, examples: gr.Row) -> None:
        """Follow the picture in an image field."""
        outputs: list[Any] = [examples, self._row, *self.buttons]
        field.change(self._shown, field, outputs, trigger_mode="always_last", **QUICK)

    def _shown(self, text: Any) -> list[Any]:
        said = edits_of(text, self._spec, self._sizes)[:MOST]
        buttons = [gr.Button(words, visible=True) for words in said]
        hidden = [gr.Button(visible=False)] * (MOST - len(said))
        return [gr.Row(visible=not said), gr.Row(visible=bool(said)), *buttons, *hidden]


def edits_of(text: Any, spec: ModelSpec, sizes: Sequence[Size]) -> tuple[str, ...]:
    """Instructions for a picture in base64; none where there is none, or none that the world can read."""
    world = world_of(spec.world)
    if world is None or not text:
        return ()
    try:
        picture = picture_of(text, "Picture")
    except LuminaError:
        return ()
    size = nearest(tuple(sizes), picture.width / picture.height)
    return world.edits_of(np.asarray(cover(picture, *size)))
