"""The benchmark of a model's world: every task on held-out cases, measured against their exact truth."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lumina.errors import InputError
from lumina.evaluation.measuring import Options, Outcome, figures, measure
from lumina.evaluation.report import write_report
from lumina.files import refusal
from lumina.model.config import ModelSpec
from lumina.runtime.painter import Painter
from lumina.steps import Progress, Steps
from lumina.tasks.base import read
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds import SHIPPED, world_of
from lumina.worlds.base import World
from lumina.worlds.benchmark import Benchmark

SEED = 20_000  # far from the seeds people try first


def world_for(spec: ModelSpec) -> World:
    """The world that measures a model; raises InputError for one that draws anything."""
    world = world_of(spec.world)
    if world is None:
        raise InputError(
            f"{spec.title} draws no world whose truth is known; choose a model of {' or '.join(SHIPPED)}."
        )
    return world


def run(
    painter: Painter,
    *,
    task: str | None = None,
    limit: int = 300,
    out: Path,
    seed: int = SEED,
    options: Options | None = None,
) -> Steps[Progress, dict[str, Any]]:
    """Draw and measure `limit` cases of a task, or of every task that the model can do; yields after each.

    With the model's own options for every task, unless others are given. Writes tables, contact sheets and
    pictures into `out`; returns the figures of each row, which has its task's name where a task has no kinds.
    Raises InputError for an unknown task, one that the model cannot do, a limit below 1, options that are
    none of a task's, or a folder that cannot be written to, all before the first step.
    """
    benchmark = world_for(painter.spec).benchmark()
    if task is not None and task not in benchmark.tasks:
        raise InputError(f'There is no benchmark for "{task}"; choose one of: {", ".join(benchmark.tasks)}.')
    if limit < 1:
        raise InputError(f"The limit is {limit}; choose at least 1 picture.")
    able = [name for name, drawn_by in benchmark.tasks.items() if drawn_by in painter.spec.tasks]
    if task is not None and task not in able:
        raise InputError(f"{painter.spec.title} cannot do {task}; it can do: {', '.join(able)}.")
    read(TextToImage, {"prompt": "anything", **(options or {})})
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(error, out) from error
    return _run(painter, benchmark, able if task is None else [task], limit, out, seed, options or {})


def _run(
    painter: Painter,
    benchmark: Benchmark,
    names: Sequence[str],
    limit: int,
    out: Path,
    seed: int,
    options: Options,
) -> Steps[Progress, dict[str, Any]]:
    found: dict[str, Any] = {}
    for name in names:
        found |= yield from _measure(painter, benchmark, name, limit, out, seed, options)
    return found


def _measure(
    painter: Painter, benchmark: Benchmark, name: str, limit: int, out: Path, seed: int, options: Options
) -> Steps[Progress, dict[str, Any]]:
    cases = list(benchmark.cases(name, limit, seed))
    outcomes: list[Outcome] = []
    rows: dict[str, Any] = {}
    try:
        for case in cases:
            outcomes.append(measure(case, painter, options))
            yield Progress(len(outcomes), len(cases), unit=f"cases of {name}")
    finally:  # what is measured when someone stops it is written, too
        if outcomes:
            used = {**_settings(outcomes[0]), "seed": seed, "model": painter.model}
            rows = {row: {**values, **used} for row, values in figures(outcomes).items()}
            write_report(out, name, rows, outcomes, benchmark.thresholds)
    return rows


def _settings(outcome: Outcome) -> dict[str, Any]:
    """The sampler's settings that were really used."""
    return outcome.drawn[0].first.task.options().model_dump(exclude={"seed"})
