"""The buttons below a prompt for a published model: what comes is put in the field, faults leave it alone."""

import asyncio
from typing import Any

import gradio as gr
import pytest

from lumina.errors import InputError
from lumina.runtime.rewriter import Rewriter
from lumina.settings import Settings
from lumina.ui.prompt_rewriting import PromptRewriting


def buttons(monkeypatch: pytest.MonkeyPatch, answer: str | InputError) -> PromptRewriting:
    def detailed(self: Rewriter, prompt: str) -> str:
        if isinstance(answer, InputError):
            raise answer
        return f"{answer} ({prompt})"

    async def build() -> PromptRewriting:
        with gr.Blocks(analytics_enabled=False):
            made = PromptRewriting(Rewriter(Settings(rewriter="http://127.0.0.1:1/v1")))
            made.connect(gr.Textbox())
        return made

    monkeypatch.setattr(Rewriter, "detailed", detailed)
    return asyncio.run(build())


def test_the_description_takes_the_place_of_the_words_which_can_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words, own, back = buttons(monkeypatch, "A ginger cat.")._written_out("a cat")
    assert words == "A ginger cat. (a cat)" and own == "a cat" and back["visible"] is True


def test_a_fault_is_told_and_the_words_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(gr, "Warning", told.append)
    found = buttons(monkeypatch, InputError("It is <away>."))._written_out("a cat")
    assert told == ["It is &lt;away&gt;."] and found == (gr.skip(),) * 3
