"""One thread draws for everybody, fairly: who leaves is gone within a step, and who fails, fails alone."""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import pytest
import torch

from lumina.errors import ModelError
from lumina.model.layout import TokenLayout, Vocabulary
from lumina.model.transformer import Transformer
from lumina.runtime.engine import Engine
from lumina.runtime.tokens import Completed, Joined, RowSettled, TokenRequest
from lumina.sampler.options import SamplingOptions
from lumina.steps import finish

PROMPT = (2, 30, 31, 5, 9)


def ask(layout: TokenLayout, seed: int = 3, prompt: tuple[int, ...] = PROMPT, **changes: Any) -> TokenRequest:
    options = SamplingOptions(**{"seed": seed, "guidance_scale": 3.0, "window": 5, **changes})
    return TokenRequest(prompt, layout, options)


@pytest.fixture
def two(tiny_transformer: Callable[..., Transformer], vocabulary: Vocabulary) -> Engine:
    """An engine with two places."""
    return Engine(tiny_transformer(), vocabulary, slots=2)


@pytest.fixture(params=[1, 2, 3], ids=["one lane", "two lanes", "three lanes"])
def laned(
    request: pytest.FixtureRequest, tiny_transformer: Callable[..., Transformer], vocabulary: Vocabulary
) -> Engine:
    """Engines that take so many forwards at the same time."""
    return Engine(tiny_transformer(), vocabulary, lanes=request.param)


def working() -> bool:
    return any(thread.name == "scheduler" for thread in threading.enumerate())


class Gate:
    """Holds the scheduler before each forward until it is told to go on."""

    def __init__(self, engine: Engine) -> None:
        self.calls, self.fails_on = [], set[int]()
        self._may = threading.Semaphore(0)
        self._seen = threading.Semaphore(0)
        (batch,) = engine._batches.values()
        self._handle = batch.transformer.model.register_forward_pre_hook(self._wait)

    def _wait(self, _: object, args: tuple[Any, ...]) -> None:
        self.calls.append(tuple(args[0].shape))
        self._seen.release()
        assert self._may.acquire(timeout=30)

    def let(self, forwards: int) -> None:
        """Until the forward after so many stands at the gate."""
        for _ in range(forwards):
            assert self._seen.acquire(timeout=30)
            self._may.release()

    def stands(self) -> None:
        """Until a forward stands at the gate."""
        assert self._seen.acquire(timeout=30)
        self._seen.release()

    def open(self) -> None:
        self._handle.remove()
        self._may.release(1000)


@pytest.fixture
def gate(two: Engine) -> Iterator[Gate]:
    gate = Gate(two)
    yield gate
    gate.open()


def test_close_frees_the_place_and_the_engine_goes_on(two: Engine, layout: TokenLayout) -> None:
    whole = finish(two.generate(ask(layout))).codes
    steps = two.generate(ask(layout, window=1))
    next(steps)
    steps.close()
    assert not working()
    assert list(steps) == []
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
    assert torch.equal(finish(two.generate(ask(layout))).codes, whole)


def test_it_ends_within_one_step(two: Engine, layout: TokenLayout, gate: Gate) -> None:
    steps = two.generate_all([ask(layout)])
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(next, steps)
        gate.let(1)  # the prompt is read, and the first step stands at the gate
        assert isinstance(first.result(), Joined)
        closing = pool.submit(steps.close)
        gate.let(1)
        closing.result(timeout=30)
    assert len(gate.calls) == 2 and not working()


def test_two_hundred_cancels_leave_nothing_behind(two: Engine, layout: TokenLayout) -> None:
    (batch,) = two._batches.values()
    before = threading.active_count()
    for seed in range(200):
        steps = two.generate_all([ask(layout, seed), ask(layout, seed + 1), ask(layout, seed + 2)])
        for _ in islice(steps, seed % 7):
            pass
        steps.close()
    del steps
    gc.collect()
    assert threading.active_count() == before and not batch.sequences and batch._cache is None


def test_what_a_call_drops_is_collected(two: Engine, layout: TokenLayout) -> None:
    steps = two.generate(ask(layout))
    next(steps)
    del steps
    gc.collect()
    assert not working()


def test_eight_visitors_get_the_pictures_drawn_alone(
    laned: Engine, layout: TokenLayout, vocabulary: Vocabulary
) -> None:
    sizes = [layout, TokenLayout(4, 8, vocabulary), TokenLayout(12, 4, vocabulary)]
    asked = [
        ask(
            sizes[seed % 3],
            seed,
            PROMPT[: 2 + seed % 3],
            guidance_scale=(1.0, 3.0, 2.0)[seed % 3],
            top_p=(1.0, 0.9)[seed % 2],
        )
        for seed in range(8)
    ]
    alone = [finish(laned.generate(one)) for one in asked]
    with ThreadPoolExecutor(8) as pool:
        together = [*pool.map(lambda one: finish(laned.generate(one)), asked)]
    for one, other in zip(alone, together, strict=True):
        assert torch.equal(one.codes, other.codes)
        torch.testing.assert_close(one.nll, other.nll)
        assert one.accepted == other.accepted


def test_the_reference_rule_of_guidance_goes_beside_others(engine: Engine, layout: TokenLayout) -> None:
    asked = [
        ask(layout, 1, compat="reference", guidance_scale=8.0),
        ask(layout, 2),
        ask(layout, 1, guidance_scale=8.0),
    ]
    together = finish(engine.generate_all(asked))
    for one, generation in zip(asked, together, strict=True):
        assert torch.equal(finish(engine.generate(one)).codes, generation.codes)


def test_precisions_are_drawn_in_turn(engine: Engine, layout: TokenLayout) -> None:
    asked = [ask(layout, 1), ask(layout, 1, dtype="float32"), ask(layout, 2, dtype="float32")]
    together = finish(engine.generate_all(asked))
    assert torch.equal(together[0].codes, together[1].codes)
    assert torch.equal(together[2].codes, finish(engine.generate(asked[2])).codes)


def test_a_newcomer_gets_a_place_of_who_has_several(two: Engine, layout: TokenLayout, gate: Gate) -> None:
    """The first call holds both places; the second one draws from the next step on."""
    flood, guest = (
        two.generate_all([ask(layout, seed) for seed in range(4)]),
        two.generate_all([ask(layout, 9)]),
    )
    with ThreadPoolExecutor(2) as pool:
        events = pool.submit(lambda: [*flood])
        gate.let(2)  # the prompt, once for both, and a step
        gate.stands()  # so that the newcomer is not taken in before the next step
        polite = pool.submit(lambda: [*guest])
        while not two._scheduler._incoming and not polite.done():
            time.sleep(0.001)
        gate.let(1)
        assert {rows for rows, _ in gate.calls[1:3]} == {4}
        gate.let(1)
        gate.open()
        told, drawn = events.result(timeout=60), polite.result(timeout=60)
    begun = [event.index for event in told if isinstance(event, Joined)]
    assert begun == [0, 1, 2, 3]
    rows: dict[int, list[int]] = {}
    for event in told:
        if isinstance(event, RowSettled):
            rows.setdefault(event.index, []).append(event.row)
    assert all(found == list(range(layout.rows)) for found in rows.values())  # none is told twice
    for index, seed in enumerate(range(4)):
        (codes,) = (
            event.generation.codes for event in told if isinstance(event, Completed) and event.index == index
        )
        assert torch.equal(codes, finish(two.generate(ask(layout, seed))).codes)
    assert isinstance(drawn[-1], Completed)


def test_who_fails_fails_alone(laned: Engine, layout: TokenLayout, monkeypatch: pytest.MonkeyPatch) -> None:
    (batch,) = laned._batches.values()
    whole = finish(laned.generate(ask(layout, 5))).codes
    step = type(batch).step

    def failing(self: Any, sequences: Any = None) -> None:
        if any(each.request.options.seed == 6 and each.done > 8 for each in sequences or self.sequences):
            raise torch.OutOfMemoryError("CUDA out of memory")
        step(self, sequences)

    monkeypatch.setattr(type(batch), "step", failing)
    with ThreadPoolExecutor(2) as pool:
        good, bad = (
            pool.submit(lambda seed=seed: finish(laned.generate(ask(layout, seed)))) for seed in (5, 6)
        )
        with pytest.raises(ModelError, match="memory is used up"):
            bad.result(timeout=60)
        assert torch.equal(good.result(timeout=60).codes, whole)
    assert not batch.sequences


def test_no_more_are_drawn_at_once_than_there_is_room_for(
    engine: Engine, layout: TokenLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    (batch,) = engine._batches.values()
    calls: list[tuple[int, ...]] = []
    handle = batch.transformer.model.register_forward_pre_hook(
        lambda _, args: calls.append(tuple(args[0].shape))
    )
    asked = [ask(layout, seed) for seed in range(5)]
    finish(engine.generate_all(asked))
    assert max(rows for rows, _ in calls) == 10
    calls.clear()
    monkeypatch.setattr("lumina.runtime.engine.ROOM_ON_CPU", 3 * batch.cache_bytes(batch.sequence(asked[0])))
    finish(engine.generate_all(asked))
    assert max(rows for rows, _ in calls) == 4  # two of them: the last third is kept free
    handle.remove()


def test_a_fault_of_ours_reaches_all_who_wait(
    two: Engine, layout: TokenLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two._scheduler, "_tell", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        finish(two.generate(ask(layout)))
    monkeypatch.undo()
    assert finish(two.generate(ask(layout))).codes.shape == (8, 4)


def test_all_are_told_of_a_device_that_is_lost(
    two: Engine, layout: TokenLayout, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    (batch,) = two._batches.values()
    lost = ModelError("The device is lost.")

    def failing(*_: Any) -> None:
        raise lost

    with ThreadPoolExecutor(3) as pool:
        drawn = [
            pool.submit(lambda seed=seed: finish(two.generate(ask(layout, seed, window=1))))
            for seed in range(3)
        ]
        gate.stands()
        for name in ("step", "join", "leave"):
            monkeypatch.setattr(type(batch), name, failing)
        gate.open()
        for each in drawn:
            with pytest.raises(ModelError, match="device is lost"):
                each.result(timeout=30)
    assert not batch.sequences
    monkeypatch.undo()
    assert finish(two.generate(ask(layout))).codes.shape == (8, 4)
