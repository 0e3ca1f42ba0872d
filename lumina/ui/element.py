"""A part of the page with a script of its own."""

import inspect
from typing import Any

import gradio as gr

_SETTINGS = frozenset(inspect.signature(gr.HTML.__init__).parameters)


class HTML(gr.HTML):
    """Gradio's component for markup and a script, in which a quoted word may also be the name of a setting.

    Gradio takes any quoted word of the script for an event: a word like ``"inputs"`` then stands in the
    page's configuration as a function, and each visit copies the whole page that hangs on it.
    """

    __module__ = gr.HTML.__module__  # elsewhere Gradio would write a stub file beside this one
    EVENTS = gr.HTML.EVENTS

    def __getattr__(self, name: str) -> Any:
        if name in _SETTINGS:
            raise AttributeError(f"{name} is a setting, not an event.")
        return super().__getattr__(name)
