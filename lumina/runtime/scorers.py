"""Which of several pictures is the best: by the model's own likelihood, or by its world's judge."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from lumina.errors import InputError
from lumina.model.config import ModelSpec
from lumina.runtime.drawing import Codes, Drawing
from lumina.runtime.request import DrawRequest, Scoring
from lumina.worlds import world_of


class Reader(Protocol):
    """A model that says how likely it finds a picture."""

    @property
    def spec(self) -> ModelSpec:
        """What it is."""

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
    """How well a picture shows what the prompt says, by the judge of the model's world."""
    world = world_of(reader.spec.world)
    assert world is not None  # check_scorer has seen to it
    return world.score(np.asarray(drawing.image.convert("RGB")), request.prompt)


SCORERS: dict[Scoring, Scorer] = {"likelihood": likelihood, "judge": by_judge}


def check_scorer(spec: ModelSpec, request: DrawRequest) -> None:
    """Raise InputError if the scorer of this request cannot score its picture."""
    if request.scorer != "judge":
        return
    world = world_of(spec.world)
    if world is None or request.panels > 1:
        raise InputError('scorer: "judge" knows single pictures of a small world only; use "likelihood".')
    if not world.can_judge(request.prompt):
        raise InputError(f'scorer: "judge" needs a prompt such as "{world.prompts[0]}"; use "likelihood".')
