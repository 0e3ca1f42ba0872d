"""Attention and cross-entropy for training on a processor: torch's own sums in fewer passes over memory."""

from typing import Any

import torch
from torch import Tensor

BLOCKS = 4  # of query rows: what lies above the diagonal is left out block by block


class CausalAttention(torch.autograd.Function):
    """softmax(q·kᵀ / √channels, causal) · v as plain products, which bfloat16 units do far faster than
    torch's fused kernel for processors; the weights are kept for the gradient."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """q, k, v [batch, heads, tokens, channels] → the same shape."""
        batch, heads, tokens, channels = q.shape
        q, k, v = ((q * channels**-0.5).flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1))
        weights = q.new_empty(batch * heads, tokens, tokens)  # above the diagonal's blocks never read
        out = torch.empty_like(v)
        for first, last, above in _blocks(tokens):
            scores = torch.bmm(q[:, first:last], k[:, :last].mT).float()
            scores[:, :, first:].masked_fill_(above, -torch.inf)
            weights[:, first:last, :last] = scores.softmax(-1)
            out[:, first:last] = torch.bmm(weights[:, first:last, :last], v[:, :last])
        ctx.save_for_backward(q, k, v, weights, out)
        return out.view(batch, heads, tokens, channels)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Gradients of q, k, v; Dao et al. 2022 (arXiv 2205.14135), appendix B."""
        q, k, v, weights, out = ctx.saved_tensors
        shape, (count, tokens, channels) = gradients[0].shape, q.shape
        gradient = gradients[0].reshape(count, tokens, channels)
        dq, dk, dv = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for first, last, _ in _blocks(tokens):
            part, weight = gradient[:, first:last], weights[:, first:last, :last]
            dv[:, :last] += torch.bmm(weight.mT, part)
            delta = (part.float() * out[:, first:last].float()).sum(-1, keepdim=True)
            dscores = torch.bmm(part, v[:, :last].mT).sub_(delta).mul_(weight)
            dq[:, first:last] = torch.bmm(dscores, k[:, :last])
            dk[:, :last] += torch.bmm(dscores.mT, q[:, first:last])
        return (dq * channels**-0.5).view(shape), dk.view(shape), dv.view(shape)


def _blocks(tokens: int) -> list[tuple[int, int, Tensor]]:
    """(first, last, what to hide [rows, rows]) of each block of query rows."""
    size = -(-tokens // BLOCKS)
    firsts = range(0, tokens, size)
    above = torch.ones(size, size, dtype=torch.bool).triu(1)
    ends = [(first, min(first + size, tokens)) for first in firsts]
    return [(first, last, above[: last - first, : last - first]) for first, last in ends]


class CrossEntropy(torch.autograd.Function):
    """Mean cross-entropy in nats; the gradient is made while the probabilities are at hand."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, targets: Tensor) -> Tensor:
        """logits [n, classes], targets [n] → a number."""
        shifted = logits.to(torch.float32, copy=True)
        shifted.sub_(shifted.amax(1, keepdim=True))
        own = shifted.gather(1, targets[:, None])
        total = shifted.exp_().sum(1, keepdim=True)
        gradient = shifted.div_(total)
        gradient.scatter_add_(1, targets[:, None], -torch.ones_like(own))
        ctx.save_for_backward(gradient.div_(len(targets)).to(logits.dtype))
        return (total.log() - own).mean()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Gradient of the logits."""
        (gradient,) = ctx.saved_tensors
        return gradient * gradients[0].to(gradient.dtype), None


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """See CausalAttention."""
    out: Tensor = CausalAttention.apply(q, k, v)  # type: ignore[no-untyped-call]
    return out


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """See CrossEntropy."""
    loss: Tensor = CrossEntropy.apply(logits, targets)  # type: ignore[no-untyped-call]
    return loss
