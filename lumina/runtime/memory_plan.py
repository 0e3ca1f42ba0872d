"""How much memory a model will take, computed before loading, and what to change if that is too much."""

import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import torch

from lumina.errors import InputError, LuminaError
from lumina.model.checkpoint import locate
from lumina.model.config import (
    MOVQGAN_270M,
    ModelSpec,
    MoVQConfig,
    TransformerConfig,
)
from lumina.model.json_fields import read_json
from lumina.model.movqgan import MoVQGAN
from lumina.settings import Quant, Settings

GB = 1e9
QUANT_BYTES: dict[Quant, float] = {"int8": 1.01, "int4": 0.54}  # a number and its share of the scales
WORDS = 300  # tokens of a usual instruction
OTHER_IDS = 4096  # of sizes and the like between the text and the codes
LAYERS_AT_ONCE = 5  # feature maps of the decoder that exist together at full size
SHARE = 0.95  # of the memory that may be planned for: allocators need some themselves


@dataclass(frozen=True)
class MemoryPlan:
    """Bytes on the device: weights, the KV cache of the largest picture with guidance, decoding."""

    spec: ModelSpec
    settings: Settings
    device: torch.device
    transformer: float
    movqgan: float
    cache: float
    decoding: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.transformer + self.movqgan + self.cache + self.decoding

    def describe(self) -> str:
        """``Omni needs 24.1 GB: 14.3 transformer, …``"""
        return (
            f"{self.spec.title} needs {self.total / GB:.1f} GB: {self.transformer / GB:.1f} transformer "
            f"({self._numbers()}), {self.cache / GB:.1f} KV cache, {self.movqgan / GB:.1f} picture "
            f"tokenizer, {self.decoding / GB:.1f} decoding."
        )

    def check(self, free: float) -> None:
        """Raise InputError, saying what to change, unless it fits into ``free`` bytes."""
        if self.total <= free * SHARE:
            return
        where = "this GPU" if self.device.type == "cuda" else "this machine"
        raise InputError(
            f"{self.spec.title} needs {self.total / GB:.1f} GB, {where} has {free / GB:.1f} free: "
            f"{self._way_out(free)}."
        )

    def _way_out(self, free: float) -> str:
        for quant, cache in (("int8", "full"), ("int8", "int8"), ("int4", "int8")):
            other = replace(self.settings, quant=quant, cache=cache)  # type: ignore[arg-type]
            is_possible = quant == "int8" or self.device.type == "cuda"
            smaller = plan(self.spec, other, self.device)
            if is_possible and smaller.total < self.total and smaller.total <= free * SHARE:
                changed = {"quant": quant} | ({"cache": cache} if cache != "full" else {})
                options = " ".join(f"--{name} {value}" for name, value in changed.items())
                page = " ".join(f"LUMINA_{name.upper()}={value}" for name, value in changed.items())
                return f"use {options} (for the page {page}), which needs {smaller.total / GB:.1f}"
        return "use a larger GPU, or --model tabletop"

    def _numbers(self) -> str:
        return self.settings.dtype if self.settings.quant == "none" else self.settings.quant


def plan(spec: ModelSpec, settings: Settings, device: torch.device | None = None) -> MemoryPlan:
    """The plan for a model that is here, or whose sizes the list of models gives."""
    settings, device = settings.suited(spec.dtype), device or open_device(settings.device)
    config, movq = _configs(spec, settings)
    size = getattr(torch, settings.dtype).itemsize
    matrices = QUANT_BYTES.get(settings.quant, size) * _matrix_numbers(config)
    rows = config.vocab_size if device.type == "cpu" else movq.n_embed + OTHER_IDS
    embeddings = size * config.hidden_size * (rows + movq.n_embed)
    decoder = (movqgan_dtype(settings, device) or torch.float32).itemsize
    width, height = max(spec.sizes, key=lambda sides: sides[0] * sides[1])
    return MemoryPlan(
        spec=spec,
        settings=settings,
        device=device,
        transformer=matrices + embeddings,
        movqgan=_movqgan_bytes(movq, decoder),
        cache=_cache_bytes(config, settings, width * height // movq.downsampling**2),
        decoding=LAYERS_AT_ONCE * movq.ch * width * height / movq.patch**2 * decoder,
    )


def movqgan_dtype(settings: Settings, device: torch.device) -> torch.dtype | None:
    """What pixels are computed in, if not in float32: bfloat16 on a GPU that draws in it."""
    return torch.bfloat16 if device.type == "cuda" and settings.dtype == "bfloat16" else None


def open_device(name: str, advice: str = "set LUMINA_DEVICE to") -> torch.device:
    """The device called ``name``; raises InputError if there is none, with ``advice`` where it was named."""
    name = "cuda" if name.lower() == "gpu" else name.lower()
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.zeros(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise InputError(f"There is no device {name!r} here; {advice} auto, cpu or cuda.") from error


def free_memory(device: torch.device) -> float:
    """Bytes that are free on a GPU, or for programs on this machine; infinite where that cannot be told."""
    if device.type == "cuda":
        return float(torch.cuda.mem_get_info(device)[0])
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        sizes = {
            name: float(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)
        }
        return sizes["MemAvailable"]
    except (OSError, KeyError, ValueError, IndexError):
        names = os.sysconf_names if hasattr(os, "sysconf_names") else {}
        known = "SC_PHYS_PAGES" in names and "SC_PAGE_SIZE" in names
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) if known else float("inf")


def _configs(spec: ModelSpec, settings: Settings) -> tuple[TransformerConfig, MoVQConfig]:
    try:
        place = locate(spec, settings.models)
    except LuminaError:
        if spec.transformer is None:
            raise
        return spec.transformer, MOVQGAN_270M
    transformer = TransformerConfig.from_dict(read_json(place.folder / "config.json"))
    path = place.movqgan / "movq_config.json"
    return transformer, MoVQConfig.from_dict(read_json(path)) if path.exists() else MOVQGAN_270M


def _matrix_numbers(config: TransformerConfig) -> int:
    """Numbers in the layers' matrices; all else in them is small."""
    return config.num_hidden_layers * sum(out * entry for out, entry in config.layer_matrices)


def _cache_bytes(config: TransformerConfig, settings: Settings, codes: int) -> float:
    """Two rows, with and without the words, of the largest picture."""
    tokens = min(codes * 1.02 + WORDS, config.max_position_embeddings)  # newlines are one in fifty at least
    size: int = getattr(torch, settings.dtype).itemsize
    each = size if settings.cache == "full" else 1 + size / config.head_dim
    return 2 * 2 * config.num_hidden_layers * tokens * config.num_key_value_heads * config.head_dim * each


@lru_cache(maxsize=8)
def _movqgan_bytes(config: MoVQConfig, decoder_size: int) -> float:
    with torch.device("meta"):
        model = MoVQGAN(config)
    decoder = sum(weight.numel() for weight in model.decoder.parameters())
    others = sum(weight.numel() for weight in model.parameters()) - decoder
    return float(decoder * decoder_size + others * torch.float32.itemsize)
