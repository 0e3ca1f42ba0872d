"""Whole pictures, a zip, stars and deletions: of whoever has the name, and nobody else."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lumina.images import png_bytes
from lumina.settings import Settings
from lumina.ui.gallery import Archive
from lumina.ui.gallery_route import ADDRESS, SHARED, gallery_route, shared_route

ANNA, BORIS = "a" * 32, "b" * 32


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.of(Settings(results=tmp_path))


def ask(archive: Archive, act: str, ids: list[str], visitor: str = ANNA) -> Any:
    app = TestClient(Starlette(routes=[gallery_route(archive)]))
    return app.post(f"/{ADDRESS}", content=json.dumps({"act": act, "ids": ids, "visitor": visitor}))


def test_pictures_and_zips_are_as_they_were_kept_and_nobody_elses(archive: Archive) -> None:
    assert archive.store is not None
    pngs = [png_bytes(Image.new("RGB", (16, 16), colour), "{}") for colour in ("red", "blue")]
    ids = [archive.store.keep(ANNA, png) for png in pngs]
    assert ask(archive, "picture", ids[:1]).content == pngs[0]
    assert [card["id"] for card in ask(archive, "list", []).json()["cards"]] == ids[::-1]
    assert ask(archive, "list", [], BORIS).json()["cards"] == []
    answer = ask(archive, "zip", [*ids, "missing", ids[0]])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as whole:
        assert whole.testzip() is None and [whole.read(name) for name in whole.namelist()] == pngs
    for act in ("picture", "zip"):
        refused = ask(archive, act, ids, BORIS)
        assert refused.status_code == 404 and "search again" in refused.text
    for act in ("delete", "star"):
        ask(archive, act, ids, BORIS)
    assert not any(kept.is_starred for kept in archive.listed(ANNA, "", 10))
    ask(archive, "star", ids[:1])
    assert [kept.id for kept in archive.listed(ANNA, "", 10, starred=True)] == ids[:1]
    ask(archive, "delete", ids)
    assert archive.listed(ANNA, "", 10) == []


def test_a_shared_picture_is_shown_to_whoever_has_its_id_until_it_is_deleted(archive: Archive) -> None:
    assert archive.store is not None
    app = TestClient(Starlette(routes=[shared_route(archive)]))
    png, other = (png_bytes(Image.new("RGB", (16, 16), colour), "{}") for colour in ("red", "blue"))
    key, hidden = (archive.store.keep(ANNA, each) for each in (png, other))
    assert ask(archive, "share", [key], BORIS).status_code == 404  # it is not his
    assert app.get(f"/{SHARED}/{key}.png").status_code == 404
    assert ask(archive, "share", [key]).status_code == 200
    archive.store.keep(ANNA, png)  # once more: it stays shared
    assert app.get(f"/{SHARED}/{key}.png").content == png
    assert ask(archive, "share", [key], BORIS).status_code == 200  # he passes it on
    assert app.get(f"/{SHARED}/{hidden}.png").status_code == 404
    ask(archive, "delete", [key])
    gone = app.get(f"/{SHARED}/{key}.png")
    assert gone.status_code == 404 and "not shared any more" in gone.text


def test_what_it_does_not_know_is_refused(archive: Archive) -> None:
    assert ask(archive, "burn", []).status_code == 400 and ask(archive, "zip", []).status_code == 404
