"""What the tasks share that show the model a picture: it stands above the one that is drawn."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

import numpy as np
from PIL import Image, ImageChops

from lumina.errors import InputError
from lumina.model.config import ModelSpec
from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest
from lumina.tasks.base import DrawingTask, Task
from lumina.tasks.fields import side
from lumina.tasks.image_input import ImageInput

PART = 16  # pixels along one side of a part that is compared
SAME = 10.0  # of 255, up to which the mean of a part is the same
UNKNOWN = "The edit changed nothing: {model} does not know {words}; say it otherwise."
UNCHANGED = (
    "The edit changed nothing: the picture is so already, or what it is about is not in it; say it otherwise."
)

SIDE = (
    "Of the result, in pixels; by default of the model's size whose shape is nearest to that of the picture "
    "given, which is cut to that shape."
)
CUT = (
    "Only the middle of what was given was taken, in the shape of the result ({width}x{height}): its {ends} "
    "ends were cut off."
)
MOST_CUT = 0.03  # of a picture, that nobody needs to be told of


class PanelTask(DrawingTask):
    """A drawing task with a given picture, the field that ``given`` names.

    The result is as large as the panel: the size asked for, or that of the model's whose shape is nearest.
    """

    dual: ClassVar[bool] = True
    given: ClassVar[str] = "image"
    takes_map: ClassVar[bool] = False  # whether what is given is a map of the kind `kind`
    extracts: ClassVar[str | None] = None  # the input that says: make the map from a photograph
    turns: ClassVar[bool] = False  # whether the result is what the next instruction changes

    width: int | None = side("Width", SIDE, advanced=True)
    height: int | None = side("Height", SIDE, advanced=True)

    @property
    def picture(self) -> ImageInput:
        """The given picture."""
        found: ImageInput = getattr(self, self.given)
        return found

    def check(self, spec: ModelSpec) -> None:
        """As for every drawing task; and the model must know the kind of map."""
        super().check(spec)
        check_kind(self, spec)

    def resolved(self, pipeline: Painter) -> Self:
        """As for every drawing task, and the size of the result."""
        width, height = self.width, self.height
        if width is None or height is None:
            across, down = self.picture.size
            width, height = nearest(pipeline.spec.sizes_of(dual=self.dual), across / down)
        size = {"width": width, "height": height}
        return super().resolved(pipeline).model_copy(update=size)

    def panel(self, width: int, height: int) -> Image.Image:
        """What stands above the result: the given picture, cut as the model's own references were."""
        return self.picture.cut(width, height)

    def remarks(self, drawn: Image.Image, spec: ModelSpec) -> Iterator[str]:
        """As for every drawing task; where the picture that was to be changed still looks the same; and what
        of the given picture the model was not shown.
        """
        yield from super().remarks(drawn, spec)
        if self.turns and is_same(self.panel(*drawn.size), drawn):
            yield self._unchanged(spec)
        if (ends := ends_cut(self.picture.size, drawn.size)) is not None:
            yield CUT.format(width=drawn.width, height=drawn.height, ends=ends)

    def _unchanged(self, spec: ModelSpec) -> str:
        """That an edit changed nothing; and why, if that is known."""
        words = ", ".join(f'"{one.word}"' for one in self.unknown_words(spec) if not one.note)
        return UNKNOWN.format(model=spec.title, words=words) if words else UNCHANGED

    def request(self, painter: Painter) -> DrawRequest:
        """The instruction, and the panel."""
        width, height = int(self.width or 0), int(self.height or 0)
        panel = self.panel(width, height)
        prompt = str(getattr(self, "prompt", ""))
        return self._request(painter, self.words(width, 2 * height), given=(panel,), prompt=prompt)


def is_same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures of one size differ nowhere more than by being encoded once more.

    The parts of tabletop's that do have a difference of 2 at most, those of a changed one 28 and more.
    """
    apart = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    parts = apart.resize((max(1, apart.width // PART), max(1, apart.height // PART)), Image.Resampling.BOX)
    mean = np.asarray(parts, np.float64).mean(axis=2)
    return float(mean.max()) < SAME


def ends_cut(given: tuple[int, int], size: tuple[int, int]) -> str | None:
    """Which ends of a picture of size ``given`` are cut off to show it at ``size``; None if hardly any."""
    shape = given[0] / given[1] / (size[0] / size[1])
    if min(shape, 1 / shape) >= 1 - MOST_CUT:
        return None
    return "left and right" if shape > 1 else "upper and lower"


def check_kind(task: DrawingTask, spec: ModelSpec) -> None:
    """Raise InputError if the task names a kind of map that the model does not know."""
    kind: Any = getattr(task, "kind", None)
    if kind is not None and kind not in spec.kinds:
        known = ", ".join(spec.kinds) or "none"
        raise InputError(f'{spec.title} does not know the kind "{kind}"; it knows: {known}.')


def nearest(sizes: tuple[tuple[int, int], ...], aspect: float) -> tuple[int, int]:
    """Of ``sizes`` the one whose width / height is nearest to ``aspect``, by ratio; the first if equal."""

    def distance(size: tuple[int, int]) -> float:
        ratio = size[0] / size[1] / aspect
        return max(ratio, 1 / ratio)

    return min(sizes, key=distance)


def takes_map(task: type[Task]) -> bool:
    """Whether the picture given to a task is a map."""
    return issubclass(task, PanelTask) and task.takes_map
