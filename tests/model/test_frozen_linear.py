"""Packed products equal plain ones."""

import pytest
import torch
import torch.nn.functional as F

from lumina.model.frozen_linear import product


@pytest.mark.parametrize("rows", [1, 2, 17, 34])
@pytest.mark.parametrize("biased", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_a_product_is_the_linear_map(rows: int, biased: bool, dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(0)
    weight, x = (torch.randn(n, 24, generator=generator).to(dtype) for n in (40, 2 * rows))
    bias = torch.randn(40, generator=generator).to(dtype) if biased else None
    x = x.view(2, rows, 24)
    torch.testing.assert_close(product(weight, bias)(x), F.linear(x, weight, bias), atol=1e-5, rtol=1e-5)


def test_an_unpacked_product_holds_no_second_copy() -> None:
    weight, x = torch.eye(3), torch.arange(6.0).view(2, 3)
    plain, packed = product(weight, packed=False), product(weight)
    weight.zero_()
    assert torch.equal(plain(x), torch.zeros_like(x)) and torch.equal(packed(x), x)
