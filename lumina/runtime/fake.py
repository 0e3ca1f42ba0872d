"""A pipeline without a model: it paints from its inputs' hash in milliseconds, for tests of all above it."""

import hashlib
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumina.errors import InputError, InvalidSize
from lumina.model.config import ModelSpec, spec_of
from lumina.runtime.drawing import Codes, Drawing, Motif, check_size, on_background
from lumina.sampler.options import SamplingOptions
from lumina.settings import Settings
from lumina.steps import Progress, Steps

CELL = 8  # pixels along one side of a code
NUM_CODES = 1024


class FakePipeline:
    """Draws like the pipeline (rows, resuming, re-rolls, stopping) without weights.

    A row depends on the request and its seed alone. ``row_seconds`` slows it down to be watched.
    """

    def __init__(
        self, spec: ModelSpec | None = None, settings: Settings | None = None, row_seconds: float = 0.0
    ) -> None:
        self.spec = spec or spec_of("tabletop")
        self.settings = settings or Settings()
        self.model = f"{self.spec.name}@fake"
        self.device = "cpu"
        self.row_seconds = row_seconds

    def draw(
        self,
        *,
        instruction: str,
        width: int,
        height: int,
        options: SamplingOptions,
        given: Image.Image | None = None,
        panels: int = 1,
        drawn: NDArray[Any] | None = None,
        rerolls: Sequence[tuple[int, int]] = (),
        stop_row: int | None = None,
    ) -> Steps[Drawing]:
        """As :meth:`Pipeline.draw`: the same arguments, progress, errors and result."""
        check_size(self.spec, width, height, dual=given is not None or panels > 1)
        if given is not None and given.size != (width, height):
            raise InvalidSize(f"A given picture of {given.size} pixels does not fit above {width}x{height}.")
        rows, cols = panels * height // CELL, width // CELL
        last = rows if stop_row is None else stop_row
        kept = np.zeros((0, cols), np.int64) if drawn is None else np.asarray(drawn, np.int64)
        if kept.shape[1] != cols or not len(kept) <= last <= rows:
            raise InputError(
                f"{len(kept)} kept rows do not fit a picture of {rows} rows that stops at {last}."
            )
        subject = _subject(instruction, width, height, options, given)
        seeds = [_seed_of_row(row, options.seed, rerolls) for row in range(rows)]
        fresh = [_row_codes(f"{subject}|{seeds[row]}|{row}", cols) for row in range(len(kept), last)]
        return self._paint(kept, fresh, rows, options.seed)

    def draw_all(
        self,
        motif: Motif,
        options: SamplingOptions,
        seeds: Sequence[int],
        *,
        drawn: NDArray[Any] | None = None,
        rerolls: Sequence[tuple[int, int]] = (),
        stop_row: int | None = None,
    ) -> Steps[tuple[Drawing, ...]]:
        """As :meth:`Pipeline.draw_all`: all pictures grow together."""
        rest: dict[str, Any] = {"drawn": drawn, "rerolls": rerolls, "stop_row": stop_row}
        runs = [
            self.draw(**motif.request(), options=options.model_copy(update={"seed": seed}), **rest)
            for seed in seeds
        ]
        results: list[Drawing] = []
        while not results:
            steps: list[Progress] = []
            for run in runs:
                try:
                    steps.append(next(run))
                except StopIteration as stop:
                    results.append(stop.value)
            if steps:
                partial = tuple(step.partial for step in steps)
                yield Progress(len(seeds) * steps[0].done, len(seeds) * steps[0].total, partial=partial)
        return tuple(results)

    def log_likelihood(
        self, motif: Motif, options: SamplingOptions, codes: NDArray[Any]
    ) -> tuple[float, float]:
        """A number from -1 to 0 that depends on the words and the codes, and 0."""
        text = motif.instruction.encode() + np.asarray(codes, "<i8").tobytes()
        return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") / 2**32 - 1, 0.0

    def _paint(self, kept: Codes, fresh: Sequence[Codes], rows: int, seed: int) -> Steps[Drawing]:
        codes, begun = kept, time.perf_counter()
        for row in fresh:
            time.sleep(self.row_seconds)
            codes = np.vstack([codes, row])
            drawing = _drawing(codes, len(kept), rows, seed, time.perf_counter() - begun)
            yield Progress(done=len(codes), total=len(kept) + len(fresh), partial=drawing)
        return _drawing(codes, len(kept), rows, seed, time.perf_counter() - begun)


def _subject(
    instruction: str, width: int, height: int, options: SamplingOptions, given: Image.Image | None
) -> str:
    """Everything but the seed that decides the picture; window and precision do not."""
    filters = (options.guidance_scale, options.temperature, options.top_k, options.top_p)
    pixels = hashlib.sha256(b"" if given is None else given.tobytes()).hexdigest()
    return f"{instruction}|{width}x{height}|{filters}|{pixels}"


def _seed_of_row(row: int, seed: int, rerolls: Sequence[tuple[int, int]]) -> int:
    for first, other in rerolls:
        if row >= first:
            seed = other
    return seed


def _row_codes(key: str, cols: int) -> Codes:
    noise = hashlib.shake_256(key.encode()).digest(2 * cols)
    return np.frombuffer(noise, dtype="<u2").astype(np.int64)[None] % NUM_CODES  # [1, cols]


def _drawing(codes: Codes, kept: int, rows: int, seed: int, seconds: float) -> Drawing:
    colours = np.stack([codes * 73 % 256, codes * 151 % 256, codes * 199 % 256], axis=-1).astype(np.uint8)
    pixels = colours.repeat(CELL, axis=0).repeat(CELL, axis=1)
    surprise = (codes / NUM_CODES * 4).astype(np.float32)
    surprise[:kept] = np.nan
    new, cols = len(codes) - kept, codes.shape[1]
    return Drawing(
        image=on_background(cols * CELL, rows * CELL, pixels),
        codes=codes,
        rows=rows,
        seed=seed,
        forwards=new,
        prefills=1 if new else 0,
        tokens=new * cols,
        seconds=seconds,
        surprise=surprise,
        accepted=(cols,) * new,
    )
