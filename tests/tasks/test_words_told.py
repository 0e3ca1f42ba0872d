"""A model with a world is told a person's words in its own spelling; the task keeps what was typed."""

import pytest

from lumina.errors import InputError
from lumina.model.config import spec_of
from lumina.tasks.base import read
from lumina.tasks.image_pair import ImagePair
from lumina.tasks.text_to_image import TextToImage

TABLETOP, OMNI = spec_of("tabletop"), spec_of("omni")


@pytest.mark.parametrize("task", [TextToImage, ImagePair])
def test_the_world_reads_plain_words_and_the_task_keeps_what_was_typed(task: type) -> None:
    typed, plain = (task(prompt=words, width=128, height=128) for words in ("A Red\u00a0Cube.", "a red cube"))
    assert typed.motif_for(TABLETOP).instruction == plain.motif_for(TABLETOP).instruction
    assert typed.motif_for(TABLETOP).prompt == "a red cube" and typed.prompt == "A Red\u00a0Cube."
    assert "A Red\u00a0Cube." in typed.motif_for(OMNI).instruction


@pytest.mark.parametrize("words", ["\u200b", "...", " \u00a0", "\u2800", "!?"])
def test_words_that_say_nothing_are_refused(words: str) -> None:
    with pytest.raises(InputError, match="must not be empty"):
        read(TextToImage, {"prompt": words})
    with pytest.raises(InputError, match="must not be empty"):
        TextToImage(prompt="✨").motif_for(TABLETOP)
