"""What a task is: one class whose fields are the form, the options, the workflow node and the schema."""

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal, Self, TypeAlias, TypeVar

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from lumina.errors import InputError
from lumina.model.config import ModelSpec
from lumina.runtime.drawing import Drawing, check_size
from lumina.runtime.events import DrawEvent, Scored
from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest, ScorerChoice
from lumina.runtime.scorers import suited_scorer
from lumina.sampler.options import Compat, SamplingOptions
from lumina.settings import Dtype, Settings
from lumina.steps import Progress, Steps, mapped
from lumina.tasks.error_wording import phrases, sentence
from lumina.tasks.fields import Reroll, Seed, Words, option
from lumina.worlds import language_of
from lumina.worlds.language import Kind, UnknownWord

MAX_SLOTS = 16
MOST_CANDIDATES = 16
UNLEARNED = "{model} never learned to draw {size} pixels in this task, and may spoil them; use {known}."

Panel = Literal["whole", "upper", "lower"]


TaskEvent: TypeAlias = DrawEvent | Progress


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
    def run(self, painter: Painter) -> Steps[TaskEvent, Any]:
        """Do it; returns an ``Output``."""

    @classmethod
    def uses_model(cls, values: Mapping[str, Any]) -> bool:
        """Whether a task with these inputs needs the model, so that its result depends on which one it is."""
        return True

    @classmethod
    def pictures(cls, values: Mapping[str, Any]) -> int:
        """How many pictures a task with these inputs has drawn, candidates included."""
        return 0

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


def whole(value: Any, otherwise: int = 1) -> int:
    """A whole number in any of the forms that a field takes it in; ``otherwise`` for anything else."""
    try:
        return otherwise if value is None else int(value)
    except (TypeError, ValueError, OverflowError):
        return otherwise


def option_of(name: str) -> str:
    """The option of a command that gives an input."""
    return f"--{name.replace('_', '-')}"


TaskType = TypeVar("TaskType", bound=Task)


Values: TypeAlias = Mapping[str, Any]
"""Inputs of a task by name as somebody gives them, in whatever form: the task itself judges them."""


def read(
    task_class: type[TaskType], values: Values, *, titled: bool = False, as_options: bool = False
) -> TaskType:
    """The task with these inputs; raises InputError with one sentence that names each wrong input.

    ``titled``: by its title, as a form shows it; ``as_options``: by its option, as a command has it.
    """
    try:
        return task_class.model_validate(dict(values))
    except ValidationError as error:
        titles = {name: field.title or name for name, field in task_class.model_fields.items() if titled}
        titles |= {name: option_of(name) for name in task_class.model_fields if as_options}
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
    part: Panel = "whole"
    score: float | None = None
    candidates: tuple["Picture", ...] = ()

    @classmethod
    def best(cls, candidates: Sequence[Self]) -> Self:
        """The one with the highest score, and if there are several all of them beside it.

        Those that were dropped on the way come last, in the order in which they were.
        """
        ranked = tuple(
            sorted(candidates, key=lambda one: (len(one.drawing.codes), one.score or 0.0), reverse=True)
        )
        return ranked[0] if len(ranked) == 1 else ranked[0].model_copy(update={"candidates": ranked})

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
    dual: ClassVar[bool] = False  # whether its drawings have two panels, which have sizes of their own
    unsized: ClassVar[bool] = False  # whether training now and then leaves the size out
    other_wording: ClassVar[str | None] = None  # of its field `wording`: another way to tell the model
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
    best_of: int = option("Best of", "Draw so many and keep the best.", 1, ge=1, le=MOST_CANDIDATES)
    scorer: ScorerChoice = option(
        "Scorer",
        "Who says which is best: the judge of a small world, the model's own likelihood, or this studio's "
        "verifiers; auto is the judge where it knows all the words, else the likelihood.",
        "likelihood",
    )
    halving: bool = option(
        "Halving",
        "Drop the less promising candidates on the way: nearly the same best for three fifths of the time.",
        False,
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

    @classmethod
    def pictures(cls, values: Mapping[str, Any]) -> int:
        """See Task."""
        return whole(values.get("variations")) * whole(values.get("best_of"))

    @abstractmethod
    def words(self, width: int, height: int) -> str:
        """The instruction for an image of ``width`` × ``height``, of all panels together."""

    @abstractmethod
    def request(self, painter: Painter) -> DrawRequest:
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

    def understood(self, spec: ModelSpec) -> tuple[Self, tuple[UnknownWord, ...]]:
        """The task with free wording as the world's own sentences, and the words not in them.

        It is the same task where all words are such sentences already, or say nothing to the world.
        """
        language = language_of(spec.world)
        if language is None:
            return self, ()
        words = {name: (getattr(self, name), kind) for name, kind in self.word_fields().items()}
        readings = {name: language.reading(*each) for name, each in words.items()}
        found = {name: reading for name, reading in readings.items() if reading is not None}
        left_out = tuple(word for reading in found.values() for word in reading.left_out)
        return self.model_copy(update={name: each.sentence for name, each in found.items()}), left_out

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

    def remark(self, drawn: Image.Image, spec: ModelSpec) -> str:
        """What there is to say beside a picture that this task has drawn with a model; mostly nothing."""
        return " ".join(self.remarks(drawn, spec))

    def remarks(self, drawn: Image.Image, spec: ModelSpec) -> Iterator[str]:
        """The sentences of a remark; of every task, that a small world never learned this size."""
        sizes = spec.sizes_of(dual=self.dual)
        if spec.world and drawn.size not in sizes:
            size, *known = (f"{width}x{height}" for width, height in (drawn.size, *sizes))
            yield UNLEARNED.format(model=spec.title, size=size, known=" or ".join(known))

    def singles(self) -> "Sequence[DrawingTask]":
        """Of a resolved task, the tasks that draw one picture each."""
        return (self,)

    @classmethod
    def output(cls, pictures: Sequence[Picture]) -> BaseModel:
        """The Output that holds these pictures, one for each single task."""
        return Pictures(image=tuple(pictures))

    @classmethod
    def defaults(cls, spec: ModelSpec, settings: Settings) -> dict[str, float | str]:
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

    def requests(self, painter: Painter) -> tuple[DrawRequest, ...]:
        """What a resolved task asks of the painter: for each single task a request, or its candidates."""
        self.check(painter.spec)
        found: list[DrawRequest] = []
        for batch, task in enumerate(self.singles()):
            request = replace(task.as_read(painter.spec).request(painter), batch=batch)
            scorer = suited_scorer(painter.spec, request) if task.scorer == "auto" else task.scorer
            several = request.candidates(task.best_of, scorer, batch, task.halving)
            found += [request] if task.best_of == 1 else several
        return tuple(found)

    def run(self, painter: Painter) -> Steps[DrawEvent, Any]:
        """Draw every single task in turn."""
        task = self.resolved(painter)
        return task.draw(painter, task.requests(painter))

    def draw(self, painter: Painter, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, Any]:
        """Draw the ``requests`` of this resolved task, some of which may keep rows of before."""
        scores: dict[int, float] = {}

        def noted(event: DrawEvent) -> DrawEvent:
            if isinstance(event, Scored):
                scores[event.index] = event.score
            return event

        return mapped(painter.draw(requests), noted, lambda drawings: self._output_of(drawings, scores))

    def drawn(self, index: int, drawing: Drawing, score: float | None = None) -> Picture:
        """The picture of request ``index``, with the task that gives it alone.

        An unfinished picture's task says at which row it stopped.
        """
        task = self.alone(index, drawing.seed)
        if not drawing.is_complete:
            task = task.model_copy(update={"stop_row": len(drawing.codes)})
        return Picture(task=task, drawing=drawing, score=score)

    def alone(self, index: int, seed: int) -> "DrawingTask":
        """The task that draws the picture of request ``index`` by itself."""
        one = {"seed": seed, "best_of": 1, "halving": False}
        return self.singles()[index // self.best_of].model_copy(update=one)

    def _output_of(self, drawings: Sequence[Drawing], scores: Mapping[int, float]) -> BaseModel:
        pictures = [self.drawn(index, each, scores.get(index)) for index, each in enumerate(drawings)]
        groups = [pictures[at : at + self.best_of] for at in range(0, len(pictures), self.best_of)]
        return self.output([Picture.best(group) for group in groups])

    def _request(
        self,
        painter: Painter,
        instruction: str,
        panels: int = 1,
        given: tuple[Image.Image, ...] = (),
        prompt: str = "",
    ) -> DrawRequest:
        """With the size and the options of this resolved task."""
        width, height = int(getattr(self, "width", 0)), int(getattr(self, "height", 0))
        check_size(painter.spec, width, height, dual=panels + len(given) > 1)
        return DrawRequest(
            instruction,
            width,
            height,
            self.options(),
            stop_row=panels * height // painter.pixels_per_code if self.stop_row is None else self.stop_row,
            panels=panels,
            given=given,
            prompt=prompt,
            rerolls=tuple((row, seed) for row, seed in self.rerolls),
        )


def words_unknown(tasks: Iterable[Task], spec: ModelSpec) -> list[UnknownWord]:
    """Each word of the tasks, once, that the model does not know."""
    found = (word for task in tasks if isinstance(task, DrawingTask) for word in task.unknown_words(spec))
    return list({one.word: one for one in found}.values())


def remarks_of(drawn: Iterable[Picture], spec: ModelSpec) -> list[str]:
    """What the tasks have to say beside their pictures, each sentence once."""
    return list(dict.fromkeys(filter(None, (one.task.remark(one.image, spec) for one in drawn))))
