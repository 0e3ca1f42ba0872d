"""Which of several pictures is the best: by the model's own likelihood, or by tabletop's judge."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from lumina.errors import InputError
from lumina.model.config import ModelSpec
from lumina.runtime.drawing import Codes, Drawing
from lumina.runtime.request import DrawRequest, Scoring
from lumina.worlds.tabletop.captions import parse


class Reader(Protocol):
    """A model that says how likely it finds a picture."""

    def log_likelihood(self, request: DrawRequest, codes: Codes) -> tuple[float, float]:
        """log p(codes | words) in nats of the ``codes`` [k, cols] drawn, and what was to be expected."""


Scorer = Callable[[Reader, DrawRequest, Drawing], float]


def likelihood(reader: Reader, request: DrawRequest, drawing: Drawing) -> float:
    """log p(picture | words) by the model itself, and what was to be expected of it, in nats a code.

    What has crumbled is unlikely. What has not, but misses what was said, leaves the model unsure of what is
    to come from there on.
    """
    return sum(reader.log_likelihood(request, drawing.codes)) / max(drawing.codes.size, 1)


def by_judge(reader: Reader, request: DrawRequest, drawing: Drawing) -> float:
    """2 for a picture that shows what the prompt says, 1 less for each fault, less its error (0 to 1)."""
    from lumina.worlds.tabletop.judge import judge, read  # brings in scipy, for which a command must not wait

    claim = parse(request.prompt)
    assert claim is not None  # check_scorer has seen to it
    reading = read(np.asarray(drawing.image.convert("RGB")))
    _, faults = judge(reading, claim)
    return 2 - len(faults) - reading.error


SCORERS: dict[Scoring, Scorer] = {"likelihood": likelihood, "judge": by_judge}


def check_scorer(spec: ModelSpec, request: DrawRequest) -> None:
    """Raise InputError if the scorer of this request cannot score its picture."""
    if request.scorer != "judge":
        return
    if spec.name != "tabletop" or request.panels > 1:
        raise InputError('scorer: "judge" knows single pictures by tabletop only; use "likelihood".')
    if parse(request.prompt) is None:
        raise InputError(
            'scorer: "judge" needs a prompt such as "two red spheres on a white ground", of plain solids; '
            'use "likelihood".'
        )
