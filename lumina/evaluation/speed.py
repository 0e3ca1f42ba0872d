"""Speed of the loaded model by window and precision: time of a forward pass, codes per pass, of a picture."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch

from lumina.json_types import JsonObject
from lumina.runtime.drawing import Drawing
from lumina.runtime.events import RowDrawn
from lumina.runtime.painter import Painter
from lumina.settings import Dtype
from lumina.steps import Progress, Steps, finish
from lumina.tasks.base import read
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds import world_of

WINDOWS = (1, 4, 16)
DTYPES: tuple[Dtype, ...] = ("float32", "bfloat16")
PLAIN = "a bowl of fruit on a table"  # for a model that may be asked for anything


@dataclass(frozen=True, eq=False)
class Timed:
    """A drawing, and the seconds until its first row and until its end, decoding included.

    ``processor_seconds`` does not count what other programs took meanwhile.
    """

    drawing: Drawing
    first_row: float
    seconds: float
    processor_seconds: float


def run(
    pipeline: Painter, *, windows: Sequence[int] = WINDOWS, pictures: int = 3, seed: int = 0
) -> Steps[Progress, dict[str, Any]]:
    """Draw the same pictures with each window in turn, after one to warm up; yields after each picture.

    The windows take turns within one run, so that a busy machine slows them all alike. Times are medians;
    ``same_codes`` is the share of pictures that come out alike in every window (1 where rounding is exact).
    """
    alternatives = [{"window": window} for window in windows]
    rounds = yield from _in_turn(pipeline, alternatives, pictures, seed)
    alike = [len({timed.drawing.digest for timed in one}) == 1 for one in rounds]
    each = zip(windows, zip(*rounds, strict=True), strict=True)
    return {
        "windows": {str(window): _figures(drawn) for window, drawn in each},
        "same_codes": round(sum(alike) / len(alike), 4),
        "pictures": pictures,
        **surroundings(pipeline),
    }


def precisions(
    pipeline: Painter, *, dtypes: Sequence[Dtype] = DTYPES, pictures: int = 3, seed: int = 0
) -> Steps[Progress, JsonObject]:
    """The same pictures in each number format in turn, with the model's own window; see ``run``."""
    rounds = yield from _in_turn(pipeline, [{"dtype": dtype} for dtype in dtypes], pictures, seed)
    each = zip(dtypes, zip(*rounds, strict=True), strict=True)
    return {dtype: {**_figures(drawn)} for dtype, drawn in each}


def _in_turn(
    pipeline: Painter, alternatives: Sequence[Mapping[str, int | str]], pictures: int, seed: int
) -> Steps[Progress, list[list[Timed]]]:
    """Every picture with each of the alternatives, after one with the last of them to warm up."""
    total = 1 + pictures * len(alternatives)
    _draw(pipeline, seed, alternatives[-1])
    yield Progress(1, total, unit="pictures")
    rounds: list[list[Timed]] = []
    for number in range(pictures):
        rounds.append([])
        for alternative in alternatives:
            rounds[-1].append(_draw(pipeline, seed + number, alternative))
            done = 1 + number * len(alternatives) + len(rounds[-1])
            yield Progress(done, total, unit="pictures")
    return rounds


def _draw(pipeline: Painter, seed: int, options: Mapping[str, int | str]) -> Timed:
    """One picture in the model's own settings but for these ``options``."""
    world = world_of(pipeline.spec.world)
    prompt = world.suggest(seed) if world else PLAIN
    steps = read(TextToImage, {"prompt": prompt, "seed": seed, **options}).run(pipeline)
    begun, worked = time.perf_counter(), time.process_time()
    next(event for event in steps if isinstance(event, RowDrawn))
    first_row = time.perf_counter() - begun
    drawing = finish(steps).image[0].drawing
    return Timed(drawing, first_row, time.perf_counter() - begun, time.process_time() - worked)


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
        "processor_seconds_per_picture": round(median(one.processor_seconds for one in drawn), 4),
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
