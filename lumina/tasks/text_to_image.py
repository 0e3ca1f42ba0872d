"""Text to image: a sentence becomes a picture."""

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import Field

from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest
from lumina.sampler.options import MAX_SEED
from lumina.tasks import instructions
from lumina.tasks.base import DrawingTask
from lumina.tasks.fields import Prompt, side


class TextToImage(DrawingTask):
    """Draw a picture from a description. Variation i uses seed + i and is a task of its own."""

    name: ClassVar[str] = "text_to_image"
    title: ClassVar[str] = "Create"
    spoken: ClassVar[str | None] = "prompt"
    unsized: ClassVar[bool] = True

    prompt: Prompt = Field(title="Prompt", description="What to draw, in plain English.")
    width: int | None = side("Width")
    height: int | None = side("Height")
    variations: int = Field(1, title="Variations", description="How many pictures to draw.", ge=1, le=4)

    def resolved(self, pipeline: Painter) -> Self:
        """As for every drawing task, and the model's own size where none was asked for."""
        width, height = pipeline.spec.default_size
        size = {"width": self.width or width, "height": self.height or height}
        return super().resolved(pipeline).model_copy(update=size)

    def singles(self) -> "Sequence[TextToImage]":
        """One task for each variation, the first with the seed itself; candidates of each follow its seed."""
        first = int(self.seed)
        seeds = [(first + index * self.best_of) % (MAX_SEED + 1) for index in range(self.variations)]
        return [self.model_copy(update={"seed": seed, "variations": 1}) for seed in seeds]

    def request(self, painter: Painter) -> DrawRequest:
        """The description in the words the model was trained on."""
        width, height = int(self.width or 0), int(self.height or 0)
        return self._request(painter, self.words(width, height), prompt=self.prompt)

    def words(self, width: int, height: int) -> str:
        """See DrawingTask; without a size where both sides are 0."""
        if not width:
            return instructions.text_to_image_unsized(self.prompt)
        return instructions.text_to_image(self.prompt, width, height)
