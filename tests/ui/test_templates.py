"""The pictures beside the templates: drawn by a command, small, and fetched by the page."""

import json
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from lumina.cli.main import app
from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.ui import opening
from lumina.ui import templates as offered
from lumina.workflow.schema import load
from lumina.worlds import language_of
from lumina.worlds.language import Kind

DOCUMENT = {
    "lumina": 1,
    "title": "Two cones",
    "nodes": {
        "draw": {"task": "text_to_image", "inputs": {"prompt": ["a red cone", "a blue cone"], "seed": 1}},
        "words": {"task": "text", "inputs": {"text": "no picture"}},
    },
    "outputs": {"words": {"from": "words.text"}, "picture": {"from": "draw.image"}},
}

STICKERS = MODELS["stickers"]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one template, a place for its picture, and the picture that the page opens with."""
    (tmp_path / "openings").mkdir()
    shutil.copy(opening.OPENINGS / "tabletop.json", tmp_path / "openings")
    monkeypatch.setattr(opening, "OPENINGS", tmp_path / "openings")
    monkeypatch.setattr(opening, "FILM", tmp_path / "film.gif")
    (tmp_path / "two-cones.json").write_text(json.dumps(DOCUMENT))
    monkeypatch.setattr(offered, "TEMPLATES", tmp_path)
    monkeypatch.setattr(offered, "PICTURES", tmp_path / "pictures")
    monkeypatch.setattr("lumina.cli.generate.open_pipeline", lambda model: FakePipeline())
    return tmp_path


def test_a_template_gets_its_picture_which_the_page_fetches(folders: Path) -> None:
    (before,) = offered.templates(MODELS["tabletop"])
    assert "picture" not in before and offered.template_routes() == []
    assert CliRunner().invoke(app, ["templates"]).output == (
        f"two-cones  Two cones  {folders / 'two-cones.json'}\n"
    )
    assert not (folders / "pictures").exists()  # a list costs nothing
    written = CliRunner().invoke(app, ["templates", "--draw", "--json"]).output
    path, first = folders / "pictures" / "two-cones.png", folders / "openings" / "tabletop.json"
    film = folders / "film.gif"
    assert json.loads(written) == {"files": [str(path), str(first), str(film)]}
    assert film.read_bytes().startswith(b"GIF89a")
    assert json.loads(first.read_text())["model"] == "tabletop@fake"
    (after,) = offered.templates(MODELS["tabletop"])
    with TestClient(Starlette(routes=offered.template_routes())) as client:
        answer = client.get(after["picture"])
    assert answer.content == path.read_bytes() and "immutable" in answer.headers["cache-control"]


def test_a_world_has_its_own_templates_where_it_speaks_of_other_things(folders: Path) -> None:
    (folders / "stickers").mkdir()
    (folders / "stickers" / "cats.json").write_text(json.dumps(DOCUMENT))
    assert [each["name"] for each in offered.templates(STICKERS)] == ["stickers/cats"]
    assert [each["name"] for each in offered.templates(MODELS["omni"])] == ["two-cones"]
    picture = folders / "pictures" / "stickers" / "cats.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(offered.strip_of([Image.new("RGB", (128, 128))]))
    (cats,) = offered.templates(STICKERS)
    with TestClient(Starlette(routes=offered.template_routes())) as client:
        assert client.get(cats["picture"]).content == picture.read_bytes()


def test_what_comes_with_stickers_says_only_what_they_know() -> None:
    language = language_of("stickers")
    assert language is not None
    found = offered.templates(STICKERS)
    said = [words for each in found for words in words_of(each["text"])]
    assert len(found) >= 3 and said
    assert [words for words, kind in said if language.unknown_words(words, kind)] == []


def words_of(text: str) -> list[tuple[str, Kind]]:
    """The words of a template and what they are for, those that its inputs are filled with among them."""
    workflow = load(text)
    kinds: dict[str, Kind] = {"prompt": "prompt", "instruction": "instruction"}
    given = [(each.default, kinds["prompt"]) for each in workflow.inputs.values() if each.type == "text"]
    nodes = [
        (node.inputs[name], kind)
        for node in workflow.nodes.values()
        for name, kind in kinds.items()
        if name in node.inputs
    ]
    found = [(words, kind) for values, kind in (*given, *nodes) for words in np.ravel(values)]
    return [(str(words), kind) for words, kind in found if isinstance(words, str)]


@pytest.mark.parametrize(
    ("sizes", "box"),
    [
        ([(128, 128)] * 5, (0, 0, 294, 96)),  # three of the five
        ([(640, 100)], (0, 25, 294, 71)),  # a wide one is made smaller
        ([(96, 160)], (118, 0, 176, 96)),
    ],
)
def test_a_strip_shows_what_there_is_room_for(sizes: list[tuple[int, int]], box: Any) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (700, 700, 3), dtype=np.uint8)
    pictures = [Image.fromarray(noise).crop((0, 0, *size)) for size in sizes]
    png = offered.strip_of(pictures)
    assert len(png) < 40_000
    strip = Image.open(BytesIO(png)).convert("RGBA")
    assert strip.size == offered.STRIP
    assert strip.getbbox() == box
