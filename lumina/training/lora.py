"""LoRA: a frozen model learns by two thin matrices beside its own (Hu et al. 2021, arXiv 2106.09685)."""

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from lumina.model.transformer import Transformer

SCALE = 2.0  # of what is learned beside the weight, as alpha = 2 · rank elsewhere


class LowRank(nn.Module):
    """A weight [out, in] with up [out, rank] · down [rank, in] added to it; at first nothing."""

    def __init__(self, weight: Tensor, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        dtype = weight.dtype if weight.dtype == torch.float64 else torch.float32
        rows, columns = weight.shape
        down = torch.empty(rank, columns, dtype=dtype).normal_(std=columns**-0.5, generator=generator)
        self.down = nn.Parameter(down.to(weight.device))
        self.up = nn.Parameter(torch.zeros(rows, rank, dtype=dtype, device=weight.device))

    def forward(self, weight: Tensor) -> Tensor:
        """The weight as it is now."""
        return weight + (SCALE * (self.up @ self.down)).to(weight.dtype)


def adapt(model: Transformer, rank: int, seed: int) -> None:
    """Freeze a model, and have the matrices of its layers learn with so many columns beside each."""
    model.requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for module in list(model.model.layers.modules()):
        if isinstance(module, nn.Linear):
            parametrize.register_parametrization(module, "weight", LowRank(module.weight, rank, generator))


def look_up_here(model: Transformer, device: torch.device) -> None:
    """Keep the frozen table of embeddings in this machine's memory; a batch's rows go to the device."""
    table = model.model.embed_tokens.cpu()
    table.register_forward_pre_hook(lambda _module, given: (given[0].cpu(), *given[1:]))
    table.register_forward_hook(lambda _module, _given, rows: rows.to(device))


def merge(model: Transformer) -> None:
    """Make what was learned beside the weights part of them: a plain model again."""
    for module in list(model.model.layers.modules()):
        if isinstance(module, nn.Linear) and parametrize.is_parametrized(module):
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
