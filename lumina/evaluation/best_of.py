"""Best of N, measured: how often the judge accepts what a scorer puts first, halving included."""

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
HALVED = "halved_8"
ROUNDS = 3  # of all prompts, each with seeds of its own
STRIDE = 100_000  # between the seeds of one round and the next


def run(
    painter: Painter, limit: int, seed: int, *, scorer: ScorerName = "likelihood", rounds: int = ROUNDS
) -> Steps[Progress, dict[str, Any]]:
    """Draw eight candidates for each of `limit` prompts of the world's benchmark in every round.

    With the model's own options, which are returned too. The best of n is that of the first n seeds which the
    scorer ranks highest; `halved_8` is the best of the same eight with halving. Returns shares with 95 %
    intervals over all rounds (prompts drawn again and again with replacement, each with its rounds), the
    share of each round, the mean scores, and the seconds and codes of one picture and of eight candidates.
    """
    cases = list(world_for(painter.spec).benchmark().cases(TextToImage.name, limit, seed))
    tallies = {name: _Tally(rounds) for name in (*map(_name, COUNTS), HALVED)}
    total = rounds * len(cases)
    for done, (number, case) in enumerate(product(range(rounds), cases), start=1):
        if number == 0:
            tallies[_name(1)].seconds.append(_alone(painter, case))
        first = _seed(case) + STRIDE * number + max(COUNTS) * (done - 1)  # no noise is used twice
        _compare(painter, case, first, scorer, number, tallies)
        yield Progress(done, total, unit="prompts")
    return {
        "scorer": scorer,
        "prompts": len(cases),
        **{name: round(float(np.mean(tally.accepted)), 4) for name, tally in tallies.items()},
        "intervals_95": {
            name: [round(bound, 4) for bound in _interval(np.array(tally.accepted))]
            for name, tally in tallies.items()
        },
        "by_round": {
            name: [round(float(np.mean(part)), 4) for part in tally.accepted]
            for name, tally in tallies.items()
        },
        "scores": {name: round(float(np.mean(tally.scores)), 5) for name, tally in tallies.items()},
        **{
            cost: {
                name: round(float(np.mean(spent)), 3)
                for name, tally in tallies.items()
                if (spent := getattr(tally, cost))
            }
            for cost in ("seconds", "codes")
        },
        **_task(painter, cases[0], 0).options().model_dump(exclude={"seed"}),
        "model": painter.model,
    }


class _Tally:
    """What one way to choose has come to."""

    def __init__(self, rounds: int) -> None:
        self.accepted: list[list[bool]] = [[] for _ in range(rounds)]
        self.scores: list[float] = []
        self.seconds: list[float] = []
        self.codes: list[int] = []


def _compare(
    painter: Painter, case: Case, first: int, scorer: ScorerName, number: int, tallies: dict[str, _Tally]
) -> None:
    """Candidates for one prompt, drawn to the end and halved; they come best first."""
    verdicts: dict[int, bool] = {}

    def note(name: str, best: Picture) -> None:
        if best.drawing.seed not in verdicts:
            verdicts[best.drawing.seed] = verdict_of(case, best).passed is True
        tallies[name].accepted[number].append(verdicts[best.drawing.seed])
        tallies[name].scores.append(best.score or 0.0)

    most = max(COUNTS)
    ways = {_name(most): False, HALVED: True}
    is_turn = len(tallies[HALVED].scores) % 2
    for name, is_halved in reversed(ways.items()) if is_turn else ways.items():
        candidates, spent = _drawn(painter, case, first, most, scorer, is_halved)
        tallies[name].seconds.append(spent)
        tallies[name].codes.append(sum(one.drawing.tokens for one in candidates))
        for count in () if is_halved else COUNTS:
            note(_name(count), next(one for one in candidates if one.drawing.seed < first + count))
        if is_halved:
            note(name, candidates[0])


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
    painter: Painter, case: Case, seed: int, count: int, scorer: ScorerName, is_halved: bool
) -> tuple[tuple[Picture, ...], float]:
    """The candidates, the best first, and the seconds they took."""
    task = _task(painter, case, seed)
    begun = time.perf_counter()
    asked = task.model_copy(update={"best_of": count, "scorer": scorer, "halving": is_halved})
    candidates = finish(asked.run(painter)).image[0].candidates
    return candidates, time.perf_counter() - begun
