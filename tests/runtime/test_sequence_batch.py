"""Contract C1 for images side by side: whoever joins, leaves or comes back, each is what it is alone."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lumina.model.layout import ImageTokens, TokenLayout, Vocabulary
from lumina.model.transformer import Transformer
from lumina.runtime.sequence import ImageSequence
from lumina.runtime.sequence_batch import SequenceBatch
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.options import SamplingOptions

SIZES = ((4, 8), (8, 4), (4, 4))
PROMPTS = ((2, 30, 31, 5, 9), (2, 31, 9), ())


@pytest.fixture(scope="module")
def transformer(tiny_transformer: Callable[..., Transformer]) -> Transformer:
    return tiny_transformer().join()


@pytest.fixture
def batch(transformer: Transformer) -> SequenceBatch:
    return SequenceBatch(transformer)


@pytest.fixture(scope="module")
def alone(transformer: Transformer) -> Callable[[TokenRequest], torch.Tensor]:
    """The codes of a request by the plain definition: code by code, each from a whole forward."""
    known: dict[object, torch.Tensor] = {}

    def draw(request: TokenRequest) -> torch.Tensor:
        key = (
            request.prompt,
            request.layout,
            request.options.model_copy(update={"window": 1}),
            request.rerolls,
        )
        if key not in known:
            known[key] = _plain(transformer, request)
        return known[key]

    return draw


@torch.inference_mode()
def _plain(transformer: Transformer, request: TokenRequest) -> torch.Tensor:
    sequence = SequenceBatch(transformer).sequence(
        replace(request, options=request.options.model_copy(update={"window": 1}))
    )
    while not sequence.is_done:
        one = sequence.ahead(1)
        image = sequence.ids[: int(sequence.positions[one.first])]
        prompt = torch.tensor(request.prompt, dtype=torch.long)
        part = request.layout.vocabulary.codes
        logits = transformer(torch.cat((prompt, image))[None], code_slice=part)[:, -1]
        if sequence.is_guided:
            other = transformer(image[None], code_slice=part)[:, -1]
            logits = other + request.options.guidance_scale * (logits - other)
        code = (logits / request.options.temperature + sequence.noise(one)).argmax(dim=-1)
        sequence.settle(one, code, torch.zeros(1, dtype=torch.float64), 1)
    return sequence.codes.clone()


@cache
def layout_of(size: tuple[int, int], vocabulary: Vocabulary) -> TokenLayout:
    return TokenLayout(*size, vocabulary)


@st.composite
def requests(draw: st.DrawFn, vocabulary: Vocabulary) -> TokenRequest:
    """Few kinds, so that plain drawings are found again; any window, which changes nothing."""
    layout = layout_of(draw(st.sampled_from(SIZES)), vocabulary)
    options = SamplingOptions(
        seed=draw(st.integers(0, 2)),
        guidance_scale=draw(st.sampled_from((1.0, 3.0))),
        temperature=draw(st.sampled_from((1.0, 0.7))),
        window=draw(st.sampled_from((1, 2, 5, 16))),
    )
    return TokenRequest(draw(st.sampled_from(PROMPTS)), layout, options)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_schedule_gives_the_pictures_drawn_alone(
    transformer: Transformer,
    alone: Callable[[TokenRequest], torch.Tensor],
    vocabulary: Vocabulary,
    data: st.DataObject,
) -> None:
    """Images join, step together, are paused, come back or leave for good, in any order."""
    batch, paused, done = SequenceBatch(transformer), list[ImageSequence](), list[ImageSequence]()
    waiting = data.draw(st.lists(requests(vocabulary), min_size=1, max_size=6))
    with torch.inference_mode():
        while waiting or paused or batch.sequences:
            kind = data.draw(st.sampled_from(("join", "pause", "step", "step", "step")))
            if kind == "join" and (waiting or paused):
                batch.join(paused.pop() if paused else batch.sequence(waiting.pop()))
            elif kind == "pause" and batch.sequences:
                paused.append(batch.sequences[data.draw(st.integers(0, len(batch.sequences) - 1))])
                batch.leave(paused[-1])
            elif not batch.sequences:
                batch.join(paused.pop() if paused else batch.sequence(waiting.pop()))
            else:
                batch.step()
            for each in [each for each in batch.sequences if each.is_done]:
                batch.leave(each)
                done.append(each)
    for each in done:
        assert torch.equal(each.codes, alone(each.request))
        assert sum(each.accepted) == each.codes.numel() and each.nll.isfinite().all()


def test_neighbours_may_step_by_themselves(batch: SequenceBatch, vocabulary: Vocabulary) -> None:
    layout = layout_of((8, 4), vocabulary)
    asked = [
        TokenRequest(PROMPTS[0], layout, SamplingOptions(seed=seed, guidance_scale=3.0)) for seed in range(3)
    ]
    whole = [drawn(batch, one) for one in asked]
    with torch.inference_mode():
        images = [batch.sequence(one) for one in asked]
        for image in images:
            batch.join(image)
        while images[1].done < 12:
            batch.step([images[1]])
        assert images[0].done == images[2].done == 0
        while batch.sequences:
            batch.step()
            for image in [image for image in batch.sequences if image.is_done]:
                batch.leave(image)
    assert all(torch.equal(image.codes, codes) for image, codes in zip(images, whole, strict=True))


def test_an_image_that_begins_like_another_reads_nothing_anew(
    batch: SequenceBatch, vocabulary: Vocabulary
) -> None:
    layout, calls = layout_of((8, 4), vocabulary), []
    handle = batch.transformer.model.register_forward_pre_hook(lambda _, args: calls.append(args[0].shape))
    asked = [TokenRequest(PROMPTS[0], layout, SamplingOptions(seed=seed)) for seed in range(4)]
    kept = ImageTokens(drawn(batch, asked[0])[:12].view(3, 4))
    with torch.inference_mode():
        for requests in (asked, [replace(one, drawn=kept) for one in asked]):
            calls.clear()
            for one in requests:
                batch.join(batch.sequence(one))
            assert len(calls) == 1
            batch.step()
            for image in [*batch.sequences]:
                batch.leave(image)
        batch.join(batch.sequence(asked[0]))
        calls.clear()
        batch.join(batch.sequence(replace(asked[0], prompt=PROMPTS[1])))
        assert len(calls) == 1
        for image in [*batch.sequences]:
            batch.leave(image)
    handle.remove()


def test_an_empty_batch_holds_no_cache(batch: SequenceBatch, vocabulary: Vocabulary) -> None:
    assert batch.cache_bytes() == 0 and batch._cache is None
    one = batch.sequence(
        TokenRequest(PROMPTS[0], layout_of((8, 4), vocabulary), SamplingOptions(guidance_scale=3.0))
    )
    tokens = 2 * (one.length + one.longest_stretch)
    config = batch.transformer.config
    each = 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * 8
    assert batch.cache_bytes(one) == tokens * each
    with torch.inference_mode():
        batch.join(one)
        assert batch._cache is not None and batch._cache.slots.nbytes == batch.cache_bytes() == tokens * each
        batch.leave(one)
    assert batch._cache is None


def drawn(batch: SequenceBatch, request: TokenRequest) -> torch.Tensor:
    with torch.inference_mode():
        image: ImageSequence = batch.sequence(request)
        batch.join(image)
        while not image.is_done:
            batch.step()
        batch.leave(image)
    return image.codes.clone()
