"""The transformer against the reference's numbers: logits, hidden states, cache, masked rows, bfloat16."""

import pytest
import torch
from torch import Tensor

from lumina.model.checkpoint import load_transformer
from lumina.model.transformer import Transformer
from tests.parity.golden import Golden

TOLERANCE = {"atol": 1e-4, "rtol": 0.0}

pytestmark = pytest.mark.numbers("transformer")


@pytest.fixture
def reference(golden: Golden) -> dict[str, Tensor]:
    return golden.tensors("transformer")


def test_logits(golden: Golden, reference: dict[str, Tensor]) -> None:
    logits = golden.transformer(reference["input_ids"])
    if "logit_columns" not in reference:
        torch.testing.assert_close(logits, reference["logits"], **TOLERANCE)
        return
    # A full vocabulary is stored in part: some columns, and two numbers that all columns enter.
    found = logits.view(-1, logits.shape[-1])
    wanted = reference["logits"].view(len(found), -1)
    torch.testing.assert_close(found[:, reference["logit_columns"]], wanted, **TOLERANCE)
    assert torch.equal(found.argmax(dim=-1), reference["argmax"].view(-1))
    torch.testing.assert_close(found.logsumexp(dim=-1), reference["logsumexp"].view(-1), **TOLERANCE)


def test_hidden_states(golden: Golden, reference: dict[str, Tensor]) -> None:
    wanted = {name: value for name, value in reference.items() if name.startswith("hidden.")}
    if not wanted:
        pytest.skip("holds logits only")
    model, states = golden.transformer.model, []
    handles = [
        part.register_forward_hook(lambda _, __, out: states.append(out))
        for part in (model.embed_tokens, *model.layers[:-1], model.norm)
    ]
    golden.transformer(reference["input_ids"])
    for handle in handles:
        handle.remove()
    assert len(states) == len(wanted)
    for index, state in enumerate(states):
        torch.testing.assert_close(state, wanted[f"hidden.{index}"], **TOLERANCE)


@pytest.mark.parametrize("sizes", [[9, 1], [9, 13], [1, 1000]])
def test_cached_logits(golden: Golden, reference: dict[str, Tensor], sizes: list[int]) -> None:
    """Read in parts: the first of sizes[0] tokens, the others of sizes[1] at most."""
    ids, transformer = reference["input_ids"], golden.transformer
    cache = transformer.cache(ids.shape[1] + 7)
    parts = [ids[:, : sizes[0]], *ids[:, sizes[0] :].split(sizes[1], dim=1)]
    logits = torch.cat([transformer(part, cache=cache) for part in parts], dim=1)
    torch.testing.assert_close(logits, transformer(ids), **TOLERANCE)
    if "cached_logits_last8" in reference:
        last = ids.shape[1] - 1
        torch.testing.assert_close(logits[:, -8:], reference["cached_logits_last8"], **TOLERANCE)
        torch.testing.assert_close(cache.slots[0, 0, :, last], reference["kv.0.key_last"], **TOLERANCE)
        torch.testing.assert_close(cache.slots[1, 0, :, last], reference["kv.0.value_last"], **TOLERANCE)


@pytest.mark.parametrize("first", [33, 20])
def test_a_row_that_is_shorter(golden: Golden, reference: dict[str, Tensor], first: int) -> None:
    """The reference masks what its second row does not see; here that row has not read it."""
    if "masked.attention_mask" not in reference:
        pytest.skip("holds no masked rows")
    mask, transformer = reference["masked.attention_mask"], golden.transformer
    ids, unseen = reference["input_ids"][0], int((mask[1] == 0).sum())
    rows = [ids, torch.cat((ids[unseen:], ids[:unseen]))]  # what follows is padding
    cache = transformer.cache(len(ids), len(rows))
    parts = [part for part in torch.stack(rows).tensor_split([first, first + 1], dim=1) if part.numel()]
    logits = torch.cat([transformer(part, cache=cache) for part in parts], dim=1)
    end = len(ids) - unseen
    torch.testing.assert_close(logits[1:, end - 4 : end], reference["masked.row1_logits_last4"], **TOLERANCE)
    torch.testing.assert_close(logits[:1], reference["logits"], **TOLERANCE)


def test_bfloat16(golden: Golden, reference: dict[str, Tensor]) -> None:
    if "bf16.logits_last4" not in reference:
        pytest.skip("holds float32 only")
    single = load_transformer(golden.model, torch.bfloat16)
    logits = single(reference["input_ids"])[:, -4:]
    assert logits.dtype == torch.float32
    for other in (reference["logits"][:, -4:], reference["bf16.logits_last4"].float()):
        gap = (logits - other).abs()
        assert gap.mean() < 0.04
        assert gap.max() < 0.6


def test_a_cache_of_integers_is_close(golden: Golden, reference: dict[str, Tensor]) -> None:
    """Ours and not the reference's: half the memory, and a tenth of the distance that bfloat16 may have."""
    ids, transformer = reference["input_ids"], golden.transformer
    cache = transformer.cache(ids.shape[1], small=True)
    logits = torch.cat([transformer(part, cache=cache) for part in ids.split(9, dim=1)], dim=1)
    gap = (logits - transformer(ids)).abs()
    assert 0 < gap.mean() < 0.04
    assert gap.max() < 0.6


def test_rows_beside_each_other_do_not_mix(golden: Golden, reference: dict[str, Tensor]) -> None:
    ids, transformer = reference["input_ids"], golden.transformer
    other = torch.flip(ids, dims=[1])
    both = transformer(torch.cat((ids, other)))
    torch.testing.assert_close(both, torch.cat((transformer(ids), transformer(other))), **TOLERANCE)
    assert isinstance(transformer, Transformer)
