"""The port of the published loop draws what the engine draws, from the same noise, one code at a time."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
import torch

from lumina.errors import InputError
from lumina.evaluation import reference_loop
from lumina.model.config import TransformerConfig
from lumina.model.layout import TokenLayout, Vocabulary
from lumina.model.transformer import Transformer
from lumina.runtime.engine import Engine
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.options import SamplingOptions
from lumina.steps import finish

PROMPT = (2, 30, 31, 33, 9)


def request(layout: TokenLayout, **options: object) -> TokenRequest:
    return TokenRequest(PROMPT, layout, SamplingOptions.model_validate({"window": 1, "seed": 5, **options}))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"guidance_scale": 2.0, "temperature": 0.7},
        {"guidance_scale": 4.0, "top_k": 5},
        {"guidance_scale": 6.0, "compat": "reference", "top_k": 8},
    ],
)
def test_with_the_same_noise_both_draw_the_same_codes(
    tiny_transformer: Callable[..., Transformer],
    vocabulary: Vocabulary,
    layout: TokenLayout,
    options: Mapping[str, object],
) -> None:
    transformer, asked = tiny_transformer(), request(layout, **options)
    theirs = reference_loop.draw(transformer, asked, reference_loop.with_noise_of(asked))
    ours = finish(Engine(transformer, vocabulary).generate(asked))
    assert torch.equal(ours.codes, theirs)
    assert len(theirs.unique()) > 3


def test_the_logits_are_the_network_s_own(tiny_transformer: Callable[..., Transformer]) -> None:
    transformer, cache = tiny_transformer(), reference_loop.GrowingCache()
    ids = torch.randint(0, 50, (1, 12), generator=torch.Generator().manual_seed(1))
    pieces = ids.split([7, 1, 1, 1, 1, 1], dim=1)
    parts = [reference_loop.forward(transformer, piece, cache) for piece in pieces]
    torch.testing.assert_close(torch.cat(parts, dim=1), transformer(ids), atol=1e-5, rtol=1e-5)
    assert cache.length == 12


def test_chance_is_seeded_and_draws_codes_alone(
    tiny_transformer: Callable[..., Transformer], layout: TokenLayout
) -> None:
    transformer, asked = tiny_transformer(torch.float32), request(layout, guidance_scale=3.0)
    first, again = (reference_loop.draw(transformer, asked) for _ in range(2))
    assert torch.equal(first, again) and first.shape == (layout.rows, layout.cols)
    other = reference_loop.draw(transformer, asked, reference_loop.by_chance(6))
    assert not torch.equal(first, other)


def test_what_the_original_cannot_do_is_refused(
    tiny_transformer: Callable[..., Transformer], tiny_config: TransformerConfig, layout: TokenLayout
) -> None:
    with pytest.raises(InputError, match="top-p"):
        reference_loop.draw(tiny_transformer(), request(layout, top_p=0.9))
    swinging = Transformer(replace(tiny_config, swin_norm=True))
    with pytest.raises(InputError, match="whole vocabulary"):
        reference_loop.draw(swinging, request(layout))
