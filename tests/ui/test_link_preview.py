"""What a link shows elsewhere: our own name and picture, and nothing of Gradio's."""

import base64
import json
import re
import zlib
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from lumina import images
from lumina.errors import InputError
from lumina.ui.link_preview import SIZE, tags
from lumina.ui.shared_picture import MOST_RECIPE, code_in, unpacked
from tests.serving import served


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        served(0, tmp_path_factory.mktemp("studio")) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def test_a_link_shows_the_studio_and_a_picture_of_its_own(studio: httpx.Client) -> None:
    page = studio.get("/").text
    said = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page))
    assert said["og:title"] == "Lumina Studio" and page.count("og:title") == 1
    assert "gradio" not in " ".join(said.values()).lower()
    assert page.index("<meta charset") < 1024
    picture = studio.get(said["og:image"])
    assert picture.headers["content-type"] == "image/png" and len(picture.content) < 200_000
    assert images.open_image(picture.content).size == SIZE


def packed(text: str) -> str:
    packer = zlib.compressobj(wbits=-15)
    data = packer.compress(text.encode()) + packer.flush()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_a_link_to_a_picture_shows_what_was_asked_for(studio: httpx.Client) -> None:
    prompt = 'a "red" cube <script>'
    node = f'{{"task": "text_to_image", "inputs": {{"prompt": {json.dumps(prompt)}, "seed": 1}}}}'
    code = packed(f'{{"lumina": 1, "nodes": {{"a": {node}}}}}')
    page = studio.get("/", params={"picture": code}).text
    said = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page))
    assert unescape(said["og:title"]) == prompt and "<script>" not in said["og:title"]
    assert said["og:url"].endswith(f"/?picture={code}") and said["og:image"].endswith("preview.png")
    assert 'content="Lumina Studio"' in tags("http://here", "damaged")
    result = "0" * 32
    assert f'content="http://here/lumina/shared/{result}.png"' in tags("http://here", code, result)
    assert 'preview.png"' in tags("http://here", code, "../x")


@pytest.mark.parametrize("code", ["", "*", "AAAA", "a" * 40_000, packed("a" * (MOST_RECIPE + 1))])
def test_a_damaged_link_is_refused(code: str) -> None:
    with pytest.raises(InputError, match="copy it again"):
        unpacked(code)


def test_the_recipe_is_in_the_query() -> None:
    assert code_in(b"a=1&picture=abc") == "abc" and code_in(b"") == code_in(b"\xff") == ""
    assert unpacked(packed("Äpfel")) == "Äpfel"
