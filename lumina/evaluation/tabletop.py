"""The tabletop benchmark: draws prompts in GenEval's categories and has each picture judged."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lumina.errors import InputError
from lumina.evaluation.metrics import wilson
from lumina.evaluation.prompts import CATEGORIES, UNSEEN, Prompt, prompts
from lumina.evaluation.report import write_report
from lumina.evaluation.round_trip import tokenizer_report as tokenizer_report
from lumina.evaluation.strictness import strictness as strictness
from lumina.pipeline.drawing import Painter
from lumina.steps import Progress, Steps, finish
from lumina.tabletop.judge import obeys
from lumina.tasks.text_to_image import TextToImage

TASKS = ("text_to_image",)
SEED = 20_000  # far from the seeds people try first


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


def run(
    pipeline: Painter, *, task: str = "text_to_image", limit: int = 300, out: Path, seed: int = SEED
) -> Steps[dict[str, Any]]:
    """Draw and judge `limit` pictures, and a sixth as many of unseen triples; yields after each.

    Temperature 1, top-p 1 and the model's own guidance. Writes a table (markdown and JSON), a contact sheet
    and the pictures into `out`; returns the figures, ``{"text_to_image": {"overall": …}}``.
    Raises InputError for a task that has no benchmark, or a limit below 1.
    """
    if task not in TASKS:
        raise InputError(f'There is no benchmark for "{task}"; choose one of: {", ".join(TASKS)}.')
    if limit < 1:
        raise InputError(f"The limit is {limit}; choose at least 1 picture.")
    return _run(pipeline, prompts(limit, seed), out, seed)


def _run(pipeline: Painter, chosen: Sequence[Prompt], out: Path, seed: int) -> Steps[dict[str, Any]]:
    judged: list[Judged] = []
    for prompt in chosen:
        judged.append(_draw_and_judge(pipeline, prompt))
        yield Progress(len(judged), len(chosen), unit="pictures")
    settings = _task(chosen[0]).resolved(pipeline).options().model_dump(exclude={"seed", "top_k"})
    scores = {**figures(judged), **settings, "seed": seed, "model": pipeline.model}
    write_report(out, "text_to_image", scores, judged)
    return {"text_to_image": scores}


def _task(prompt: Prompt) -> TextToImage:
    return TextToImage(
        prompt=prompt.text,
        width=prompt.width,
        height=prompt.height,
        seed=prompt.seed,
        temperature=1.0,
        top_p=1.0,
        top_k=0,
    )


def _draw_and_judge(pipeline: Painter, prompt: Prompt) -> Judged:
    begun = time.perf_counter()
    drawing = finish(_task(prompt).run(pipeline)).image[0].drawing
    seconds = time.perf_counter() - begun
    accepted, reasons = obeys(np.asarray(drawing.image.convert("RGB")), prompt.claim)
    return Judged(prompt, drawing.image, accepted, reasons, drawing.tokens, drawing.forwards, seconds)


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """Scores between 0 and 1 with 95 % Wilson intervals, and what the pictures cost.

    ``overall`` is the mean of the six categories, as in GenEval; unseen triples stand apart.
    """
    by_category = {
        category: [one.accepted for one in judged if one.prompt.category == category]
        for category in (*CATEGORIES, UNSEEN)
    }
    seen = [accepted for category in CATEGORIES for accepted in by_category[category]]
    scores = {category: _share(accepted) for category, accepted in by_category.items()}
    intervals = {
        category: [round(bound, 4) for bound in wilson(sum(accepted), len(accepted))]
        for category, accepted in {"overall": seen, **by_category}.items()
    }
    overall = sum(scores[category] for category in CATEGORIES) / len(CATEGORIES)
    return {
        "overall": round(overall, 4),
        **scores,
        "intervals_95": intervals,
        "pictures": {"overall": len(seen), UNSEEN: len(by_category[UNSEEN])},
        "tokens_per_forward": round(_total(judged, "tokens") / max(_total(judged, "forwards"), 1), 3),
        "seconds_per_picture": round(_total(judged, "seconds") / max(len(judged), 1), 3),
    }


def _share(accepted: Sequence[bool]) -> float:
    return round(sum(accepted) / len(accepted), 4) if accepted else 0.0


def _total(judged: Sequence[Judged], name: str) -> float:
    return float(sum(getattr(one, name) for one in judged))
