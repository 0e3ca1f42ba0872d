"""Projections that read the same input, kept side by side so that one product computes them all."""

from collections.abc import Callable
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lumina.model.frozen_linear import Product, product

Shrink = Callable[[Tensor], Tensor]
"""Makes of a weight [out, in] one that takes less memory and multiplies as it did."""


class FusedLinear(nn.Module):
    """A block whose ``first`` projections read the same input and whose ``last`` one ends it."""

    first: ClassVar[tuple[str, ...]]
    last: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.products: tuple[Product, Product] | None = None

    def allocate(self, dtype: torch.dtype, device: torch.device | str) -> None:
        """Give weights built on "meta" memory: the first ones in one piece, so that join copies nothing."""
        for kind in ("weight", "bias"):
            parts = [self.get_submodule(name) for name in self.first]
            sizes = [getattr(part, kind) for part in parts]
            if sizes[0] is None:
                continue
            rows = [len(size) for size in sizes]
            whole = torch.empty(sum(rows), *sizes[0].shape[1:], dtype=dtype, device=device)
            for part, piece in zip(parts, torch.split(whole, rows), strict=True):
                setattr(part, kind, nn.Parameter(piece, requires_grad=False))

    def join(self, shrink: Shrink | None = None, packed: bool = False) -> None:
        """Get ready for inference: the first weights share one storage, and must not change from now on.

        With ``shrink`` the products take its weights, and the original ones are given up.
        """
        last = self.get_submodule(self.last)
        weight, bias = _adjacent(self._parts("weight")), _adjacent(self._parts("bias"))
        assert weight is not None
        weights = [weight, last.get_parameter("weight").data]
        if shrink:
            self._give_up_weights()
            del weight
            # One after the other, so that at most one original is left beside the small ones.
            weights = [shrink(weights.pop(0)), shrink(weights.pop(0))]
        self.products = product(weights[0], bias, packed), product(weights[1], last.bias, packed)  # type: ignore[arg-type]

    def enter(self, x: Tensor) -> Tensor:
        """All first projections of ``x``, side by side in the last dimension."""
        if self.products:
            return self.products[0](x)
        bias = self._parts("bias")
        return F.linear(x, torch.cat(self._parts("weight")), torch.cat(bias) if bias else None)

    def leave(self, x: Tensor) -> Tensor:
        """The last projection of ``x``."""
        out: Tensor = self.products[1](x) if self.products else self.get_submodule(self.last)(x)
        return out

    def _parts(self, kind: str) -> list[Tensor]:
        parts = [getattr(self.get_submodule(name), kind) for name in self.first]
        return [] if parts[0] is None else parts

    def _give_up_weights(self) -> None:
        for name in (*self.first, self.last):
            part = self.get_submodule(name)
            part.weight = nn.Parameter(part.get_parameter("weight").to("meta"), requires_grad=False)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "FusedLinear":
        self.products = None  # they hold weights of the former dtype or device
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        return self


def _adjacent(parts: list[Tensor]) -> Tensor | None:
    """The parts as one tensor that shares their memory; brought together first where they are apart."""
    if not parts:
        return None
    first, rows = parts[0].data, sum(len(part) for part in parts)
    ends = [part.storage_offset() + part.numel() for part in parts]
    together = len({part.untyped_storage().data_ptr() for part in parts}) == 1
    if not together or ends[:-1] != [part.storage_offset() for part in parts[1:]]:
        whole = torch.cat([part.data for part in parts])
        end = 0
        for part in parts:
            part.data = whole[end : end + len(part)]
            end += len(part)
        return whole
    return first.as_strided((rows, *first.shape[1:]), first.stride(), first.storage_offset())
