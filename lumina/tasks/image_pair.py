"""Image pair: a sentence becomes a picture and its map, drawn together."""

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from lumina.model.config import ModelSpec
from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest
from lumina.tasks import instructions
from lumina.tasks.base import DrawingTask, Picture
from lumina.tasks.fields import Prompt, side
from lumina.tasks.panels import check_kind
from lumina.tasks.text_to_image import TextToImage


class PicturePair(BaseModel):
    """A picture and its map: the upper and the lower panel of one drawing."""

    model_config = ConfigDict(frozen=True)

    image: tuple[Picture, ...] = Field(title="Image")
    map: tuple[Picture, ...] = Field(title="Map")


class ImagePair(DrawingTask):
    """Draw a picture from a description, and its map below it."""

    name: ClassVar[str] = "image_pair"
    title: ClassVar[str] = "Image pair"
    spoken: ClassVar[str | None] = "prompt"
    mode_of: ClassVar[type[DrawingTask] | None] = TextToImage
    dual: ClassVar[bool] = True
    map_output: ClassVar[str | None] = "map"
    Output: ClassVar[type[BaseModel]] = PicturePair

    prompt: Prompt = Field(title="Prompt", description="What to draw, in plain English.")
    kind: instructions.Kind = Field("depth", title="Kind", description="Which map to draw below it.")
    width: int | None = side("Width", "Of each panel, in pixels.")
    height: int | None = side("Height", "Of each panel, in pixels.")

    def check(self, spec: ModelSpec) -> None:
        """As for every drawing task; and the model must know the kind of map."""
        super().check(spec)
        check_kind(self, spec)

    def resolved(self, pipeline: Painter) -> Self:
        """As for every drawing task, and the model's first panel size where none was asked for."""
        width, height = pipeline.spec.sizes_of(dual=self.dual)[0]
        size = {"width": self.width or width, "height": self.height or height}
        return super().resolved(pipeline).model_copy(update=size)

    def request(self, painter: Painter) -> DrawRequest:
        """Both panels are drawn; the map is the lower one."""
        width, height = int(self.width or 0), int(self.height or 0)
        return self._request(painter, self.words(width, 2 * height), panels=2, prompt=self.prompt)

    def words(self, width: int, height: int) -> str:
        """See DrawingTask."""
        return instructions.image_pair(self.kind, self.prompt, width, height)

    @classmethod
    def output(cls, pictures: Sequence[Picture]) -> PicturePair:
        """Each drawing's upper half is the picture, its lower half the map."""
        return PicturePair(
            image=tuple(picture.model_copy(update={"part": "upper"}) for picture in pictures),
            map=tuple(picture.model_copy(update={"part": "lower"}) for picture in pictures),
        )
