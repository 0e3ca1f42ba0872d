"""Writes the two networks into safetensors files with a manifest, and converts published files."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from lumina.errors import InputError
from lumina.files import refusal, whole
from lumina.json_types import JsonObject
from lumina.model.checkpoint.files import write_json, write_manifest
from lumina.model.checkpoint.loading import load_movqgan
from lumina.model.movqgan import MoVQGAN
from lumina.model.transformer import Transformer

SHARD_BYTES = 9_500_000  # files stay below 10 MB, so that a plain git repository can carry them
LARGE_SHARD_BYTES = 5_000_000_000  # what hubs use


def save_transformer(
    model: Transformer,
    folder: Path | str,
    dtype: torch.dtype = torch.bfloat16,
    shard_bytes: int | None = None,
) -> None:
    """Write config.json and the weights as ``dtype`` into files below 10 MB (or as large as asked), and
    renew the manifest."""
    config = model.config.to_dict()
    _save(model, config, Path(folder), "config.json", "model", dtype, shard_bytes or SHARD_BYTES)


def save_movqgan(
    model: MoVQGAN,
    folder: Path | str,
    dtype: torch.dtype = torch.float16,
    shard_bytes: int | None = None,
) -> None:
    """Write movq_config.json and the weights as ``dtype`` into files below 10 MB (or as large as asked), and
    renew the manifest."""
    config = model.config.to_dict()
    _save(model, config, Path(folder), "movq_config.json", "movqgan", dtype, shard_bytes or SHARD_BYTES)


def convert(source: Path | str, folder: Path | str, dtype: torch.dtype = torch.float32) -> Path:
    """Write the picture tokenizer of ``source`` (a folder, or ``movqgan_270M.ckpt`` itself) as safetensors.

    Weights stay what they are in float32. Raises CheckpointMismatch as load_movqgan does, and InputError if
    there is no ``source`` or ``folder`` cannot be written to.
    """
    if not Path(source).exists():
        raise InputError(f"{source} is missing; give movqgan_270M.ckpt, or the folder it lies in.")
    model = load_movqgan(source)
    try:
        save_movqgan(model, folder, dtype, LARGE_SHARD_BYTES)
    except OSError as error:
        raise refusal(error, Path(folder)) from error
    return Path(folder)


def _save(
    model: nn.Module,
    config: JsonObject,
    folder: Path,
    config_name: str,
    stem: str,
    dtype: torch.dtype,
    shard_bytes: int,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / config_name, config)
    # clone: joined projections share one storage, which safetensors refuses to write twice
    weights = {name: value.detach().to("cpu", dtype).clone() for name, value in model.state_dict().items()}
    shards = _shards(weights, shard_bytes)
    names = [f"{stem}-{number:05d}-of-{len(shards):05d}.safetensors" for number in range(1, len(shards) + 1)]
    if len(shards) == 1:
        names = [f"{stem}.safetensors"]
    for name, shard in zip(names, shards, strict=True):
        with whole(folder / name) as part:
            save_file(shard, part, metadata={"format": "pt"})
    index = folder / f"{stem}.safetensors.index.json"
    index.unlink(missing_ok=True)
    if len(shards) > 1:
        places = {key: name for name, shard in zip(names, shards, strict=True) for key in shard}
        size = sum(value.nbytes for value in weights.values())
        write_json(index, {"metadata": {"total_size": size}, "weight_map": places})
    for path in folder.glob(f"{stem}[-.]*safetensors"):
        if path.name not in names:
            path.unlink()  # a shard of what was saved here before
    write_manifest(folder)


def _shards(weights: Mapping[str, Tensor], shard_bytes: int) -> list[dict[str, Tensor]]:
    """The weights in order, as few groups of at most ``shard_bytes`` as that order allows."""
    shards: list[dict[str, Tensor]] = [{}]
    room = shard_bytes
    for name, value in weights.items():
        if shards[-1] and value.nbytes > room:
            shards.append({})
            room = shard_bytes
        shards[-1][name] = value
        room -= value.nbytes
    return shards
