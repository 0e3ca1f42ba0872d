"""The files of a model: where they lie, and whether each one is there and whole."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lumina.errors import CheckpointMismatch
from lumina.files import shipped_files
from lumina.model.config import movqgan_places
from lumina.model.json_fields import read_json
from lumina.model.manifest import MANIFEST, Manifest, read_manifest

LFS_POINTER = b"version https://git-lfs"
HASHED_AT_LOAD = 256_000_000  # bytes; hashing a larger file would take longer than reading it


def find_folder(source: str) -> Path:
    """The folder of a model: ``source`` itself, or below the folder that holds this package.

    The transformer and its text tokenizer may lie in a subfolder ``model``.
    """
    for folder in (Path(source), shipped_files() / source):
        if source and folder.is_dir():
            inner = folder / "model"
            return inner if not (folder / "config.json").exists() and inner.is_dir() else folder
    raise CheckpointMismatch(f"The model folder {source} is missing; download the model again.")


def find_movqgan(folder: Path) -> Path | None:
    """Where the picture tokenizer of a model folder lies, if it is there."""
    places = movqgan_places(folder)
    weights = (place for place in places if any(place.glob("movqgan*")))
    # Without weights, the place of the configuration: reading there says which file is missing.
    return next(weights, next((place for place in places if (place / "movq_config.json").exists()), None))


def write_manifest(folder: Path | str, spec: Mapping[str, Any] | None = None) -> None:
    """Write ``manifest.json``: the sha256 of every other file in ``folder``, and what is said of the model
    (``spec``; what was said before unless given)."""
    folder = Path(folder)
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != MANIFEST)
    digests = {path.name: sha256(path) for path in files if path.suffix != ".part"}
    Manifest(digests, read_manifest(folder).spec if spec is None else spec).write(folder)


def verify(folder: Path | str, names: Iterable[str] | None = None) -> None:
    """Compare files (all of the manifest's, unless named) with the manifest, if there is one.

    Named files are about to be read: of those, the largest are not hashed. Raises CheckpointMismatch naming
    the first file that is missing, a Git LFS pointer, or changed.
    """
    folder = Path(folder)
    manifest = read_manifest(folder).files
    for name in manifest if names is None else names:
        path = folder / name
        if not path.is_file():
            raise CheckpointMismatch(f"{path} is missing; download the model again.")
        with path.open("rb") as file:
            if file.read(len(LFS_POINTER)) == LFS_POINTER:
                raise CheckpointMismatch(
                    f"{path} is only a Git LFS pointer; run `git lfs pull` to fetch the file."
                )
        is_hashed = names is None or path.stat().st_size <= HASHED_AT_LOAD
        if is_hashed and name in manifest and sha256(path) != manifest[name]:
            raise CheckpointMismatch(f"{path} does not have the sha256 of the manifest; download it again.")


def weight_files(folder: Path, stem: str) -> list[Path]:
    """The files that hold ``stem``'s weights, each verified: shards of the index, or one file.

    ``folder`` may also be that file itself.
    """
    if folder.is_file():
        verify(folder.parent, [folder.name])
        return [folder]
    index = folder / f"{stem}.safetensors.index.json"
    if index.exists():
        verify(folder, [index.name])
        names = read_json(index).get("weight_map")
        listed = set(map(str, names.values())) if isinstance(names, dict) else set()
        if not listed or any(Path(name).name != name for name in listed):
            raise CheckpointMismatch(f"{index} does not list weight files; download the model again.")
        found = sorted(listed)
    else:
        found = [path.name for path in sorted(folder.glob(f"{stem}*.ckpt"))[:1]]
        single = f"{stem}.safetensors"
        found = [single] if (folder / single).exists() or not found else found
    verify(folder, found)
    return [folder / name for name in found]


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON object, its keys in order."""
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def sha256(path: Path) -> str:
    """The file's digest in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
