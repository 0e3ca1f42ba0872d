"""Best of N, measured: how often the judge accepts what a scorer puts first of 1, 2, 4 and 8 candidates."""

import time
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina.evaluation.benchmark import world_for
from lumina.evaluation.measuring import first_ask, verdict_of
from lumina.runtime.painter import Painter
from lumina.runtime.request import ScorerName
from lumina.steps import Progress, Steps, finish
from lumina.tasks.base import Picture
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds.benchmark import Case

COUNTS = (1, 2, 4, 8)
ROUNDS = 3  # of all prompts, each with seeds of its own
STRIDE = 100_000  # between the seeds of one round and the next


def run(
    painter: Painter, limit: int, seed: int, *, scorer: ScorerName = "likelihood", rounds: int = ROUNDS
) -> Steps[Progress, dict[str, Any]]:
    """Draw eight candidates for each of `limit` prompts of the world's benchmark in every round.

    With the model's own options, which are returned too. The best of n is that of the first n seeds which the
    scorer ranks highest. Returns shares by n with 95 % intervals over all rounds (prompts drawn again and
    again with replacement, each with its rounds), the share of each round, and the seconds that one picture
    and eight scored ones take.
    """
    cases = list(world_for(painter.spec).benchmark().cases(TextToImage.name, limit, seed))
    accepted: dict[int, list[list[bool]]] = {count: [[] for _ in range(rounds)] for count in COUNTS}
    seconds: dict[int, list[float]] = {1: [], max(COUNTS): []}
    total = rounds * len(cases)
    for done, (number, case) in enumerate(product(range(rounds), cases), start=1):
        if number == 0:
            seconds[1].append(_alone(painter, case))
        first = _seed(case) + STRIDE * number + max(COUNTS) * (done - 1)  # no noise is used twice
        candidates, spent = _drawn(painter, case, first, max(COUNTS), scorer)
        seconds[max(COUNTS)].append(spent)
        verdicts: dict[int, bool] = {}
        for count in COUNTS:  # candidates come best first
            best = next(one for one in candidates if one.drawing.seed < first + count)
            if best.drawing.seed not in verdicts:
                verdicts[best.drawing.seed] = verdict_of(case, best).passed is True
            accepted[count][number].append(verdicts[best.drawing.seed])
        yield Progress(done, total, unit="prompts")
    every = {count: [one for part in parts for one in part] for count, parts in accepted.items()}
    return {
        "scorer": scorer,
        "prompts": len(cases),
        **{_name(count): round(float(np.mean(verdicts)), 4) for count, verdicts in every.items()},
        "intervals_95": {
            _name(count): [round(bound, 4) for bound in _interval(np.array(parts))]
            for count, parts in accepted.items()
        },
        "by_round": {
            _name(n): [round(float(np.mean(part)), 4) for part in parts] for n, parts in accepted.items()
        },
        "seconds": {_name(count): round(float(np.mean(spent)), 3) for count, spent in seconds.items()},
        **_task(painter, cases[0], 0).options().model_dump(exclude={"seed"}),
        "model": painter.model,
    }


def _interval(accepted: NDArray[np.bool_]) -> tuple[float, float]:
    """95 % of the shares [rounds, prompts] of 2,000 choices of prompts with replacement (Efron 1979)."""
    rng = np.random.default_rng(1)
    shares = accepted.mean(0)[rng.integers(accepted.shape[1], size=(2000, accepted.shape[1]))].mean(1)
    low, high = np.quantile(shares, (0.025, 0.975))
    return float(low), float(high)


def _alone(painter: Painter, case: Case) -> float:
    """The seconds of one picture, which nothing scores."""
    begun = time.perf_counter()
    finish(_task(painter, case, _seed(case)).run(painter))
    return time.perf_counter() - begun


def _name(count: int) -> str:
    return "single" if count == 1 else f"best_of_{count}"


def _task(painter: Painter, case: Case, seed: int) -> TextToImage:
    return TextToImage.model_validate({**first_ask(case).values, "seed": seed}).resolved(painter)


def _seed(case: Case) -> int:
    return int(first_ask(case).values["seed"])


def _drawn(
    painter: Painter, case: Case, seed: int, count: int, scorer: ScorerName
) -> tuple[tuple[Picture, ...], float]:
    """The candidates, the best first, and the seconds they took."""
    task = _task(painter, case, seed)
    begun = time.perf_counter()
    asked = task.model_copy(update={"best_of": count, "scorer": scorer})
    candidates = finish(asked.run(painter)).image[0].candidates
    return candidates, time.perf_counter() - begun
