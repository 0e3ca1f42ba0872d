"""What the nodes share that need no model: they work at once, on words and pictures."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any

from PIL import Image
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    WithJsonSchema,
)

from lumina.runtime.painter import Painter
from lumina.steps import Steps
from lumina.tasks.base import Picture, Task, TaskEvent
from lumina.tasks.image_input import ImageField, ImageInput

_IMAGE: TypeAdapter[ImageInput] = TypeAdapter(ImageField)


def _read(value: Any) -> Picture | ImageInput:
    return value if isinstance(value, Picture) else _IMAGE.validate_python(value)


def _written(value: Picture | ImageInput) -> Any:
    return _IMAGE.dump_python(value if isinstance(value, ImageInput) else ImageInput.of(value.image))


AnyImage = Annotated[
    Picture | ImageInput,
    PlainValidator(_read),
    PlainSerializer(_written),
    WithJsonSchema(_IMAGE.json_schema()),
]
"""An image that stays a drawn ``Picture`` if it is one, with the task that gives it again."""


class OneImage(BaseModel):
    """The output of a node that makes an image."""

    model_config = ConfigDict(frozen=True)

    image: ImageField = Field(title="Image")


class OneText(BaseModel):
    """The output of a node that makes a text."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(title="Text")


class Tool(Task):
    """A task that computes its ``Output`` at once, without the model."""

    @abstractmethod
    def result(self) -> BaseModel:
        """Do it; raises InputError where the inputs do not go together."""

    def run(self, painter: Painter | None) -> Steps[TaskEvent, Any]:
        """The result, after no steps at all."""
        yield from ()
        return self.result()

    @classmethod
    def uses_model(cls, values: Mapping[str, Any]) -> bool:
        """See Task."""
        return False


def one_image(image: Image.Image) -> OneImage:
    """The output that holds ``image``."""
    return OneImage(image=ImageInput.of(image))
