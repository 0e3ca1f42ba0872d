"""Several pictures at once, as nodes: side by side, in a grid, or one picked by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from lumina.errors import InputError
from lumina.images import MAX_PIXELS, columns_of, contact_sheet, cover
from lumina.runtime.events import Scored
from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest, ScorerName
from lumina.steps import Following, Steps
from lumina.tasks.base import Picture, TaskEvent
from lumina.tasks.image_input import ImageField
from lumina.tasks.utility.tool import AnyImage, OneImage, Tool, one_image


class Compare(Tool):
    """Two pictures side by side, the second one as high as the first."""

    name: ClassVar[str] = "compare"
    title: ClassVar[str] = "Compare"
    Output: ClassVar[type[BaseModel]] = OneImage

    left: ImageField = Field(title="Left", description="The first picture.")
    right: ImageField = Field(title="Right", description="The second picture.")

    def result(self) -> OneImage:
        """One picture of both."""
        left, right = self.left.image, self.right.image
        size = (max(1, round(right.width * left.height / right.height)), left.height)
        _check_sheet([left.size, size], columns=2)
        left, right = (cover(each, *each.size) for each in (left, right))
        sheet = contact_sheet([left, right.resize(size, Image.Resampling.LANCZOS)], columns=2)
        return one_image(sheet)


class Grid(Tool):
    """All pictures of a list on one sheet."""

    name: ClassVar[str] = "grid"
    title: ClassVar[str] = "Grid"
    Output: ClassVar[type[BaseModel]] = OneImage

    images: tuple[ImageField, ...] = Field(
        title="Pictures", description="What to put on the sheet.", min_length=1, max_length=64
    )
    columns: int | None = Field(
        None, title="Columns", description="Pictures in a row; by default as many as rows.", ge=1, le=64
    )

    def result(self) -> OneImage:
        """The sheet, row after row."""
        images = [each.image for each in self.images]
        columns = min(self.columns or columns_of(len(images)), len(images))
        _check_sheet([image.size for image in images], columns)
        return one_image(contact_sheet(images, columns))


def _check_sheet(sizes: Sequence[tuple[int, int]], columns: int) -> None:
    """Raise InputError if pictures of these sizes make too large a sheet, before any is made larger."""
    width, height = (max(size[side] for size in sizes) for side in (0, 1))
    if -(-len(sizes) // columns) * columns * width * height > MAX_PIXELS:
        millions = MAX_PIXELS // 1_000_000
        raise InputError(
            f"The sheet would have over {millions} million pixels; use fewer or smaller pictures."
        )


class Picked(BaseModel):
    """The output of a choice."""

    model_config = ConfigDict(frozen=True)

    image: AnyImage = Field(title="Image")


class Pick(Tool):
    """One picture of several, picked by a person; without a choice the run ends here and asks for one."""

    name: ClassVar[str] = "pick"
    title: ClassVar[str] = "Pick"
    Output: ClassVar[type[BaseModel]] = Picked
    asks: ClassVar[str | None] = "choice"
    asks_unless: ClassVar[str | None] = "scorer"

    images: tuple[AnyImage, ...] = Field(
        title="Pictures", description="What to choose from.", min_length=1, max_length=64
    )
    choice: int | None = Field(
        None, title="Choice", description="The number of the picture, from 1.", ge=1, le=64
    )
    scorer: ScorerName | None = Field(
        None, title="Scorer", description="Who picks where no choice is made; nobody: the run asks."
    )

    @classmethod
    def uses_model(cls, values: Mapping[str, Any]) -> bool:
        """Whether the model has to say how likely each picture is."""
        return values.get("choice") is None and values.get("scorer") is not None

    @classmethod
    def is_asked(cls, values: Mapping[str, Any]) -> bool:
        """Whether a person has to choose."""
        return values.get("choice") is None and values.get("scorer") is None

    def run(self, painter: Painter | None) -> Steps[TaskEvent, Picked]:
        """The picture itself; raises InputError if there is none of this number, or none can be scored."""
        if self.choice is not None or self.scorer is None:
            return self.result()
        if painter is None:
            raise InputError("Only a model can score pictures; choose one by its number.")
        scores = [0.0] * len(self.images)
        with Following(painter.draw(self._requests(painter, self.scorer))) as run:
            for event in run:
                if isinstance(event, Scored):
                    scores[event.index] = event.score
                yield event
        return Picked(image=self.images[scores.index(max(scores))])

    def _requests(self, painter: Painter, scorer: ScorerName) -> list[DrawRequest]:
        """Each picture as it is drawn already, to be scored."""
        found: list[DrawRequest] = []
        for image in self.images:
            if not isinstance(image, Picture):
                raise InputError("Only pictures that the model drew can be scored; choose one by its number.")
            codes, asked = image.drawing.codes, image.task.as_read(painter.spec).request(painter)
            found.append(replace(asked, kept=codes, stop_row=len(codes), scorer=scorer))
        return found

    def result(self) -> Picked:
        """The picture of the number chosen."""
        if self.choice is None or self.choice > len(self.images):
            raise InputError(f"There are {len(self.images)} pictures; pick one from 1 to {len(self.images)}.")
        return Picked(image=self.images[self.choice - 1])
