"""What a person finds again in the Gallery, in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from lumina import images
from lumina.workflow.schema import load, task_of


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
    for box in cards.get_by_label("Compare").all():
        box.check()
    expect(page.locator(".gallery-slider img")).to_have_count(2)

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
    cards.get_by_role("button", name="Delete").click()
    cards.get_by_role("button", name="Delete for good").click()
    expect(page.locator(".gallery-status")).to_have_text("No picture with these words.")
    page.reload()
    expect(gallery(page).locator(".gallery-title")).to_have_text(["two blue spheres"])
    stranger = visit().open()
    gallery(stranger)
    expect(stranger.locator(".gallery-status")).to_contain_text("Nothing yet")
