"""The reference's numbers: the small copies beside this file, or the folders of LUMINA_PARITY_DIR."""

import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from torch import Tensor

ROOT = Path(os.environ.get("LUMINA_PARITY_DIR") or Path(__file__).parent / "data")


@dataclass(frozen=True)
class Golden:
    """One configuration of the reference: its files, and the numbers it produced."""

    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / "model"

    def tensors(self, name: str) -> dict[str, Tensor]:
        return load_file(self.folder / "golden" / f"{name}.safetensors")

    def records(self, name: str) -> Any:
        return json.loads((self.folder / "golden" / f"{name}.json").read_text(encoding="utf-8"))

    @cached_property
    def layout(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.folder / "layout.json").read_text())
        return found
