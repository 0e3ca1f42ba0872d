"""What a benchmark of a task is made of: cases to draw, their outcomes, and the figures of each row."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumina.evaluation.as_typed import AsTyped, as_typed
from lumina.evaluation.held_out import held_out_squares
from lumina.runtime.painter import Painter
from lumina.steps import finish
from lumina.tasks.base import DrawingTask, Picture
from lumina.worlds.metrics import wilson
from lumina.worlds.tabletop.scenes import Scene

Array = NDArray[np.uint8]
Options = Mapping[str, Any]  # fields of the task: guidance_scale, temperature …


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a task drew, by the field of its output, and what that cost."""

    pictures: Mapping[str, Picture]
    seconds: float

    def array(self, name: str = "image") -> Array:
        """The pixels [h, w, 3] of one output."""
        return np.asarray(self.pictures[name].image.convert("RGB"))


@dataclass(frozen=True, eq=False)
class Outcome:
    """One case after drawing: the row it counts in, what was asked for, pictures to look at, its figures.

    A figure that is true or false is counted as a share; others are averaged. A figure that a case lacks is
    left out of the average.
    """

    row: str
    caption: str
    images: tuple[Array, ...]
    values: Mapping[str, float | bool]
    reasons: tuple[str, ...] = ()
    drawn: tuple[Drawn, ...] = ()

    @property
    def passed(self) -> bool | None:
        """Whether everything that is true or false is true; None where nothing is."""
        verdicts = [value for value in self.values.values() if isinstance(value, bool)]
        return all(verdicts) if verdicts else None


class Case(Protocol):
    """One thing to draw and to measure."""

    def measure(self, pipeline: Painter, options: Options) -> Outcome:
        """Draw it with these options and compare with the truth."""


def draw(task: DrawingTask, pipeline: Painter) -> Drawn:
    """Run a task that draws one picture."""
    if isinstance(pipeline, AsTyped):
        task = as_typed(task)
    begun = time.perf_counter()
    output = finish(task.run(pipeline))
    pictures = {name: getattr(output, name)[0] for name in type(output).model_fields}
    return Drawn(pictures, time.perf_counter() - begun)


def figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """By row: the mean of each figure, its 95 % interval, the number of cases, and what they cost."""
    rows: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        rows.setdefault(outcome.row, []).append(outcome)
    return {row: _row(group) for row, group in rows.items()}


def _row(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    names = list(dict.fromkeys(name for outcome in outcomes for name in outcome.values))
    found: dict[str, Any] = {}
    intervals: dict[str, list[float] | None] = {}
    for name in names:
        values = [outcome.values[name] for outcome in outcomes if name in outcome.values]
        found[name] = round(float(np.mean(values)), 4)
        bounds = interval(values)
        intervals[name] = None if bounds is None else [round(bound, 4) for bound in bounds]
    drawn = [one for outcome in outcomes for one in outcome.drawn]
    drawings = [next(iter(one.pictures.values())).drawing for one in drawn]
    return {
        **found,
        "intervals_95": intervals,
        "cases": len(outcomes),
        "tokens_per_forward": round(
            sum(d.tokens for d in drawings) / max(sum(d.forwards for d in drawings), 1), 3
        ),
        "seconds_per_case": round(sum(one.seconds for one in drawn) / len(outcomes), 3),
    }


def interval(values: Iterable[float | bool]) -> tuple[float, float] | None:
    """95 %: Wilson's of a share, else the mean ± 1.96 standard errors; a single number has none."""
    given = list(values)
    if all(isinstance(value, bool) for value in given):
        return wilson(sum(map(bool, given)), len(given))
    numbers = np.array(given, dtype=np.float64)
    if len(numbers) == 1:
        return None
    spread = 1.959964 * numbers.std(ddof=1) / math.sqrt(len(numbers))
    return float(numbers.mean() - spread), float(numbers.mean() + spread)


def image_of(picture: Array) -> Image.Image:
    """Pixels [h, w, 3] as a picture to give to a task."""
    return Image.fromarray(picture)


def of_kinds(
    make: Callable[[str, Scene, int], Case], kinds: Sequence[str], count: int, seed: int, stream: int
) -> Iterator[Case]:
    """`count` cases of held-out square scenes, the kinds in turn; another `stream`, other scenes."""
    chosen = spread(count, kinds)
    scenes = held_out_squares(len(chosen), seed + stream)
    for i, (kind, scene) in enumerate(zip(chosen, scenes, strict=True)):
        yield make(kind, scene, seed + i)


def spread(count: int, rows: Sequence[str]) -> list[str]:
    """`count` cases over the rows in turn, at least one for each."""
    return [rows[i % len(rows)] for i in range(max(count, len(rows)))]
