"""Predict: a picture becomes its map."""

from typing import ClassVar

from pydantic import Field

from lumina.tasks import instructions
from lumina.tasks.image_input import ImageField
from lumina.tasks.panels import PanelTask


class Predict(PanelTask):
    """Draw a map of a picture, such as its edges or its segments."""

    name: ClassVar[str] = "predict"
    title: ClassVar[str] = "Predict"
    map_output: ClassVar[str | None] = "image"
    compares: ClassVar[str | None] = "Picture | map"

    image: ImageField = Field(title="Picture", description="What the map is made of.")
    kind: instructions.Kind = Field("depth", title="Kind", description="Which map to draw.")

    def words(self, width: int, height: int) -> str:
        """See DrawingTask."""
        return instructions.predict(self.kind, width, height)
