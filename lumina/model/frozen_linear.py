"""Products with weights that no longer change, laid out for the processor where that is faster."""

from collections.abc import Callable
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

Product = Callable[[Tensor], Tensor]

PACKED = 2**26  # parameters up to which a model's weights are packed: the second copy costs memory
LARGEST = 2**23  # weights beyond this are bound by memory and gain nothing
ROWS = 32  # rows of a usual decoding step: a window of 16, with and without the prompt


def product(weight: Tensor, bias: Tensor | None = None, packed: bool = True) -> Product:
    """x [..., in] → x · weightᵀ + bias [..., out], for ``weight`` [out, in] as it is now.

    On a CPU the weight of a small model is ``packed`` once for oneDNN, which makes a step a quarter faster
    than packing it anew at every product.
    """
    if (
        not packed
        or weight.device.type != "cpu"
        or weight.dtype != torch.float32
        or weight.numel() > LARGEST
        or not _packs()
    ):
        return lambda x: F.linear(x, weight, bias)
    reordered = torch.ops.mkldnn._reorder_linear_weight(weight.detach(), ROWS)
    return lambda x: _apply(x, reordered, bias)


def _apply(x: Tensor, packed: Tensor, bias: Tensor | None) -> Tensor:
    out: Tensor = torch.ops.mkldnn._linear_pointwise(x, packed, bias, "none", [], "")
    return out


@lru_cache(maxsize=1)
def _packs() -> bool:
    """Whether this build of torch can, and does it right; the operator is torch's own but not documented."""
    if not torch.backends.cpu.get_cpu_capability().startswith("AVX"):
        return False
    weight, bias = torch.linspace(-1, 1, 48).view(6, 8), torch.linspace(1, 2, 6)
    x = torch.linspace(0, 1, 16).view(1, 2, 8)
    try:
        found = _apply(x, torch.ops.mkldnn._reorder_linear_weight(weight, ROWS), bias)
    except (AttributeError, RuntimeError, TypeError):
        return False
    return torch.allclose(found, F.linear(x, weight, bias), atol=1e-5)
