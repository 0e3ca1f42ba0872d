"""Random weights that are the same on every platform, made from a list of keys and shapes (numpy only).

Element i of tensor ``key``: s = crc32("{seed}:{key}"), h = fmix32(i · 0x9E3779B1 + s) (murmur3's finaliser),
u = (h >> 8) / 2^24, value = float32(mean + std · sqrt(3) · (2u - 1)), rounded to the storage type.
"""

import math
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Words = NDArray[np.uint32]
Floats = NDArray[np.float32]

TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
PIECE = 2**24  # elements made at a time
PLANTED, GAIN = 12.0, 60.0


def weights(spec: Mapping[str, Any]) -> dict[str, Tensor]:
    """The weights of a spec, in its storage type."""
    spread = {"transformer": transformer_spread, "movq": movq_spread}[spec["profile"]]
    dtype = TYPES[spec["dtype"]]
    found = {
        key: torch.from_numpy(fill(key, shape, spec["seed"], *spread(key, shape))).to(dtype)
        for key, shape in spec["tensors"].items()
    }
    plant(found, spec)
    return found


def plant(found: dict[str, Tensor], spec: Mapping[str, Any]) -> None:
    """Make token a say token b almost surely, for every [a, b] of the spec's "plant"."""
    answered: set[int] = set()
    for asked, answer in spec.get("plant", []):
        table, head = found["model.embed_tokens.weight"], found["lm_head.weight"]
        width = table.shape[1]
        signs = torch.from_numpy(np.sign(fill(f"plant{asked}", [width], spec["seed"], 0.0, 1.0)))
        table[asked] = (signs * PLANTED).to(table.dtype)
        row = signs * np.float32(spec.get("plant_gain", GAIN) / width)
        head[answer] = (row + head[answer].float() if answer in answered else row).to(head.dtype)
        answered.add(answer)


def fill(key: str, shape: list[int], seed: int, mean: float, std: float) -> Floats:
    """Uniform values of this mean and standard deviation."""
    pieces = list(_pieces(np.uint32(zlib.crc32(f"{seed}:{key}".encode())), math.prod(shape), mean, std))
    return (pieces[0] if len(pieces) == 1 else np.concatenate(pieces)).reshape(shape)


def _pieces(start: np.uint32, count: int, mean: float, std: float) -> Iterator[Floats]:
    for first in range(0, count, PIECE):
        spots = np.arange(first, min(count, first + PIECE), dtype=np.uint64).astype(np.uint32)
        with np.errstate(over="ignore"):
            words = finalise(spots * np.uint32(0x9E3779B1) + start)
        unit = (words >> np.uint32(8)).astype(np.float64) / float(1 << 24)
        yield (mean + std * math.sqrt(3.0) * (2.0 * unit - 1.0)).astype(np.float32)


def finalise(h: Words) -> Words:
    """The murmur3 finaliser of 32-bit words."""
    h = h ^ (h >> np.uint32(16))
    h = h * np.uint32(0x85EBCA6B)
    h = h ^ (h >> np.uint32(13))
    h = h * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def transformer_spread(key: str, shape: list[int]) -> tuple[float, float]:
    """Mean and standard deviation by the name of a transformer's weight."""
    if key.endswith("embed_tokens.weight"):
        return 0.0, 1.0
    if key == "lm_head.weight":
        return 0.0, 2.0 / math.sqrt(shape[-1])
    if key.endswith(("q_norm.weight", "k_norm.weight")):
        return 1.2, 0.2
    if key.endswith(("q_norm.bias", "k_norm.bias")):
        return 0.0, 0.15
    if key.endswith("layernorm.weight") or key == "model.norm.weight":
        return 1.0, 0.15
    return (0.0, 0.05) if key.endswith(".bias") else (0.0, 1.0 / math.sqrt(shape[-1]))


def movq_spread(key: str, shape: list[int]) -> tuple[float, float]:
    """Mean and standard deviation by the name of a MoVQGAN weight."""
    weight = key.endswith("weight")
    if key == "quantize.embedding.weight":
        return 0.0, 1.0
    if ".conv_y." in key:
        return (0.0, 0.3) if weight else (1.0, 0.1)
    if ".conv_b." in key:
        return (0.0, 0.3) if weight else (0.0, 0.1)
    if len(shape) == 1:
        return (1.0, 0.1) if weight else (0.0, 0.05)
    gain = {"encoder.conv_out.weight": 1.6, "decoder.conv_out.weight": 0.35}.get(key, 1.0)
    return 0.0, gain / math.sqrt(math.prod(shape[1:]))
