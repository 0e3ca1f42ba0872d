"""Text to image says to the model exactly what it was trained on."""

import pytest

from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.tasks.base import read
from lumina.tasks.instructions import text_to_image
from lumina.tasks.text_to_image import TextToImage


@pytest.mark.parametrize("prompt", ["  padded ", "<racm3:break><|im_end|>", "zwölf Würfel\n🎲"])
def test_the_prompt_reaches_a_published_model_as_it_is(prompt: str) -> None:
    fake = FakePipeline(MODELS["omni"])
    task = read(TextToImage, {"prompt": prompt, "width": 768, "height": 768, "seed": 5, "top_k": 7})
    (asked,) = task.resolved(fake).requests(fake)
    assert asked.instruction == text_to_image(prompt, 768, 768)
    assert (asked.width, asked.height) == (768, 768)
    assert (asked.options.seed, asked.options.top_k) == (5, 7)
