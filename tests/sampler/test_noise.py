"""The noise: Gumbel-distributed, independent in every direction, of seed, position and code only."""

import pytest
import torch
from torch import Tensor

from lumina.sampler.noise import NoiseWindow, gumbel

SEEDS = [0, 1, 12345, 2**32, 2**63 - 1]


def uniform(noise: Tensor) -> Tensor:
    """Gumbel noise back to (0, 1)."""
    return torch.exp(-torch.exp(-noise.double()))


def chi_square(counts: Tensor) -> float:
    """χ² per degree of freedom of counts that should all be equal."""
    expected = counts.sum() / counts.numel()
    return float(((counts - expected) ** 2 / expected).sum() / (counts.numel() - 1))


def joint(first: Tensor, second: Tensor, bins: int = 16) -> float:
    """χ² per degree of freedom of pairs that should fill the unit square evenly."""
    cells = (first * bins).long() * bins + (second * bins).long()
    return chi_square(torch.bincount(cells.flatten(), minlength=bins * bins).double())


@pytest.mark.parametrize("seed", SEEDS)
def test_marginal(seed: int) -> None:
    values = uniform(gumbel(seed, torch.arange(500), 1024))
    assert 0.8 < chi_square(torch.histc(values, 256, 0, 1)) < 1.25


@pytest.mark.parametrize("seed", SEEDS)
def test_positions_codes_and_seeds_are_independent(seed: int) -> None:
    values = uniform(gumbel(seed, torch.arange(400), 1024))
    other = uniform(gumbel(seed - 1 if seed > 2**62 else seed + 1, torch.arange(400), 1024))
    for step in (1, 2, 17):
        assert 0.75 < joint(values[:-step], values[step:]) < 1.3
        assert 0.75 < joint(values[:, :-step], values[:, step:]) < 1.3
    assert 0.75 < joint(values, other) < 1.3
    assert 0.75 < joint(values[:-1, 1:], other[1:, :-1]) < 1.3


def test_far_seeds_differ() -> None:
    seeds = [0, 1, 2**31, 2**32, 2**62, 2**63 - 1]
    values = [gumbel(seed, torch.arange(4), 64) for seed in seeds]
    assert all(not torch.equal(a, b) for i, a in enumerate(values) for b in values[:i])


def test_argmax_samples_the_softmax() -> None:
    logits = torch.linspace(-6, 4, 32)
    chances = logits.softmax(dim=0)
    drawn = (logits + gumbel(5, torch.arange(200_000), 32)).argmax(dim=1)
    expected = chances * len(drawn)
    counts = torch.bincount(drawn, minlength=32)
    assert ((counts - expected) ** 2 / expected).sum() / 31 < 1.6


def test_it_depends_on_nothing_but_seed_position_and_code() -> None:
    table = gumbel(7, torch.arange(300), 200)
    order = torch.tensor([299, 3, 3, 17, 150])
    assert torch.equal(gumbel(7, order, 200), table[order])
    assert torch.equal(gumbel(7, torch.tensor([123]), 200), table[123:124])
    assert torch.equal(gumbel(7, torch.arange(300), 64), table[:, :64])


def test_float64_and_float32_agree() -> None:
    single, double = (gumbel(3, torch.arange(500), 1000, dtype) for dtype in (torch.float32, torch.float64))
    assert (single.dtype, double.dtype) == (torch.float32, torch.float64)
    large = double > -1.5  # the lowest values, which hardly ever win, are the least exact
    torch.testing.assert_close(single.double()[large], double[large], atol=5e-6, rtol=1e-6)
    torch.testing.assert_close(single.double(), double, atol=2e-3, rtol=0)
    assert single.isfinite().all()


def test_large_values_are_as_frequent_as_they_should_be() -> None:
    """The largest values decide; a hash of few bits would cut them off."""
    noise = gumbel(11, torch.arange(2000), 4096)
    for level in (10.0, 12.0, 13.0):
        expected = noise.numel() * -torch.expm1(-torch.exp(torch.tensor(-level)))
        assert abs((noise > level).sum() - expected) < 4.5 * expected.sqrt()


def test_a_window_is_the_table_with_each_rows_seed() -> None:
    positions = torch.arange(3, 27)  # 6 rows of 4
    seeds = [5, 5, 8, 8, 8, 5]
    table = torch.cat([gumbel(seed, positions[i * 4 : i * 4 + 4], 50) for i, seed in enumerate(seeds)])
    window = NoiseWindow(seeds, positions, 50, torch.float32)
    for first, last in ((0, 5), (1, 6), (1, 4), (4, 12), (12, 13), (20, 24)):
        assert torch.equal(window.take(first, last), table[first:last])
