"""A pipeline without a model: it paints from its inputs' hash in milliseconds, for tests of all above it."""

import hashlib
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lumina.errors import InputError, InvalidSize
from lumina.model.config import ModelSpec, spec_of
from lumina.runtime.drawing import Codes, Drawing, check_size, on_background
from lumina.runtime.events import Begun, DrawEvent, Finished, RowDrawn, Scored
from lumina.runtime.halving import Rung, rungs
from lumina.runtime.request import NO_SCORER, DrawRequest
from lumina.runtime.scorers import SCORERS, check_scorer
from lumina.runtime.tally import Tally
from lumina.settings import Settings
from lumina.steps import Steps

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

    @property
    def pixels_per_code(self) -> int:
        """Pixels along one side of a code."""
        return CELL

    def draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        """See Painter; neighbours of a batch grow together."""
        for request in requests:
            check_scorer(self.spec, request, has_verifiers=False)
            self._check(request)
        return self._draw(requests)

    def _check(self, request: DrawRequest) -> None:
        width, height = request.width, request.height
        check_size(self.spec, width, height, dual=request.panels + len(request.given) > 1)
        for given in request.given:
            if given.size != (width, height):
                raise InvalidSize(
                    f"A given picture of {given.size} pixels does not fit above {width}x{height}."
                )
        rows, kept = request.panels * height // CELL, request.kept
        if not 0 < request.stop_row <= rows:
            raise InputError(f"The stop row is {request.stop_row}; choose one from 1 to {rows}.")
        if len(kept) > request.stop_row or (len(kept) and kept.shape[1] != width // CELL):
            raise InputError(
                f"{len(kept)} kept rows do not fit a picture of {rows} rows that stops at {request.stop_row}."
            )

    def _draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        tally, finished = Tally(requests), list[Drawing]()
        while len(finished) < len(requests):
            rest = requests[len(finished) :]
            alike = [request.batch == rest[0].batch for request in rest]
            group = rest[: (*alike, False).index(False)]
            finished += yield from self._side_by_side(group, len(finished), tally)
        return tuple(finished)

    def _side_by_side(
        self, group: Sequence[DrawRequest], first: int, tally: Tally
    ) -> Steps[DrawEvent, list[Drawing]]:
        begun, codes, left = time.perf_counter(), [_kept(request) for request in group], [*range(len(group))]
        compared = {rung.rows: rung.kept for rung in _rungs(group)}
        for index, request in enumerate(group):
            yield _begun(request, first + index, tally)
        for row in range(min(map(len, codes)), max(request.stop_row for request in group)):
            if row in compared:
                likely = {index: _likelihood(group[index], codes[index][:row]) for index in left}
                left = sorted(sorted(left, key=likely.__getitem__)[-compared[row] :])
            missing = [index for index in left if len(codes[index]) == row < group[index].stop_row]
            time.sleep(self.row_seconds if missing else 0)
            for index in missing:
                new = _row_codes(group[index], row)
                codes[index] = np.vstack([codes[index], new])
                yield _row_drawn(new, row, time.perf_counter() - begun, first + index, tally)
        seconds = time.perf_counter() - begun
        drawings = [_drawing(request, codes[index], seconds) for index, request in enumerate(group)]
        for index, drawing in enumerate(drawings, start=first):
            yield Finished(index=index, drawing=drawing, **tally.now())
        for index in left:
            request = group[index]
            if request.scorer != NO_SCORER:
                score = SCORERS[request.scorer](self.spec, request, drawings[index])
                yield Scored(index=first + index, score=score, **tally.step())
        return drawings


def _rungs(group: Sequence[DrawRequest]) -> tuple[Rung, ...]:
    return rungs(0, group[0].stop_row, len(group)) if group[0].is_halved else ()


def _likelihood(request: DrawRequest, codes: Codes) -> float:
    """A number from -1 to 0 that depends on the words and the codes."""
    text = request.instruction.encode() + np.asarray(codes, "<i8").tobytes()
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") / 2**32 - 1


def _subject(request: DrawRequest) -> str:
    """Everything but the seed that decides the picture; window and precision do not."""
    options = request.options
    filters = (options.guidance_scale, options.temperature, options.top_k, options.top_p)
    pixels = hashlib.sha256(b"".join(given.tobytes() for given in request.given)).hexdigest()
    return f"{request.instruction}|{request.width}x{request.height}|{filters}|{pixels}"


def _kept(request: DrawRequest) -> Codes:
    return np.asarray(request.kept, np.int64).reshape(-1, request.width // CELL)


def _begun(request: DrawRequest, index: int, tally: Tally) -> Begun:
    height, kept = request.height * request.panels, _kept(request)
    return Begun(
        index=index,
        width=request.width,
        height=height,
        rows=height // CELL,
        kept=kept,
        pixels=_pixels(kept),
        **tally.now(),
    )


def _row_drawn(new: Codes, row: int, seconds: float, index: int, tally: Tally) -> RowDrawn:
    return RowDrawn(
        index=index,
        row=row,
        codes=new,
        nll=_nll(new),
        pixels=_pixels(new),
        accepted=(new.size,),
        seconds=seconds,
        **tally.step(),
    )


def _seed_of_row(row: int, seed: int, rerolls: Sequence[tuple[int, int]]) -> int:
    for first, other in rerolls:
        if row >= first:
            seed = other
    return seed


def _row_codes(request: DrawRequest, row: int) -> Codes:
    key = f"{_subject(request)}|{_seed_of_row(row, request.seed, request.rerolls)}|{row}"
    cols = request.width // CELL
    noise = hashlib.shake_256(key.encode()).digest(2 * cols)
    return np.frombuffer(noise, dtype="<u2").astype(np.int64)[None] % NUM_CODES  # [1, cols]


def _pixels(codes: Codes) -> NDArray[np.uint8]:
    colours = np.stack([codes * 73 % 256, codes * 151 % 256, codes * 199 % 256], axis=-1).astype(np.uint8)
    return colours.repeat(CELL, axis=0).repeat(CELL, axis=1)


def _nll(codes: Codes) -> NDArray[np.float32]:
    return (codes / NUM_CODES * 4).astype(np.float32)


def _drawing(request: DrawRequest, codes: Codes, seconds: float) -> Drawing:
    nll, kept = _nll(codes), len(request.kept)
    nll[:kept] = np.nan
    new, cols = len(codes) - kept, codes.shape[1]
    width, height = request.width, request.height * request.panels
    return Drawing(
        image=on_background(width, height, _pixels(codes)),
        codes=codes,
        rows=height // CELL,
        seed=request.seed,
        forwards=new,
        prefills=1 if new else 0,
        tokens=new * cols,
        seconds=seconds,
        nll=nll,
        accepted=(cols,) * new,
        likelihood=_likelihood(request, codes),
    )
