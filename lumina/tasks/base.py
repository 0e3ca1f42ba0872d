"""What a task is: one class whose fields are the form, the options, the workflow node and the schema."""

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal, Self, TypeVar

from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from lumina.errors import InputError
from lumina.model.config import ModelSpec
from lumina.runtime.best_of import MOST, Candidate, best_of
from lumina.runtime.drawing import Drawing, Motif, Painter
from lumina.runtime.scorers import ScorerName
from lumina.sampler.options import Compat, SamplingOptions
from lumina.settings import Dtype, Settings
from lumina.steps import Progress, Steps, mapped
from lumina.tasks.fields import Reroll, Seed, Words, option
from lumina.tasks.wording import phrases, sentence
from lumina.worlds import language_of
from lumina.worlds.wording import Kind, UnknownWord

MAX_SLOTS = 16

Part = Literal["whole", "upper", "lower"]


class Task(BaseModel, ABC):
    """One thing a person can ask for. Its fields are the inputs, the fields of ``Output`` the results."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int] = 1  # part of what the cache knows a result by; raise it when results change
    spoken: ClassVar[str | None] = None  # the input in which a person says what they want
    asks: ClassVar[str | None] = None  # the input that a person fills once the others are there
    asks_unless: ClassVar[str | None] = None  # the input that answers in the person's place
    slots: ClassVar[str | None] = None  # the input whose {words} in braces are inputs as well
    primary: ClassVar[str] = "image"  # the output that stands for the result where only one can be shown
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = ()  # inputs that a tab offers to try
    Output: ClassVar[type[BaseModel]]

    @abstractmethod
    def run(self, pipeline: Painter) -> Steps[Any]:
        """Do it; returns an ``Output``. ``Progress.partial`` is the Output so far, None without previews."""

    @classmethod
    def uses_model(cls, values: Mapping[str, Any]) -> bool:
        """Whether a task with these inputs needs the model, so that its result depends on which one it is."""
        return True

    @classmethod
    def is_asked(cls, values: Mapping[str, Any]) -> bool:
        """Whether a person has to fill the input that ``asks`` names, before a task with these can run."""
        return cls.asks is not None and values.get(cls.asks) is None

    @classmethod
    def speed_only(cls) -> frozenset[str]:
        """The inputs that decide how fast and how exactly the result comes, not which result is meant.

        Cache keys and the identity of a picture leave them out; a recipe records them.
        """
        return frozenset(name for name, field in cls.model_fields.items() if _says(field, "speed"))

    def summary(self) -> str:
        """What was asked for in one line: the words said, or else the kind of map, or the title."""
        return str(getattr(self, self.spoken or "kind", None) or self.title)

    @classmethod
    def inputs(cls) -> dict[str, FieldInfo]:
        """The fields in the order people meet them: the task's own, then shared ones, advanced ones last."""
        own = cls.__annotations__
        return dict(
            sorted(cls.model_fields.items(), key=lambda item: (is_advanced(item[1]), item[0] not in own))
        )


def slots_in(template: str) -> list[str]:
    """The names in {braces}, each once."""
    return list(dict.fromkeys(re.findall(r"\{([a-z][a-z0-9_]{0,63})\}", template)))[:MAX_SLOTS]


def is_advanced(field: FieldInfo) -> bool:
    """Whether a form hides this field until asked for advanced options."""
    return _says(field, "advanced")


def _says(field: FieldInfo, flag: str) -> bool:
    extra = field.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get(flag))


TaskType = TypeVar("TaskType", bound=Task)


def read(task_class: type[TaskType], values: Mapping[str, Any], *, titled: bool = False) -> TaskType:
    """The task with these inputs; raises InputError with one sentence that names each wrong input.

    ``titled``: by its title, as a form shows it.
    """
    try:
        return task_class.model_validate(dict(values))
    except ValidationError as error:
        titles = {name: field.title or name for name, field in task_class.model_fields.items() if titled}
        found = phrases(error)
        raise InputError(
            sentence((tuple(titles.get(str(part), part) for part in place), said) for place, said in found)
        ) from None


class Picture(BaseModel):
    """A drawing with the task that gives it again: its seed and options are those really used.

    ``part`` says which panel of a drawing that holds two is meant. The best of several has a ``score``, and
    all of them are its ``candidates``, the best first.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    task: "DrawingTask"
    drawing: Drawing
    part: Part = "whole"
    score: float | None = None
    candidates: tuple["Picture", ...] = ()

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

    mode_of: ClassVar["type[DrawingTask] | None"] = (
        None  # the task in whose tab this one is a choice of `kind`
    )
    map_output: ClassVar[str | None] = None  # the output that is a map of the kind `kind`
    compares: ClassVar[str | None] = None  # names what the given picture is compared with: "Picture | map"
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
    best_of: int = option("Best of", "Draw so many and keep the best.", 1, ge=1, le=MOST)
    scorer: ScorerName = option(
        "Scorer", "Who says which is best: the model's own likelihood, or tabletop's judge.", "likelihood"
    )
    rerolls: tuple[Reroll, ...] = option(
        "Re-rolls", "[row, seed] pairs: rows from there on take the noise of that seed.", (), max_length=64
    )
    stop_row: int | None = option("Stop row", "Draw only this many rows of codes.", ge=1, le=4096)
    window: int | None = option(
        "Window", "Codes tried in one forward pass: speed, not the picture.", speed=True, ge=1, le=256
    )
    dtype: Dtype | None = option("Precision", "Number format of the computation.", speed=True)
    compat: Compat = option("Compat", "The reference's falling guidance, to compare with it.", "off")

    @abstractmethod
    def motif(self) -> Motif:
        """What to draw, of a resolved task that stands for one picture."""

    def check(self, spec: ModelSpec) -> None:
        """Raise InputError if the model cannot do this."""
        if self.name not in spec.tasks:
            raise InputError(f"{spec.title} cannot do {self.name}; it can do: {', '.join(spec.tasks)}.")
        self.as_read(spec)

    @classmethod
    def word_fields(cls) -> dict[str, Kind]:
        """The fields whose words the model reads, and what they are for."""
        found = ((name, each) for name, field in cls.model_fields.items() for each in field.metadata)
        return {name: each.kind for name, each in found if isinstance(each, Words)}

    def as_read(self, spec: ModelSpec) -> Self:
        """The task with its words as the model reads them; the task itself keeps them as they were typed.

        Raises InputError where no word is left.
        """
        language = language_of(spec.world)
        if language is None:
            return self
        read = {
            name: language.normalize(getattr(self, name), kind) for name, kind in self.word_fields().items()
        }
        empty = next((name for name, text in read.items() if not text), None)
        if empty is not None:
            raise InputError(f"{empty}: there is no word in it; say it in plain English.")
        return self.model_copy(update=read)

    def unknown_words(self, spec: ModelSpec) -> tuple[UnknownWord, ...]:
        """Every word that the model does not know, with known ones that may be meant."""
        language = language_of(spec.world)
        if language is None:
            return ()
        return tuple(
            word
            for name, kind in self.word_fields().items()
            for word in language.unknown_words(getattr(self, name), kind)
        )

    def singles(self) -> "Sequence[DrawingTask]":
        """Of a resolved task, the tasks that draw one picture each."""
        return (self,)

    @classmethod
    def output(cls, pictures: Sequence[Picture]) -> BaseModel:
        """The Output that holds these pictures, one for each single task."""
        return Pictures(image=tuple(pictures))

    @classmethod
    def defaults(cls, spec: ModelSpec, settings: Settings) -> dict[str, Any]:
        """The options left to the settings or the model, which may have others for this task."""
        return {
            "guidance_scale": spec.guidance_scale,
            "temperature": spec.temperature,
            "top_k": spec.top_k,
            "top_p": spec.top_p,
            "window": settings.window,
            "dtype": settings.suited(spec.dtype).dtype,
            **spec.of_task.get(cls.name, {}),
        }

    def resolved(self, pipeline: Painter) -> Self:
        """A copy with every default filled in and a number for a random seed, as a recipe needs it."""
        defaults = self.defaults(pipeline.spec, pipeline.settings)
        missing = {name: value for name, value in defaults.items() if getattr(self, name) is None}
        if self.seed == "random":
            missing["seed"] = secrets.randbelow(2**31)
        return self.model_copy(update=missing)

    def options(self) -> SamplingOptions:
        """The sampler's options of a resolved task."""
        names = ("seed", "guidance_scale", "temperature", "top_k", "top_p", "window", "dtype", "compat")
        return SamplingOptions(**{name: getattr(self, name) for name in names})

    def run(self, pipeline: Painter, *, drawn: Sequence[NDArray[Any]] = ()) -> Steps[Any]:
        """Draw every single task in turn. ``drawn[i]`` [k, cols] are rows that picture i has already."""
        self.check(pipeline.spec)
        finished: list[Picture] = []
        singles = self.resolved(pipeline).singles()

        def progress(step: Progress) -> Progress:
            partial = None if step.partial is None else self.output([*finished, *step.partial])
            done = len(finished) * step.total + step.done
            return Progress(done, len(singles) * step.total, step.unit, partial)

        for index, task in enumerate(singles):
            rows = drawn[index] if index < len(drawn) else None
            steps = task.paint(pipeline, rows) if task.best_of == 1 else task.paint_best(pipeline, rows)
            finished.append((yield from mapped(steps, progress, _same)))
        return self.output(finished)

    def paint(self, pipeline: Painter, drawn: NDArray[Any] | None = None) -> Steps[Picture]:
        """Draw the one picture of a resolved task, keeping the rows of codes in ``drawn``."""
        motif = self.as_read(pipeline.spec).motif()
        steps = pipeline.draw(**motif.request(), options=self.options(), **self._kept(drawn))
        return mapped(steps, _each(lambda drawing: (self._picture(drawing),)), self._picture)

    def paint_best(self, pipeline: Painter, drawn: NDArray[Any] | None = None) -> Steps[Picture]:
        """Draw ``best_of`` candidates of a resolved task; candidate i is the picture of seed + i."""
        motif = self.as_read(pipeline.spec).motif()
        steps = best_of(pipeline, motif, self.options(), self.best_of, self.scorer, **self._kept(drawn))

        def pictures(candidates: Sequence[Candidate]) -> tuple[Picture, ...]:
            return tuple(self._picture(one.drawing, one.score) for one in candidates)

        def best(candidates: Sequence[Candidate]) -> Picture:
            ranked = pictures(candidates)
            return ranked[0].model_copy(update={"candidates": ranked})

        return mapped(steps, _each(pictures), best)

    def _kept(self, drawn: NDArray[Any] | None) -> dict[str, Any]:
        return {"drawn": drawn, "rerolls": self.rerolls, "stop_row": self.stop_row}

    def _picture(self, drawing: Drawing, score: float | None = None) -> Picture:
        """With the task that gives it alone; an unfinished picture's task says at which row it stopped."""
        alone: dict[str, Any] = {"seed": drawing.seed, "best_of": 1}
        if not drawing.is_complete:
            alone["stop_row"] = len(drawing.codes)
        return Picture(task=self.model_copy(update=alone), drawing=drawing, score=score)


def _each(change: Callable[[Any], Any]) -> Callable[[Progress], Progress]:
    """Steps whose partial result is changed, where there is one."""
    return lambda step: step if step.partial is None else replace(step, partial=change(step.partial))


def _same(picture: Picture) -> Picture:
    return picture
