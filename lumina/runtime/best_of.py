"""Best of N: several pictures are drawn side by side behind one prefill, scored, and ranked.

The inference-time scaling of the published model, with scorers that need no other model.
"""

from dataclasses import dataclass
from typing import Any

from lumina.runtime.drawing import Drawing, Motif, Painter
from lumina.runtime.scorers import SCORERS, ScorerName, check_scorer
from lumina.sampler.options import LAST_SEED, SamplingOptions
from lumina.steps import Progress, Steps, mapped

MOST = 16  # candidates of one picture


@dataclass(frozen=True, eq=False)
class Candidate:
    """One of several drawings, and its score once it has one; more is better."""

    drawing: Drawing
    score: float | None = None


def best_of(
    painter: Painter,
    motif: Motif,
    options: SamplingOptions,
    count: int,
    scorer: ScorerName,
    **kept: Any,
) -> Steps[tuple[Candidate, ...]]:
    """Draw ``count`` candidates and return them, the best first; candidate i has the seed of the options + i.

    ``kept`` goes to :meth:`Painter.draw_all`. The candidates so far are the ``partial`` of every step; each
    score is one more step. Raises InputError, before the first step, for a scorer that cannot judge these.
    """
    check_scorer(scorer, painter.spec, motif)
    seeds = [(options.seed + index) % (LAST_SEED + 1) for index in range(count)]
    return _run(painter, motif, options, scorer, painter.draw_all(motif, options, seeds, **kept), count)


def _run(
    painter: Painter,
    motif: Motif,
    options: SamplingOptions,
    scorer: ScorerName,
    steps: Steps[tuple[Drawing, ...]],
    count: int,
) -> Steps[tuple[Candidate, ...]]:
    total = count

    def progress(step: Progress) -> Progress:
        nonlocal total
        total = step.total + count  # the scores to come are counted in from the start
        partial = None if step.partial is None else tuple(map(Candidate, step.partial))
        return Progress(step.done, total, step.unit, partial)

    drawings = yield from mapped(steps, progress, tuple)
    candidates: list[Candidate] = []
    for drawing in drawings:
        candidates.append(Candidate(drawing, SCORERS[scorer](painter, motif, options, drawing)))
        rest = map(Candidate, drawings[len(candidates) :])
        yield Progress(total - count + len(candidates), total, partial=(*candidates, *rest))
    return tuple(sorted(candidates, key=_score, reverse=True))


def _score(candidate: Candidate) -> float:
    return float("-inf") if candidate.score is None else candidate.score
