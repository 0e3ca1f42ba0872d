"""The head of the page: the name, which model runs and on what, and light or dark."""

from collections.abc import Iterator
from html import escape
from typing import Any

import gradio as gr

from lumina.errors import LuminaError
from lumina.model.config import ModelSpec
from lumina.runtime.painter import Painter
from lumina.server.workshop import Workshop
from lumina.server.zerogpu import ON_ZEROGPU
from lumina.ui.easel import static_text
from lumina.ui.model_choice import ModelChoice

LOOK_AGAIN = 0.5  # seconds
DEVICES = {"cuda": "GPU"}


class Header:
    """Says what runs, from the first moment, when it is still loading."""

    def __init__(self, workshop: Workshop, spec: ModelSpec, choice: ModelChoice | None = None) -> None:
        self._workshop = workshop
        self._spec = spec
        with gr.Row(elem_classes="head"):
            gr.HTML(static_text("mark.html"), elem_classes="head-name")
            self.badge = gr.HTML(self._badge("loading", "loading…"), elem_classes="head-model")
            if choice:
                choice.show()
            gr.Button("Light or dark", elem_classes="head-theme", min_width=0, scale=0)

    def listen(self, page: gr.Blocks) -> None:
        """Tell every visitor when the model is there."""
        page.load(
            self._watch,
            None,
            self.badge,
            show_progress="hidden",
            api_visibility="private",
            concurrency_limit=None,
        )

    def _watch(self) -> Iterator[Any]:
        while not self._workshop.wait(LOOK_AGAIN):
            yield gr.skip()
        try:
            yield self._badge("ready", describe(self._workshop.painter))
        except LuminaError as error:
            yield self._badge("failed", str(error))

    def _badge(self, state: str, text: str) -> str:
        name = escape(self._spec.title)
        return (
            f'<p class="model-badge" data-state="{state}" role="status" title="{escape(self._spec.note)}">'
            f"<i></i><b>{name}</b><span>{escape(text)}</span></p>"
        )


def describe(painter: Painter) -> str:
    """On what a model runs: ``CPU · float32``."""
    device = "ZeroGPU" if ON_ZEROGPU else DEVICES.get(painter.device, painter.device.upper())
    return f"{device} · {painter.settings.dtype}"
