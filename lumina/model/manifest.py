"""The manifest of a model folder: the sha256 of every file, and what to know of the model."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lumina.errors import CheckpointMismatch
from lumina.model.json_fields import read_json

MANIFEST = "manifest.json"
DRAFTS = "drafts.npz"


@dataclass(frozen=True)
class Manifest:
    """``files``: sha256 by name. ``spec``: what `ModelSpec.described` gives, empty in folders of before."""

    files: Mapping[str, str] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)

    @property
    def revision(self) -> str:
        """Eight hexadecimal digits that stand for what draws, whatever is said of it; "" without files.

        Drafts change the speed alone.
        """
        drawing = {name: digest for name, digest in self.files.items() if name != DRAFTS}
        return hashlib.sha256(_json(drawing).encode()).hexdigest()[:8] if drawing else ""

    def write(self, folder: Path) -> None:
        """Write it into ``folder``."""
        content = {"files": dict(self.files)} | ({"spec": dict(self.spec)} if self.spec else {})
        (folder / MANIFEST).write_text(_json(content), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """What lies in ``folder``, empty if there is none; raises CheckpointMismatch if it is damaged."""
    path = folder / MANIFEST
    if not path.exists():
        return Manifest()
    content = read_json(path)
    files, spec = content.get("files", content), content.get("spec", {})  # once it held the files alone
    if isinstance(files, dict) and isinstance(spec, dict):
        digests = {name: digest for name, digest in files.items() if isinstance(digest, str)}
        if len(digests) == len(files):
            return Manifest(digests, spec)
    raise CheckpointMismatch(f"{path} is damaged; download the model again.")


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=1, sort_keys=True) + "\n"
