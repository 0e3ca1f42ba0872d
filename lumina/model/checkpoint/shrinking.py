"""The only door to torchao: matrices as 8-bit or 4-bit integers that are made whole as they multiply."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from lumina.errors import InputError
from lumina.settings import Quant

GROUP = 128  # columns that share a scale in int4, as in the published measurements


def shrinker(
    quant: Quant, dtype: torch.dtype, device: torch.device | str
) -> Callable[[Tensor], Tensor] | None:
    """What makes a small matrix of a large one [out, in], or None for ``quant`` none.

    Raises InputError if torchao is not installed, or cannot do it here.
    """
    if quant == "none":
        return None
    config = _config(quant)
    if quant == "int4" and (torch.device(device).type != "cuda" or dtype != torch.bfloat16):
        raise InputError("int4 needs a GPU and LUMINA_DTYPE=bfloat16; use --quant int8 or none.")

    def shrink(weight: Tensor) -> Tensor:
        from torchao.quantization import quantize_

        holder = nn.Linear(weight.shape[1], weight.shape[0], bias=False, device="meta")
        holder.weight = nn.Parameter(weight, requires_grad=False)
        quantize_(holder, config)
        return holder.weight.data

    return shrink


def _config(quant: Quant) -> Any:
    try:
        from torchao.quantization import Int4WeightOnlyConfig, Int8WeightOnlyConfig
    except ImportError as error:
        raise InputError(
            f"--quant {quant} needs torchao, which is not installed; run `pip install torchao`."
        ) from error
    # The settings of the compiler are the program's, not ours to change.
    if quant == "int8":
        return Int8WeightOnlyConfig(set_inductor_config=False)
    return Int4WeightOnlyConfig(
        group_size=GROUP, int4_packing_format="tile_packed_to_4d", set_inductor_config=False
    )
