"""From raw logits to the distribution a code is drawn from, as pure functions."""

import numpy as np
import torch
from torch import Tensor

from lumina.sampler.options import SamplingOptions


def guide(conditional: Tensor, unconditional: Tensor, scale: float | Tensor) -> Tensor:
    """Classifier-free guidance: unconditional + scale · (conditional - unconditional).

    Any equal shapes; ``scale`` is a number, or a tensor that spreads to them (Ho & Salimans 2022,
    arXiv 2207.12598, with scale = 1 + w).
    """
    return torch.lerp(unconditional, conditional, scale)


def keep_top_k(logits: Tensor, k: int) -> Tensor:
    """All but the ``k`` largest of the last dimension become -inf; ties with the k-th stay."""
    if k >= logits.shape[-1]:
        return logits
    least = logits.topk(k, dim=-1).values[..., -1:]
    return logits.masked_fill(logits < least, -torch.inf)


def keep_top_p(logits: Tensor, p: float) -> Tensor:
    """Keep the fewest largest whose probabilities sum to ``p`` at least; ties with the last stay.

    Nucleus sampling (Holtzman et al. 2020, arXiv 1904.09751).
    """
    ordered = _largest_first(logits)
    share = ordered.softmax(dim=-1)
    before = share.cumsum(dim=-1).sub_(share)  # what the larger ones already hold
    least = torch.where(before < p, ordered, torch.inf).amin(dim=-1, keepdim=True)
    return torch.where(logits < least, -torch.inf, logits)


def _largest_first(logits: Tensor) -> Tensor:
    """Sorted along the last dimension; on a CPU by numpy, which takes a twentieth of torch's time."""
    if logits.device.type != "cpu" or logits.dtype not in (torch.float32, torch.float64):
        return logits.sort(dim=-1, descending=True).values
    return torch.from_numpy(np.sort(logits.detach().numpy(), axis=-1)).flip(-1)


def warp(logits: Tensor, options: SamplingOptions) -> Tensor:
    """Temperature, then top-k, then top-p on [..., codes]; each costs nothing when it is off."""
    if options.temperature != 1:
        logits = logits / options.temperature
    if options.top_k:
        logits = keep_top_k(logits, options.top_k)
    if options.top_p < 1:
        logits = keep_top_p(logits, options.top_p)
    return logits


def nll(logits: Tensor, codes: Tensor) -> Tensor:
    """-log p in nats of ``codes`` [...] under the softmax of ``logits`` [..., codes]."""
    return logits.logsumexp(dim=-1) - logits.gather(-1, codes[..., None])[..., 0]


def entropy(logits: Tensor) -> Tensor:
    """Entropy in nats of the softmax of ``logits`` [..., codes]: the nll to expect."""
    found: Tensor = torch.special.entr(logits.softmax(dim=-1)).sum(dim=-1)
    return found
