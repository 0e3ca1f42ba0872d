"""The manifest of a model folder: the sha256 of its files, and what the model says of itself."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lumina.errors import CheckpointMismatch
from lumina.model.fields import read_json

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """``files``: digests by file name. ``spec``: fields of ModelSpec, empty where the folder does not say.

    Older manifests hold the digests alone, without the key ``files``.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)

    @property
    def revision(self) -> str:
        """Eight digits of what the files are; what the model says of itself does not count."""
        return hashlib.sha256(_text(self.files).encode()).hexdigest()[:8]

    def write(self, folder: Path) -> None:
        """Write it into a folder, its keys in order."""
        content = _text({"files": self.files, **({"spec": self.spec} if self.spec else {})})
        (folder / MANIFEST).write_text(content, encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder, empty where there is none; raises CheckpointMismatch for a damaged one."""
    path = folder / MANIFEST
    if not path.exists():
        return Manifest()
    content = read_json(path)
    files, spec = content.get("files", content), content.get("spec", {})
    if not isinstance(spec, dict) or not isinstance(files, dict):
        raise CheckpointMismatch(f"{path} is damaged; download the model again.")
    return Manifest(files, spec)


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=1, sort_keys=True) + "\n"
