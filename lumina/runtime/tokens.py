"""A request and its result as the engine knows them: in tokens and codes."""

import math
from dataclasses import dataclass
from typing import TypeAlias

from torch import Tensor, equal

from lumina.errors import InputError
from lumina.model.layout import ImageTokens, TokenLayout
from lumina.sampler.options import MAX_SEED, SamplingOptions


@dataclass(frozen=True, eq=False)
class TokenRequest:
    """One image to draw. Equal requests give equal codes.

    ``prompt``: ids before the image start. ``given``: rows that are part of the task, from the top.
    ``drawn``: rows that exist already (the given ones included) and are kept. ``rerolls``: (row, seed) pairs;
    rows from that row on take that seed's noise, later entries win. ``stop_row``: draw only rows above it.
    ``is_weighed``: its likelihood is wanted. ``bracket``: of those of a call that have the same number, some
    are dropped on the way (see halving).
    Raises InputError where these do not fit the layout.
    """

    prompt: tuple[int, ...]
    layout: TokenLayout
    options: SamplingOptions
    given: ImageTokens | None = None
    drawn: ImageTokens | None = None
    rerolls: tuple[tuple[int, int], ...] = ()
    stop_row: int | None = None
    is_weighed: bool = False
    bracket: int | None = None

    def __post_init__(self) -> None:
        rows = self.layout.rows
        for row, seed in self.rerolls:
            if not 0 <= row < rows or not 0 <= seed <= MAX_SEED:
                raise InputError(
                    f"Re-roll row {row} with seed {seed}: choose a row from 0 to {rows - 1}, seed >= 0."
                )
        if self.stop_row is not None and not 0 < self.stop_row <= rows:
            raise InputError(f"The stop row is {self.stop_row}; choose one from 1 to {rows}.")
        for image in (self.given, self.drawn):
            if image is not None:
                self.layout.encode(image.codes)  # raises if the codes do not fit
        if (
            self.given
            and self.drawn
            and not equal(self.drawn.codes[: len(self.given.codes)], self.given.codes)
        ):
            raise InputError(
                "The rows already drawn do not begin with the given panel; start the picture anew."
            )
        if self.kept is not None and len(self.kept) > self.last_row:
            raise InputError(f"{len(self.kept)} rows are kept, but row {self.last_row} is to be the last.")

    @property
    def kept(self) -> Tensor | None:
        """Codes [rows, cols] of the rows that are not drawn anew."""
        image = self.drawn or self.given
        return None if image is None else image.codes

    @property
    def is_compared(self) -> bool:
        """Whether its likelihood is noted."""
        return self.is_weighed or self.bracket is not None

    @property
    def first_row(self) -> int:
        """The first row below the given panel."""
        return 0 if self.given is None else len(self.given.codes)

    @property
    def last_row(self) -> int:
        """How many rows there are in the end."""
        return self.layout.rows if self.stop_row is None else self.stop_row

    def seed_of(self, row: int) -> int:
        """The seed whose noise ``row`` takes."""
        seeds = [seed for start, seed in self.rerolls if start <= row]
        return seeds[-1] if seeds else self.options.seed


@dataclass(frozen=True, eq=False)
class Generation:
    """Codes drawn so far, and what they cost.

    ``codes`` [rows drawn, cols] on the CPU, kept rows included. ``nll`` [rows drawn, cols]: -log p in
    nats of each code under the distribution it was drawn from, nan where kept. ``accepted``: codes settled by
    each forward. ``tokens``: codes sampled. ``seconds``: spent drawing, pauses between steps not counted.
    ``likelihood``: log p(code | words, codes before) of the codes below the given panel, at temperature 1 and
    unguided, and what it was expected to be, added; the mean in nats a code, nan where it was not asked for.
    """

    codes: Tensor
    nll: Tensor
    forwards: int
    prefills: int
    tokens: int
    seconds: float
    accepted: tuple[int, ...]
    likelihood: float = math.nan


@dataclass(frozen=True, eq=False, kw_only=True)
class Joined:
    """The image of request ``index`` is under way."""

    index: int


@dataclass(frozen=True, eq=False, kw_only=True)
class RowSettled:
    """Row ``row`` of the image of request ``index`` is settled, with its ``codes`` and ``nll`` [cols].

    ``accepted`` are the codes settled by each forward since the row before, ``forwards`` how many there were
    in all. ``is_newest`` says that the rows below are not there yet, and are still to come.
    """

    index: int
    row: int
    codes: Tensor
    nll: Tensor
    accepted: tuple[int, ...]
    forwards: int
    seconds: float
    is_newest: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Completed:
    """All rows of the image of request ``index`` that were asked for are there, or it has been dropped."""

    index: int
    generation: Generation


TokenEvent: TypeAlias = Joined | RowSettled | Completed
