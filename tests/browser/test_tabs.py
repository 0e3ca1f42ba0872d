"""From tab to tab in a real browser: an example, its result, and on with it in another tab."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from lumina import images
from lumina.tasks import TASKS
from lumina.workflow.schema import load
from tests.browser.acts import fill_in, open_tab
from tests.browser.test_canvas import boxes_of, choose, overlapping, run, wait_for
from tests.serving import served


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(0.05, tmp_path_factory.mktemp("studio"), tasks=list(TASKS)) as address:
        yield address


def go(page: Page, title: str) -> Locator:
    """Open a tab; returns what it shows."""
    open_tab(page, title)
    tab = page.get_by_role("tabpanel").filter(visible=True)
    tab.locator(".easel[data-state]").wait_for()
    return tab


def result_of(tab: Locator) -> None:
    tab.locator(".easel[data-state=done]").wait_for()


@contextmanager
def another_result(tab: Locator) -> Iterator[None]:
    """Waits in the end for a picture that is begun inside, however soon it is drawn."""
    easel = tab.locator(".easel[data-state]").element_handle()
    easel.evaluate(
        """easel => {
          easel.hasBegun = false;
          const look = () => (easel.hasBegun ||= easel.dataset.state !== "done");
          new MutationObserver(look).observe(easel, {attributeFilter: ["data-state"]});
        }"""
    )
    yield
    drawn = "easel => easel.hasBegun && easel.dataset.state === 'done'"
    tab.page.wait_for_function(drawn, arg=easel, timeout=60_000)


def saved(page: Page, tab: Locator, folder: Path) -> tuple[Image.Image, dict[str, Any]]:
    """The picture that a tab offers, and the inputs in its recipe."""
    with page.expect_download() as started:
        tab.get_by_role("link", name="Download").click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    (node,) = load(images.read_recipe(path) or "").nodes.values()
    return images.open_image(path), dict(node.inputs)


def used_in(page: Page, tab: Locator, target: str) -> Locator:
    """Take a tab's picture to another one; returns what that one shows, once the picture is there."""
    tab.get_by_role("button", name="Use in…").click()
    tab.get_by_role("group", name="Use in another tab").get_by_role("button", name=target, exact=True).click()
    expect(page.get_by_role("tab", name=target, exact=True)).to_have_attribute("aria-selected", "true")
    other = page.get_by_role("tabpanel").filter(visible=True)
    expect(other.locator(".image-field")).to_have_attribute("data-state", "full")
    return other


USES = (
    ("Create", "Subject"),
    ("Edit", "Predict"),
    ("Subject", "Edit"),
    ("Control", "Edit"),
    ("Predict", "Control"),
)
WORDS = (("Prompt", "a red cone"), ("Instruction", "make it blue"), ("Subject", "striped cone"))


@pytest.mark.parametrize("width", [360, 390, 480])
def test_every_tab_has_its_place_on_a_phone(visit: Callable[..., Any], width: int) -> None:
    page = visit(viewport={"width": width, "height": 844}).open()
    for title in ("Create", "Edit", "Subject", "Control", "Predict", "Workflow", "Gallery"):
        expect(page.get_by_role("tab", name=title, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="More tabs")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_an_example_is_drawn_and_used_in_another_tab(visit: Callable[..., Any], tmp_path: Path) -> None:
    page = visit().open()
    for title, target in USES:
        tab = go(page, title)
        with another_result(tab):
            tab.locator(".example").last.click()
        picture, _ = saved(page, tab, tmp_path)

        other = used_in(page, tab, target)
        for box, words in WORDS:
            if other.get_by_label(box, exact=True).count():
                other.get_by_label(box, exact=True).fill(words)
        with another_result(other):
            other.get_by_role("button", name="Generate").click()
        _, inputs = saved(page, other, tmp_path)
        (given,) = [value for value in inputs.values() if isinstance(value, dict)]
        assert given == {"image": images.digest_of(picture)}
        if target == "Control":
            assert inputs["kind"] == "canny"


def test_a_stopped_edit_goes_on_after_a_reload_with_its_picture(
    visit: Callable[..., Any], tmp_path: Path
) -> None:
    studio = visit()
    with served(0.3, tmp_path, tasks=list(TASKS)) as studio.address:  # time to press Stop
        page = studio.open()
        tab = go(page, "Edit")
        tab.locator(".example").first.click()
        page.wait_for_function(
            "() => document.querySelector('.task-tab[data-running] .easel-paint[data-painted]')"
        )
        tab.get_by_role("button", name="Stop", exact=True).click()
        tab.locator(".easel[data-state=stopped]").wait_for()
        page.reload()
        tab = go(page, "Edit")
        expect(tab.locator(".suggested-edits")).to_be_visible()  # of the picture that is given
        tab.get_by_role("button", name="Continue").click()
        result_of(tab)
        _, inputs = saved(page, tab, tmp_path)
        assert "stop_row" not in inputs and inputs["instruction"]
        page.goto("about:blank")  # which asks nobody whether the studio is there


def test_free_wording_is_read_in_edits_and_subjects(visit: Callable[..., Any]) -> None:
    page = visit().open()
    tab = go(page, "Edit")
    tab.get_by_label("Instruction").fill("put a box on the left")
    line = tab.locator(".unknown-words-line")
    expect(line).to_have_text(re.compile(r"Drawn as\s*add a cube\s*Not drawn: on the left"))
    line.get_by_role("button", name="add a cube").click()
    expect(tab.get_by_label("Instruction")).to_have_value("add a cube")
    expect(line).to_be_hidden()
    tab = go(page, "Subject")
    tab.get_by_label("Subject", exact=True).fill("a stripy ball")
    expect(tab.locator(".unknown-words-line").first).to_have_text(re.compile(r"Drawn as\s*striped sphere"))


def test_pictures_of_ones_own_and_what_is_no_picture(visit: Callable[..., Any], tmp_path: Path) -> None:
    photo, words, line = tmp_path / "photo.jpg", tmp_path / "words.png", tmp_path / "line.png"
    Image.new("RGB", (20_000, 3)).save(line)
    Image.linear_gradient("L").resize((2000, 1500)).convert("RGB").save(photo)
    words.write_text("these are words")
    page = visit().open()
    tab = go(page, "Predict")
    tab.get_by_role("button", name="Generate").click()
    expect(tab.locator(".easel-problem")).to_have_text("Picture: put in a picture, or click an example.")
    chooser = tab.locator(".image-field input[type=file]")
    chooser.set_input_files(words)
    expect(tab.locator(".image-field-problem")).to_contain_text("not a picture; use a PNG")
    chooser.set_input_files(line)
    expect(tab.locator(".image-field-problem")).to_contain_text("This picture has 20000x3 pixels")
    chooser.set_input_files(photo)
    expect(tab.locator(".image-field")).to_have_attribute("data-state", "full")
    expect(tab.locator(".image-field-note p")).to_contain_text(
        "Tabletop has seen nothing but its own small world"
    )
    tab.get_by_role("button", name="Generate").click()
    result_of(tab)
    picture, _ = saved(page, tab, tmp_path)
    assert picture.size == (128, 128)
    expect(tab.locator(".comparison-slider img")).to_have_count(2)
    expect(tab.locator(".comparison-verdict")).to_have_count(0)
    tab.get_by_role("button", name="Remove").click()
    expect(tab.locator(".image-field")).to_have_attribute("data-state", "empty")


def test_of_two_pictures_put_in_quickly_the_last_one_stays(visit: Callable[..., Any], tmp_path: Path) -> None:
    slow, quick = tmp_path / "slow.png", tmp_path / "quick.png"
    Image.new("RGB", (64, 64), "red").save(slow)
    Image.new("RGB", (32, 32), "blue").save(quick)
    page = visit().open()
    tab = go(page, "Predict")
    page.evaluate(
        """() => { const decode = window.createImageBitmap;
        window.createImageBitmap = (file, ...more) => file.name !== "slow.png" ? decode(file, ...more) :
            new Promise((resolve) => { window.goOn = async () => {
                resolve(await decode(file, ...more));
                await new Promise((resolve) => setTimeout(resolve, 50));
            }; }); }"""
    )
    tab.locator(".image-field input[type=file]").set_input_files(slow)
    page.wait_for_function("window.goOn")
    tab.locator(".image-field input[type=file]").set_input_files(quick)
    expect(tab.locator(".image-field")).to_have_attribute("data-state", "full")
    page.evaluate("window.goOn()")
    assert (
        tab.locator(".image-field img").evaluate("image => image.decode().then(() => image.naturalWidth)")
        == 32
    )


def test_a_pair_goes_on_with_its_picture_alone_on_a_phone(visit: Callable[..., Any], tmp_path: Path) -> None:
    page = visit(viewport={"width": 390, "height": 844}).open()
    tab = go(page, "Create")
    tab.get_by_label("depth").check()
    expect(tab.get_by_text("Variations")).to_be_hidden()
    tab.get_by_label("Prompt").fill("a red cone")
    tab.get_by_role("button", name="Generate").click()
    result_of(tab)
    pair, _ = saved(page, tab, tmp_path)
    assert pair.size == (128, 256)
    (file,) = tmp_path.glob("*.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    other = used_in(page, tab, "Edit")
    other.get_by_label("Instruction").fill("make it blue")
    other.get_by_role("button", name="Generate").click()
    result_of(other)
    _, inputs = saved(page, other, tmp_path)
    assert inputs["image"] == {"image": images.digest_of(pair.crop((0, 0, 128, 128)))}
    expect(other.get_by_role("group", name="Turns").get_by_role("button")).to_have_count(2)
    expect(other.locator(".image-field-note p")).to_have_count(0)  # the panel still says what drew it
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    stranger = visit().open()  # to whom the pair was sent
    tab = go(stranger, "Create")
    tab.locator(".easel-open input").set_input_files(file)
    expect(tab.get_by_label("depth")).to_be_checked()
    expect(tab.get_by_label("Prompt")).to_have_value("a red cone")
    other = used_in(stranger, tab, "Control")  # which takes the map
    other.get_by_label("Prompt").fill("a blue cone")
    other.get_by_role("button", name="Generate").click()
    result_of(other)
    _, inputs = saved(stranger, other, tmp_path)
    assert inputs["condition"] == {"image": images.digest_of(pair.crop((0, 128, 128, 256)))}
    assert inputs["kind"] == "depth"
    tab = go(stranger, "Create")
    tab.get_by_role("button", name="Replay").click()
    expect(tab.locator(".easel-chip.same")).to_have_text("identical ✓")


def test_a_waiting_run_outlives_the_end_of_another_tabs(visit: Callable[..., Any]) -> None:
    busy, page = visit().open(), visit().open()
    tab = go(busy, "Create")
    tab.get_by_label("4", exact=True).check()
    tab.locator(".example").first.click()
    tab.locator(".easel[data-state=drawing]").wait_for()
    tab = go(page, "Predict")
    tab.locator(".example").first.click()
    tab.locator(".easel[data-state=waiting]").wait_for()
    other = "{ detail: { of: 'text_to_image', how: 'then' } }"
    page.evaluate(f"window.dispatchEvent(new CustomEvent('lumina-ended', {other}))")
    result_of(tab)


def test_two_pages_of_one_visitor_keep_each_others_pictures(visit: Callable[..., Any]) -> None:
    studio = visit()
    first = studio.open()
    second = first.context.new_page()
    second.goto(studio.address)
    for page in (first, second, first):
        tab = go(page, "Create")
        tab.locator(".example").first.click()
        tab.locator(".easel[data-state=drawing]").wait_for()
        result_of(tab)
    for page, count in ((second, 3), (first, 3)):
        page.reload()
        expect(go(page, "Create").locator(".easel-strip > *")).to_have_count(count)
    tab.get_by_role("button", name="Clear").click()
    expect(go(first, "Create").locator(".easel-strip > *")).to_have_count(3)
    tab.get_by_role("button", name="Clear for good").click()
    second.reload()
    expect(go(second, "Create").locator(".easel[data-state=empty]")).to_be_visible()


def test_a_lost_connection_is_said_and_keeps_what_is_drawn(visit: Callable[..., Any], tmp_path: Path) -> None:
    studio = visit()
    with served(0.5, tmp_path) as studio.address:
        page = studio.open()
        tab = go(page, "Create")
        tab.locator(".example").first.click()
        expect(tab.locator(".easel-status")).to_contain_text(re.compile(r"Row [2-9] of"))
    expect(tab.locator(".easel-status")).to_contain_text(
        "What is drawn is kept. The studio was lost", timeout=60_000
    )
    expect(page.locator(".model-badge")).to_contain_text("cannot be reached", timeout=60_000)
    expect(tab.locator(".easel-cell canvas").first).to_be_visible()
    page.goto("about:blank")  # which asks nobody whether the studio is there
    studio.complaints.clear()  # the browser says so too


def test_the_best_of_several_is_shown_with_the_others(visit: Callable[..., Any], tmp_path: Path) -> None:
    page = visit().open()
    tab = go(page, "Create")
    tab.get_by_label("Prompt").fill("a red cone")
    tab.get_by_role("button", name="Advanced").click()
    expect(tab.get_by_label("Best of", exact=True)).to_have_value("1")  # the form has unfolded
    fill_in(tab.get_by_label("Best of", exact=True), "6")
    tab.get_by_role("button", name="Generate").click()
    result_of(tab)
    expect(tab.locator(".easel-score")).to_contain_text(["the best", *["score"] * 5])
    tops = [box["y"] for cell in tab.locator(".easel-cell").all() if (box := cell.bounding_box())]
    assert len(set(tops)) < 4  # several stand side by side
    scores = [float(told.split()[1].strip(",")) for told in tab.locator(".easel-score").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)
    expect(tab.locator(".easel-cell").first).to_have_attribute("data-current", "")  # the best is the one kept
    tab.locator(".easel-cell").first.click()
    expect(tab.locator(".easel-chip.score")).to_contain_text("score ")
    tab.get_by_role("button", name="Save as…").click()
    with page.expect_download() as started:
        tab.get_by_role("button", name="All of this drawing on one sheet").click()
    started.value.save_as(tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 3 * 256 and sheet.height > 2 * 256


def test_an_example_of_predict_is_compared_with_the_truth_also_after_a_reload(
    visit: Callable[..., Any], tmp_path: Path
) -> None:
    page = visit().open()
    tab = go(page, "Predict")
    tab.get_by_role("button", name="depth of a scene").click()
    result_of(tab)
    expect(tab.locator(".comparison-verdict")).to_contain_text("AbsRel ")
    expect(tab.locator(".comparison-row img")).to_have_count(3)
    expect(tab.locator(".image-field-note p")).to_have_count(0)
    grey = tab.get_by_alt_text("The model's map").get_attribute("src") or ""
    tab.get_by_label("turbo").check(force=True)
    expect(tab.get_by_alt_text("The model's map")).not_to_have_attribute("src", grey)
    with page.expect_download() as started:
        tab.get_by_role("link", name="Save as 16-bit PNG").click()
    started.value.save_as(tmp_path / "depth.png")
    with Image.open(tmp_path / "depth.png") as depth:
        assert depth.mode == "I;16" and "inverse distance" in depth.info["lumina-depth"]

    tab.get_by_role("button", name="segmentation of a scene").click()
    result_of(tab)
    expect(tab.locator(".comparison-verdict")).to_contain_text("mIoU")
    expect(tab.locator(".comparison-segments")).to_contain_text("object 1")
    page.reload()
    tab = go(page, "Predict")
    expect(tab.locator(".comparison-verdict")).to_contain_text("mIoU")
    expect(tab.locator(".comparison-slider img")).to_have_count(2)


def stroke(page: Page, tab: Locator, lower: float = 0) -> None:
    """Draw a line across the middle of the open sheet, or lower by so much of its height."""
    sheet = tab.locator(".sketchpad canvas:not(.follow-picture)").first
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * (0.4 + lower))
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * (0.6 + lower))
    page.mouse.up()


def first_stroke(page: Page, tab: Locator) -> None:
    """Draw a line on new paper, once: as soon as the sheet is seen it takes strokes, and they stay."""
    expect(tab.locator(".sketchpad .pixi-target")).to_be_visible()
    stroke(page, tab)
    expect(tab.locator(".sketchpad").get_by_role("button", name="Undo")).to_be_enabled()
    expect(tab.locator(".said p")).to_have_text("Generate follows this map.")


def test_the_first_stroke_on_an_empty_map_stays(visit: Callable[..., Any]) -> None:
    page = visit().open()
    tab = go(page, "Control")
    empty, undo = tab.get_by_role("button", name="Empty map"), tab.get_by_role("button", name="Undo")
    tab.get_by_role("button", name="Draw the map").click()
    for _ in range(3):  # the first as soon as the opened sheet's own paper lies there
        empty.click()
        first_stroke(page, tab)
        expect(tab.locator(".image-field")).to_have_attribute("data-state", "full")
    empty.click(click_count=2)  # one after the other: each has its paper
    first_stroke(page, tab)
    undo.click()
    expect(undo).to_be_disabled()
    expect(tab.locator(".image-field")).to_have_attribute("data-state", "empty")


def test_what_is_drawn_on_the_open_sheet_is_what_is_generated_from(
    visit: Callable[..., Any], tmp_path: Path
) -> None:
    page = visit().open()
    tab = go(page, "Control")
    tab.locator(".example").last.click()
    result_of(tab)
    _, before = saved(page, tab, tmp_path)
    tab.get_by_role("button", name="Draw the map").click()
    tab.get_by_role("button", name="Empty map").click()
    expect(tab.get_by_label("Kind")).to_have_value("scribble")
    first_stroke(page, tab)
    expect(tab.locator(".said p")).to_have_text("Generate follows this map.")
    with another_result(tab):
        tab.get_by_role("button", name="Generate").click()
    _, inputs = saved(page, tab, tmp_path)
    assert inputs["kind"] == "scribble" and inputs["condition"] != before["condition"]
    sides = tab.locator(".comparison-slider img")
    expect(sides).to_have_count(2)
    files = [page.request.get(side.evaluate("image => image.src")).body() for side in sides.all()]
    pixels = [images.open_image(file).resize((128, 128)) for file in files]
    assert [(0, 0, 0), (255, 255, 255)] in [[one.getpixel(at) for at in ((0, 0), (64, 64))] for one in pixels]

    Image.new("L", (128, 128), 77).save(tmp_path / "map.png")  # another map takes the sheet's place
    tab.locator(".image-field input[type=file]").set_input_files(tmp_path / "map.png")
    with another_result(tab):  # at once, while the page reads the file
        tab.get_by_role("button", name="Generate").click()
    expect(tab.locator(".said p")).to_have_text("")
    _, inputs = saved(page, tab, tmp_path)
    plain = {"image": images.digest_of(Image.new("RGB", (128, 128), (77, 77, 77)))}
    assert inputs["condition"] == plain

    stroke(page, tab)  # of which nothing is generated before the page is left
    expect(tab.locator(".said p")).to_have_text("Generate follows this map.")
    drawn = tab.locator(".image-field img").get_attribute("src")
    page.reload()
    tab = go(page, "Control")
    expect(tab.locator(".image-field img")).to_have_attribute("src", str(drawn))
    with another_result(tab):
        tab.get_by_role("button", name="Generate").click()
    assert saved(page, tab, tmp_path)[1]["condition"] != plain

    sheet = tab.locator(".sketchpad")
    with page.expect_response(re.compile(r"/file=.*\.png")):  # the paper
        tab.get_by_role("button", name="Draw the map").click()
    undo = sheet.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()  # it is nothing that was done
    first_stroke(page, tab)
    sheet.get_by_role("button", name="Clear canvas").click()
    expect(tab.locator(".image-field")).to_have_attribute("data-state", "empty")
    expect(sheet.locator(".pixi-target")).to_be_visible()
    expect(undo).to_be_disabled()


def test_the_picture_follows_the_drawing(visit: Callable[..., Any], tmp_path: Path) -> None:
    visited = visit()
    page = visited.open()
    tab = go(page, "Control")
    tab.get_by_label("Kind").click()
    page.get_by_role("option", name="scribble").click()  # which opens the place to draw
    tab.get_by_label("Follow my drawing").check()
    page.evaluate("scrollTo(0, 0)")
    for part in (".sketchpad .pixi-target", ".follow", ".easel-stage"):  # sheet and picture, on one screen
        expect(tab.locator(part)).to_be_in_viewport(ratio=0.99)
    stroke(page, tab)
    expect(tab.locator(".follow-said")).to_contain_text("Write in the prompt")
    with another_result(tab):  # as soon as there are words
        fill_in(tab.get_by_label("Prompt"), "a red cube")
    with another_result(tab):
        stroke(page, tab, lower=0.1)
    top = page.evaluate("scrollY")
    page.mouse.wheel(0, 120)  # over the sheet
    page.wait_for_function("top => scrollY > top", arg=top)
    expect(tab.locator("canvas.follow-picture")).to_be_hidden()
    first = saved(page, tab, tmp_path)[1]
    page.set_viewport_size({"width": 390, "height": 844})
    tab.locator(".sketchpad .pixi-target").evaluate("sheet => scrollBy(0, sheet.getBoundingClientRect().top)")
    with another_result(tab):
        stroke(page, tab, lower=0.2)
        expect(tab.locator("canvas.follow-picture")).to_be_in_viewport(ratio=1)
    second = saved(page, tab, tmp_path)[1]
    assert first["seed"] == second["seed"] and first["condition"] != second["condition"]
    expect(tab.locator(".easel-shelf")).to_be_hidden()  # there is one picture only
    page.route(
        "**/queue/join*", lambda route: route.fulfill(status=429, json={"detail": "4 drawings wait already."})
    )
    stroke(page, tab, lower=-0.2)
    said = tab.locator(".follow-said")
    expect(said).to_contain_text("Following is paused. 4 drawings wait already.", timeout=30_000)
    expect(tab.get_by_label("Follow my drawing")).not_to_be_checked()
    visited.complaints.clear()  # the browser's own word for a refusal
    open_tab(page, "Gallery")
    expect(page.locator(".gallery-card .gallery-title")).to_have_text(["a red cube"])


@pytest.mark.parametrize("width", [390, 1400])
def test_of_a_photograph_the_map_is_made_and_what_decides_stands_above_generate(
    visit: Callable[..., Any], tmp_path: Path, width: int
) -> None:
    page = visit(viewport={"width": width, "height": 844}).open()
    tab = go(page, "Control")
    generate = tab.get_by_role("button", name="Generate").bounding_box()
    for label in ("Kind", "Make the map from a photograph"):
        place = tab.get_by_label(label).bounding_box()
        assert place and generate and place["y"] < generate["y"]
    photo = Image.merge("RGB", [Image.linear_gradient("L").rotate(turn) for turn in (0, 90, 180)])
    photo.save(tmp_path / "photo.png")
    tab.locator(".image-field input[type=file]").set_input_files(tmp_path / "photo.png")
    expect(tab.get_by_label("Make the map from a photograph")).to_be_checked()
    expect(tab.get_by_label("Kind")).to_have_value("canny")
    Image.new("L", (128, 128), 77).save(tmp_path / "map.png")
    tab.locator(".image-field input[type=file]").set_input_files(tmp_path / "map.png")
    expect(tab.get_by_label("Make the map from a photograph")).not_to_be_checked()


def test_the_note_of_a_template_lies_beside_its_drafts(visit: Callable[..., Any]) -> None:
    page = visit().open("workflow")
    page.get_by_role("button", name=re.compile("Draft, pick, refine")).click()
    run(page)
    wait_for(page, draft="done")
    assert overlapping(boxes_of(page)) == []
    page.get_by_role("button", name="Add /").click()
    choose(page, "depth")
    expect(page.locator('.card[data-card="predict"]')).to_have_count(1)
