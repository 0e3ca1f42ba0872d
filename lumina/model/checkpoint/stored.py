"""Weights as they lie in files: listed before anything is allocated, then read in pieces to their place."""

import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.serialization import get_unsafe_globals_in_checkpoint

from lumina.errors import CheckpointMismatch

PIECE = 2**23  # bytes read at a time
FLOATS = {"F16": torch.float16, "BF16": torch.bfloat16, "F32": torch.float32, "F64": torch.float64}
FOREIGN = ("model.vqmodel.", "loss.")  # published beside the weights, read by nothing here


@dataclass(frozen=True)
class Stored:
    """One weight in a file, ``begin`` bytes from its start; ``dtype`` is None where it is no float."""

    path: Path
    name: str
    shape: tuple[int, ...]
    dtype: torch.dtype | None
    begin: int = 0

    def rows(self, first: int, last: int) -> "Stored":
        """Only these rows of it."""
        assert self.dtype is not None
        skipped = first * self.dtype.itemsize * prod(self.shape[1:])
        return replace(self, shape=(last - first, *self.shape[1:]), begin=self.begin + skipped)

    def read_into(self, target: Tensor) -> None:
        """Fill ``target`` of this shape, on any device and of any dtype, without a copy of the whole.

        The file is read and not mapped: mapped pages would stay in memory until it is closed.
        """
        assert self.dtype is not None
        flat, step = target.view(-1), PIECE // self.dtype.itemsize
        is_final = target.device.type == "cpu" and target.dtype == self.dtype
        buffer = flat if is_final else torch.empty(min(step, len(flat)), dtype=self.dtype)
        with self.path.open("rb") as file:
            file.seek(self.begin)
            for piece in torch.split(flat, step):
                read = piece if is_final else buffer[: len(piece)]
                if file.readinto(memoryview(read.view(torch.uint8).numpy())) != read.nbytes:  # type: ignore[arg-type]
                    raise CheckpointMismatch(f"{self.path} is truncated or damaged; download it again.")
                if not is_final:
                    piece.copy_(read)


@dataclass(frozen=True)
class Noise:
    """A weight in no file, whose numbers do not matter: for measuring speed and memory."""

    name: str
    shape: tuple[int, ...]

    def rows(self, first: int, last: int) -> "Noise":
        """See Stored."""
        return replace(self, shape=(last - first, *self.shape[1:]))

    def read_into(self, target: Tensor) -> None:
        """Small random numbers, made where ``target`` is; norms stay what they are at the beginning."""
        if len(self.shape) > 1 and "_norm." not in self.name:
            target.normal_(std=0.02)
        else:
            target.fill_(float(self.name.endswith("weight")))


def survey(paths: list[Path], shapes: Mapping[str, torch.Size]) -> dict[str, Stored]:
    """Where each weight of ``shapes`` lies in safetensors files; nothing but their headers is read.

    Raises CheckpointMismatch naming the file that is damaged or holds a weight of another shape or type.
    """
    found: dict[str, Stored] = {}
    for path in paths:
        for stored in _listed(path):
            _check(stored, shapes)
            found[stored.name] = stored
    missing = sorted(shapes.keys() - found.keys())
    if missing:
        files = f"{paths[0]}" if len(paths) == 1 else f"The {len(paths)} files {paths[0]} …"
        raise CheckpointMismatch(f"{files} lack {missing[0]} ({len(missing)} weights in all).")
    return found


def read_pickle(path: Path, shapes: Mapping[str, torch.Size]) -> dict[str, Tensor]:
    """A flat dictionary of tensors written by torch.save, as MoVQGAN was published; no code in it is run.

    Names, shapes and types are examined before any weight is read; keys that nothing here has are ignored.
    """
    try:
        unsafe = get_unsafe_globals_in_checkpoint(path) if is_zipfile(path) else []
        if unsafe:
            raise CheckpointMismatch(
                f"{path} holds code ({unsafe[0]}) beside its weights and was not opened; download it again."
            )
        outline = torch.load(path, map_location="meta", weights_only=True)
        for name in _examined(path, outline, shapes):
            del outline[name]
        content: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointMismatch(
            f"{path} is damaged, or holds code beside its weights, and was not opened; download it again."
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointMismatch(f"{path} is truncated or damaged; download it again.") from error
    return {name: content[name] for name in shapes}


def _examined(path: Path, outline: Any, shapes: Mapping[str, torch.Size]) -> list[str]:
    """The names in a pickle that are not ours; raises if those that are do not fit."""
    if not isinstance(outline, dict):
        raise CheckpointMismatch(f"{path} does not hold a dictionary of weights; download it again.")
    for name in shapes:
        value = outline.get(name)
        if not isinstance(value, Tensor):
            raise CheckpointMismatch(f"{path} lacks {name}; download it again.")
        dtype = value.dtype if value.is_floating_point() else None
        _check(Stored(path, name, tuple(value.shape), dtype), shapes)
    return [name for name in outline if name not in shapes]


def _listed(path: Path) -> list[Stored]:
    """The weights in a safetensors file, in the order of its header."""
    try:
        with safe_open(path, framework="pt"):  # examines the header and the size of the file
            pass
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length))
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointMismatch(f"{path} is truncated or damaged; download it again.") from error
    return [
        Stored(
            path,
            name,
            tuple(entry["shape"]),
            FLOATS.get(entry["dtype"]),
            8 + length + entry["data_offsets"][0],
        )
        for name, entry in header.items()
        if name != "__metadata__" and not name.startswith(FOREIGN)
    ]


def _check(stored: Stored, shapes: Mapping[str, torch.Size]) -> None:
    path, name, shape = stored.path, stored.name, stored.shape
    if name not in shapes:
        raise CheckpointMismatch(f"{path} holds {name}, which the configuration beside it has no place for.")
    if shape != tuple(shapes[name]):
        raise CheckpointMismatch(
            f"{path} holds {name} of shape {list(shape)}, but the configuration wants {list(shapes[name])}."
        )
    if stored.dtype is None:
        raise CheckpointMismatch(f"{path} holds {name} in a type that is not a floating-point number.")
