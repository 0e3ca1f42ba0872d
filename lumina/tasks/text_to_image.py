"""Text to image: a sentence becomes a picture."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from numpy.typing import NDArray
from pydantic import Field, field_validator

from lumina.pipeline.drawing import Drawing, Painter
from lumina.steps import Steps
from lumina.tasks import instructions
from lumina.tasks.base import MAX_SEED, DrawingTask


class TextToImage(DrawingTask):
    """Draw a picture from a description. Variation i uses seed + i and is a task of its own."""

    name: ClassVar[str] = "text_to_image"
    title: ClassVar[str] = "Create"

    prompt: str = Field(title="Prompt", description="What to draw, in plain English.", max_length=2000)
    width: int | None = Field(None, title="Width", description="In pixels.", ge=32, le=4096, multiple_of=32)
    height: int | None = Field(None, title="Height", description="In pixels.", ge=32, le=4096, multiple_of=32)
    variations: int = Field(1, title="Variations", description="How many pictures to draw.", ge=1, le=4)

    @field_validator("prompt")
    @classmethod
    def _says_something(cls, prompt: str) -> str:
        if not prompt.strip():
            raise ValueError("must not be empty; say what to draw")
        return prompt

    def resolved(self, pipeline: Painter) -> Self:
        """As for every drawing task, and the model's own size where none was asked for."""
        width, height = pipeline.spec.default_size
        size = {"width": self.width or width, "height": self.height or height}
        return super().resolved(pipeline).model_copy(update=size)

    def candidates(self) -> "Sequence[TextToImage]":
        """One task for each variation, the first with the seed itself."""
        first = int(self.seed)
        seeds = [(first + index) % (MAX_SEED + 1) for index in range(self.variations)]
        return [self.model_copy(update={"seed": seed, "variations": 1}) for seed in seeds]

    def draw(self, pipeline: Painter, drawn: NDArray[Any] | None) -> Steps[Drawing]:
        """One picture, asked for in the words the model was trained on."""
        width, height = int(self.width or 0), int(self.height or 0)
        return pipeline.draw(
            instruction=instructions.text_to_image(self.prompt, width, height),
            width=width,
            height=height,
            options=self.options(),
            drawn=drawn,
            rerolls=self.rerolls,
            stop_row=self.stop_row,
        )
