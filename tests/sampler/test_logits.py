"""Guidance, temperature, top-k and top-p against their definitions."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lumina.sampler.logits import entropy, guide, keep_top_k, keep_top_p, nll, warp
from lumina.sampler.options import SamplingOptions

rows = st.lists(st.integers(-20, 20), min_size=1, max_size=12).map(lambda values: torch.tensor(values) / 4)


def test_guidance() -> None:
    conditional, unconditional = torch.tensor([1.0, 5.0]), torch.tensor([3.0, 1.0])
    assert guide(conditional, unconditional, 1.0).tolist() == [1.0, 5.0]
    assert guide(conditional, unconditional, 0.0).tolist() == [3.0, 1.0]
    assert guide(conditional, unconditional, 4.0).tolist() == [-5.0, 17.0]


@given(rows, st.integers(1, 14))
def test_top_k_keeps_the_largest_and_their_ties(logits: torch.Tensor, k: int) -> None:
    kept = keep_top_k(logits, k)
    least = sorted(logits.tolist(), reverse=True)[:k][-1]
    assert [value >= least for value in logits.tolist()] == kept.isfinite().tolist()
    assert torch.equal(kept[kept.isfinite()], logits[kept.isfinite()])


@given(rows, st.floats(0.01, 1))
def test_top_p_keeps_just_enough(logits: torch.Tensor, p: float) -> None:
    kept = keep_top_p(logits.double(), p).isfinite()
    chances = logits.double().softmax(dim=0)
    assert chances[kept].sum() >= p - 1e-9
    strictly_inside = kept & (logits > logits[kept].min())
    assert chances[strictly_inside].sum() < p  # without the smallest kept there is too little
    assert kept[logits.argmax()]


def by_definition(logits: torch.Tensor, p: float) -> torch.Tensor:
    """What top-p keeps, by torch's own sort of the whole row."""
    ordered = logits.sort(dim=-1, descending=True).values
    share = ordered.softmax(dim=-1)
    least = ordered.masked_fill(share.cumsum(dim=-1) - share >= p, torch.inf).amin(dim=-1, keepdim=True)
    return logits.masked_fill(logits < least, -torch.inf)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@given(st.integers(0, 2**32 - 1), st.floats(0.001, 1), st.sampled_from([0.0, 1.0, 8.0]), st.integers(1, 300))
def test_top_p_keeps_exactly_the_set_of_its_definition(
    dtype: torch.dtype, seed: int, p: float, ties: float, codes: int
) -> None:
    """Flat and steep rows, with and without ties, and some that top-k has cut; bit for bit."""
    generator = torch.Generator().manual_seed(seed)
    logits = 4 * torch.randn(2, 3, codes, generator=generator, dtype=dtype)
    logits[1] /= 8
    logits = (logits * ties).round() / ties if ties else logits
    logits[0, 0, codes // 2 + 1 :] = -torch.inf
    assert torch.equal(keep_top_p(logits, p), by_definition(logits, p))


def test_top_p_reads_logits_that_lie_apart() -> None:
    logits = torch.randn(5, 2, 4, generator=torch.Generator().manual_seed(0)).transpose(0, 2)
    assert torch.equal(keep_top_p(logits, 0.5), by_definition(logits, 0.5))


def test_filters_that_are_off_do_nothing() -> None:
    logits = torch.randn(3, 7, generator=torch.Generator().manual_seed(0))
    assert warp(logits, SamplingOptions()) is logits


def test_order_of_the_filters() -> None:
    """Top-p acts on the tempered, top-k-filtered distribution."""
    logits = torch.tensor([[4.0, 3.0, 2.0, 0.0]])
    options = SamplingOptions(temperature=0.5, top_k=3, top_p=0.95)
    expected = keep_top_p(keep_top_k(logits / 0.5, 3), 0.95)
    assert torch.equal(warp(logits, options), expected)
    assert expected.isfinite().tolist() == [[True, True, False, False]]


def test_entropy_is_the_surprise_to_expect() -> None:
    logits = torch.tensor([[0.0, 0.0, -torch.inf], [2.0, 0.0, 1.0]])
    share = logits[1].softmax(0)
    second = -(share * share.log()).sum()
    torch.testing.assert_close(entropy(logits), torch.stack((torch.tensor(2.0).log(), second)))


def test_surprise_is_minus_log_p() -> None:
    logits = torch.tensor([[0.0, 0.0, -torch.inf], [2.0, 0.0, 1.0]])
    values = nll(logits, torch.tensor([1, 0]))
    torch.testing.assert_close(values, -torch.tensor([0.5, logits[1].softmax(0)[0]]).log())
