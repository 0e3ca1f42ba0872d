"""Pictures a second when several are asked for at once: by threads of their own, or in one draw."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from lumina.json_types import JsonObject
from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest
from lumina.steps import Progress, Steps, finish
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds import world_of

COUNTS = (1, 2, 4, 8)
PLAIN = "a bowl of fruit on a table"


def run(painter: Painter, counts: Sequence[int] = COUNTS) -> Steps[Progress, JsonObject]:
    """Draw ``counts`` pictures at once, of other words each, both ways in turn; yields after each."""
    found: JsonObject = {}
    for done, count in enumerate(counts, start=1):
        requests = [request_of(painter, seed) for seed in range(count)]
        found[str(count)] = {
            "threads": _timed(_in_threads, painter, requests),
            "one_draw": _timed(_in_one_draw, painter, requests),
        }
        yield Progress(done, len(counts), unit="numbers of pictures")
    return found


def request_of(painter: Painter, seed: int) -> DrawRequest:
    """A picture of words that the model knows, others for each seed."""
    world = world_of(painter.spec.world)
    prompt = world.suggest(seed) if world else PLAIN
    return TextToImage(prompt=prompt, seed=seed).resolved(painter).requests(painter)[0]


def _in_threads(painter: Painter, requests: Sequence[DrawRequest]) -> None:
    with ThreadPoolExecutor(len(requests)) as pool:
        for one in [pool.submit(finish, painter.draw([request])) for request in requests]:
            one.result()


def _in_one_draw(painter: Painter, requests: Sequence[DrawRequest]) -> None:
    finish(painter.draw(requests))


def _timed(
    draw: Callable[[Painter, Sequence[DrawRequest]], None], painter: Painter, requests: Sequence[DrawRequest]
) -> JsonObject:
    begun, worked, count = time.perf_counter(), time.process_time(), len(requests)
    draw(painter, requests)
    seconds, processor = time.perf_counter() - begun, time.process_time() - worked
    return {
        "seconds": round(seconds, 3),
        "pictures_per_second": round(count / seconds, 3),
        "processor_seconds_per_picture": round(processor / count, 3),
    }
