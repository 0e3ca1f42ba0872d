"""What is asked of a painter: everything that decides a picture, with nothing left open."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
from PIL import Image

from lumina.runtime.drawing import Codes
from lumina.sampler.options import MAX_SEED, SamplingOptions

ScorerName = Literal["likelihood", "judge", "verifiers"]
ScorerChoice = Literal["auto", "likelihood", "judge", "verifiers"]
Scoring = Literal["none", "likelihood", "judge", "verifiers"]
NO_SCORER: Final = "none"
LIKELIHOOD: Final = "likelihood"
VERIFIERS: Final = "verifiers"
NO_ROWS: Codes = np.zeros((0, 0), np.int64)
NO_ROWS.flags.writeable = False


@dataclass(frozen=True, eq=False)
class DrawRequest:
    """One picture to draw, as a plain value. Equal requests give equal codes.

    ``instruction`` is the sentence for the model, ``prompt`` what a person said (empty: nothing to judge
    by). ``width`` and ``height`` are those of one panel in pixels; ``panels`` are drawn, one above the other,
    below the pictures in ``given`` (none or one of the same size), which the model sees.

    Everything else counts in the drawn part alone: ``stop_row`` is how many rows of codes there are in the
    end; ``kept`` [k, cols] are rows that exist already; ``rerolls`` are (row, seed) pairs, rows from there on
    take that seed's noise. Those of one ``batch`` are candidates for one picture and are scored together;
    where they are ``is_halved``, half of them end at each of their rungs (see halving), with the rows they
    have. ``scorer`` says who scores the result, "none" for nobody.
    """

    instruction: str
    width: int
    height: int
    options: SamplingOptions
    stop_row: int
    panels: int = 1
    given: tuple[Image.Image, ...] = ()
    prompt: str = ""
    kept: Codes = field(default_factory=lambda: NO_ROWS)
    rerolls: tuple[tuple[int, int], ...] = ()
    batch: int = 0
    scorer: Scoring = NO_SCORER
    is_halved: bool = False

    @property
    def seed(self) -> int:
        """The seed of all rows that are not re-rolled."""
        return self.options.seed

    @property
    def left(self) -> int:
        """Rows that are still to be drawn."""
        return self.stop_row - len(self.kept)

    def keeping(self, codes: Codes) -> "DrawRequest":
        """The same picture, of which these rows [k, cols] exist already."""
        return replace(self, kept=codes)

    def candidates(
        self, count: int, scorer: Scoring, batch: int, is_halved: bool = False
    ) -> "tuple[DrawRequest, ...]":
        """``count`` pictures to choose from, side by side; candidate i takes the seed + i."""
        together = replace(self, batch=batch, scorer=scorer, is_halved=is_halved)
        seeds = [(self.seed + index) % (MAX_SEED + 1) for index in range(count)]
        return tuple(
            replace(together, options=self.options.model_copy(update={"seed": seed})) for seed in seeds
        )


def below(requests: Sequence[DrawRequest], kept: Sequence[Codes]) -> tuple[DrawRequest, ...]:
    """The first of ``requests`` go on below these rows of codes, one array [k, cols] each."""
    going_on = [request.keeping(codes) for request, codes in zip(requests, kept, strict=False)]
    return (*going_on, *requests[len(going_on) :])
