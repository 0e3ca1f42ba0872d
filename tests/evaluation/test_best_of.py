"""Best of N, measured: more candidates can only help a scorer that knows the truth."""

from dataclasses import replace

import numpy as np
import pytest

from lumina.errors import InputError
from lumina.evaluation import best_of
from lumina.runtime.fake import FakePipeline
from lumina.runtime.pipeline import Pipeline
from lumina.runtime.scorers import SCORERS
from lumina.steps import finish
from lumina.tasks.text_to_image import TextToImage


@pytest.fixture
def draws(monkeypatch):
    """The seeds that were drawn from; every fifth gives a good picture, and the scorer prefers good ones."""

    def good(seed):
        return seed % 5 == 0

    monkeypatch.setitem(
        SCORERS,
        "likelihood",
        lambda painter, request, drawing: good(drawing.seed),
    )
    drawn, seeds = best_of._drawn, []

    def remembered(painter, prompt, seed, count, scorer, is_halved):
        seeds.append(seed)
        candidates, seconds = drawn(painter, prompt, seed, count, scorer, is_halved)
        for candidate in candidates:
            shade = 255 if good(candidate.drawing.seed) else 0
            candidate.drawing.image.paste((shade,) * 3, (0, 0, *candidate.drawing.image.size))
        return candidates, seconds

    monkeypatch.setattr(best_of, "_drawn", remembered)
    monkeypatch.setattr(
        "lumina.worlds.tabletop.benchmark.prompts.obeys",
        lambda picture, claim: (bool(np.all(picture == 255)), ()),
    )
    return seeds


@pytest.fixture
def report(draws):
    return finish(best_of.run(FakePipeline(), 6, 20_000, rounds=2))


def test_the_best_of_more_is_better(report):
    shares = [report[name] for name in ("single", "best_of_2", "best_of_4", "best_of_8")]
    assert shares == sorted(shares) and shares[0] < shares[-1] == 1
    assert report["prompts"] == 6 and all(len(by_round) == 2 for by_round in report["by_round"].values())
    assert all(
        low <= share <= high
        for share, (low, high) in zip(shares, [*report["intervals_95"].values()][:4], strict=True)
    )
    assert set(report["seconds"]) == {"single", "best_of_8", "halved_8"}
    assert report["codes"]["halved_8"] == 0.59375 * report["codes"]["best_of_8"]
    assert report["scores"]["single"] <= report["scores"]["halved_8"] <= report["scores"]["best_of_8"] == 1


def test_the_shipped_model_ranks_what_it_drew_above_the_same_crumbled():
    pipeline = Pipeline.load("tabletop")
    task = TextToImage(prompt="a red cube", width=128, height=128, seed=1).resolved(pipeline)
    asked = replace(task.request(pipeline), scorer="likelihood")
    codes = finish(pipeline.draw([asked]))[0].codes
    crumbled = np.random.default_rng(0).permutation(codes.ravel()).reshape(codes.shape)
    drawn, worse = (finish(pipeline.draw([asked.keeping(kept)]))[0].likelihood for kept in (codes, crumbled))
    assert worse < drawn - 0.5


def test_a_run_that_was_broken_off_goes_on_from_its_journal(draws, report, tmp_path):
    journal, whole = tmp_path / "journal.jsonl", len(draws)
    steps = best_of.run(FakePipeline(), 6, 20_000, rounds=2, journal=journal)
    for _ in zip(range(5), steps, strict=False):
        pass
    with journal.open("a") as lines:
        lines.write('{"round": 0, "pro')
    again = finish(best_of.run(FakePipeline(), 6, 20_000, rounds=2, journal=journal))
    assert len(draws) - whole in (whole, whole + 2)  # what was under way may be drawn twice
    timed = ("seconds",)
    assert {k: v for k, v in again.items() if k not in timed} == {
        k: v for k, v in report.items() if k not in timed
    }
    drawn = len(draws)
    finish(best_of.run(FakePipeline(), 6, 20_000, rounds=2, journal=journal))
    assert len(draws) == drawn
    for limit, first in ((6, 20_001), (5, 20_000)):  # with other numbers of prompts, too, seeds are others
        with pytest.raises(InputError, match="of other options; name another --journal"):
            finish(best_of.run(FakePipeline(), limit, first, rounds=2, journal=journal))
    journal.write_text("a shopping list\n")
    with pytest.raises(InputError, match="no journal of this command"):
        finish(best_of.run(FakePipeline(), 6, 20_000, rounds=2, journal=journal))
