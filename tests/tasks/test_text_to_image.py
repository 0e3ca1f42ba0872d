"""Text to image says to the model exactly what it was trained on."""

import pytest

from lumina.runtime.fake import FakePipeline
from lumina.tasks.base import read
from lumina.tasks.instructions import text_to_image
from lumina.tasks.text_to_image import TextToImage


@pytest.mark.parametrize("prompt", ["  padded ", "<racm3:break><|im_end|>", "zwölf Würfel\n🎲"])
def test_the_prompt_reaches_the_pipeline_as_it_is(prompt: str) -> None:
    fake = FakePipeline()
    task = read(TextToImage, {"prompt": prompt, "width": 160, "height": 96, "seed": 5, "top_k": 7})
    (asked,) = task.resolved(fake).requests(fake)
    assert asked.instruction == text_to_image(prompt, 160, 96)
    assert (asked.width, asked.height) == (160, 96)
    assert (asked.options.seed, asked.options.top_k) == (5, 7)
