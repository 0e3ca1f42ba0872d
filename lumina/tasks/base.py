"""What a task is: one class whose fields are the form, the options, the workflow node and the schema."""

import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from lumina.errors import InputError
from lumina.pipeline.drawing import Drawing, Painter
from lumina.sampler.options import Compat, SamplingOptions
from lumina.settings import Dtype
from lumina.steps import Progress, Steps
from lumina.tasks.wording import phrases, sentence

MAX_SEED = 2**63 - 1


class Task(BaseModel, ABC):
    """One thing a person can ask for. Its fields are the inputs, the fields of ``Output`` the results."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int] = 1
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


def _read_seed(value: Any) -> Any:
    if value == "random":
        return value
    number = int(value) if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20 else value
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_SEED:
        raise ValueError(f'must be a whole number from 0 to {MAX_SEED} or "random"')
    return number


Seed = Annotated[
    Annotated[int, Field(ge=0, le=MAX_SEED)] | Literal["random"],
    BeforeValidator(_read_seed),
]
Reroll = tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0, le=MAX_SEED)]]


def _option(title: str, description: str, default: Any = None, **limits: Any) -> Any:
    """A field that forms show among the advanced options."""
    return Field(
        default, title=title, description=description, json_schema_extra={"advanced": True}, **limits
    )


class Picture(BaseModel):
    """A drawing with the task that gives it again: its seed and options are those really used."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    task: "DrawingTask"
    drawing: Drawing

    @property
    def image(self) -> Image.Image:
        """The pixels, at full size."""
        return self.drawing.image


class Pictures(BaseModel):
    """The output of a drawing task: one picture for each variation."""

    model_config = ConfigDict(frozen=True)

    image: tuple[Picture, ...] = Field(title="Image")


class DrawingTask(Task):
    """A task that draws. Options left at None take the model's default, or the settings'."""

    Output: ClassVar[type[BaseModel]] = Pictures

    seed: Seed = Field("random", title="Seed", description="The same number draws the same picture again.")
    guidance_scale: float | None = _option(
        "Guidance", "How closely to follow the words; 1 is off.", ge=0, le=30, allow_inf_nan=False
    )
    temperature: float | None = _option(
        "Temperature", "Lower is safer, higher more varied.", ge=0.01, le=10, allow_inf_nan=False
    )
    top_k: int | None = _option("Top k", "Draw from the k likeliest codes only; 0 is off.", ge=0, le=100_000)
    top_p: float | None = _option(
        "Top p",
        "Draw from the likeliest codes that sum to this; 1 is off.",
        ge=0.001,
        le=1,
        allow_inf_nan=False,
    )
    rerolls: tuple[Reroll, ...] = _option(
        "Re-rolls", "[row, seed] pairs: rows from there on take the noise of that seed.", (), max_length=64
    )
    stop_row: int | None = _option("Stop row", "Draw only this many rows of codes.", ge=1, le=4096)
    window: int | None = _option(
        "Window", "Codes tried in one forward pass: speed, not the picture.", ge=1, le=256
    )
    dtype: Dtype | None = _option("Precision", "Number format of the computation.")
    compat: Compat = _option("Compat", "The reference's falling guidance, to compare with it.", "off")

    @abstractmethod
    def draw(self, pipeline: Painter, drawn: NDArray[Any] | None) -> Steps[Drawing]:
        """Draw the one picture of a resolved task, keeping the rows of codes in ``drawn``."""

    def candidates(self) -> "Sequence[DrawingTask]":
        """Of a resolved task, the tasks that draw one picture each."""
        return (self,)

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
        names = ("seed", "guidance_scale", "temperature", "top_k", "top_p", "window", "dtype", "compat")
        return SamplingOptions(**{name: getattr(self, name) for name in names})

    def run(self, pipeline: Painter, *, drawn: Sequence[NDArray[Any]] = ()) -> Steps[Pictures]:
        """Draw every candidate in turn. ``drawn[i]`` [k, cols] are rows that candidate i has already."""
        if self.name not in pipeline.spec.tasks:
            able = ", ".join(pipeline.spec.tasks)
            raise InputError(f"{pipeline.spec.title} cannot do {self.name}; it can do: {able}.")
        finished: list[Picture] = []
        candidates = self.resolved(pipeline).candidates()
        for index, task in enumerate(candidates):
            steps = task.draw(pipeline, drawn[index] if index < len(drawn) else None)
            drawing = yield from _counted(steps, task, finished, len(candidates))
            finished.append(_picture(task, drawing))
        return Pictures(image=tuple(finished))


def _counted(
    steps: Steps[Drawing], task: DrawingTask, finished: Sequence[Picture], count: int
) -> Steps[Drawing]:
    """The steps of one candidate, their progress counted over all ``count`` of them."""
    try:
        while True:
            step = next(steps)
            partial = None
            if step.partial is not None:
                partial = Pictures(image=(*finished, _picture(task, step.partial)))
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
