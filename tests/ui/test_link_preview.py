"""What a link shows elsewhere: our own name and picture, and nothing of Gradio's."""

import re
from collections.abc import Iterator

import httpx
import pytest

from lumina import images
from lumina.ui.link_preview import SIZE
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
