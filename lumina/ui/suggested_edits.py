"""Below an instruction, what could be changed of the picture that is given, in place of the examples."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np

from lumina.errors import LuminaError
from lumina.images import cover, one_at_a_time, open_image, pixels_in
from lumina.model.config import ModelSpec
from lumina.tasks.panels import nearest
from lumina.ui.events import QUICK
from lumina.ui.forms import Size
from lumina.ui.page_pictures import bytes_of_text
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
        data = bytes_of_text(text)
        with one_at_a_time(pixels_in(data)):
            picture = open_image(data, keep_alpha=True)
            picture = cover(picture, *nearest(tuple(sizes), picture.width / picture.height))
    except LuminaError:
        return ()
    return world.edits_of(np.asarray(picture))
