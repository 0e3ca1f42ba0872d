"""Control: a map says where things are, a sentence says what they are."""

from collections.abc import Iterator
from typing import ClassVar

from PIL import Image
from pydantic import Field

from lumina.model.config import ModelSpec
from lumina.tasks import instructions
from lumina.tasks.conditions import EXTRACTED, check_extracted, condition_of, is_photograph
from lumina.tasks.fields import Prompt
from lumina.tasks.image_input import ImageField
from lumina.tasks.panels import PanelTask

PHOTOGRAPH = (
    "The condition looks like a photograph and was taken for a map; set extract, with one of the kinds "
    "{kinds}, for the map to be made from it, or give a map, which the task predict draws."
)


class Control(PanelTask):
    """Draw a picture that follows a map: depth, edges, normals, segments or a scribble."""

    name: ClassVar[str] = "control"
    title: ClassVar[str] = "Control"
    spoken: ClassVar[str | None] = "prompt"
    given: ClassVar[str] = "condition"
    takes_map: ClassVar[bool] = True
    extracts: ClassVar[str | None] = "extract"
    compares: ClassVar[str | None] = "Map | picture"

    condition: ImageField = Field(title="Map", description="The map that the picture follows.")
    kind: instructions.Kind = Field("depth", title="Kind", description="What the map shows.")
    prompt: Prompt = Field(title="Prompt", description="What to draw, in plain English.")
    extract: bool = Field(
        False,
        title="Make the map from a photograph",
        description="What is put in is a photograph; its edges or a scribble become the map.",
    )

    def check(self, spec: ModelSpec) -> None:
        """As for every task with a panel; and the map must be one that a photograph gives."""
        super().check(spec)
        if self.extract:
            check_extracted(self.kind)

    def panel(self, width: int, height: int) -> Image.Image:
        """The map at the size of the result."""
        picture = super().panel(width, height)
        return condition_of(picture, self.kind) if self.extract else picture

    def remarks(self, drawn: Image.Image, spec: ModelSpec) -> Iterator[str]:
        """As for every task with a panel; and where what was given as a map looks like a photograph."""
        if not self.extract and is_photograph(self.condition.image):
            yield PHOTOGRAPH.format(kinds=", ".join(EXTRACTED))
        yield from super().remarks(drawn, spec)

    def words(self, width: int, height: int) -> str:
        """See DrawingTask."""
        return instructions.control(self.kind, self.prompt, width, height)
