"""A model folder is known by what its manifest says, under any name; its revision is that of its files."""

import json
from pathlib import Path

import pytest

from lumina.errors import CheckpointMismatch
from lumina.model.checkpoint import find_folder, write_manifest
from lumina.model.config import MODELS, spec_of
from lumina.model.manifest import MANIFEST, Manifest, read_manifest

SHIPPED = MODELS["tabletop"]


def test_the_shipped_model_says_what_it_is_and_keeps_its_revision() -> None:
    manifest = read_manifest(find_folder(SHIPPED.source))
    assert manifest.spec == json.loads(json.dumps(SHIPPED.described())) and manifest.revision == "ec6016d7"
    assert Manifest(manifest.files).revision == manifest.revision


@pytest.mark.parametrize("below", ["", "model"])
def test_a_folder_is_what_it_says_under_any_name(tmp_path: Path, below: str) -> None:
    folder = tmp_path / "x"
    (folder / below).mkdir(parents=True)
    (folder / below / "config.json").write_text("{}")
    write_manifest(folder / below, {**SHIPPED.described(), "window": 7})
    spec = spec_of(str(folder))
    assert (spec.name, spec.world, spec.window, spec.sizes) == ("x", SHIPPED.world, 7, SHIPPED.sizes)
    write_manifest(folder / below)  # renewed, it says the same
    assert spec_of(str(folder)) == spec


def test_manifests_of_before_hold_digests_alone(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps({"config.json": "12"}))
    assert read_manifest(tmp_path) == Manifest({"config.json": "12"})


@pytest.mark.parametrize("spec", [{"title": 3}, {**SHIPPED.described(), "sizes": "large"}])
def test_a_spec_that_cannot_be_is_named(tmp_path: Path, spec: dict[str, object]) -> None:
    (tmp_path / "config.json").write_text("{}")
    write_manifest(tmp_path, spec)
    with pytest.raises(CheckpointMismatch, match=r"manifest\.json"):
        spec_of(str(tmp_path))


def test_a_world_that_is_not_here_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    write_manifest(tmp_path, {**SHIPPED.described(), "world": "nowhere"})
    with pytest.raises(CheckpointMismatch, match='the world "nowhere", which is not known here'):
        spec_of(str(tmp_path))
