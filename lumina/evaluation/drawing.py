"""The benchmark of text to image: draws prompts in GenEval's categories and has each picture judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lumina.evaluation.outcomes import Options, draw
from lumina.evaluation.prompts import CATEGORIES, Prompt, prompts
from lumina.evaluation.report import write_report
from lumina.runtime.painter import Painter
from lumina.steps import Progress, Steps
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds.metrics import wilson
from lumina.worlds.tabletop.judge import obeys


@dataclass(frozen=True, eq=False)
class Judged:
    """A prompt, the picture drawn for it, and the judgement with its reasons."""

    prompt: Prompt
    image: Image.Image
    accepted: bool
    reasons: tuple[str, ...]
    tokens: int
    forwards: int
    seconds: float


def text_to_image(
    pipeline: Painter, limit: int, out: Path, seed: int, options: Options
) -> Steps[Progress, dict[str, Any]]:
    """Draw and judge `limit` pictures; yields after each.

    With the model's own options, unless others are given. Writes a table
    (markdown and JSON), a contact sheet and the pictures into `out`; returns ``{"overall": …}``.
    """
    chosen = prompts(limit, seed)
    judged: list[Judged] = []
    used = _task(chosen[0], options).resolved(pipeline).options().model_dump(exclude={"seed", "top_k"})
    scores: dict[str, Any] = {}
    try:
        for prompt in chosen:
            judged.append(_draw_and_judge(pipeline, prompt, options))
            yield Progress(len(judged), len(chosen), unit="pictures")
    finally:  # what is judged when someone stops it is written, too
        scores = {**figures(judged), **used, "seed": seed, "model": pipeline.model}
        if judged:
            write_report(out, "text_to_image", scores, judged)
    return scores


def _task(prompt: Prompt, options: Options) -> TextToImage:
    return TextToImage(
        prompt=prompt.text, width=prompt.width, height=prompt.height, seed=prompt.seed, **options
    )


def _draw_and_judge(pipeline: Painter, prompt: Prompt, options: Options) -> Judged:
    drawn = draw(_task(prompt, options), pipeline)
    drawing = drawn.pictures["image"].drawing
    accepted, reasons = obeys(np.asarray(drawing.image.convert("RGB")), prompt.claim)
    return Judged(prompt, drawing.image, accepted, reasons, drawing.tokens, drawing.forwards, drawn.seconds)


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """Scores between 0 and 1 with 95 % Wilson intervals, and what the pictures cost.

    ``overall`` is the mean of the categories, as in GenEval: of all six, but for a run that was stopped.
    """
    by_category = {
        category: [one.accepted for one in judged if one.prompt.category == category]
        for category in CATEGORIES
        if any(one.prompt.category == category for one in judged)
    }
    everything = [one.accepted for one in judged]
    scores = {category: _share(accepted) for category, accepted in by_category.items()}
    intervals = {
        category: [round(bound, 4) for bound in wilson(sum(accepted), len(accepted))]
        for category, accepted in {"overall": everything, **by_category}.items()
    }
    overall = sum(scores.values()) / max(len(scores), 1)
    return {
        "overall": round(overall, 4),
        **scores,
        "intervals_95": intervals,
        "pictures": len(judged),
        "tokens_per_forward": round(_total(judged, "tokens") / max(_total(judged, "forwards"), 1), 3),
        "seconds_per_picture": round(_total(judged, "seconds") / max(len(judged), 1), 3),
    }


def _share(accepted: Sequence[bool]) -> float:
    return round(sum(accepted) / len(accepted), 4)


def _total(judged: Sequence[Judged], name: str) -> float:
    return float(sum(getattr(one, name) for one in judged))
