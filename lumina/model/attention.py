"""Attention over what was read: torch's own kernels, or flash-attn's where that is installed."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

HALF = (torch.float16, torch.bfloat16)  # what the fused kernel computes in

Kernel = Callable[..., Tensor]


def attend(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, causal: bool, lengths: Tensor | None = None
) -> Tensor:
    """[batch, heads, tokens, channels] of queries over keys and values [batch, kv heads, slots, channels].

    The queries are the last tokens of the slots. With ``lengths`` [batch] (int32), how many of its slots a
    row uses, the fused kernel is used; otherwise ``mask`` or ``causal`` says which of them a query sees.
    """
    if lengths is not None:
        kernel = fused()
        assert kernel is not None
        out: Tensor = kernel(
            q.transpose(1, 2),
            k.transpose(1, 2),
            v.transpose(1, 2),
            cache_seqlens=lengths,
            causal=True,
        )
        return out.transpose(1, 2)
    grouped = q.shape[1] != k.shape[1]
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal, enable_gqa=grouped)


def can_fuse(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether the fused kernel is here and computes this."""
    return device.type == "cuda" and dtype in HALF and fused() is not None


@lru_cache(maxsize=1)
def fused() -> Kernel | None:
    """flash-attn's kernel, if that is installed (the extra ``flash``)."""
    try:
        from flash_attn import flash_attn_with_kvcache
    except ImportError:
        return None
    kernel: Any = flash_attn_with_kvcache
    return kernel  # type: ignore[no-any-return]
