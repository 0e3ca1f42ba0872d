"""What a task is: one class whose fields are the form, the options, the workflow node and the schema."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, Self, TypeVar

from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from lumina.errors import InputError
from lumina.model.config import ModelSpec
from lumina.pipeline.drawing import Drawing, Motif, Painter
from lumina.sampler.options import SamplingOptions
from lumina.settings import Dtype
from lumina.steps import Progress, Steps
from lumina.tasks.fields import Reroll, Seed, option
from lumina.tasks.wording import phrases, sentence

Part = Literal["whole", "upper", "lower"]


class Task(BaseModel, ABC):
    """One thing a person can ask for. Its fields are the inputs, the fields of ``Output`` the results."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int] = 1  # part of what the cache knows a result by; raise it when results change
    asks: ClassVar[str | None] = None  # the input that a person fills once the others are there
    Output: ClassVar[type[BaseModel]]

    @abstractmethod
    def run(self, pipeline: Painter) -> Steps[Any]:
        """Do it; returns an ``Output``. ``Progress.partial`` is the Output so far, None without previews."""

    @classmethod
    def inputs(cls) -> dict[str, FieldInfo]:
        """The fields in the order people meet them: the task's own, then shared ones, advanced ones last."""
        own = cls.__annotations__
        return dict(
            sorted(cls.model_fields.items(), key=lambda item: (is_advanced(item[1]), item[0] not in own))
        )


def is_advanced(field: FieldInfo) -> bool:
    """Whether a form hides this field until asked for advanced options."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("advanced"))


TaskType = TypeVar("TaskType", bound=Task)


def read(task_class: type[TaskType], values: Mapping[str, Any]) -> TaskType:
    """The task with these inputs; raises InputError with one sentence that names each wrong input."""
    try:
        return task_class.model_validate(dict(values))
    except ValidationError as error:
        raise InputError(sentence(phrases(error))) from None


class Picture(BaseModel):
    """A drawing with the task that gives it again: its seed and options are those really used.

    ``part`` says which panel of a drawing that holds two is meant.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    task: "DrawingTask"
    drawing: Drawing
    part: Part = "whole"

    @property
    def image(self) -> Image.Image:
        """The pixels, at full size."""
        whole = self.drawing.image
        if self.part == "whole":
            return whole
        middle = whole.height // 2
        first, last = (0, middle) if self.part == "upper" else (middle, whole.height)
        return whole.crop((0, first, whole.width, last))


class Pictures(BaseModel):
    """The output of a drawing task: one picture for each variation."""

    model_config = ConfigDict(frozen=True)

    image: tuple[Picture, ...] = Field(title="Image")


class DrawingTask(Task):
    """A task that draws. Options left at None take the model's default, or the settings'."""

    Output: ClassVar[type[BaseModel]] = Pictures

    seed: Seed = Field("random", title="Seed", description="The same number draws the same picture again.")
    guidance_scale: float | None = option(
        "Guidance", "How closely to follow the words; 1 is off.", ge=0, le=30, allow_inf_nan=False
    )
    temperature: float | None = option(
        "Temperature", "Lower is safer, higher more varied.", ge=0.01, le=10, allow_inf_nan=False
    )
    top_k: int | None = option("Top k", "Draw from the k likeliest codes only; 0 is off.", ge=0, le=100_000)
    top_p: float | None = option(
        "Top p",
        "Draw from the likeliest codes that sum to this; 1 is off.",
        ge=0.001,
        le=1,
        allow_inf_nan=False,
    )
    rerolls: tuple[Reroll, ...] = option(
        "Re-rolls", "[row, seed] pairs: rows from there on take the noise of that seed.", (), max_length=64
    )
    stop_row: int | None = option("Stop row", "Draw only this many rows of codes.", ge=1, le=4096)
    window: int | None = option(
        "Window", "Codes tried in one forward pass: speed, not the picture.", ge=1, le=256
    )
    dtype: Dtype | None = option("Precision", "Number format of the computation.")

    @abstractmethod
    def motif(self) -> Motif:
        """What to draw, of a resolved task that stands for one picture."""

    def check(self, spec: ModelSpec) -> None:
        """Raise InputError if the model cannot do this."""
        if self.name not in spec.tasks:
            raise InputError(f"{spec.title} cannot do {self.name}; it can do: {', '.join(spec.tasks)}.")

    def singles(self) -> "Sequence[DrawingTask]":
        """Of a resolved task, the tasks that draw one picture each."""
        return (self,)

    @classmethod
    def output(cls, pictures: Sequence[Picture]) -> BaseModel:
        """The Output that holds these pictures, one for each single task."""
        return Pictures(image=tuple(pictures))

    def resolved(self, pipeline: Painter) -> Self:
        """A copy with every default filled in and a number for a random seed, as a recipe needs it."""
        spec, settings = pipeline.spec, pipeline.settings
        defaults = {
            "guidance_scale": spec.guidance_scale,
            "temperature": spec.temperature,
            "top_k": spec.top_k,
            "top_p": spec.top_p,
            "window": settings.window,
            "dtype": settings.dtype,
        }
        missing = {name: value for name, value in defaults.items() if getattr(self, name) is None}
        if self.seed == "random":
            missing["seed"] = secrets.randbelow(2**31)
        return self.model_copy(update=missing)

    def options(self) -> SamplingOptions:
        """The sampler's options of a resolved task."""
        names = ("seed", "guidance_scale", "temperature", "top_k", "top_p", "window", "dtype")
        return SamplingOptions(**{name: getattr(self, name) for name in names})

    def run(self, pipeline: Painter, *, drawn: Sequence[NDArray[Any]] = ()) -> Steps[Any]:
        """Draw every single task in turn. ``drawn[i]`` [k, cols] are rows that picture i has already."""
        self.check(pipeline.spec)
        finished: list[Picture] = []
        singles = self.resolved(pipeline).singles()
        for index, task in enumerate(singles):
            steps = task.draw(pipeline, drawn[index] if index < len(drawn) else None)
            drawing = yield from _counted(steps, task, finished, len(singles))
            finished.append(_picture(task, drawing))
        return self.output(finished)

    def draw(self, pipeline: Painter, drawn: NDArray[Any] | None = None) -> Steps[Drawing]:
        """Draw the one picture of a resolved task, keeping the rows of codes in ``drawn``."""
        return pipeline.draw(
            **self.motif().request(),
            options=self.options(),
            drawn=drawn,
            rerolls=self.rerolls,
            stop_row=self.stop_row,
        )


def _counted(
    steps: Steps[Drawing], task: DrawingTask, finished: Sequence[Picture], count: int
) -> Steps[Drawing]:
    """The steps of one picture, their progress counted over all ``count`` of them."""
    try:
        while True:
            step = next(steps)
            partial = None
            if step.partial is not None:
                partial = task.output([*finished, _picture(task, step.partial)])
            yield Progress(len(finished) * step.total + step.done, count * step.total, step.unit, partial)
    except StopIteration as stop:
        drawing: Drawing = stop.value
        return drawing
    finally:
        steps.close()


def _picture(task: DrawingTask, drawing: Drawing) -> Picture:
    """An unfinished picture's task says at which row it stopped, so that it replays as it is."""
    if not drawing.is_complete:
        task = task.model_copy(update={"stop_row": len(drawing.codes)})
    return Picture(task=task, drawing=drawing)
