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
from lumina.runtime.best_of import Candidate, best_of
from lumina.runtime.drawing import Motif
from lumina.runtime.engine import LocalEngine
from lumina.runtime.fake import FakePipeline
from lumina.runtime.pipeline import Pipeline
from lumina.runtime.request import GenerationRequest
from lumina.runtime.scorers import SCORERS
from lumina.sampler.options import LAST_SEED, SamplingOptions
from lumina.settings import Settings
from lumina.steps import Progress, finish
from lumina.worlds.tabletop.captions import describe, parse, text_of
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import sample_scene
from tests.tiny import write_tiny_model

PROMPT = (2, 30, 31, 5, 9)
MOTIF = Motif("two cones", 64, 64, prompt="two cones")
PANEL = Image.linear_gradient("L").resize((64, 64)).convert("RGB")


def ask(layout: TokenLayout, seed: int, **changes: Any) -> GenerationRequest:
    fields = {name: changes.pop(name) for name in list(changes) if name in GenerationRequest.__annotations__}
    options = SamplingOptions(**{"seed": seed, "guidance_scale": 3.0, "window": 5, **changes})
    return GenerationRequest(**{"prompt": PROMPT, "layout": layout, "options": options, **fields})


GIVEN = ImageTokens(torch.arange(12).view(3, 4))


@pytest.mark.parametrize("window", [1, 3, 16])
@pytest.mark.parametrize("changes", [{}, {"guidance_scale": 1.0}, {"given": GIVEN}, {"stop_row": 5}])
def test_side_by_side_each_image_is_the_one_it_is_alone(
    engine: LocalEngine, layout: TokenLayout, window: int, changes: dict[str, Any]
) -> None:
    requests = [ask(layout, seed, window=window, **changes) for seed in (3, 4, 5, 6)]
    requests[2] = replace(requests[2], rerolls=((4, 77),))
    together = finish(engine.generate_all(requests))
    for generation, request in zip(together, requests, strict=True):
        alone = finish(engine.generate(request))
        assert torch.equal(generation.codes, alone.codes)
        torch.testing.assert_close(generation.surprise, alone.surprise, equal_nan=True)
        assert generation.prefills == 1 and generation.forwards <= 4 * alone.forwards
    assert len({generation.codes.numpy().tobytes() for generation in together}) == 4


def test_they_share_one_prefill(engine: LocalEngine, layout: TokenLayout) -> None:
    calls: list[tuple[int, ...]] = []
    model = next(iter(engine._transformers.values())).model
    handle = model.register_forward_pre_hook(lambda _, args: calls.append(tuple(args[0].shape)))
    finish(engine.generate_all([ask(layout, seed) for seed in range(8)]))
    handle.remove()
    assert calls[0][0] == 2 and {rows for rows, _ in calls[1:]} == {16}


def test_no_more_are_drawn_at_once_than_there_is_room_for(
    engine: LocalEngine, layout: TokenLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert engine.most_at_once(ask(layout, 1)) > 100
    monkeypatch.setattr("lumina.runtime.engine.ROOM_ON_CPU", 1)
    assert engine.most_at_once(ask(layout, 1)) == 1


@pytest.mark.parametrize("given", [None, GIVEN])
def test_the_log_likelihood_is_that_of_the_drawn_codes_behind_the_prompt_found_and_expected(
    engine: LocalEngine, layout: TokenLayout, given: ImageTokens | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ask(layout, 3, given=given)
    codes = finish(engine.generate(request)).codes
    (transformer,) = engine._transformers.values()
    image, spots = layout.encode(codes), layout.code_positions
    first = 0 if given is None else given.codes.numel()
    ids = torch.cat((torch.tensor(PROMPT, dtype=torch.long), image))[None]
    logits = transformer(ids, code_slice=layout.vocabulary.codes)[0, len(PROMPT) + spots - 1]
    logs = logits.log_softmax(-1)[first:]
    found = float(logs.gather(-1, codes.flatten()[first:, None]).sum())
    expected = float((logs.exp() * logs).sum())
    for at_once in (3, 1000):
        monkeypatch.setattr("lumina.runtime.engine.CODES_AT_ONCE", at_once)
        assert engine.log_likelihood(request, codes) == pytest.approx((found, expected), abs=1e-9)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "tabletop", write_tiny_model(tmp_path_factory.mktemp("model")))
        yield Pipeline.load(settings=Settings(dtype="float64"))


@pytest.mark.parametrize("motif", [MOTIF, replace(MOTIF, given=PANEL)])
def test_candidates_equal_their_seeds_drawn_alone(pipeline: Pipeline, motif: Motif) -> None:
    options = SamplingOptions(seed=9, guidance_scale=2.0)
    ranked = finish(best_of(pipeline, motif, options, 4, "likelihood"))
    assert sorted(one.drawing.seed for one in ranked) == [9, 10, 11, 12]
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
    for one in ranked:
        alone = options.model_copy(update={"seed": one.drawing.seed})
        drawing = finish(pipeline.draw(**motif.request(), options=alone))
        assert drawing.digest == one.drawing.digest
        assert drawing.image.tobytes() == one.drawing.image.tobytes()
        found, expected = pipeline.log_likelihood(motif, alone, drawing.codes)
        assert (found + expected) / drawing.codes.size == pytest.approx(one.score)


def test_groups_change_nothing_but_the_order_of_work(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = finish(pipeline.draw_all(MOTIF, SamplingOptions(), range(5)))
    monkeypatch.setattr(pipeline._engine, "most_at_once", lambda request: 2)
    steps = pipeline.draw_all(MOTIF, SamplingOptions(), range(5))
    seen: list[Progress] = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as stop:
            grouped = stop.value
            break
    assert [one.digest for one in grouped] == [one.digest for one in whole]
    assert [step.done for step in seen][-1] == 40 and {step.total for step in seen} == {40}
    assert [len(step.partial) for step in seen] == [2] * 8 + [4] * 8 + [5] * 8


def test_every_step_shows_all_candidates_and_scores_come_last() -> None:
    steps = list(best_of(FakePipeline(), MOTIF, SamplingOptions(seed=1), 3, "likelihood"))
    assert [step.done for step in steps] == [*range(3, 25, 3), 25, 26, 27] and {s.total for s in steps} == {
        27
    }
    last: tuple[Candidate, ...] = steps[-2].partial
    assert len(last) == 3 and [one.score is None for one in last] == [False, False, True]


def test_seeds_of_candidates_wrap_around() -> None:
    ranked = finish(best_of(FakePipeline(), MOTIF, SamplingOptions(seed=LAST_SEED), 2, "likelihood"))
    assert {one.drawing.seed for one in ranked} == {LAST_SEED, 0}


def test_the_judge_likes_pictures_that_show_what_was_asked_for() -> None:
    rng = np.random.default_rng(4)
    scene = sample_scene(rng, (128, 128))
    picture = Image.fromarray(render(scene).picture)
    prompt = text_of(describe(scene, rng))
    assert parse(prompt) is not None
    drawing = finish(FakePipeline().draw(instruction="", width=128, height=128, options=SamplingOptions()))
    motif = Motif("", 128, 128, prompt=prompt)

    def score(image: Image.Image) -> float:
        one = replace(drawing, image=image)
        return SCORERS["judge"](FakePipeline(), motif, SamplingOptions(), one)

    assert score(picture) > 1.9 > 1 > score(Image.new("RGB", (128, 128), "gray"))


@pytest.mark.parametrize(
    ("motif", "words"),
    [
        (replace(MOTIF, prompt="a cathedral"), "needs a prompt such as"),
        (replace(MOTIF, prompt=""), "needs a prompt such as"),
        (replace(MOTIF, panels=2), "knows single pictures"),
    ],
)
def test_the_judge_is_not_asked_what_it_does_not_know(motif: Motif, words: str) -> None:
    with pytest.raises(InputError, match=words):
        best_of(FakePipeline(), motif, SamplingOptions(), 2, "judge")
