"""The transformer against the reference's numbers: logits, hidden states, cache, masked rows, bfloat16."""

import pytest
import torch
from torch import Tensor

from lumina.model.checkpoint import load_transformer
from lumina.model.transformer import Transformer
from tests.parity.golden import Golden

TOLERANCE = {"atol": 1e-4, "rtol": 0.0}


@pytest.fixture
def transformer(golden: Golden) -> Transformer:
    return load_transformer(golden.model)


def test_logits_and_hidden_states(golden: Golden, transformer: Transformer) -> None:
    numbers = golden.tensors("transformer")
    states: list[Tensor] = []
    for part in (transformer.model.embed_tokens, *transformer.model.layers[:-1], transformer.model.norm):
        part.register_forward_hook(lambda _, __, out: states.append(out))
    logits = transformer(numbers["input_ids"])
    torch.testing.assert_close(logits, numbers["logits"], **TOLERANCE)
    for index, state in enumerate(states):
        torch.testing.assert_close(state, numbers[f"hidden.{index}"], **TOLERANCE)
    assert f"hidden.{len(states)}" not in numbers


@pytest.mark.parametrize("sizes", [[9, *[1] * 24], [9, 13, 11], [1, 32]])
def test_cached_logits(golden: Golden, transformer: Transformer, sizes: list[int]) -> None:
    numbers = golden.tensors("transformer")
    cache = transformer.cache(40)
    parts = [transformer(ids, cache=cache) for ids in numbers["input_ids"].split(sizes, dim=1)]
    logits = torch.cat(parts, dim=1)
    torch.testing.assert_close(logits, numbers["logits"], **TOLERANCE)
    torch.testing.assert_close(logits[:, -8:], numbers["cached_logits_last8"], **TOLERANCE)
    torch.testing.assert_close(cache.keys[0, :, :, 32], numbers["kv.0.key_last"], **TOLERANCE)
    torch.testing.assert_close(cache.values[0, :, :, 32], numbers["kv.0.value_last"], **TOLERANCE)


@pytest.mark.parametrize("sizes", [[33], [20, 1, 12]])
def test_a_row_that_starts_later(golden: Golden, transformer: Transformer, sizes: list[int]) -> None:
    numbers = golden.tensors("transformer")
    start = tuple((numbers["masked.attention_mask"] == 0).sum(dim=1).tolist())
    cache = transformer.cache(33, start)
    ids = numbers["input_ids"].expand(2, -1)
    logits = torch.cat([transformer(part, cache=cache) for part in ids.split(sizes, dim=1)], dim=1)
    torch.testing.assert_close(logits[1:, -4:], numbers["masked.row1_logits_last4"], **TOLERANCE)
    torch.testing.assert_close(logits[:1], numbers["logits"], **TOLERANCE)


def test_bfloat16(golden: Golden) -> None:
    numbers = golden.tensors("transformer")
    logits = load_transformer(golden.model, torch.bfloat16)(numbers["input_ids"])[:, -4:]
    assert logits.dtype == torch.float32
    for other in (numbers["logits"][:, -4:], numbers["bf16.logits_last4"].float()):
        gap = (logits - other).abs()
        assert gap.mean() < 0.04
        assert gap.max() < 0.6
