"""Turns of the Edit tab in a browser: on from the last one, back to an earlier one, a branch from there."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from lumina import images
from lumina.workflow.schema import load, task_of
from tests.browser.test_sharing import COPY
from tests.serving import served


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(0.02, tmp_path_factory.mktemp("studio"), tasks=["text_to_image", "edit"]) as address:
        yield address


@pytest.fixture
def edit(visit: Callable[..., Any]) -> Page:
    page: Page = visit().open()
    page.get_by_role("tab", name="Edit").click()
    tab_of(page).locator(".example").first.click()
    expect(turns(page)).to_have_count(2)
    tab_of(page).locator(".easel[data-state=done]").wait_for()
    return page


def tab_of(page: Page) -> Locator:
    return page.get_by_role("tabpanel").filter(visible=True)


def turns(page: Page) -> Locator:
    return tab_of(page).get_by_role("group", name="Turns").get_by_role("button")


def go_on(page: Page, instruction: str) -> None:
    count = turns(page).count()
    tab_of(page).get_by_label("Instruction").fill(instruction)
    tab_of(page).get_by_role("button", name="Generate").click()
    expect(turns(page)).to_have_count(count + 1)
    tab_of(page).locator(".easel[data-state=done]").wait_for()


def saved(page: Page, folder: Path) -> Path:
    with page.expect_download() as started:
        tab_of(page).get_by_role("link", name="Download").click()
    started.value.save_as(folder / started.value.suggested_filename)
    return folder / started.value.suggested_filename


def given_in(path: Path) -> Any:
    return task_of(load(images.read_recipe(path) or "")).model_dump()["image"]["image"]


def shown_in(path: Path) -> str:
    return images.digest_of(images.open_image(path))


def test_each_turn_goes_on_from_the_last_an_earlier_one_branches_and_one_is_shared(
    edit: Page, visit: Callable[..., Any], tmp_path: Path
) -> None:
    first = saved(edit, tmp_path)
    expect(tab_of(edit).locator(".suggested-edits")).to_have_count(0)  # no world can read what was drawn
    go_on(edit, "make it night")
    assert given_in(saved(edit, tmp_path)) == shown_in(first)
    expect(tab_of(edit).locator(".turns-next")).to_have_text("The next instruction changes turn 2.")

    turns(edit).nth(1).focus()
    edit.keyboard.press("Enter")
    expect(turns(edit).nth(1)).to_be_focused()
    expect(turns(edit).nth(1)).to_have_attribute("aria-pressed", "true")
    expect(tab_of(edit).locator(".turns-next")).to_have_text("The next instruction changes turn 1.")
    go_on(edit, "make it sunset")
    assert given_in(saved(edit, tmp_path)) == shown_in(first)
    branch = edit.get_by_role("button", name=re.compile("^Turn 3 ← 1 make it sunset"))
    expect(branch).to_contain_text("3 ← 1")
    expect(branch).to_have_attribute("aria-pressed", "true")
    edit.evaluate(COPY)
    tab_of(edit).get_by_role("button", name="Share").click()
    expect(tab_of(edit).locator(".easel-posted")).to_contain_text("but not the one that it began with")
    see_shared(visit().page, edit.evaluate("window.copied"), first)

    edit.reload()
    edit.get_by_role("tab", name="Edit").click()
    expect(turns(edit)).to_have_count(4)
    expect(tab_of(edit).locator(".turns-next")).to_have_text("The next instruction changes turn 3.")
    last = saved(edit, tmp_path)
    go_on(edit, "remove the cone")
    assert given_in(saved(edit, tmp_path)) == shown_in(last)

    # what was made before is at hand below the field
    field = tab_of(edit).locator(".image-field")
    field.get_by_text("Your pictures").click()
    expect(field.locator(".image-field-choices button")).to_have_count(4)
    field.locator(".image-field-choices button").last.click()
    expect(field.locator(".image-field-choices")).to_be_hidden()
    tab_of(edit).get_by_label("Instruction").fill("make it night")
    tab_of(edit).get_by_role("button", name="Generate").click()
    tab_of(edit).locator(".easel[data-state=drawing]").wait_for()
    tab_of(edit).locator(".easel[data-state=done]").wait_for()
    assert given_in(saved(edit, tmp_path)) == shown_in(first)


def see_shared(page: Page, link: str, first: Path) -> None:
    """A shared turn is seen at once; Replay waits for the picture that it began with."""
    page.goto(link)
    said = tab_of(page).locator(".easel-status")
    expect(said).to_contain_text("shared with you. To draw it again, put in the picture that it began with")
    expect(tab_of(page).locator(".easel-true")).to_have_js_property("naturalWidth", 128)
    expect(turns(page)).to_have_text(["Turn shared make it sunset"])
    replay = tab_of(page).get_by_role("button", name="Replay")
    expect(replay).to_be_hidden()
    tab_of(page).locator(".image-field input").set_input_files(first)
    replay.click()
    expect(said).to_contain_text("shared with you, identical ✓")
    expect(turns(page)).to_have_count(2)  # the first picture, and the turn
    expect(tab_of(page).locator(".kept-seed p")).to_have_count(0)

    # an empty field offers what was drawn before
    tab_of(page).get_by_role("button", name="Remove", exact=True).click()
    for title in ("Create", "Edit"):
        page.get_by_role("tab", name=title).click()
    tab_of(page).locator(".image-field-choices button").click()
    expect(tab_of(page).locator(".image-field-choices")).to_be_hidden()
    turns(page).first.click()
    expect(said).to_have_text("")  # of the picture that it began with there is nothing to say


def test_a_picture_put_in_while_a_turn_is_drawn_stays(edit: Page, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    images.write_png(other, Image.new("RGB", (128, 128), "orange"), by_model=False)
    tab_of(edit).get_by_role("button", name="Generate").click()
    tab_of(edit).locator(".easel[data-state=drawing]").wait_for()
    tab_of(edit).locator(".image-field input[type=file]").set_input_files(other)
    tab_of(edit).locator(".easel[data-state=done]").wait_for()
    expect(tab_of(edit).locator(".turns-next")).to_have_text(
        "The next instruction changes the picture in the form."
    )
    tab_of(edit).get_by_role("button", name="Generate").click()
    expect(turns(edit)).to_have_count(5)  # it begins a film of its own
    tab_of(edit).locator(".easel[data-state=done]").wait_for()
    assert given_in(saved(edit, tmp_path)) == shown_in(other)


def test_the_first_picture_is_a_turn_too_and_settings_bring_back_their_picture(
    edit: Page, tmp_path: Path
) -> None:
    first = saved(edit, tmp_path)
    edit.get_by_role("button", name="The picture it began with").click()
    expect(tab_of(edit).get_by_role("button", name="Open as workflow")).to_be_hidden()
    original = saved(edit, tmp_path)
    assert shown_in(original) == given_in(first)
    go_on(edit, "make it night")
    assert given_in(saved(edit, tmp_path)) == given_in(first)

    turns(edit).nth(1).click()
    tab_of(edit).get_by_role("button", name="Use settings").click()
    expect(tab_of(edit).locator(".easel-status")).to_contain_text("Every setting is back")
    expect(tab_of(edit).locator(".easel-status")).not_to_contain_text("Put in")
    expect(tab_of(edit).locator(".turns-next")).to_have_text(
        "The next instruction changes the first picture."
    )
    tab_of(edit).get_by_role("button", name="Generate").click()
    expect(tab_of(edit).locator(".easel-chip.same")).to_have_text("identical ✓")
    expect(turns(edit)).to_have_count(3)


def test_after_a_reroll_the_new_turn_is_changed_next(edit: Page, tmp_path: Path) -> None:
    tab_of(edit).get_by_role("button", name="Re-roll…").click()
    tab_of(edit).get_by_role("button", name="Re-roll", exact=True).click()
    expect(turns(edit)).to_have_count(3)
    tab_of(edit).locator(".easel[data-state=done]").wait_for()
    expect(tab_of(edit).locator(".turns-next")).to_have_text("The next instruction changes turn 2.")
    rerolled = saved(edit, tmp_path)
    go_on(edit, "make it night")
    assert given_in(saved(edit, tmp_path)) == shown_in(rerolled)
