"""The tabletop benchmark: every task on held-out scenes, measured against the exact truth."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lumina.errors import InputError
from lumina.evaluation.control import control_cases
from lumina.evaluation.drawing import text_to_image
from lumina.evaluation.editing import edit_cases, turn_cases
from lumina.evaluation.outcomes import Case, Options, Outcome, figures
from lumina.evaluation.prediction import pair_cases, predict_cases
from lumina.evaluation.round_trip import tokenizer_report as tokenizer_report
from lumina.evaluation.strictness import strictness as strictness
from lumina.evaluation.subject import subject_cases
from lumina.evaluation.task_report import write_task_report
from lumina.files import refusal
from lumina.runtime.painter import Painter
from lumina.steps import Progress, Steps
from lumina.tasks.base import read
from lumina.tasks.text_to_image import TextToImage

SEED = 20_000  # far from the seeds people try first
CASES: Mapping[str, Callable[[int, int], Iterable[Case]]] = {
    "image_pair": pair_cases,
    "control": control_cases,
    "predict": predict_cases,
    "edit": edit_cases,
    "multi_turn": turn_cases,
    "subject": subject_cases,
}
TASKS = ("text_to_image", *CASES)
DRAWN_BY = {"multi_turn": "edit"}  # the task that a benchmark draws with, where its name is another


def run(
    pipeline: Painter,
    *,
    task: str | None = None,
    limit: int = 300,
    out: Path,
    seed: int = SEED,
    options: Options | None = None,
) -> Steps[Progress, dict[str, Any]]:
    """Draw and measure `limit` cases of a task, or of every task that the model can do; yields after each.

    The model's own settings, unless `options` (fields of the tasks) say otherwise. For each task, writes a
    table (markdown and JSON), a contact sheet and the pictures into `out`. Returns figures by row, as
    ``{"text_to_image": {"overall": …}, "depth": {"abs_rel": …, "intervals_95": …}}``.
    Raises InputError, before anything is drawn, for a task that has no benchmark or that the model cannot
    do, a limit below 1, options that no task takes, and a folder that cannot be written to.
    """
    if task is not None and task not in TASKS:
        raise InputError(f'There is no benchmark for "{task}"; choose one of: {", ".join(TASKS)}.')
    if limit < 1:
        raise InputError(f"The limit is {limit}; choose at least 1 picture.")
    able = [name for name in TASKS if DRAWN_BY.get(name, name) in pipeline.spec.tasks]
    if task is not None and task not in able:
        raise InputError(f"{pipeline.spec.title} cannot do {task}; it can do: {', '.join(able)}.")
    read(TextToImage, {"prompt": "a red cube", **(options or {})})
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(error, out) from error
    return _run(pipeline, able if task is None else [task], limit, out, seed, options or {})


def _run(
    pipeline: Painter, tasks: Sequence[str], limit: int, out: Path, seed: int, options: Options
) -> Steps[Progress, dict[str, Any]]:
    found: dict[str, Any] = {}
    for task in tasks:
        if task == "text_to_image":
            found[task] = yield from text_to_image(pipeline, limit, out, seed, options)
        else:
            found |= yield from _measure(pipeline, task, limit, out, seed, options)
    return found


def _measure(
    pipeline: Painter, task: str, limit: int, out: Path, seed: int, options: Options
) -> Steps[Progress, dict[str, Any]]:
    cases = list(CASES[task](limit, seed))
    outcomes: list[Outcome] = []
    rows: dict[str, Any] = {}
    try:
        for case in cases:
            outcomes.append(case.measure(pipeline, options))
            yield Progress(len(outcomes), len(cases), unit=f"cases of {task}")
    finally:  # what is measured when someone stops it is written, too
        if outcomes:
            used = {**_settings(outcomes[0]), "seed": seed, "model": pipeline.model}
            rows = {row: {**values, **used} for row, values in figures(outcomes).items()}
            write_task_report(out, task, rows, outcomes)
    return rows


def _settings(outcome: Outcome) -> dict[str, Any]:
    """The sampler's settings that were really used."""
    picture = next(iter(outcome.drawn[0].pictures.values()))
    return picture.task.options().model_dump(exclude={"seed"})
