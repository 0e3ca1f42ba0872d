"""What a reload, Back and Forward, a link and a lost studio leave as it was."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from lumina import images
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks import TASKS
from lumina.tasks.image_input import ImageInput
from lumina.workflow.executor import Resources
from lumina.workflow.executor import run as run_workflow
from lumina.workflow.image_lookup import MemoryImages
from lumina.workflow.schema import load
from tests.browser.acts import open_tab
from tests.browser.conftest import Visit
from tests.browser.test_canvas import card, load_document, run, wait_for
from tests.browser.test_tabs import go, result_of
from tests.serving import free_port, served, started

CHANGE = {
    "lumina": 1,
    "nodes": {
        "photo": {"task": "image_file"},
        "draft": {"task": "text_to_image", "inputs": {"prompt": "a red cone", "stop_row": 2}},
        "change": {
            "task": "edit",
            "inputs": {"instruction": "make it blue", "image": {"from": "photo.image"}},
        },
    },
}

WIDTHS = pytest.mark.parametrize("width", [390, 1400])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(0.1, tmp_path_factory.mktemp("studio"), tasks=list(TASKS)) as address:
        yield address


def at(width: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": 844}}


def expect_tab(page: Page, title: str) -> None:
    """The tab is shown, and in the address."""
    expect(page.locator(f"#tab-{title.lower()}")).to_be_visible()
    expect(page.get_by_role("tabpanel").filter(visible=True)).to_have_count(1)


@WIDTHS
def test_the_address_names_the_tab(visit: Callable[..., Visit], width: int) -> None:
    studio = visit(**at(width))
    page = studio.open()
    go(page, "Edit")
    expect(page).to_have_url(re.compile("#edit$"))
    open_tab(page, "Gallery")
    expect(page).to_have_url(re.compile("#gallery$"))
    page.go_back()
    expect_tab(page, "Edit")
    page.go_back()
    expect_tab(page, "Create")
    page.go_forward()
    expect_tab(page, "Edit")
    page.reload()
    expect_tab(page, "Edit")
    assert page.evaluate("history.length") <= 4  # coming back adds nothing to go back to

    expect_tab(visit(**at(width)).open("predict"), "Predict")
    page = visit(**at(width)).open("nowhere")
    expect_tab(page, "Create")
    go(page, "Subject")
    expect(page).to_have_url(re.compile("#subject$"))


@WIDTHS
def test_pictures_in_forms_survive_a_reload(visit: Callable[..., Visit], tmp_path: Path, width: int) -> None:
    Image.linear_gradient("L").convert("RGB").save(tmp_path / "photo.png")
    page = visit(**at(width)).open()
    for title in ("Predict", "Control", "Edit", "Subject"):
        tab = go(page, title)
        tab.locator(".image-field input[type=file]").set_input_files(tmp_path / "photo.png")
        expect(tab.locator(".image-field")).to_have_attribute("data-state", "full")
    go(page, "Control").get_by_label("Prompt").fill("a red cone")
    page.reload()
    for title in ("Predict", "Control", "Edit", "Subject"):
        expect(go(page, title).locator(".image-field")).to_have_attribute("data-state", "full")
    tab = go(page, "Control")
    expect(tab.get_by_label("Prompt")).to_have_value("a red cone")
    tab.get_by_role("button", name="Generate").click()
    result_of(tab)
    tab = go(page, "Predict")
    tab.get_by_role("button", name="Remove").click()
    page.reload()
    tab = go(page, "Predict")
    expect(tab.locator(".easel[data-state=empty]")).to_be_visible()
    expect(tab.locator(".image-field")).to_have_attribute("data-state", "empty")


def test_a_drawing_of_which_nothing_was_kept_is_named_after_the_reload(visit: Callable[..., Visit]) -> None:
    page = visit().open()
    tab = go(page, "Create")
    page.route("**/queue/join*", lambda _: None)  # it waits for ever
    tab.get_by_label("Prompt").fill("a red cone")
    tab.get_by_role("button", name="Generate").click()
    expect(tab.locator(".easel[data-state=waiting]")).to_be_visible()
    page.reload()
    page.unroute_all(behavior="ignoreErrors")  # only now: what is held would go on its way
    said = re.compile("Nothing was drawn yet .* press Generate")
    expect(go(page, "Create").locator(".easel-problem")).to_contain_text(said, timeout=30_000)
    expect(tab.get_by_label("Prompt")).to_have_value("a red cone")

    # A page that is left before its first row is kept: no transaction of its storage ends.
    page.evaluate("IDBDatabase.prototype.transaction = () => ({ objectStore: () => ({ get: () => ({}) }) })")
    tab.get_by_role("button", name="Generate").click()
    result_of(tab)
    page.reload()
    expect(go(page, "Create").locator(".easel-problem")).to_contain_text(said, timeout=30_000)
    tab.get_by_role("button", name="Generate").click()
    result_of(tab)
    page.reload()
    tab.locator(".easel-cell").wait_for()
    expect(tab.locator(".easel-problem")).to_be_empty()


@WIDTHS
def test_a_run_of_the_canvas_goes_on_after_a_reload(visit: Callable[..., Visit], width: int) -> None:
    page = visit(**at(width)).open("workflow")
    page.wait_for_selector(".lumina-canvas .toolbar")
    draft = {"task": "text_to_image", "inputs": {"prompt": "a red cone", "variations": 2, "seed": "random"}}
    small = {"task": "resize", "inputs": {"image": {"from": "draft.image"}, "width": 64, "height": 64}}
    load_document(page, {"lumina": 1, "nodes": {"draft": draft, "small": small}})
    run(page)
    page.wait_for_function("Number(document.querySelector('[data-row]')?.dataset.row) > 2")
    page.reload()
    said = page.locator(".notice")
    expect(said).to_contain_text("The run goes on where the reload broke it off.", timeout=30_000)
    wait_for(page, small="done")
    expect(card(page, "small").locator(".pictures img")).to_have_count(2)


def test_a_run_that_another_page_broke_off_is_said_to_have_stopped(visit: Callable[..., Visit]) -> None:
    studio = visit()
    page = studio.open("workflow")
    load_document(
        page, {"lumina": 1, "nodes": {"draft": {"task": "text_to_image", "inputs": {"prompt": "a cone"}}}}
    )
    run(page)
    page.wait_for_function("Number(document.querySelector('[data-row]')?.dataset.row) > 2")
    page.goto("about:blank")
    page.goto(f"{studio.address}/#workflow")
    expect(page.locator(".plan small")).to_have_text(
        "The run stopped when the page was left; what was drawn is kept.", timeout=30_000
    )
    page.get_by_role("button", name="Continue").click()
    wait_for(page, draft="done")


def test_the_head_says_that_the_studio_is_away_and_that_it_is_back(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    studio = visit()
    with served(0, tmp_path) as studio.address:
        page = studio.open()
    badge = page.locator(".model-badge")
    expect(badge).to_have_attribute("data-state", "away", timeout=20_000)
    for width in (1400, 390):
        page.set_viewport_size({"width": width, "height": 844})
        expect(badge).to_contain_text("cannot be reached")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    port = int(studio.address.rpartition(":")[2])
    with served(0, tmp_path, port=port):
        expect(badge).to_have_attribute("data-state", "ready", timeout=30_000)
        expect(badge).to_contain_text("CPU")
        page.locator(".example").first.click()
        page.wait_for_selector(".easel[data-state=done]")
        page.goto("about:blank")  # which asks nobody whether the studio is there
    studio.complaints.clear()  # the browser says that nobody answered, too


def test_what_a_killed_studio_was_drawing_goes_on_in_the_next(
    visit: Callable[..., Visit], tmp_path: Path, downloads: Callable[[Page], Path]
) -> None:
    photo = tmp_path / "photo.png"
    Image.linear_gradient("L").convert("RGB").save(photo)
    one, other = visit(), visit()
    port = free_port()
    with started(1, tmp_path, ("text_to_image", "edit"), port) as (address, process):
        one.address = other.address = address
        tab, canvas = one.open(), other.open("workflow")
        load_document(canvas, CHANGE)
        card(canvas, "photo").locator("input[type=file]").set_input_files(photo)
        expect(card(canvas, "photo").locator(".picture-field img")).to_be_visible()
        run(canvas)
        wait_for(canvas, draft="done", change="running")
        tab.get_by_label("Prompt").first.fill("a red cone")
        tab.get_by_role("button", name="Generate").first.click()
        expect(tab.locator(".easel-status").first).to_contain_text(re.compile(r"Row ([2-9]|1\d) of"))
        for page in (tab, canvas):
            page.evaluate("window.isBefore = true")
        process.kill()
    with served(0.1, tmp_path, ("text_to_image", "edit"), port):
        for page in (tab, canvas):  # which come back by themselves
            page.wait_for_function("!window.isBefore", timeout=90_000)
            page.wait_for_selector(".model-badge[data-state=ready]")
            said = page.locator(".easel-status, .plan small").filter(visible=True)
            expect(said).to_have_text(re.compile(r"^Stopped at row \d+ of 16\."), timeout=30_000)
            page.get_by_role("button", name="Continue").first.click()
        tab.wait_for_selector(".easel[data-state=done]")
        assert_unbroken(downloads(tab), photo)
        wait_for(canvas, draft="done", change="done")
        with canvas.expect_download() as given:
            card(canvas, "change").get_by_role("link").click()
        given.value.save_as(tmp_path / "change.png")
        assert_unbroken(tmp_path / "change.png", photo)
        for page in (tab, canvas):
            page.goto("about:blank")
    one.complaints.clear()  # the browser says that the studio was gone
    other.complaints.clear()


def assert_unbroken(file: Path, photo: Path) -> None:
    """The picture is the one that its recipe gives without a break."""
    recipe = load(images.read_recipe(file) or "")
    source = MemoryImages([ImageInput.of(images.open_image(photo))])
    last = finish(run_workflow(recipe, Resources(FakePipeline(), image_sources=(source,))))
    (picture,) = last.outputs.popitem()[1] if len(last.outputs) == 1 else last.outputs["change_image"]
    assert images.open_image(file).tobytes() == picture.image.tobytes()
