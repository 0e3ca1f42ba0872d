"""The reference's numbers: the small copies beside this file, or the folders of LUMINA_PARITY_DIR.

A configuration is a folder; what can be compared is decided by the files it has.
"""

import json
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file
from torch import Tensor

from lumina.model.checkpoint import load_movqgan, load_transformer
from lumina.model.movqgan import MoVQGAN
from lumina.model.text import TextTokenizer
from lumina.model.transformer import Transformer
from tests.parity.building import find_spec, layout_of, model_folder, movqgan_folder

ROOT = Path(os.environ.get("LUMINA_PARITY_DIR") or Path(__file__).parent / "data")
LARGE = 100_000_000  # weights; more takes seconds to make


@dataclass(frozen=True)
class Golden:
    """One configuration of the reference: its files, and the numbers it produced."""

    folder: Path
    built: Path  # where missing files are made

    @cached_property
    def model(self) -> Path:
        """The transformer's folder."""
        found = model_folder(self.folder, self.built / "model")
        return found or pytest.skip(f"{self.folder} has neither a transformer nor its recipe")

    @cached_property
    def transformer(self) -> Transformer:
        """Read once; no test may change it."""
        return load_transformer(self.model)

    @cached_property
    def text(self) -> TextTokenizer:
        """The checkpoint's own tokenizer."""
        return TextTokenizer.load(self.model)

    @cached_property
    def movqgan(self) -> MoVQGAN:
        """Read once; no test may change it."""
        found = movqgan_folder(self.folder, self.built / "movq")
        if not found:
            pytest.skip(f"{self.folder} has neither a picture tokenizer nor its recipe")
        movqgan = load_movqgan(found)
        shutil.rmtree(self.built / "movq", ignore_errors=True)  # up to 1 GB
        return movqgan

    def tensors(self, name: str) -> dict[str, Tensor]:
        """The numbers called ``name``, in ``golden`` or, for want of that, beside it."""
        return load_file(_existing(numbers(self.folder, name)))

    def records(self, name: str) -> Any:
        """The JSON called ``name``."""
        path = _existing(self.folder / "golden" / f"{name}.json")
        return json.loads(path.read_text(encoding="utf-8"))

    @cached_property
    def layout(self) -> dict[str, int]:
        """The ids with a role."""
        return layout_of(self.folder)


def numbers(folder: Path, name: str) -> Path:
    """The file of the numbers called ``name``; it need not exist."""
    inside = folder / "golden" / f"{name}.safetensors"
    beside = [] if inside.exists() else sorted(folder.glob(f"{name}*.safetensors"))
    return beside[0] if beside else inside


def _existing(path: Path) -> Path:
    return path if path.exists() else pytest.skip(f"{path} is not there to compare with")


def configurations(wanted: str) -> list[Path]:
    """The configurations that have what ``wanted`` names: numbers, or records (with .json)."""
    if not ROOT.is_dir():
        raise pytest.UsageError(f"LUMINA_PARITY_DIR names {ROOT}, which is no folder.")
    folders = sorted(path for path in ROOT.iterdir() if path.is_dir())
    if wanted.endswith(".json"):
        return [folder for folder in folders if list(folder.rglob(wanted))]
    return [folder for folder in folders if numbers(folder, wanted).exists()]


def is_large(folder: Path) -> bool:
    """Whether its picture tokenizer has to be made at full size."""
    spec = find_spec(folder, "movq")
    return spec is not None and sum(_count(shape) for shape in spec["tensors"].values()) > LARGE


def _count(shape: list[int]) -> int:
    count = 1
    for side in shape:
        count *= side
    return count
