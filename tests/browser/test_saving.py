"""Save as: everything that the list offers becomes a file, by pointer on a phone and by keys."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from lumina import images
from lumina.tasks import TASKS
from tests.browser.conftest import Visit
from tests.serving import served


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(0.02, tmp_path_factory.mktemp("studio"), tasks=list(TASKS)) as address:
        yield address


def saved(page: Page, name: str, folder: Path, *, by_key: bool = False) -> tuple[str, bytes]:
    """The file that a button of the list gives."""
    button = page.get_by_role("group", name="Save as").get_by_role("button", name=name)
    with page.expect_download() as started:
        button.press("Enter") if by_key else button.click()
    started.value.save_as(folder / "file")
    return started.value.suggested_filename, (folder / "file").read_bytes()


@pytest.mark.parametrize("width", [390, 1400])
def test_everything_in_the_list_is_saved(visit: Callable[..., Visit], tmp_path: Path, width: int) -> None:
    page = visit(viewport={"width": width, "height": 844}, reduced_motion="reduce").open()
    page.wait_for_selector(".easel-word")
    page.get_by_role("button", name="Save as…").press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    name, file = saved(page, "4× larger", tmp_path, by_key=True)
    assert name == "tabletop-2-4x.png" and images.open_image(file).size == (512, 512)
    assert images.read_recipe(file)
    name, file = saved(page, "GIF", tmp_path)
    assert name == "tabletop-2-film.gif" and Image.open(io.BytesIO(file)).format == "GIF"
    name, file = saved(page, "WebM", tmp_path, by_key=True)
    assert name == "tabletop-2-film.webm" and file[:4] == b"\x1a\x45\xdf\xa3"
    name, file = saved(page, "Cut-out", tmp_path)  # of which the model draws the mask first
    assert name == "tabletop-2-cut-out.png" and images.open_image(file, keep_alpha=True).mode == "RGBA"

    page.get_by_role("radio", name="segmentation").check()
    page.locator(".presets").wait_for(state="hidden")  # a picture and its map are drawn one at a time
    page.locator(".example").first.click()
    page.wait_for_selector(".easel[data-state=done]")
    halves = [saved(page, name, tmp_path) for name in ("Picture alone", "Map alone")]
    assert [name.rpartition("-")[2] for name, _ in halves] == ["picture.png", "segmentation.png"]
    assert [images.open_image(file).size for _, file in halves] == [(128, 128), (128, 128)]
    assert all(images.read_recipe(file) for _, file in halves)
