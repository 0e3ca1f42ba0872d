"""Muon: momentum whose update of every weight matrix is made orthogonal (Jordan et al. 2024).

Own, because the supported range of torch begins before `torch.optim.Muon`.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from lumina.training.parallel import Group

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # quintic Newton–Schulz iteration, from the authors' note


def orthogonal(matrix: Tensor, steps: int = 5) -> Tensor:
    """The matrix with all singular values moved close to 1, computed in bfloat16."""
    a, b, c = COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T.bfloat16() if tall else matrix.bfloat16()
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    result: Tensor = (x.T if tall else x).to(matrix.dtype)
    return result


class Muon(torch.optim.Optimizer):
    """For matrices and, flattened to matrices, convolutions; `lr` scales an update as it does with AdamW.

    The processes of a group share the work: each makes its part of the updates orthogonal.
    """

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        group: Group | None = None,
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self._group = group or Group()

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Update every parameter; all of them must have gradients."""
        for options in self.param_groups:
            params: list[Tensor] = options["params"]
            updates = [self._momentum(p, options["momentum"]) for p in params]
            for i, update in enumerate(updates):
                mine = i % self._group.size == self._group.rank
                updates[i] = (
                    orthogonal(update.flatten(1)).view_as(update) * self._group.size
                    if mine
                    else torch.zeros_like(update)
                )
            self._group.mean(updates)  # each is zero on all processes but one
            for param, update in zip(params, updates, strict=True):
                # an orthogonal update has entries of size 1/sqrt(longer side); 0.2 matches AdamW
                # (Liu et al. 2025, arXiv 2502.16982)
                param.mul_(1 - options["lr"] * options["weight_decay"])
                param.add_(update, alpha=-options["lr"] * 0.2 * max(param.flatten(1).shape) ** 0.5)

    def _momentum(self, param: Tensor, momentum: float) -> Tensor:
        """Nesterov's look-ahead of the gradients' running average."""
        assert param.grad is not None
        state = self.state[param]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(param)
        average: Tensor = state["momentum"].lerp_(param.grad, 1 - momentum)
        return param.grad.lerp(average, momentum)
