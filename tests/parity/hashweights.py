"""Random weights that are the same on every platform, made from a list of keys and shapes (numpy only).

Element i of tensor ``key``: s = crc32("{seed}:{key}"), h = fmix32(i · 0x9E3779B1 + s) (murmur3's finaliser),
u = (h >> 8) / 2^24, value = float32(mean + std · sqrt(3) · (2u - 1)), rounded to the storage type.
"""

import json
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]
Floats = NDArray[np.float32]


def movq_weights(spec_file: Path) -> dict[str, Floats]:
    """The MoVQGAN weights that a ``spec.json`` describes."""
    spec: dict[str, Any] = json.loads(spec_file.read_text())
    weights = {
        key: fill(key, shape, spec["seed"], *spread(key, shape)) for key, shape in spec["tensors"].items()
    }
    if spec["dtype"] == "F16":
        weights = {key: value.astype(np.float16).astype(np.float32) for key, value in weights.items()}
    return weights


def fill(key: str, shape: list[int], seed: int, mean: float, std: float) -> Floats:
    """Uniform values of this mean and standard deviation."""
    start = np.uint32(zlib.crc32(f"{seed}:{key}".encode()))
    with np.errstate(over="ignore"):
        words = finalise(np.arange(math.prod(shape), dtype=np.uint32) * np.uint32(0x9E3779B1) + start)
    unit = (words >> np.uint32(8)).astype(np.float64) / float(1 << 24)
    return (mean + std * math.sqrt(3.0) * (2.0 * unit - 1.0)).astype(np.float32).reshape(shape)


def finalise(h: Words) -> Words:
    """The murmur3 finaliser of 32-bit words."""
    h = h ^ (h >> np.uint32(16))
    h = h * np.uint32(0x85EBCA6B)
    h = h ^ (h >> np.uint32(13))
    h = h * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def spread(key: str, shape: list[int]) -> tuple[float, float]:
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
