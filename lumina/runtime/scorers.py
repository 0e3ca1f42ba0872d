"""Which of several pictures is the best: by the model's own likelihood, its world's judge, or verifiers."""

from collections.abc import Callable

import numpy as np

from lumina.errors import InputError
from lumina.model.config import ModelSpec
from lumina.runtime.drawing import Drawing
from lumina.runtime.request import VERIFIERS, DrawRequest, ScorerName, Scoring
from lumina.worlds import world_of

Scorer = Callable[[ModelSpec, DrawRequest, Drawing], float]


def likelihood(spec: ModelSpec, request: DrawRequest, drawing: Drawing) -> float:
    """log p(picture | words) by the model itself, and what was to be expected of it, in nats a code.

    What has crumbled is unlikely. What has not, but misses what was said, leaves the model unsure of what is
    to come from there on.
    """
    return drawing.likelihood


def by_judge(spec: ModelSpec, request: DrawRequest, drawing: Drawing) -> float:
    """How well a picture shows what the prompt says, by the judge of the model's world."""
    world = world_of(spec.world)
    assert world is not None  # check_scorer has seen to it
    return world.score(np.asarray(drawing.image.convert("RGB")), request.prompt)


SCORERS: dict[Scoring, Scorer] = {"likelihood": likelihood, "judge": by_judge}


def suited_scorer(spec: ModelSpec, request: DrawRequest) -> ScorerName:
    """The judge of the model's world where it knows what was said, else the model's own likelihood."""
    world = world_of(spec.world)
    is_known = world is not None and request.panels == 1 and world.can_judge(request.prompt)
    return "judge" if is_known else "likelihood"


def check_scorer(spec: ModelSpec, request: DrawRequest, has_verifiers: bool = True) -> None:
    """Raise InputError if the scorer of this request cannot score its picture."""
    if request.scorer == VERIFIERS and not has_verifiers:
        raise InputError(
            'scorer: "verifiers" needs models to ask, named in LUMINA_VERIFIERS; use "likelihood".'
        )
    if request.scorer == VERIFIERS and (request.panels > 1 or not request.prompt):
        raise InputError('scorer: "verifiers" compares single pictures with a prompt; use "likelihood".')
    if request.scorer != "judge":
        return
    world = world_of(spec.world)
    if world is None or request.panels > 1:
        raise InputError('scorer: "judge" knows single pictures of a small world only; use "likelihood".')
    if not world.can_judge(request.prompt):
        raise InputError(f'scorer: "judge" needs a prompt such as "{world.prompts[0]}"; use "likelihood".')
