"""Outcomes of a benchmark's cases, and the figures of each row."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from lumina.evaluation.as_typed import AsTyped, as_typed
from lumina.runtime.painter import Painter
from lumina.steps import finish
from lumina.tasks import DRAWING_TASKS
from lumina.tasks.base import DrawingTask, Picture
from lumina.worlds.benchmark import Ask, Case, Verdict
from lumina.worlds.metrics import wilson
from lumina.worlds.pixels import Pixels

Options = Mapping[str, Any]  # fields of the task: guidance_scale, temperature …


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a task drew, by the field of its output, and what that cost."""

    pictures: Mapping[str, Picture]
    seconds: float

    @property
    def first(self) -> Picture:
        """The first output, which has the settings that were used and what the drawing cost."""
        return next(iter(self.pictures.values()))

    def pixels(self) -> dict[str, Pixels]:
        """The pixels of every output."""
        return {name: np.asarray(each.image.convert("RGB")) for name, each in self.pictures.items()}


@dataclass(frozen=True, eq=False)
class Outcome:
    """The verdict of a case, and what was drawn for it."""

    verdict: Verdict
    drawn: tuple[Drawn, ...] = ()


def measure(case: Case, painter: Painter, options: Options) -> Outcome:
    """Draw what a case asks for, with these options, and have it judge."""
    turns, drawn = case.turns(), []
    try:
        ask = next(turns)
        while True:
            drawn.append(draw(task_of(ask, options), painter))
            ask = turns.send(drawn[-1].pixels())
    except StopIteration as end:
        return Outcome(end.value, tuple(drawn))


def first_ask(case: Case) -> Ask:
    """What a case asks for first."""
    return next(case.turns())


def verdict_of(case: Case, picture: Picture) -> Verdict:
    """What a case of one drawing says of this one."""
    turns = case.turns()
    next(turns)
    try:
        turns.send({"image": np.asarray(picture.image.convert("RGB"))})
    except StopIteration as end:
        verdict: Verdict = end.value
        return verdict
    raise AssertionError("a case of one drawing asks for another")


def task_of(ask: Ask, options: Options) -> DrawingTask:
    """The task that a case asks for."""
    given = {
        name: Image.fromarray(value) if isinstance(value, np.ndarray) else value
        for name, value in ask.values.items()
    }
    return DRAWING_TASKS[ask.task](**given, **options)


def draw(task: DrawingTask, painter: Painter) -> Drawn:
    """Run a task that draws one picture."""
    if isinstance(painter, AsTyped):
        task = as_typed(task)
    begun = time.perf_counter()
    output = finish(task.run(painter))
    pictures = {name: getattr(output, name)[0] for name in type(output).model_fields}
    return Drawn(pictures, time.perf_counter() - begun)


def figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """By row: the mean of each figure, its 95 % interval, the number of cases, and what they cost."""
    rows: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        rows.setdefault(outcome.verdict.row, []).append(outcome)
    return {row: _row(group) for row, group in rows.items()}


def _row(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    names = list(dict.fromkeys(name for outcome in outcomes for name in outcome.verdict.values))
    found: dict[str, Any] = {}
    intervals: dict[str, list[float] | None] = {}
    for name in names:
        values = [one.verdict.values[name] for one in outcomes if name in one.verdict.values]
        found[name] = round(float(np.mean(values)), 4)
        bounds = interval(values)
        intervals[name] = None if bounds is None else [round(bound, 4) for bound in bounds]
    drawn = [one for outcome in outcomes for one in outcome.drawn]
    drawings = [one.first.drawing for one in drawn]
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
