"""Text to image says to the model exactly what it was trained on."""

from typing import Any

import pytest

from lumina.model.config import spec_of
from lumina.runtime.fake import FakePipeline
from lumina.steps import Steps, finish
from lumina.tasks.base import read
from lumina.tasks.instructions import text_to_image
from lumina.tasks.text_to_image import TextToImage


@pytest.mark.parametrize("prompt", ["  padded ", "<racm3:break><|im_end|>", "zwölf Würfel\n🎲"])
def test_the_prompt_reaches_the_pipeline_as_it_is(prompt: str) -> None:
    seen: dict[str, Any] = {}

    class Recorder(FakePipeline):
        def draw(self, **request: Any) -> Steps[Any]:
            seen.update(request)
            return super().draw(**request)

    task = read(TextToImage, {"prompt": prompt, "width": 1024, "height": 576, "seed": 5, "top_k": 7})
    finish(task.run(Recorder(spec_of("omni"))))
    assert seen["instruction"] == text_to_image(prompt, 1024, 576)
    assert (seen["width"], seen["height"]) == (1024, 576)
    assert (seen["options"].seed, seen["options"].top_k) == (5, 7)
