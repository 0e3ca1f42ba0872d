"""What a person finds again in the Gallery, in a real browser."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from lumina import images
from lumina.workflow.schema import load, task_of
from tests.browser.acts import open_tab


def draw(page: Page, prompt: str) -> None:
    page.get_by_label("Prompt").fill(prompt)
    page.get_by_role("button", name="Generate").click()
    page.wait_for_selector(f".easel[data-state=done] .easel-true[alt='{prompt}']")


def gallery(page: Page) -> Locator:
    page.get_by_role("tab", name="Gallery").click()
    return page.locator(".gallery-card")


def test_pictures_are_found_again_compared_restored_and_deleted(
    visit: Callable[..., Any], tmp_path: Path
) -> None:
    page = visit().open()
    draw(page, "a red cone")
    draw(page, "two blue spheres")
    cards = gallery(page)
    expect(cards.locator(".gallery-title")).to_have_text(["two blue spheres", "a red cone"])
    expect(page.locator(".gallery-promise")).to_contain_text("until you delete them")
    for box in cards.get_by_label("Select").all():
        box.check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".compare-names p")).to_have_text(["two blue spheres", "a red cone"])
    page.keyboard.press("Escape")

    page.reload()
    cards = gallery(page)
    expect(cards).to_have_count(2)
    page.get_by_label("Search the gallery").fill("CONE")
    expect(cards).to_have_count(1)
    with page.expect_download() as started:
        cards.get_by_role("button", name="Download").click()
    started.value.save_as(tmp_path / "cone.png")
    recipe = task_of(load(images.read_recipe(tmp_path / "cone.png") or "")).model_dump()
    assert recipe["prompt"] == "a red cone"

    cards.get_by_role("button", name="Restore").click()
    expect(page.get_by_label("Prompt")).to_have_value("a red cone")
    expect(page.get_by_role("textbox", name="Seed")).to_have_value(str(recipe["seed"]))
    expect(page.locator(".easel-status")).to_contain_text("Every setting is back")

    cards = gallery(page)
    expect(cards.locator("img")).to_have_attribute("data-here", "")
    cards.locator("img").evaluate("image => void (image.src = 'data:image/webp;base64,AAAA')")
    expect(cards.locator(".gallery-open")).to_have_text("This picture is missing.")
    cards.get_by_role("button", name="Delete").click()
    expect(page.locator(".gallery-status")).to_have_text("No picture with these words.")
    page.reload()  # with which the undo is gone
    expect(gallery(page).locator(".gallery-title")).to_have_text(["two blue spheres"])
    stranger = visit().open()
    gallery(stranger)
    expect(stranger.locator(".gallery-status")).to_contain_text("Nothing yet")


@pytest.mark.parametrize("width", [390, 1400])
def test_large_by_keys_stars_several_at_once_and_undo(
    visit: Callable[..., Any], tmp_path: Path, width: int
) -> None:
    page = visit(viewport={"width": width, "height": 844}).open()
    for prompt in ("a red cone", "two blue spheres", "a green cube"):
        draw(page, prompt)
    open_tab(page, "Gallery")
    cards, large = page.locator(".gallery-card"), page.locator(".gallery-large")
    cards.first.get_by_role("button", name="Open large").click()
    place = large.locator(".gallery-place")
    expect(place).to_contain_text("1 of 3")
    expect(large.locator("img[src^=blob]")).to_be_visible()
    page.keyboard.press("ArrowLeft")  # there is none
    page.keyboard.press("ArrowRight")
    expect(large.locator(".gallery-title")).to_have_text("two blue spheres")
    large.get_by_role("button", name="Star").click()
    box = large.locator("img").bounding_box() or {}
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 65)
    page.mouse.up()
    expect(place).to_contain_text("3 of 3")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.keyboard.press("Escape")
    expect(cards.last.get_by_role("button", name="Open large")).to_be_focused()

    page.get_by_role("button", name="★ Starred").click()
    expect(cards.locator(".gallery-title")).to_have_text(["two blue spheres"])
    page.get_by_role("button", name="★ Starred").click()
    expect(cards).to_have_count(3)
    for at in (0, 1):
        cards.nth(at).get_by_label("Select").check()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download as zip").click()
    started.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as whole:
        recipes = [load(images.read_recipe(whole.read(name)) or "") for name in whole.namelist()]
    assert [recipe.nodes["text_to_image"].inputs["prompt"] for recipe in recipes] == [
        "a green cube",
        "two blue spheres",
    ]
    page.get_by_role("group", name="Selected pictures").get_by_role("button", name="Delete").click()
    expect(cards).to_have_count(1)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(cards).to_have_count(3)
    expect(cards.first.get_by_role("button", name="Open large")).to_be_focused()

    cards.first.get_by_role("button", name="Use in…").click()
    cards.first.get_by_role("button", name="Canvas").click()
    expect(page.locator(".lumina-canvas .node, .lumina-canvas article")).not_to_have_count(0)


def test_a_browser_that_keeps_nothing_is_promised_nothing(visit: Callable[..., Any]) -> None:
    visited = visit()
    refusal = "{ get() { throw new DOMException('', 'SecurityError') } }"
    visited.page.add_init_script(f"Object.defineProperty(window, 'localStorage', {refusal})")
    page = visited.open()
    gallery(page)
    expect(page.locator(".gallery-promise")).to_contain_text("keeps nothing for this page")
    assert all("SecurityError" in each for each in visited.complaints)  # of Gradio's own scripts
    visited.complaints.clear()
