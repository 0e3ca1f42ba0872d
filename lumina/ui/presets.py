"""What a person wants of a drawing, in a few words: presets of the settings that decide it."""

import json
from typing import Any

import gradio as gr

from lumina.runtime.request import ScorerChoice
from lumina.ui.events import QUICK
from lumina.ui.forms import Form

FIELDS = ("variations", "best_of", "temperature", "scorer")
# No way changes the temperature: less makes no picture surer, more makes them less right, not more different.
USUAL, VARIED, BEST = "one, as it comes", "four different ones", "the best of 4"


class Presets:
    """A choice that fills in the settings, and shows which of its ways they are, if any."""

    def __init__(self) -> None:
        self.choice = gr.Radio(
            [USUAL, VARIED, BEST], value=USUAL, label="Preset", elem_classes="choice kinds presets"
        )

    def connect(self, form: Form) -> None:
        """Listen, once the settings are in the page; all of it happens there."""
        parts: list[Any] = [form.component(name) for name in FIELDS]
        ways = json.dumps(ways_of(*(part.value for part in parts)))
        self.choice.input(None, self.choice, parts, js=f"(name) => ({ways})[name]", **QUICK)
        named = f"(...now) => window.lumina.presetOf({ways}, now)"
        gr.on([part.change for part in parts], None, parts, self.choice, js=named, **QUICK)
        kind: Any = form.component("kind") if form.has("kind") else None
        if kind is not None:  # a picture and its map are drawn one at a time
            shown = "(kind) => ({ __type__: 'update', visible: kind === 'none' || 'hidden' })"
            kind.change(None, kind, self.choice, js=shown, **QUICK)


def ways_of(
    variations: int, best_of: int, temperature: float, scorer: ScorerChoice
) -> dict[str, list[float | str]]:
    """For each way what it fills in; the first has the values of an untouched form."""
    return {
        USUAL: [variations, best_of, temperature, scorer],
        VARIED: [4, 1, temperature, scorer],
        BEST: [1, 4, temperature, "auto"],
    }
