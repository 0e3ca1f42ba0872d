"""Which of several pictures is the best: by the model's own likelihood, or by tabletop's judge."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from lumina.errors import InputError
from lumina.model.config import ModelSpec
from lumina.runtime.drawing import Drawing, Motif, Painter
from lumina.sampler.options import SamplingOptions
from lumina.worlds.tabletop.captions import parse

ScorerName = Literal["likelihood", "judge"]
Scorer = Callable[[Painter, Motif, SamplingOptions, Drawing], float]


def likelihood(painter: Painter, motif: Motif, options: SamplingOptions, drawing: Drawing) -> float:
    """log p(picture | words) by the model itself, and what was to be expected of it, in nats a code.

    What has crumbled is unlikely. What has not, but misses what was said, leaves the model unsure of what is
    to come from there on.
    """
    return sum(painter.log_likelihood(motif, options, drawing.codes)) / max(drawing.codes.size, 1)


def by_judge(painter: Painter, motif: Motif, options: SamplingOptions, drawing: Drawing) -> float:
    """2 for a picture that shows what the prompt says, 1 less for each fault, less its error (0 to 1)."""
    from lumina.worlds.tabletop.judge import judge, read  # brings in scipy, for which a command must not wait

    claim = parse(motif.prompt)
    assert claim is not None  # check_scorer has seen to it
    reading = read(np.asarray(drawing.image.convert("RGB")))
    _, faults = judge(reading, claim)
    return 2 - len(faults) - reading.error


SCORERS: dict[ScorerName, Scorer] = {"likelihood": likelihood, "judge": by_judge}


def check_scorer(name: ScorerName, spec: ModelSpec, motif: Motif) -> None:
    """Raise InputError if this scorer cannot score pictures of this motif."""
    if name != "judge":
        return
    if spec.name != "tabletop" or motif.panels > 1:
        raise InputError('scorer: "judge" knows single pictures by tabletop only; use "likelihood".')
    if parse(motif.prompt) is None:
        raise InputError(
            'scorer: "judge" needs a prompt such as "two red spheres on a white ground", of plain solids; '
            'use "likelihood".'
        )
