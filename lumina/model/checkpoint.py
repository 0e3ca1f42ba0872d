"""The only door to weight files: sharded safetensors folders with a sha256 manifest, read and written."""

import hashlib
import json
import pickle
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from lumina.errors import CheckpointMismatch
from lumina.model.config import MoVQConfig, TransformerConfig, read_json
from lumina.model.movqgan import MoVQGAN
from lumina.model.transformer import Transformer

MANIFEST = "manifest.json"
SHARD_BYTES = 9_500_000  # files stay below 10 MB, so that a plain git repository can carry them
FLOATS = ("F16", "BF16", "F32", "F64")
FOREIGN = ("model.vqmodel.", "loss.")  # published beside the weights, read by nothing here
LFS_POINTER = b"version https://git-lfs"

Network = TypeVar("Network", bound=nn.Module)


def find_folder(source: str) -> Path:
    """The folder of a model: ``source`` itself, or below the folder that holds this package."""
    for folder in (Path(source), Path(__file__).parents[2] / source):
        if folder.is_dir():
            return folder
    raise CheckpointMismatch(f"The model folder {source} is missing; download the model again.")


def load_transformer(
    folder: Path | str, dtype: torch.dtype = torch.float32, device: torch.device | str = "cpu"
) -> Transformer:
    """The transformer of ``folder``, ready to draw: evaluation mode, computing in ``dtype`` on ``device``.

    Raises CheckpointMismatch naming the file that is missing, damaged, or of another shape or type.
    """
    folder = Path(folder)
    config = _config(folder / "config.json", TransformerConfig.from_dict)
    model = _load(folder, "model", lambda: Transformer(config), dtype, device)
    model.model.rotary.to(device=device, dtype=dtype)
    return model.join()


def load_movqgan(
    folder: Path | str, dtype: torch.dtype = torch.float32, device: torch.device | str = "cpu"
) -> MoVQGAN:
    """The image tokenizer of ``folder`` in evaluation mode; also from the published ``movqgan_270M.ckpt``."""
    folder = Path(folder)
    config = _config(folder / "movq_config.json", MoVQConfig.from_dict)
    return _load(folder, "movqgan", lambda: MoVQGAN(config), dtype, device).requires_grad_(False).eval()


def save_transformer(model: Transformer, folder: Path | str, dtype: torch.dtype = torch.bfloat16) -> None:
    """Write config.json and the weights as ``dtype`` into files below 10 MB, and renew the manifest."""
    _save(model, model.config.to_dict(), Path(folder), "config.json", "model", dtype)


def save_movqgan(model: MoVQGAN, folder: Path | str, dtype: torch.dtype = torch.float16) -> None:
    """Write movq_config.json and the weights as ``dtype`` into files below 10 MB, and renew the manifest."""
    _save(model, model.config.to_dict(), Path(folder), "movq_config.json", "movqgan", dtype)


def write_manifest(folder: Path | str) -> None:
    """Write ``manifest.json``: the sha256 of every other file in ``folder``."""
    folder = Path(folder)
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != MANIFEST)
    _write_json(folder / MANIFEST, {path.name: _sha256(path) for path in files if path.suffix != ".part"})


def verify(folder: Path | str, names: Iterable[str] | None = None) -> None:
    """Compare files (all of the manifest's, unless named) with the manifest, if there is one.

    Raises CheckpointMismatch naming the first file that is missing, a Git LFS pointer, or changed.
    """
    folder = Path(folder)
    manifest = read_json(folder / MANIFEST) if (folder / MANIFEST).exists() else {}
    for name in manifest if names is None else names:
        path = folder / name
        if not path.is_file():
            raise CheckpointMismatch(f"{path} is missing; download the model again.")
        with path.open("rb") as file:
            if file.read(len(LFS_POINTER)) == LFS_POINTER:
                raise CheckpointMismatch(
                    f"{path} is only a Git LFS pointer; run `git lfs pull` to fetch the file."
                )
        if name in manifest and _sha256(path) != manifest[name]:
            raise CheckpointMismatch(f"{path} does not have the sha256 of the manifest; download it again.")


def _config(path: Path, parse: Callable[[Mapping[str, Any]], Any]) -> Any:
    verify(path.parent, [path.name])
    try:
        return parse(read_json(path))
    except (TypeError, AttributeError) as error:
        raise CheckpointMismatch(
            f"{path} holds a value of the wrong type; download the model again."
        ) from error


def _load(
    folder: Path, stem: str, build: Callable[[], Network], dtype: torch.dtype, device: torch.device | str
) -> Network:
    """Build the network without memory, then give it the weights of ``stem``'s files."""
    with torch.device("meta"):
        model = build()
    shapes = {name: value.shape for name, value in model.state_dict().items()}
    weights: dict[str, Tensor] = {}
    for path in _files(folder, stem):
        read = _read_pickle if path.suffix == ".ckpt" else _read_safetensors
        weights.update(read(path, shapes, dtype, device))
    missing = sorted(shapes.keys() - weights.keys())
    if missing:
        raise CheckpointMismatch(
            f"The {stem} files of {folder} lack {missing[0]} ({len(missing)} weights in all)."
        )
    model.load_state_dict(weights, assign=True)
    return model


def _files(folder: Path, stem: str) -> list[Path]:
    """The files that hold ``stem``'s weights, each verified: shards of the index, or one file."""
    index = folder / f"{stem}.safetensors.index.json"
    if index.exists():
        verify(folder, [index.name])
        names = read_json(index).get("weight_map")
        if not isinstance(names, dict) or any(Path(str(name)).name != name for name in names.values()):
            raise CheckpointMismatch(f"{index} does not list weight files; download the model again.")
        found = sorted(set(names.values()))
    else:
        found = [path.name for path in sorted(folder.glob(f"{stem}*.ckpt"))[:1]]
        single = f"{stem}.safetensors"
        found = [single] if (folder / single).exists() or not found else found
    verify(folder, found)
    return [folder / name for name in found]


def _read_safetensors(
    path: Path, shapes: Mapping[str, torch.Size], dtype: torch.dtype, device: torch.device | str
) -> dict[str, Tensor]:
    weights = {}
    try:
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 (a safetensors file is no mapping)
                if name.startswith(FOREIGN):
                    continue
                part = file.get_slice(name)
                _check(path, name, tuple(part.get_shape()), part.get_dtype() in FLOATS, shapes)
                weights[name] = file.get_tensor(name).to(device=device, dtype=dtype, copy=True)
    except SafetensorError as error:
        raise CheckpointMismatch(f"{path} is truncated or damaged; download it again.") from error
    return weights


def _read_pickle(
    path: Path, shapes: Mapping[str, torch.Size], dtype: torch.dtype, device: torch.device | str
) -> dict[str, Tensor]:
    """A flat dictionary of tensors written by torch.save, as MoVQGAN was published; no code in it is run."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
        raise CheckpointMismatch(f"{path} is truncated or damaged; download it again.") from error
    weights = {name: value for name, value in content.items() if not name.startswith(FOREIGN)}
    for name, value in weights.items():
        _check(path, name, tuple(value.shape), value.is_floating_point(), shapes)
    return {name: value.to(device=device, dtype=dtype, copy=True) for name, value in weights.items()}


def _check(
    path: Path, name: str, shape: tuple[int, ...], floating: bool, shapes: Mapping[str, torch.Size]
) -> None:
    if name not in shapes:
        raise CheckpointMismatch(f"{path} holds {name}, which the configuration beside it has no place for.")
    if shape != tuple(shapes[name]):
        raise CheckpointMismatch(
            f"{path} holds {name} of shape {list(shape)}, but the configuration wants {list(shapes[name])}."
        )
    if not floating:
        raise CheckpointMismatch(f"{path} holds {name} in a type that is not a floating-point number.")


def _save(
    model: nn.Module, config: dict[str, Any], folder: Path, config_name: str, stem: str, dtype: torch.dtype
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / config_name, config)
    # clone: joined projections share one storage, which safetensors refuses to write twice
    weights = {name: value.detach().to("cpu", dtype).clone() for name, value in model.state_dict().items()}
    shards = _shards(weights)
    names = [f"{stem}-{number:05d}-of-{len(shards):05d}.safetensors" for number in range(1, len(shards) + 1)]
    if len(shards) == 1:
        names = [f"{stem}.safetensors"]
    for name, shard in zip(names, shards, strict=True):
        save_file(shard, folder / f"{name}.part", metadata={"format": "pt"})
        (folder / f"{name}.part").replace(folder / name)
    index = folder / f"{stem}.safetensors.index.json"
    index.unlink(missing_ok=True)
    if len(shards) > 1:
        places = {key: name for name, shard in zip(names, shards, strict=True) for key in shard}
        size = sum(value.nbytes for value in weights.values())
        _write_json(index, {"metadata": {"total_size": size}, "weight_map": places})
    for path in folder.glob(f"{stem}[-.]*safetensors"):
        if path.name not in names:
            path.unlink()  # a shard of what was saved here before
    write_manifest(folder)


def _shards(weights: Mapping[str, Tensor]) -> list[dict[str, Tensor]]:
    """The weights in order, as few groups of at most SHARD_BYTES as that order allows."""
    shards: list[dict[str, Tensor]] = [{}]
    room = SHARD_BYTES
    for name, value in weights.items():
        if shards[-1] and value.nbytes > room:
            shards.append({})
            room = SHARD_BYTES
        shards[-1][name] = value
        room -= value.nbytes
    return shards


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
