"""Speed of the loaded model by window: time of a forward pass, codes per pass, time of a picture."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch

from lumina.runtime.drawing import Drawing
from lumina.runtime.events import RowDrawn
from lumina.runtime.painter import Painter
from lumina.steps import Progress, Steps, finish
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds import world_of

WINDOWS = (1, 4, 16)
PLAIN = "a bowl of fruit on a table"  # for a model that may be asked for anything


@dataclass(frozen=True, eq=False)
class Timed:
    """A drawing, and the seconds until its first row and until its end, decoding included."""

    drawing: Drawing
    first_row: float
    seconds: float


def run(
    pipeline: Painter, *, windows: Sequence[int] = WINDOWS, pictures: int = 3, seed: int = 0
) -> Steps[Progress, dict[str, Any]]:
    """Draw the same pictures with each window in turn, after one to warm up; yields after each picture.

    The windows take turns within one run, so that a busy machine slows them all alike. Times are medians;
    ``same_codes`` is the share of pictures that come out alike in every window (1 where rounding is exact).
    """
    total = 1 + pictures * len(windows)
    _draw(pipeline, seed, windows[-1])
    yield Progress(1, total, unit="pictures")
    rounds: list[dict[int, Timed]] = []
    for number in range(pictures):
        rounds.append({})
        for window in windows:
            rounds[-1][window] = _draw(pipeline, seed + number, window)
            done = 1 + number * len(windows) + len(rounds[-1])
            yield Progress(done, total, unit="pictures")
    alike = [len({timed.drawing.digest for timed in one.values()}) == 1 for one in rounds]
    return {
        "windows": {str(window): _figures([one[window] for one in rounds]) for window in windows},
        "same_codes": round(sum(alike) / len(alike), 4),
        "pictures": pictures,
        **surroundings(pipeline),
    }


def _draw(pipeline: Painter, seed: int, window: int) -> Timed:
    """One picture in the model's own settings."""
    world = world_of(pipeline.spec.world)
    prompt = world.suggest(seed) if world else PLAIN
    steps = TextToImage(prompt=prompt, seed=seed, window=window).run(pipeline)
    begun = time.perf_counter()
    next(event for event in steps if isinstance(event, RowDrawn))
    first_row = time.perf_counter() - begun
    drawing = finish(steps).image[0].drawing
    return Timed(drawing, first_row, time.perf_counter() - begun)


def _figures(drawn: Sequence[Timed]) -> dict[str, float]:
    """Of one window."""
    forwards = sum(one.drawing.forwards for one in drawn)
    tokens = sum(one.drawing.tokens for one in drawn)
    pace = median(1000 * one.drawing.seconds / max(one.drawing.forwards, 1) for one in drawn)
    return {
        "ms_per_forward": round(pace, 3),
        "tokens_per_forward": round(tokens / max(forwards, 1), 3),
        "seconds_to_first_row": round(median(one.first_row for one in drawn), 4),
        "seconds_per_picture": round(median(one.seconds for one in drawn), 4),
    }


def surroundings(pipeline: Painter) -> dict[str, Any]:
    """What the times depend on."""
    options = TextToImage(prompt=PLAIN, seed=0).resolved(pipeline)
    return {
        "model": pipeline.model,
        "size": [options.width, options.height],
        "dtype": options.dtype,
        "guidance_scale": options.guidance_scale,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }
