"""How long it takes until the first row is there, and the whole picture: by a model here, or by an engine."""

import time
from statistics import median

from lumina.evaluation.throughput import request_of
from lumina.json_types import JsonObject
from lumina.runtime.events import RowDrawn
from lumina.runtime.painter import Painter
from lumina.steps import Following, Progress, Steps


def run(painter: Painter, pictures: int) -> Steps[Progress, JsonObject]:
    """Draw so many, one after the other, of other words each; returns medians in seconds."""
    firsts, wholes = list[float](), list[float]()
    for seed in range(pictures):
        request, began, row = request_of(painter, seed), time.perf_counter(), list[float]()
        with Following(painter.draw([request])) as run:
            for event in run:
                if isinstance(event, RowDrawn) and not row:
                    row.append(time.perf_counter() - began)
        firsts += row
        wholes.append(time.perf_counter() - began)
        yield Progress(seed + 1, pictures, unit="pictures")
    return {
        "model": painter.model,
        "pictures": pictures,
        "first_row": round(median(firsts), 3),
        "picture": round(median(wholes), 3),
    }
