"""The sheet is built from packages that are what they should be, and from nothing else."""

import base64
import hashlib
import json
import tarfile

import numpy as np
import pytest

from lumina.errors import InputError
from lumina.worlds.stickers import sources


@pytest.fixture
def package(tmp_path):
    inner = tmp_path / "icons.json"
    inner.write_text(json.dumps({"icons": {"a": {"body": ""}}}))
    file = tmp_path / "emoji-1.0.tgz"
    with tarfile.open(file, "w:gz") as archive:
        archive.add(inner, "package/icons.json")
    return file, base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()


def test_a_package_is_read_from_the_cache(package, tmp_path):
    file, digest = package
    assert sources.fetched(("emoji", "1.0", digest), tmp_path) == file
    assert sources.member(file, "icons.json")["icons"] == {"a": {"body": ""}}


def test_another_package_is_refused(package, tmp_path):
    with pytest.raises(InputError, match=r"is not emoji .* as it was published"):
        sources.fetched(("emoji", "1.0", "AAAA"), tmp_path)


def test_npm_is_asked_for_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(sources.shutil, "which", lambda name: None)
    with pytest.raises(InputError, match="fetched with npm, which is not installed"):
        sources.fetched(("emoji", "1.0", "AAAA"), tmp_path)


def test_drawings_fill_their_square_and_twins_are_left_out(monkeypatch):
    tile = np.full((sources.ART, sources.ART, 4), 255, np.uint8)
    monkeypatch.setattr(sources, "drawing", lambda icons, name: icons.get(name))
    black = tile * np.array([0, 0, 0, 1], np.uint8)
    found = sources.drawings({"flat": {"x": tile}, "retro": {"x": tile}, "line art": {"x": black}}, "x")
    assert list(found) == ["flat", "line art"]
