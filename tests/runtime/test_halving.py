"""Successive halving: who is dropped, where, and that whoever stays is the picture it is alone."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from lumina.model.config import MODELS
from lumina.model.layout import ImageTokens, TokenLayout
from lumina.runtime.engine import Engine
from lumina.runtime.events import Finished, RowDrawn, Scored
from lumina.runtime.fake import FakePipeline
from lumina.runtime.halving import Rung, planned, rungs
from lumina.runtime.painter import Painter
from lumina.runtime.pipeline import Pipeline
from lumina.runtime.request import below
from lumina.runtime.tokens import Generation, TokenRequest
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks.text_to_image import TextToImage
from tests.runtime.asking import drawn, request
from tests.runtime.test_best_of import GIVEN, ask, weighed
from tests.tiny import write_tiny_model


def test_half_of_the_candidates_go_at_each_rung() -> None:
    assert rungs(0, 16, 8) == (Rung(6, 4), Rung(10, 2))
    assert rungs(16, 32, 4) == (Rung(22, 2), Rung(26, 1))
    assert rungs(0, 16, 3) == (Rung(6, 2), Rung(10, 1))
    assert rungs(0, 16, 1) == rungs(0, 1, 8) == ()
    assert planned(16, 8) == (8 * 6 + 4 * 4 + 2 * 6, 2)
    assert planned(16, 1) == (16, 1)
    for rows in range(1, 40):
        for candidates in range(1, 17):
            assert 1 <= planned(rows, candidates)[1] <= candidates
            assert rows <= planned(rows, candidates)[0] <= rows * candidates


def halved(layout: TokenLayout, count: int, **changes: Any) -> list[TokenRequest]:
    return [ask(layout, 40 + index, bracket=0, **changes) for index in range(count)]


def expected(engine: Engine, requests: list[TokenRequest]) -> dict[int, int]:
    """How many rows each of these has in the end, by drawing and weighing each beginning by itself."""
    first = requests[0].first_row
    rows = dict.fromkeys(range(len(requests)), requests[0].last_row)
    left = [*rows]
    for rung in rungs(first, requests[0].last_row, len(requests)):
        parts = {index: replace(requests[index], bracket=None, stop_row=rung.rows) for index in left}
        drawn = {index: finish(engine.generate(part)).codes for index, part in parts.items()}
        sure = {index: weighed(engine, requests[index], codes)[1] for index, codes in drawn.items()}
        ranked = sorted(left, key=sure.__getitem__, reverse=True)
        rows |= dict.fromkeys(ranked[rung.kept :], rung.rows)
        left = ranked[: rung.kept]
    return rows


@pytest.mark.parametrize("changes", [{}, {"given": GIVEN}, {"guidance_scale": 1.0}])
def test_those_the_model_is_least_sure_of_are_dropped_and_the_others_are_what_they_are_alone(
    engine: Engine, layout: TokenLayout, changes: dict[str, Any]
) -> None:
    one_by_one = halved(layout, 6, window=1, **changes)
    alone = [finish(engine.generate(replace(one, bracket=None))) for one in one_by_one]
    wanted = expected(engine, one_by_one)
    for slots, window in product((1, 3, 8), (1, 16)):
        engine._scheduler.slots = slots
        requests = halved(layout, 6, window=window, **changes)
        together = finish(engine.generate_all([*requests, ask(layout, 3)]))
        assert len(together[6].codes) == layout.rows
        for index, generation in enumerate(together[:6]):
            assert len(generation.codes) == len(generation.nll) == wanted[index]
            assert torch.equal(generation.codes, alone[index].codes[: wanted[index]])
        assert sum(len(one.codes) == layout.rows for one in together[:6]) == 2


def test_two_brackets_of_one_call_are_compared_apart(engine: Engine, layout: TokenLayout) -> None:
    both = [*halved(layout, 4), *(replace(one, bracket=1) for one in halved(layout, 4))]
    first, second = (finish(engine.generate_all(both))[at : at + 4] for at in (0, 4))
    assert [len(one.codes) for one in first] == [len(one.codes) for one in second]


def test_candidates_that_were_stopped_go_on_to_the_same_result(engine: Engine, layout: TokenLayout) -> None:
    requests = halved(layout, 6)
    whole = finish(engine.generate_all(requests))
    for rows in (1, 3, 5):
        kept = [
            replace(one, drawn=ImageTokens(was.codes[: min(rows, len(was.codes))]))
            for one, was in zip(requests, whole, strict=True)
        ]
        again: tuple[Generation, ...] = finish(engine.generate_all(kept))
        assert all(torch.equal(a.codes, b.codes) for a, b in zip(whole, again, strict=True))


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "tabletop", write_tiny_model(tmp_path_factory.mktemp("model")))
        yield Pipeline.load(settings=Settings(dtype="float64"))


SIZE = {"width": 64, "height": 64, "prompt": "two cones"}


@pytest.fixture(params=["pipeline", "fake"])
def painter(request: pytest.FixtureRequest) -> Painter:
    return FakePipeline() if request.param == "fake" else request.getfixturevalue("pipeline")


def test_progress_ends_where_it_was_said_to(painter: Painter) -> None:
    asked = request(painter, **SIZE, seed=9)
    events = list(painter.draw(asked.candidates(8, "likelihood", 0, is_halved=True)))
    (total,) = {event.total for event in events}
    rows, left = planned(asked.stop_row, 8)
    assert total == rows + left
    assert [event.done for event in events if isinstance(event, RowDrawn | Scored)] == [*range(1, total + 1)]
    scored = {event.index for event in events if isinstance(event, Scored)}
    assert len(scored) == left == 2
    finished = {event.index: event.drawing for event in events if isinstance(event, Finished)}
    assert len(finished) == 8 and {at for at, each in finished.items() if each.is_complete} == scored
    for index, drawing in finished.items():
        told = [event.codes for event in events if isinstance(event, RowDrawn) and event.index == index]
        assert np.array_equal(np.concatenate(told), drawing.codes)


def test_the_task_shows_all_candidates_and_each_one_draws_again(painter: Painter) -> None:
    task = TextToImage(**SIZE, seed=5, best_of=4, halving=True).resolved(painter)
    (best,) = finish(task.run(painter)).image
    rows = [len(one.drawing.codes) for one in best.candidates]
    whole = best.drawing.rows
    assert rows == [whole, *sorted(rows[1:], reverse=True)] and rows[1] < whole
    assert [one.score is None for one in best.candidates] == [False, True, True, True]
    for one in best.candidates:
        assert not one.task.halving and one.task.best_of == 1
        (again,) = finish(one.task.run(painter)).image
        assert again.drawing.digest == one.drawing.digest


def test_a_dropped_candidate_can_be_drawn_on(painter: Painter) -> None:
    task = TextToImage(**SIZE, seed=5, best_of=4, halving=True).resolved(painter)
    last = finish(task.run(painter)).image[0].candidates[-1]
    going_on = last.task.model_copy(update={"stop_row": None})
    (drawing,) = drawn(painter, *below(going_on.requests(painter), [last.drawing.codes]))
    (alone,) = drawn(painter, *going_on.requests(painter))
    assert drawing.is_complete and drawing.digest == alone.digest
