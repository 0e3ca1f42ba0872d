"""Help with the words of one field: what is understood of them, and which words the model does not know."""

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from lumina.model.config import ModelSpec
from lumina.ui.events import QUICK, payload_of
from lumina.ui.messages.easel import Elsewhere, Unknown
from lumina.ui.model_choice import ModelChoice, given_as
from lumina.ui.prompt_guide import better_informed, guide_of, swapped
from lumina.ui.unknown_words_line import make_unknown_words
from lumina.worlds.language import Kind


class FreeWording:
    """The line below a field of words."""

    def __init__(self, spec: ModelSpec, kind: Kind, words: Any, others: Sequence[ModelSpec] = ()) -> None:
        """``others`` are models that could draw the same words in place of the present one."""
        self.guide = guide_of(spec, kind)
        self.spec, self.others = spec, others
        self.words = words
        self.hint = make_unknown_words(spec.title, bool(spec.world))

    def connect(self, reads: gr.Checkbox | None) -> None:
        """Follow what is typed, and the switch of the reader where there is one."""
        typed: list[Any] = [self.words] if reads is None else [self.words, reads]
        changes = [each.change for each in typed]
        gr.on(changes, self._name_unknown, typed, self.hint, trigger_mode="always_last", **QUICK)
        self.hint.swap(self._swapped, self.words, self.words, **QUICK)
        self.hint.adopt(self._adopted, self.words, self.words, **QUICK)

    def move_on(self, choice: ModelChoice, task: str) -> None:
        """Let a click open the page anew for the model that knows more, which draws the words there."""

        def chosen(event: gr.EventData) -> None:
            choice.choose(str(payload_of(event).get("model", "")))

        moved = f"(words) => window.lumina.reopened({{ task: {json.dumps(task)}, words }})"
        self.hint.move(chosen, None, None, **QUICK).success(None, self.words, None, js=moved, **QUICK)

    def _name_unknown(self, text: str, reads: bool = False) -> Any:
        """What is understood and what is not in it; else the words that the model does not know."""
        reading = self.guide.reading(text or "") if reads else None
        unknown = reading.left_out if reading else self.guide.unknown(text or "")
        words = [Unknown.model_validate(word.told()).data() for word in unknown]
        other = better_informed(text or "", self.spec, self.others)
        elsewhere = None if other is None else Elsewhere(model=given_as(other), title=other.title).data()
        return gr.HTML(words=words, reading=reading.sentence if reading else "", elsewhere=elsewhere)

    def _adopted(self, text: str) -> str:
        reading = self.guide.reading(text or "")
        return reading.sentence if reading else text

    def _swapped(self, text: str, event: gr.EventData) -> str:
        return swapped(text or "", event._data, self.guide)
