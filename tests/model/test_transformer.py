"""The transformer: cached equals full, in any pieces, with every switch; joining changes nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from lumina.errors import ModelError
from lumina.model.config import TransformerConfig
from lumina.model.transformer import Transformer

SWITCHES = [
    {},
    {"swin_norm": True},
    {"attention_bias": True, "mlp_bias": True},
    {"num_key_value_heads": 4, "model_parallel_size": 2},
    {"rope_theta": 50000.0, "rms_norm_eps": 1e-3},
]


def build(config: TransformerConfig, dtype: torch.dtype = torch.float64) -> Transformer:
    """Random in every parameter, so that no switch is without effect."""
    model = Transformer(config).to(dtype)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(0.5 if weight.ndim == 1 else 0, 0.3, generator=generator)
    return model


def tokens(batch: int, length: int) -> torch.Tensor:
    return torch.randint(0, 50, (batch, length), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("switches", SWITCHES)
@pytest.mark.parametrize("behind", [(0,), (0, 0), (7, 0), (2, 5, 0)])
def test_cached_equals_full(
    tiny_config: TransformerConfig, switches: dict[str, object], behind: tuple[int, ...]
) -> None:
    """Each row has read so many tokens less than the longest, and goes on from its own place."""
    model = build(replace(tiny_config, **switches)).join()
    ids = tokens(len(behind), 24)
    for sizes in ([15], [1, 1, 5, 8], [1] * 15):
        cache, lengths = model.cache(30, len(behind)), [9 - rows for rows in behind]
        first = model(ids[:, :9], cache=cache)
        cache.rewind(lengths)
        parts = [torch.stack([row[n : n + 15] for row, n in zip(ids, lengths, strict=True)])]
        parts = [model(part, cache=cache) for part in parts[0].split(sizes, dim=1)]
        for row, length in enumerate(lengths):
            found = torch.cat((first[row, :length], *(part[row] for part in parts)))
            alone = model(ids[row : row + 1, : length + 15])[0]
            torch.testing.assert_close(found, alone, atol=1e-9, rtol=1e-9)


def test_rewinding_forgets(tiny_config: TransformerConfig) -> None:
    model = build(tiny_config).join()
    ids, wrong = tokens(2, 20), tokens(2, 40)[:, 20:]
    cache = model.cache(20, 2)
    model(torch.cat((ids[:, :10], wrong[:, :8]), dim=1), cache=cache)
    cache.rewind([10, 10])
    logits = model(ids[:, 10:], cache=cache)
    torch.testing.assert_close(logits, model(ids, cache=model.cache(20, 2))[:, 10:], atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("small", [False, True])
def test_rows_move_and_a_cache_grows(
    small: bool, tiny_transformer: Callable[..., Transformer], tiny_config: TransformerConfig
) -> None:
    model = tiny_transformer().join()
    ids = tokens(3, 20)
    cache = model.cache(12, 2, small)
    model(ids[:2, :10], cache=cache)
    cache.grow(3, 24)
    model(ids[2:, :10], cache=cache.part(2, 3))
    cache.copy(2, 0, 10)
    cache.rewind([10, 10, 0])
    moved = model(torch.stack((ids[2, 10:15], ids[1, 10:15])), cache=cache.part(0, 2))
    for row, which in enumerate((2, 1)):
        alone = model.cache(24, 1, small)
        model(ids[which : which + 1, :10], cache=alone)
        wanted = model(ids[which : which + 1, 10:15], cache=alone)
        torch.testing.assert_close(moved[row], wanted[0], atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("switches", SWITCHES)
def test_joining_changes_no_number_and_no_name(
    tiny_config: TransformerConfig, switches: dict[str, object]
) -> None:
    model = build(replace(tiny_config, **switches))
    before, names = model(tokens(1, 9)), {k: v.clone() for k, v in model.state_dict().items()}
    torch.testing.assert_close(model.join()(tokens(1, 9)), before, atol=1e-12, rtol=1e-12)
    after = model.state_dict()
    assert list(after) == list(names)
    assert all(torch.equal(after[name], names[name]) for name in names)


def test_a_joined_model_can_change_its_dtype(tiny_config: TransformerConfig) -> None:
    model = build(tiny_config).join()
    exact = model(tokens(1, 9))
    assert exact.dtype == torch.float64
    single = model.to(torch.float32)(tokens(1, 9))
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), exact, atol=1e-4, rtol=1e-4)
    assert model.to(torch.bfloat16).join()(tokens(1, 9)).dtype == torch.float32


def test_a_slice_of_the_head(tiny_config: TransformerConfig) -> None:
    model = build(tiny_config)
    hidden = model.hidden(tokens(2, 5))
    assert hidden.shape == (2, 5, 32)
    part = model(tokens(2, 5), code_slice=slice(22, 46))
    torch.testing.assert_close(part, model(tokens(2, 5))[..., 22:46])
    torch.testing.assert_close(part, model.logits(hidden, slice(22, 46)))


def test_training_reaches_every_weight(tiny_config: TransformerConfig) -> None:
    model = Transformer(replace(tiny_config, dropout=0.1)).initialise(0)
    model(tokens(2, 12)).logsumexp(dim=-1).sum().backward()
    assert all(weight.grad is not None and weight.grad.any() for weight in model.parameters())


def test_initialisation_is_seeded(tiny_config: TransformerConfig) -> None:
    first, again, other = (Transformer(tiny_config).initialise(seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["lm_head.weight"], other["lm_head.weight"])


def test_too_many_tokens_are_refused(tiny_transformer: Callable[..., Transformer]) -> None:
    model = tiny_transformer()
    with pytest.raises(ModelError):
        model(tokens(1, 513))
    with pytest.raises(ModelError):
        model(tokens(1, 5), cache=model.cache(4))
