"""Best of N, measured: how often the judge accepts what a scorer puts first, halving included."""

import json
import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lumina.errors import InputError
from lumina.evaluation.benchmark import world_for
from lumina.evaluation.measuring import first_ask, verdict_of
from lumina.runtime.painter import Painter
from lumina.runtime.request import ScorerName
from lumina.steps import Progress, Steps, finish
from lumina.tasks.base import Picture
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds.benchmark import Case

Found: TypeAlias = dict[str, dict[str, Any]]
"""By the way to choose: accepted, score, seconds, codes."""


def _name(count: int) -> str:
    return "single" if count == 1 else f"best_of_{count}"


COUNTS = (1, 2, 4, 8)
HALVED = "halved_8"
WAYS = (*map(_name, COUNTS), HALVED)
ROUNDS = 3  # of all prompts, each with seeds of its own
STRIDE = 100_000  # between the seeds of one round and the next


def run(
    painter: Painter,
    limit: int,
    seed: int,
    *,
    scorer: ScorerName = "likelihood",
    rounds: int = ROUNDS,
    journal: Path | None = None,
) -> Steps[Progress, dict[str, Any]]:
    """Draw eight candidates for each of `limit` prompts of the world's benchmark in every round.

    With the model's own options, which are returned too. The best of n is that of the first n seeds which the
    scorer ranks highest; `halved_8` is the best of the same eight with halving. Returns shares with 95 %
    intervals over all rounds (prompts drawn again and again with replacement, each with its rounds), the
    share of each round, the mean scores, and the seconds and codes of one picture and of eight candidates.
    What is found of each prompt is kept in `journal`, where it is given, and not found again. Raises
    InputError for a journal of another run.
    """
    cases = list(world_for(painter.spec).benchmark().cases(TextToImage.name, limit, seed))
    options = _task(painter, cases[0], 0).options().model_dump(exclude={"seed"})
    made_by = {"scorer": scorer, "prompts": limit, "first": seed, **options, "model": painter.model}
    kept = Findings(journal, made_by) if journal is not None else None
    found: dict[tuple[int, int], Found] = dict(kept.found) if kept else {}
    total = rounds * len(cases)
    for done, (number, place) in enumerate(product(range(rounds), range(len(cases))), start=1):
        if (number, place) not in found:
            case = cases[place]
            first = _seed(case) + STRIDE * number + max(COUNTS) * (done - 1)  # no noise is used twice
            one = _compared(painter, case, first, scorer, done % 2 == 0)
            if number == 0:
                one["single"]["seconds"] = _alone(painter, case)
            found[number, place] = one
            if kept:
                kept.keep(number, place, one)
        yield Progress(done, total, unit="prompts")
    by_round = [[found[number, place] for place in range(len(cases))] for number in range(rounds)]
    return {
        "scorer": scorer,
        "prompts": len(cases),
        **_summary(by_round),
        **options,
        "model": painter.model,
    }


class Findings:
    """A file with a line for each prompt that was compared, below one that says by what."""

    def __init__(self, file: Path, made_by: Mapping[str, Any]) -> None:
        self._file = file
        try:
            lines = [json.loads(line) for line in whole_lines(file)]
        except ValueError as error:
            raise InputError(f"{file} is no journal of this command; name another --journal.") from error
        if lines and lines[0] != made_by:
            raise InputError(f"{file} is of another model or of other options; name another --journal.")
        self.found: dict[tuple[int, int], Found] = {
            (line["round"], line["prompt"]): line["found"] for line in lines[1:]
        }
        if not lines:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(made_by) + "\n", encoding="utf-8")

    def keep(self, number: int, place: int, found: "Found") -> None:
        """Add what was found of a prompt in a round."""
        with self._file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"round": number, "prompt": place, "found": found}) + "\n")


def whole_lines(file: Path) -> list[str]:
    """Those of a file, if it is there; a last one that was broken off is taken away."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        file.write_text(whole, encoding="utf-8")
    return whole.splitlines()


def _summary(by_round: Sequence[Sequence[Found]]) -> dict[str, Any]:
    """Shares, intervals, scores and costs by the way to choose."""

    def every(name: str, what: str) -> list[list[Any]]:
        return [[one[name][what] for one in found if what in one[name]] for found in by_round]

    accepted = {name: every(name, "accepted") for name in WAYS}
    return {
        **{name: round(float(np.mean(shown)), 4) for name, shown in accepted.items()},
        "intervals_95": {
            name: [round(bound, 4) for bound in _interval(np.array(shown))]
            for name, shown in accepted.items()
        },
        "by_round": {
            name: [round(float(np.mean(part)), 4) for part in shown] for name, shown in accepted.items()
        },
        "scores": {name: round(float(np.mean(every(name, "score"))), 5) for name in WAYS},
        **{
            cost: {
                name: round(float(np.mean(spent)), 3)
                for name in WAYS
                if (spent := [one for part in every(name, cost) for one in part])
            }
            for cost in ("seconds", "codes")
        },
    }


def _compared(painter: Painter, case: Case, first: int, scorer: ScorerName, is_turn: bool) -> Found:
    """Of candidates for one prompt, drawn to the end and halved, by each way to choose: whether the judge
    accepts its best, the score, and what all of them cost."""
    verdicts: dict[int, bool] = {}
    found: Found = {}

    def note(name: str, best: Picture) -> None:
        if best.drawing.seed not in verdicts:
            verdicts[best.drawing.seed] = verdict_of(case, best).passed is True
        found[name] = {"accepted": verdicts[best.drawing.seed], "score": best.score or 0.0}

    most = max(COUNTS)
    ways = {_name(most): False, HALVED: True}
    for name, is_halved in reversed(ways.items()) if is_turn else ways.items():
        candidates, spent = _drawn(painter, case, first, most, scorer, is_halved)
        for count in () if is_halved else COUNTS:
            note(_name(count), next(one for one in candidates if one.drawing.seed < first + count))
        if is_halved:
            note(name, candidates[0])
        found[name] |= {"seconds": spent, "codes": sum(one.drawing.tokens for one in candidates)}
    return found


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
