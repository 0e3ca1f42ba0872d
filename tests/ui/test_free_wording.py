"""The line below a field of words: another model that knows more of them, and what a click on it does."""

import asyncio

import gradio as gr
import pytest

from lumina.model.config import MODELS
from lumina.settings import Settings
from lumina.ui.free_wording import FreeWording
from lumina.ui.model_choice import ModelChoice

TABLETOP = MODELS["tabletop"]
STICKERS = MODELS["stickers"]


@pytest.fixture
def choice() -> ModelChoice:
    choice = ModelChoice(Settings(model="tabletop"), is_public=False)
    choice.offered = [TABLETOP, STICKERS]
    return choice


@pytest.fixture
def wording(choice: ModelChoice) -> FreeWording:
    async def build() -> FreeWording:
        with gr.Blocks(analytics_enabled=False):
            made = FreeWording(TABLETOP, "prompt", gr.Textbox(), choice.others("text_to_image"))
            made.move_on(choice, "text_to_image")
        return made

    return asyncio.run(build())


def test_the_line_names_the_model_that_knows_more(wording: FreeWording) -> None:
    for words, expected in (("a cat", {"model": "stickers", "title": "Stickers"}), ("a cube", None)):
        line = asyncio.run(named(wording, words))
        assert line.props["elsewhere"] == expected


async def named(wording: FreeWording, words: str) -> gr.HTML:
    with gr.Blocks(analytics_enabled=False):
        line = wording._name_unknown(words, True)
    assert isinstance(line, gr.HTML)
    return line
