"""What makes training faster: products in the fastest type; on a processor attention and compiled layers."""

import os
import shutil
import time
from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn

from lumina.model.transformer import Attention, Layer
from lumina.training.device import CPU

BLOCK = 192  # queries at a time: what is after them need not be looked at
PROBE = 256  # rows and columns of the product by which types are compared
Gradients = Callable[..., tuple[Tensor, Tensor, Tensor]]

_flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu


def fastest_type(device: torch.device = CPU) -> torch.dtype:
    """bfloat16 where the device multiplies in it, float32 where it only emulates it, ten times slower."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    return _fastest_here()


@cache
def _fastest_here() -> torch.dtype:
    """The processor is asked once, so that all parts of a training go by one answer."""

    def seconds(dtype: torch.dtype) -> float:
        matrix = torch.ones(PROBE, PROBE, dtype=dtype)
        times = [time.perf_counter()]
        for _ in range(4):
            torch.mm(matrix, matrix)
            times.append(time.perf_counter())
        return min(after - before for before, after in pairwise(times))

    return min((torch.bfloat16, torch.float32), key=seconds)


def fast_products(device: torch.device = CPU, keeps: bool = True) -> torch.autocast:
    """A context in which products are computed in `fastest_type()` of the device; it `keeps` the weights that
    it casts, which takes memory and saves time where they are used again."""
    is_fast = fastest_type(device) is torch.bfloat16
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=is_fast, cache_enabled=keeps)


def attention_gradients(
    q: Tensor, k: Tensor, v: Tensor, out: Tensor, norms: Tensor, gradient: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Of causal attention, all [n, tokens, channels], `norms` [n, tokens] the logarithms of the softmax's
    sums; Dao et al. 2022 (arXiv 2205.14135), appendix B, as plain products. q may be the last ones only."""
    places, scale = torch.arange(k.shape[1]), q.shape[2] ** -0.5
    q = q * scale
    past = places[None, :] <= places[k.shape[1] - q.shape[1] :, None]
    weights = torch.where(past, torch.exp(torch.bmm(q, k.mT).float() - norms[..., None]), 0.0).to(q.dtype)
    delta = (gradient.float() * out.float()).sum(-1, keepdim=True)
    dscores = (weights.float() * (torch.bmm(gradient, v.mT).float() - delta)).to(q.dtype)
    return torch.bmm(dscores, k) * scale, torch.bmm(dscores.mT, q), torch.bmm(weights.mT, gradient)


class CausalAttention(torch.autograd.Function):
    """softmax(q·kᵀ / √channels, causal) · v: torch's fused kernel forwards, plain products backwards."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, gradients: Gradients) -> Tensor:
        """q, k, v [batch, heads, tokens, channels] → the same shape."""
        out, norms = _flash(q, k, v, 0.0, True)
        ctx.gradients = gradients
        ctx.save_for_backward(q, k, v, out, norms)
        return out  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients of q, k, v."""
        q, k, v, *others = [part.contiguous().flatten(0, 1) for part in (*ctx.saved_tensors, *gradients)]
        dq, dk, dv = (torch.zeros_like(part) for part in (q, k, v))
        for start in range(0, q.shape[1], BLOCK):
            end = min(start + BLOCK, q.shape[1])
            block, past = slice(start, end), slice(0, end)
            found = ctx.gradients(q[:, block], k[:, past], v[:, past], *(part[:, block] for part in others))
            dq[:, block] = found[0]
            dk[:, past] += found[1]
            dv[:, past] += found[2]
        return *(part.view(gradients[0].shape) for part in (dq, dk, dv)), None


class CrossEntropy(torch.autograd.Function):
    """Cross-entropies in nats; the gradient is made while the probabilities are at hand."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, targets: Tensor) -> Tensor:
        """logits [n, classes], targets [n] → [n]."""
        shifted = logits.to(torch.float32, copy=True)
        shifted.sub_(shifted.amax(1, keepdim=True))
        own = shifted.gather(1, targets[:, None])
        total = shifted.exp_().sum(1, keepdim=True)
        gradient = shifted.div_(total)
        gradient.scatter_add_(1, targets[:, None], -torch.ones_like(own))
        ctx.save_for_backward(gradient.to(logits.dtype))
        return (total.log() - own)[:, 0]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Gradient of the logits."""
        (gradient,) = ctx.saved_tensors
        return gradient * gradients[0][:, None].to(gradient.dtype), None


@torch.compiler.disable  # type: ignore[untyped-decorator]
def causal_attention(q: Tensor, k: Tensor, v: Tensor, gradients: Gradients = attention_gradients) -> Tensor:
    """See CausalAttention; `gradients` is `attention_gradients`, or that compiled."""
    out: Tensor = CausalAttention.apply(q, k, v, gradients)  # type: ignore[no-untyped-call]
    return out


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """See CrossEntropy."""
    losses: Tensor = CrossEntropy.apply(logits, targets)  # type: ignore[no-untyped-call]
    return losses


def hasten(model: nn.Module, compiles: bool, device: torch.device = CPU) -> None:
    """Give a model these kernels; with `compiles` and a C++ compiler everything between its products too.

    Compiling takes half a minute and saves a third of the time of a step and more. On a GPU a model stays
    as it is: torch's own attention is fast both ways there.
    """
    if device.type != "cpu":
        return
    compiles = compiles and shutil.which(os.environ.get("CXX", "g++")) is not None
    attend, forward = causal_attention, Layer.forward
    if compiles:
        attend = partial(causal_attention, gradients=torch.compile(attention_gradients, dynamic=True))
        forward = torch.compile(forward, dynamic=True)
    for block in model.modules():
        if isinstance(block, Attention):
            block.attend = attend
        elif isinstance(block, Layer) and compiles:
            block.forward = MethodType(forward, block)  # type: ignore[method-assign]
