"""Best of N: each candidate is the picture it is alone; the best comes first; scores are what they say."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lumina.errors import InputError
from lumina.model.config import MODELS
from lumina.model.layout import ImageTokens, TokenLayout
from lumina.runtime.engine import Engine
from lumina.runtime.events import Begun, Finished, RowDrawn, Scored
from lumina.runtime.fake import FakePipeline
from lumina.runtime.pipeline import Pipeline
from lumina.runtime.scorers import SCORERS, suited_scorer
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.options import MAX_SEED, SamplingOptions
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds.tabletop.captions import describe, parse, text_of
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import sample_scene
from tests.runtime.asking import drawn, request
from tests.tiny import write_tiny_model

PROMPT = (2, 30, 31, 5, 9)
PANEL = Image.linear_gradient("L").resize((64, 64)).convert("RGB")


def ask(layout: TokenLayout, seed: int, **changes: Any) -> TokenRequest:
    fields = {name: changes.pop(name) for name in list(changes) if name in TokenRequest.__annotations__}
    options = SamplingOptions(**{"seed": seed, "guidance_scale": 3.0, "window": 5, **changes})
    return TokenRequest(**{"prompt": PROMPT, "layout": layout, "options": options, **fields})


GIVEN = ImageTokens(torch.arange(12).view(3, 4))


@pytest.mark.parametrize("window", [1, 3, 16])
@pytest.mark.parametrize("changes", [{}, {"guidance_scale": 1.0}, {"given": GIVEN}, {"stop_row": 5}])
def test_side_by_side_each_image_is_the_one_it_is_alone(
    engine: Engine, layout: TokenLayout, window: int, changes: dict[str, Any]
) -> None:
    requests = [ask(layout, seed, window=window, **changes) for seed in (3, 4, 5, 6)]
    requests[2] = replace(requests[2], rerolls=((4, 77),))
    together = finish(engine.generate_all(requests))
    for generation, one in zip(together, requests, strict=True):
        alone = finish(engine.generate(one))
        assert torch.equal(generation.codes, alone.codes)
        torch.testing.assert_close(generation.nll, alone.nll, equal_nan=True)
        assert generation.prefills == 1 and generation.forwards <= 4 * alone.forwards
    assert len({generation.codes.numpy().tobytes() for generation in together}) == 4


@pytest.mark.parametrize("window", [1, 5])
@pytest.mark.parametrize("changes", [{}, {"guidance_scale": 1.0}, {"given": GIVEN}, {"stop_row": 5}])
def test_the_likelihood_is_that_of_the_drawn_codes_behind_the_prompt_and_what_was_expected(
    engine: Engine,
    layout: TokenLayout,
    window: int,
    changes: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = ask(layout, 3, is_weighed=True, window=window, **changes)
    drawn = finish(engine.generate(request))
    wanted = sum(weighed(engine, request, drawn.codes))
    assert drawn.likelihood == pytest.approx(wanted, abs=1e-6)
    for at_once, kept in ((3, 4), (1000, 4), (3, 5)):  # rows that are there already are read for it
        monkeypatch.setattr("lumina.runtime.sequence_batch.WEIGHED_AT_ONCE", at_once)
        going_on = replace(request, drawn=ImageTokens(drawn.codes[:kept]))
        assert finish(engine.generate(going_on)).likelihood == pytest.approx(wanted, abs=1e-6)
    assert np.isnan(finish(engine.generate(replace(request, is_weighed=False))).likelihood)


def weighed(engine: Engine, request: TokenRequest, codes: torch.Tensor) -> tuple[float, float]:
    """log p of a code and what it was expected to be, by one plain forward without guidance and cache."""
    layout = request.layout
    (batch,) = engine._batches.values()
    count = codes.numel()
    whole = torch.zeros(layout.rows, layout.cols, dtype=torch.long)
    whole[: len(codes)] = codes
    ids = torch.cat((torch.tensor(PROMPT, dtype=torch.long), layout.encode(whole)))[None]
    spots = len(PROMPT) + layout.code_positions[request.first_row * layout.cols : count] - 1
    logs = batch.transformer(ids, code_slice=layout.vocabulary.codes)[0, spots].log_softmax(-1)
    found = logs.gather(-1, codes.flatten()[request.first_row * layout.cols :, None])[:, 0]
    return float(found.mean()), float((logs.exp() * logs).sum(-1).mean())


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "tabletop", write_tiny_model(tmp_path_factory.mktemp("model")))
        yield Pipeline.load(settings=Settings(dtype="float64"))


SIZE = {"width": 64, "height": 64, "prompt": "two cones"}


@pytest.mark.parametrize("given", [(), (PANEL,)])
def test_candidates_equal_their_seeds_drawn_alone(pipeline: Pipeline, given: tuple[Image.Image, ...]) -> None:
    asked = request(pipeline, **SIZE, given=given, seed=9, guidance_scale=2.0)
    candidates = asked.candidates(4, "likelihood", 0)
    assert [one.seed for one in candidates] == [9, 10, 11, 12]
    events = list(pipeline.draw(candidates))
    drawings = {event.index: event.drawing for event in events if isinstance(event, Finished)}
    scores = {event.index: event.score for event in events if isinstance(event, Scored)}
    assert len(scores) == 4
    for index, one in enumerate(candidates):
        (drawing,) = drawn(pipeline, replace(one, scorer="none"))
        assert drawing.digest == drawings[index].digest
        assert drawing.image.tobytes() == drawings[index].image.tobytes()
        assert drawings[index].likelihood == scores[index] and np.isnan(drawing.likelihood)


def test_scores_come_when_a_batch_is_drawn(pipeline: Pipeline) -> None:
    asked = request(pipeline, **SIZE)
    both = (*asked.candidates(2, "likelihood", 0), *asked.candidates(3, "likelihood", 1))
    events = list(pipeline.draw(both))
    kinds = {
        kind: [each.index for each in events if isinstance(each, kind)] for kind in (Begun, Finished, Scored)
    }
    assert all(sorted(indices) == [0, 1, 2, 3, 4] for indices in kinds.values())
    for batch in ((0, 1), (2, 3, 4)):
        last = max(n for n, each in enumerate(events) if isinstance(each, Finished) and each.index in batch)
        assert [each.index for each in events[last + 1 : last + 1 + len(batch)]] == [*batch]
    rows = [event for event in events if isinstance(event, RowDrawn)]
    assert len(rows) == 40 and sorted(
        each.done for each in (*rows, *(e for e in events if isinstance(e, Scored)))
    ) == [*range(1, 46)]


def test_a_whole_picture_is_scored_without_being_drawn(pipeline: Pipeline) -> None:
    asked = request(pipeline, **SIZE, seed=3)
    (drawing,) = drawn(pipeline, asked)
    events = list(pipeline.draw([replace(asked, kept=drawing.codes, scorer="likelihood")]))
    assert [type(event) for event in events] == [Begun, Finished, Scored]
    assert events[1].drawing.digest == drawing.digest and events[1].drawing.forwards == 0


def test_scores_are_counted_and_come_last() -> None:
    fake = FakePipeline()
    events = list(fake.draw(request(fake, **SIZE, seed=1).candidates(3, "likelihood", 0)))
    assert [event.done for event in events if isinstance(event, RowDrawn)] == list(range(1, 25))
    assert [event.done for event in events if isinstance(event, Scored)] == [25, 26, 27]
    assert {event.total for event in events} == {27}


def test_seeds_of_candidates_wrap_around() -> None:
    fake = FakePipeline()
    candidates = request(fake, **SIZE, seed=MAX_SEED).candidates(2, "likelihood", 0)
    assert {one.seed for one in candidates} == {MAX_SEED, 0}


@pytest.mark.parametrize(
    ("spec", "changes", "scorer"),
    [
        ("tabletop", {"prompt": "a red cube"}, "judge"),
        ("tabletop", {"prompt": "a red cube in Paris"}, "likelihood"),
        ("tabletop", {"prompt": ""}, "likelihood"),
        ("tabletop", {"prompt": "a red cube", "panels": 2}, "likelihood"),
        ("omni", {"prompt": "a red cube"}, "likelihood"),
    ],
)
def test_the_judge_chooses_where_it_knows_what_was_said(
    spec: str, changes: dict[str, Any], scorer: str
) -> None:
    asked = replace(request(FakePipeline(), **SIZE), **changes)
    assert suited_scorer(MODELS[spec], asked) == scorer


def test_the_model_chooses_unless_the_judge_is_let() -> None:
    fake, known = FakePipeline(), {"prompt": "two cones", "width": 64, "height": 64, "best_of": 2}
    for named, scorer in (({}, "likelihood"), ({"scorer": "auto"}, "judge")):
        asked = TextToImage(seed=1, **known, **named).resolved(fake).requests(fake)
        assert {each.scorer for each in asked} == {scorer}


def test_the_judge_likes_pictures_that_show_what_was_asked_for() -> None:
    rng = np.random.default_rng(4)
    scene = sample_scene(rng, (128, 128))
    picture = Image.fromarray(render(scene).picture)
    prompt = text_of(describe(scene, rng))
    assert parse(prompt) is not None
    asked = request(FakePipeline(), "", width=128, height=128, prompt=prompt)
    (drawing,) = drawn(FakePipeline(), asked)

    def score(image: Image.Image) -> float:
        return SCORERS["judge"](FakePipeline().spec, asked, replace(drawing, image=image))

    assert score(picture) > 1.9 > 1 > score(Image.new("RGB", (128, 128), "gray"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prompt": "a cathedral"}, "needs a prompt such as"),
        ({"prompt": ""}, "needs a prompt such as"),
        ({"panels": 2}, "knows single pictures"),
    ],
)
def test_the_judge_is_not_asked_what_it_does_not_know(changes: dict[str, Any], words: str) -> None:
    fake = FakePipeline()
    with pytest.raises(InputError, match=words):
        fake.draw([request(fake, **{**SIZE, **changes}, scorer="judge")])
