"""Contract C1: a picture depends on its request alone; and what a request costs."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lumina.errors import InputError, ModelError
from lumina.model.layout import ImageTokens, TokenLayout, Vocabulary
from lumina.model.transformer import Transformer
from lumina.runtime.engine import Engine
from lumina.runtime.tokens import Generation, TokenRequest
from lumina.sampler.options import SamplingOptions
from lumina.steps import finish

PROMPT = (2, 30, 31, 5, 9)


def ask(layout: TokenLayout, seed: int = 3, **changes: object) -> TokenRequest:
    """A request; changes go to the request or to its options, wherever the name belongs."""
    fields = {name: changes.pop(name) for name in list(changes) if name in TokenRequest.__annotations__}
    options = SamplingOptions.model_validate({"seed": seed, "guidance_scale": 3.0, "window": 1, **changes})
    return TokenRequest(**{"prompt": PROMPT, "layout": layout, "options": options, **fields})


def draw(engine: Engine, request: TokenRequest) -> Generation:
    return finish(engine.generate(request))


@contextmanager
def forwards(engine: Engine) -> Iterator[list[tuple[int, int]]]:
    """Records the [batch, tokens] of every pass through the network."""
    calls: list[tuple[int, int]] = []
    model = next(iter(engine._batches.values())).transformer.model
    handle = model.register_forward_pre_hook(lambda _, args: calls.append(tuple(args[0].shape)))
    yield calls
    handle.remove()


def test_another_dtype_is_converted_once_for_all_who_ask_at_once(
    engine: Engine, layout: TokenLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, known = list[torch.dtype](), Transformer.converted

    def slow(self: Transformer, dtype: torch.dtype) -> Transformer:
        calls.append(dtype)
        time.sleep(0.05)
        return known(self, dtype)

    monkeypatch.setattr(Transformer, "converted", slow)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(engine.check, [ask(layout, dtype="bfloat16")] * 4))
    assert calls == [torch.bfloat16]


@pytest.mark.parametrize("size", [(4, 8), (8, 4), (12, 4), (4, 4)])
@pytest.mark.parametrize("guidance", [1.0, 3.0])
@pytest.mark.parametrize("seed", [0, 7, 2**63 - 1])
def test_every_window_equals_sequential(
    engine: Engine, vocabulary: Vocabulary, size: tuple[int, int], guidance: float, seed: int
) -> None:
    layout = TokenLayout(*size, vocabulary)
    plain = draw(engine, ask(layout, seed, guidance_scale=guidance))
    assert plain.forwards == layout.rows * layout.cols  # a forced position never costs a forward
    for window in (2, 5, 16, 64):
        fast = draw(engine, ask(layout, seed, guidance_scale=guidance, window=window))
        assert torch.equal(fast.codes, plain.codes)
        torch.testing.assert_close(fast.nll, plain.nll)
        assert fast.forwards <= plain.forwards
        assert sum(fast.accepted) == fast.tokens == plain.tokens
        assert len(fast.accepted) == fast.forwards


@pytest.mark.parametrize(
    "filters",
    [{"top_k": 5}, {"top_p": 0.7}, {"temperature": 0.6}, {"top_k": 9, "top_p": 0.9, "temperature": 1.4}],
)
def test_windows_are_equal_under_every_filter(
    engine: Engine, layout: TokenLayout, filters: dict[str, float]
) -> None:
    plain = draw(engine, ask(layout, **filters))
    fast = draw(engine, ask(layout, window=5, **filters))
    assert torch.equal(fast.codes, plain.codes)
    assert not torch.equal(plain.codes, draw(engine, ask(layout)).codes)
    assert fast.nll.isfinite().all()


def test_pictures_depend_on_seed_prompt_and_guidance(engine: Engine, layout: TokenLayout) -> None:
    codes = [
        draw(engine, request).codes
        for request in (
            ask(layout),
            ask(layout, seed=4),
            ask(layout, prompt=(2, 31, 9)),
            ask(layout, guidance_scale=1),
        )
    ]
    assert all(not torch.equal(codes[0], other) for other in codes[1:])
    assert torch.equal(codes[0], draw(engine, ask(layout)).codes)


@pytest.mark.parametrize("scale", [1.0, 3.0, 7.5])
def test_the_guidance_scale_is_the_one_asked_for(engine: Engine, layout: TokenLayout, scale: float) -> None:
    """Every code is the likeliest under that scale, from the first row to the last."""
    codes = draw(engine, ask(layout, guidance_scale=scale, top_k=1)).codes
    transformer, image = next(iter(engine._batches.values())).transformer, layout.encode(codes)
    spots, part = layout.code_positions, layout.vocabulary.codes
    rows = torch.cat((torch.tensor(PROMPT), image))[None]
    conditional = transformer(rows, code_slice=part)[0, len(PROMPT) + spots - 1]
    unconditional = transformer(image[None], code_slice=part)[0, spots - 1]
    guided = unconditional + scale * (conditional - unconditional)
    assert torch.equal(guided.argmax(dim=-1), codes.flatten())


@pytest.mark.parametrize("window", [1, 5, 16])
@pytest.mark.parametrize("stop", range(1, 8))
def test_stop_and_continue_equals_one_run(
    engine: Engine, layout: TokenLayout, stop: int, window: int
) -> None:
    whole = draw(engine, ask(layout))
    upper = draw(engine, ask(layout, window=window, stop_row=stop))
    assert upper.codes.shape == (stop, layout.cols)
    rest = draw(engine, ask(layout, window=window, drawn=ImageTokens(upper.codes)))
    assert torch.equal(rest.codes, whole.codes)
    assert rest.nll[:stop].isnan().all()
    torch.testing.assert_close(rest.nll[stop:], whole.nll[stop:])
    assert rest.tokens == (layout.rows - stop) * layout.cols


@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_continue_is_one_prefill_and_no_forward_on_kept_rows(
    engine: Engine, layout: TokenLayout, guidance: float
) -> None:
    upper = draw(engine, ask(layout, guidance_scale=guidance, stop_row=5))
    with forwards(engine) as calls:
        rest = draw(engine, ask(layout, guidance_scale=guidance, drawn=ImageTokens(upper.codes)))
    rows = 2 if guidance != 1 else 1
    kept = len(PROMPT) + layout.position(5, 0) - 1  # all but the newline that the first forward begins with
    assert calls[0] == (rows, kept)
    assert rest.prefills == 1
    assert rest.forwards == len(calls) - 1 == 3 * layout.cols
    # one new token a forward, and at the two inner row ends also the newline
    assert [tokens for _, tokens in calls[1:]] == [1, 1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1]
    assert {batch for batch, _ in calls} == {rows}


def test_reroll_keeps_the_rows_above_and_replays_from_scratch(engine: Engine, layout: TokenLayout) -> None:
    first = draw(engine, ask(layout))
    kept = ImageTokens(first.codes[:3])
    again = draw(engine, ask(layout, window=16, drawn=kept, rerolls=((3, 99),)))
    assert torch.equal(again.codes[:3], first.codes[:3])
    assert not torch.equal(again.codes[3:], first.codes[3:])
    assert torch.equal(draw(engine, ask(layout, rerolls=((3, 99),))).codes, again.codes)
    twice = draw(engine, ask(layout, window=5, drawn=ImageTokens(again.codes[:6]), rerolls=((3, 99), (6, 5))))
    assert torch.equal(draw(engine, ask(layout, window=16, rerolls=((3, 99), (6, 5)))).codes, twice.codes)
    higher = draw(engine, ask(layout, rerolls=((6, 5), (3, 99))))
    assert torch.equal(higher.codes, again.codes)  # the later entry wins from row 3 on, row 6 included


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_history_replays_from_scratch(
    engine: Engine, vocabulary: Vocabulary, data: st.DataObject
) -> None:
    """Stopped, continued and re-rolled at random, a picture still equals one run with its re-rolls."""
    layout = TokenLayout(4, 8, vocabulary)
    rerolls: tuple[tuple[int, int], ...] = ()
    drawn: ImageTokens | None = None
    for _ in range(data.draw(st.integers(1, 4))):
        kept = 0 if drawn is None else len(drawn.codes)
        row = data.draw(st.integers(0, min(kept, layout.rows - 1)))
        stop = data.draw(st.integers(row + 1, layout.rows))
        if row < kept or kept == layout.rows:  # nothing is left to draw, or a person wants other rows
            rerolls = (*rerolls, (row, data.draw(st.integers(0, 2**63 - 1))))
        drawn = ImageTokens(drawn.codes[:row]) if drawn is not None and row else None
        window = data.draw(st.sampled_from([1, 3, 16]))
        drawn = ImageTokens(
            draw(engine, ask(layout, window=window, drawn=drawn, rerolls=rerolls, stop_row=stop)).codes
        )
    replay = draw(engine, ask(layout, window=5, rerolls=rerolls, stop_row=stop))
    assert torch.equal(replay.codes, drawn.codes)


def test_a_given_panel_is_kept_and_read_by_both_rows(engine: Engine, layout: TokenLayout) -> None:
    given = ImageTokens(draw(engine, ask(layout, seed=50)).codes[:4])
    result = draw(engine, ask(layout, given=given, window=5))
    assert torch.equal(result.codes[:4], given.codes)
    assert result.tokens == 16
    resumed = ask(layout, given=given, drawn=ImageTokens(result.codes[:6]))
    assert torch.equal(draw(engine, resumed).codes, result.codes)
    other = ImageTokens((given.codes + 1) % layout.vocabulary.num_codes)
    assert not torch.equal(draw(engine, ask(layout, given=other, window=5)).codes[4:], result.codes[4:])


@pytest.mark.parametrize("window", [1, 5, 16])
def test_every_row_is_told_once(engine: Engine, layout: TokenLayout, window: int) -> None:
    whole = draw(engine, ask(layout))
    rows = list(engine.generate(ask(layout, window=window)))
    assert [row.row for row in rows] == list(range(layout.rows))
    assert torch.equal(torch.stack([row.codes for row in rows]), whole.codes)
    torch.testing.assert_close(torch.stack([row.nll for row in rows]), whole.nll)
    assert sum(sum(row.accepted) for row in rows) == whole.tokens


def test_without_guidance_one_row_runs(engine: Engine, layout: TokenLayout) -> None:
    with forwards(engine) as calls:
        draw(engine, ask(layout, guidance_scale=1.0))
    assert {batch for batch, _ in calls} == {1}


def test_the_unconditional_row_sees_the_image_alone(engine: Engine, layout: TokenLayout) -> None:
    """Guidance scale 0 is the unconditional row alone: no prompt can reach it."""
    codes = draw(engine, ask(layout, guidance_scale=0.0)).codes
    assert torch.equal(draw(engine, ask(layout, guidance_scale=0.0, prompt=(7,) * 11)).codes, codes)
    assert torch.equal(draw(engine, ask(layout, guidance_scale=1.0, prompt=())).codes, codes)


def test_nothing_left_to_draw_costs_nothing(engine: Engine, layout: TokenLayout) -> None:
    whole = draw(engine, ask(layout))
    again = draw(engine, ask(layout, drawn=ImageTokens(whole.codes)))
    assert torch.equal(again.codes, whole.codes)
    assert (again.prefills, again.forwards, again.tokens) == (0, 0, 0)


def test_another_dtype_is_drawn_in_that_dtype(engine: Engine, layout: TokenLayout) -> None:
    exact, single = draw(engine, ask(layout)), draw(engine, ask(layout, dtype="float32"))
    assert torch.equal(exact.codes, single.codes)  # near-ties are rare enough for this one picture
    assert (exact.nll.dtype, single.nll.dtype) == (torch.float32, torch.float32)
    assert draw(engine, ask(layout, dtype="bfloat16")).codes.shape == (8, 4)


def test_requests_that_do_not_fit_are_refused(engine: Engine, layout: TokenLayout) -> None:
    codes = ImageTokens(torch.zeros(2, 4, dtype=torch.long))
    for wrong in (
        {"stop_row": 0},
        {"stop_row": 9},
        {"rerolls": ((8, 1),)},
        {"rerolls": ((2, -1),)},
        {"drawn": codes, "stop_row": 1},
        {"drawn": ImageTokens(torch.zeros(2, 5, dtype=torch.long))},
        {"drawn": ImageTokens(torch.full((2, 4), 24))},
        {"given": ImageTokens(torch.ones(2, 4, dtype=torch.long)), "drawn": codes},
    ):
        with pytest.raises(InputError, match=r"\.$"):
            ask(layout, **wrong)
    with pytest.raises(InputError, match="room for"):
        engine.generate(ask(layout, prompt=(3,) * 500))
    foreign = replace(layout, vocabulary=replace(layout.vocabulary, new_line=3))
    with pytest.raises(ModelError):
        engine.generate(ask(foreign))
