"""The mean of several models' weights: a model soup (Wortsman et al. 2022, arXiv 2203.05482)."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from lumina.errors import InputError
from lumina.model.checkpoint import load_transformer, save_transformer, write_manifest
from lumina.model.checkpoint.files import sha256
from lumina.model.manifest import read_manifest

TEXT_TOKENIZER = "tokenizer*.json"
TOKENIZERS = (TEXT_TOKENIZER, "movq*")  # files of a model folder that say what codes and words mean


def average_models(folders: Sequence[Path], out: Path) -> Path:
    """Write to `out` a model whose transformer has the mean weights of the models in the folders.

    It does what they do only if they were trained on from one ancestor; with one and the same tokenizers, or
    InputError is raised, as it is for fewer than two folders, other sizes, or an `out` that holds something.
    """
    if len(folders) < 2:
        raise InputError("Name two model folders or more to average.")
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"There is no folder {folder}; name the folders of models.")
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise InputError(f"{out} is there already; give --out a new folder.")
    if any(_tokenizers(folder) != _tokenizers(folders[0]) for folder in folders):
        raise InputError("The models have different tokenizers; average models of one family.")
    first, *others = (load_transformer(folder) for folder in folders)
    weights = first.state_dict()
    for other in others:
        if other.config != first.config:
            raise InputError("The models have different sizes; average models of one family.")
        added = other.state_dict()
        weights = {name: weight + added[name] for name, weight in weights.items()}
    first.load_state_dict({name: weight / len(folders) for name, weight in weights.items()})
    copy_tokenizers(folders[0], out)
    save_transformer(first, out)
    write_manifest(out, read_manifest(folders[0]).spec)
    return out


def copy_tokenizers(source: Path, folder: Path, patterns: Sequence[str] = TOKENIZERS) -> None:
    """Copy the tokenizers of pictures and of text from one model folder into another."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in _files(source, patterns):
        shutil.copyfile(file, folder / file.name)


def _files(folder: Path, patterns: Sequence[str] = TOKENIZERS) -> list[Path]:
    return sorted(file for pattern in patterns for file in folder.glob(pattern) if file.is_file())


def _tokenizers(folder: Path) -> dict[str, str]:
    return {file.name: sha256(file) for file in _files(folder)}
