"""Muon: momentum whose update of every weight matrix is made orthogonal (Jordan et al. 2024).

Own, because the supported range of torch begins before `torch.optim.Muon`.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from lumina.training.kernels import fastest_type
from lumina.training.parallel import Group

COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # quintic Newton–Schulz iteration, from the authors' note


def orthogonal(matrices: Tensor, steps: int = 5) -> Tensor:
    """Matrices [n, rows, cols] with all singular values moved close to 1, computed in `fastest_type()`."""
    a, b, c = COEFFICIENTS
    tall = matrices.shape[1] > matrices.shape[2]
    x = (matrices.mT if tall else matrices).to(fastest_type(matrices.device))
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = torch.bmm(x, x.mT)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    result: Tensor = (x.mT if tall else x).to(matrices.dtype)
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
            updates = self._orthogonal(updates)
            for param, update in zip(params, updates, strict=True):
                # an orthogonal update has entries of size 1/sqrt(longer side); 0.2 matches AdamW
                # (Liu et al. 2025, arXiv 2502.16982)
                param.mul_(1 - options["lr"] * options["weight_decay"])
                param.add_(update, alpha=-options["lr"] * 0.2 * max(param.flatten(1).shape) ** 0.5)

    def _orthogonal(self, updates: list[Tensor]) -> list[Tensor]:
        """Each process works on its part of the updates, those of one shape together."""
        found = [torch.zeros_like(update) for update in updates]
        mine: dict[tuple[int, ...], list[int]] = {}
        for i in range(self._group.rank, len(updates), self._group.size):
            mine.setdefault(updates[i].shape, []).append(i)
        for same in mine.values():
            whole = orthogonal(torch.stack([updates[i].flatten(1) for i in same])) * self._group.size
            for i, part in zip(same, whole, strict=True):
                found[i] = part.view_as(updates[i])
        self._group.mean(found)  # each is zero on all processes but one
        return found

    def _momentum(self, param: Tensor, momentum: float) -> Tensor:
        """Nesterov's look-ahead of the gradients' running average."""
        assert param.grad is not None
        state = self.state[param]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(param)
        average: Tensor = state["momentum"].lerp_(param.grad, 1 - momentum)
        return param.grad.lerp(average, momentum)
