"""Cross-entropy over a large vocabulary, some positions at a time, so that all logits never exist at once."""

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.checkpoint import checkpoint

IGNORED = -100  # a target that is not learned
CHUNK = 1024  # positions at a time: 0.7 GB of float32 logits over 171,385 ids
SMALL_CHUNK = 256


def chunked_losses(hidden: Tensor, weight: Tensor, targets: Tensor, chunk: int) -> tuple[Tensor, Tensor]:
    """Sums over what is learned: of cross-entropies in nats, and of the squares of the softmax's log sums.

    hidden [rows, tokens, width], weight [vocabulary, width], targets [rows, tokens]. The second one is the
    z-loss (Chowdhery et al. 2022, arXiv 2204.02311), which keeps logits from drifting. Logits are made anew
    for the gradients, chunk by chunk.
    """
    learned = targets != IGNORED
    states, wanted = hidden[learned], targets[learned]
    nll = z = states.sum() * 0.0  # a sum that nothing is learned from has gradients, too
    for some, right in zip(torch.split(states, chunk), torch.split(wanted, chunk), strict=True):
        sums: tuple[Tensor, Tensor] = checkpoint(_sums, some, weight, right, use_reentrant=False)
        nll, z = nll + sums[0], z + sums[1]
    return nll, z


def _sums(states: Tensor, weight: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    logits = F.linear(states, weight)
    logits = logits if logits.dtype == torch.float64 else logits.float()
    norms = logits.logsumexp(1)
    own = logits.gather(1, wanted[:, None])[:, 0]
    return (norms - own).sum(), norms.square().sum()
