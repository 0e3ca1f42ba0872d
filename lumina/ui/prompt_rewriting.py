"""Beside a prompt for a published model: have it written out in detail, and take one's own words back."""

from html import escape
from typing import Any, Final

import gradio as gr

from lumina.errors import InputError
from lumina.runtime.rewriter import Rewriter
from lumina.ui.events import QUICK, Manner

AT_ONCE: Final = 2  # that are asked for, of all visitors together; others wait in line
ASKS: Manner = {
    "concurrency_id": "rewriter",
    "concurrency_limit": AT_ONCE,
    "show_progress": "minimal",
    "api_visibility": "private",
}


class PromptRewriting:
    """Two buttons below the prompt; what comes stands in the prompt and can be changed there."""

    def __init__(self, rewriter: Rewriter) -> None:
        self._rewriter, self._own = rewriter, gr.State("")
        with gr.Row(elem_classes="rewriting"):
            self._more = gr.Button("Write it out in detail", size="sm", min_width=0)
            self._back = gr.Button("My own words again", size="sm", min_width=0, visible=False)

    def connect(self, words: Any) -> None:
        """Have them act on this field."""
        told: list[Any] = [words, self._own, self._back]
        self._more.click(self._written_out, words, told, show_progress_on=words, **ASKS)
        self._back.click(lambda own: (own, "", gr.update(visible=False)), self._own, told, **QUICK)

    def _written_out(self, text: str) -> tuple[Any, ...]:
        try:
            detailed = self._rewriter.detailed(text or "")
        except InputError as error:  # the words stay as they are
            gr.Warning(escape(str(error)))
            return gr.skip(), gr.skip(), gr.skip()
        return detailed, text, gr.update(visible=True)
