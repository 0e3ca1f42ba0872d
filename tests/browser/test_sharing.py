"""A link to a picture, opened elsewhere: the page draws it again and says whether it is the same."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.acts import open_tab
from tests.browser.conftest import Visit
from tests.browser.test_gallery import draw

COPY = "navigator.clipboard.writeText = async (text) => void (window.copied = text)"


@pytest.mark.parametrize("width", [390, 1400])
def test_a_shared_picture_is_drawn_again_and_compared(visit: Callable[..., Visit], width: int) -> None:
    size = {"width": width, "height": 844}
    page = visit(viewport=size).open()
    draw(page, "a red cone")
    page.evaluate(COPY)
    page.get_by_role("button", name="Share").click()
    expect(page.locator(".easel-posted")).to_contain_text("Link copied")
    link = page.evaluate("window.copied")
    assert "?picture=" in link and link.endswith("#create")
    open_tab(page, "Gallery")
    page.evaluate("window.copied = ''")
    row = page.locator(".gallery-card .gallery-row").first
    before = row.bounding_box()
    row.get_by_role("button", name="Share").click()
    note = row.locator(".gallery-note")
    expect(note).to_contain_text("Link copied ✓")
    assert row.bounding_box() == before  # nothing moves
    assert page.evaluate("window.copied") == link

    other = visit(viewport=size).page
    other.goto(link)
    other.wait_for_selector(".easel[data-state=done]")
    expect(other.locator(".easel-status")).to_contain_text("shared with you, identical ✓")
    expect(other.get_by_label("Prompt")).to_have_value("a red cone")
    expect(other.locator(".easel-true[alt='a red cone']")).to_be_visible()
    expect(other.locator(".easel-shelf")).to_be_hidden()  # it is the only one
    assert other.url.endswith("/#create")
    expect(note).to_have_count(0, timeout=15_000)
    expect(page.locator(".easel-posted")).to_have_text("", timeout=15_000)  # what is said goes by itself
    assert other.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_is_another_picture_says_why(visit: Callable[..., Visit]) -> None:
    page = visit().page
    pack = """async (text) => {
      const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
      const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
      return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
    }"""
    recipe = """{"lumina": 1, "model": "tabletop@old", "x-codes": "0", "nodes": {"a": {
      "task": "text_to_image",
      "inputs": {"prompt": "a blue cube", "seed": 5}}}}"""
    code = page.evaluate(pack, recipe)
    page.goto(f"{visit().address}/?picture={code}#create")
    page.wait_for_selector(".easel[data-state=done]")
    said = page.locator(".easel-status")
    expect(said).to_contain_text("another picture than the one that was shared. tabletop@old drew that one")
    expect(page.locator(".easel-shelf")).to_be_hidden()
