"""What a person does in the Create tab, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from lumina import images
from lumina.model.config import MODELS
from lumina.workflow.schema import codes_of, load, task_of
from lumina.worlds import world_of
from tests.browser.acts import fill_in

PROMPT = "two red spheres on a white ground"


def say(page: Page, prompt: str) -> None:
    page.get_by_label("Prompt").fill(prompt)


def seed_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Seed")


def keep_seed(page: Page, seed: int) -> None:
    seed_box(page).fill(str(seed))
    expect(page.get_by_label("Keep this seed")).to_be_checked()


def wait_for_row(page: Page, row: int) -> None:
    page.wait_for_function(
        "row => Number(document.querySelector('.easel-status').textContent.match(/row (\\d+)/i)?.[1]) >= row",
        arg=row,
    )


def wait_until(page: Page, state: str) -> None:
    page.wait_for_selector(f".easel[data-state={state}]")


def painted(page: Page, count: int) -> list[str]:
    """What is on the paper at ``count`` moments with different numbers of rows, as it happens."""
    look = """count => new Promise((resolve) => {
        const seen = new Map(), latest = performance.now() + 25000;
        (function look() {
            const paper = document.querySelector(".easel-paint[data-painted]");
            if (paper && document.querySelector(".easel[data-state=drawing]"))
                seen.set(paper.dataset.painted, paper.toDataURL());
            if (seen.size < count && performance.now() < latest) setTimeout(look, 10);
            else resolve([...seen.values()]);
        })();
    })"""
    return list(page.evaluate(look, count))


def draw(page: Page) -> None:
    page.get_by_role("button", name="Generate").click()
    wait_until(page, "done")


def test_a_picture_is_painted_stopped_continued_saved_and_restored(
    visit: Callable, downloads: Callable[[Page], Path]
) -> None:
    page = visit().open()
    say(page, PROMPT)
    keep_seed(page, 2**62 + 1)  # beyond JavaScript's whole numbers
    page.get_by_label("96 × 160").check()
    page.get_by_role("button", name="Generate").click()
    assert len(set(painted(page, count=4))) == 4  # the first is empty paper
    expect(page.locator(".easel-said")).to_have_text("Drawing.")
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_until(page, "stopped")
    expect(page.locator(".easel-status")).to_contain_text("Stopped at row")
    part = downloads(page)
    stopped_at = task_of(load(images.read_recipe(part) or "")).model_dump()["stop_row"]
    assert 3 <= stopped_at < 20

    page.reload()  # what is drawn survives it
    page.get_by_role("button", name="Continue").click()
    wait_until(page, "done")
    whole = downloads(page)
    recipe = load(images.read_recipe(whole) or "")
    task = task_of(recipe).model_dump()
    assert (task["prompt"], task["seed"], task["stop_row"]) == (PROMPT, 2**62 + 1, None)
    assert images.AI_GENERATED.encode() in whole.read_bytes()
    assert images.open_image(whole).size == (96, 160)

    other = visit().open()  # somebody else, to whom the file was sent
    other.locator(".easel-open input").set_input_files(whole)
    expect(other.get_by_label("Prompt")).to_have_value(PROMPT)
    expect(seed_box(other)).to_have_value(str(2**62 + 1))
    say(other, "a red cone")  # Replay draws what is shown, not what the form says
    other.get_by_role("button", name="Replay").click()
    wait_until(other, "done")
    expect(other.locator(".easel-chip.same")).to_have_text("identical ✓")
    again = downloads(other)
    assert codes_of(load(images.read_recipe(again) or "")) == codes_of(recipe)


def test_a_file_dropped_on_the_tab_brings_back_its_settings(
    visit: Callable, downloads: Callable[[Page], Path]
) -> None:
    page = visit().open()
    page.get_by_label("160 × 96").check()
    page.get_by_label("2", exact=True).check()
    say(page, PROMPT)
    draw(page)
    expect(page.locator(".easel-cell")).to_have_count(2)
    page.locator(".easel-cell").nth(1).focus()
    page.keyboard.press("Space")
    expect(page.locator(".easel-cell")).to_have_count(1)
    seed = page.locator(".easel-chip.seed").inner_text().removeprefix("seed ")
    assert int(seed) == int(seed_box(page).input_value()) + 1
    data = list(downloads(page).read_bytes())

    other = visit().open()
    transfer = other.evaluate_handle(
        """data => { const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(data)], "picture.png", { type: "image/png" }));
        return transfer; }""",
        data,
    )
    missed = """transfer => document.body.dispatchEvent(
        new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }))"""
    assert not other.evaluate(missed, transfer)  # the browser does not open it instead of the page
    for event in ("dragenter", "dragover", "drop"):
        other.dispatch_event(".task-say", event, {"dataTransfer": transfer})
    expect(other.get_by_label("Prompt")).to_have_value(PROMPT)
    expect(other.get_by_label("160 × 96")).to_be_checked()
    expect(seed_box(other)).to_have_value(seed)
    expect(other.get_by_label("1", exact=True)).to_be_checked()


def test_another_word_is_drawn_in_another_scene_and_on_demand_with_the_seed_before(visit: Callable) -> None:
    page = visit().open()
    say(page, "a red cube")
    draw(page)
    seed = page.locator(".easel-chip.seed").inner_text()
    again = page.get_by_role("button", name="Draw it with the seed before")
    expect(again).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 664})  # a phone's
    page.evaluate("scrollTo(0, 0)")
    say(page, "a green cube")
    page.get_by_role("button", name="Generate").click()
    wait_until(page, "drawing")
    expect(page.locator(".easel-word")).to_have_count(3)  # at once, so that nothing moves when it is done
    for part in (".easel-paper", ".easel-status"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    wait_until(page, "done")
    expect(page.locator(".easel-chip.seed")).not_to_have_text(seed)
    again.click()
    wait_until(page, "drawing")
    wait_until(page, "done")
    expect(page.locator(".easel-chip.seed")).to_have_text(seed)
    expect(page.locator(".easel-word").nth(1)).to_have_value("green")
    expect(page.get_by_label("Keep this seed")).to_be_checked()
    expect(again).to_be_hidden()
    kept = page.locator(".task-tab:visible .block.kept-seed")  # is said beside Generate, and let go there
    expect(kept).to_contain_text(f"Keeps {seed}")
    caption = page.locator(".task-tab:visible .row.seed")
    expect(caption).to_contain_text("Same seed, same picture")
    kept.get_by_role("button", name="new each time").click()
    expect(page.get_by_label("Keep this seed")).not_to_be_checked()
    expect(kept).to_have_text("")
    expect(caption).to_contain_text("Another one for each picture")


def test_a_form_is_found_as_it_was_left(visit: Callable) -> None:
    page = visit().open()
    say(page, PROMPT)
    page.get_by_label("160 × 96").check()
    page.wait_for_function("localStorage.getItem('lumina-tabletop-text_to_image')")
    page.reload()
    expect(page.get_by_label("Prompt")).to_have_value(PROMPT)
    expect(page.get_by_label("160 × 96")).to_be_checked()
    expect(page.get_by_label("1", exact=True)).to_be_checked()


@pytest.mark.parametrize("width", [390, 1400])
def test_of_four_futures_one_is_kept_and_the_others_come_back(visit: Callable, width: int) -> None:
    page = visit(viewport={"width": width, "height": 844}).open()
    say(page, "a red cone")
    draw(page)
    page.get_by_role("button", name="Re-roll…").click()
    page.get_by_role("slider").fill("12")
    page.get_by_role("button", name="Four futures").click()
    wait_until(page, "drawing")
    cells = page.locator(".easel-cell[role=button]")
    expect(cells).to_have_count(4)
    wait_until(page, "done")
    expect(page.locator(".easel-status")).to_contain_text("A click on one of the four keeps it")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shown = page.get_by_role("button", name="Show: ")
    expect(shown).to_have_count(5)
    cells.nth(2).click()
    expect(shown).to_have_count(2)
    expect(page.locator(".easel-undo")).to_contain_text("3 pictures deleted.")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(cells).to_have_count(4)
    cells.first.focus()
    page.keyboard.press("Enter")
    expect(cells).to_have_count(0)
    page.get_by_role("button", name="Use settings").click()
    expect(page.locator(".easel-status")).to_contain_text("re-rolled below row 12")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator(".easel-chip.same")).to_have_text("identical ✓")


def test_rerolling_keeps_what_is_above_the_line(visit: Callable, downloads: Callable[[Page], Path]) -> None:
    page = visit().open()
    prompt = PROMPT + ' <img src="https://example.org/x.png" onerror="throw 1">'  # shown, never run
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Understand free wording").uncheck()
    say(page, prompt)
    draw(page)
    expect(page.locator(".easel-prompt")).to_have_text(prompt)
    first = downloads(page)
    before = images.open_image(first)
    page.get_by_role("button", name="Re-roll…").click()
    paper = page.locator(".easel-cell .easel-paper").bounding_box()
    assert paper is not None
    page.mouse.move(paper["x"] + 50, paper["y"] + paper["height"] * 0.75)
    page.mouse.down()
    page.mouse.move(paper["x"] + 60, paper["y"] + paper["height"] * 0.5, steps=4)
    page.mouse.up()
    expect(page.locator(".easel-cut-text")).to_contain_text("Keep 8 rows")
    expect(page.get_by_role("slider")).to_be_visible()  # letting go of the line leaves its panel open
    page.get_by_role("slider").fill("6")
    expect(page.locator(".easel-cut-text")).to_contain_text("Keep 6 rows")
    page.get_by_role("button", name="Re-roll", exact=True).click()
    wait_until(page, "drawing")
    wait_until(page, "done")
    after = images.open_image(downloads(page))
    top = (0, 0, 128, 48)
    assert before.crop(top).tobytes() == after.crop(top).tobytes()
    assert before.tobytes() != after.tobytes()
    shown = page.get_by_role("button", name="Show: ")
    expect(shown).to_have_count(2)
    shown.last.focus()
    page.keyboard.press("Enter")
    expect(shown.last).to_have_attribute("aria-pressed", "true")
    expect(shown.last).to_be_focused()
    page.locator(".easel-tools").get_by_label("Open a picture").set_input_files(first)
    expect(page.locator(".easel-status")).to_contain_text("Every setting is back")
    page.get_by_role("button", name="Replay").click()  # as the sentence says
    expect(page.locator(".easel-chip.same")).to_have_text("identical ✓")
    expect(page.get_by_role("button", name="Replay")).to_be_hidden()


def test_generate_and_continue_right_after_stop_are_drawn(visit: Callable) -> None:
    page = visit().open()
    say(page, PROMPT)
    page.get_by_role("button", name="Generate").click()
    wait_for_row(page, 2)
    page.evaluate("for (const name of ['.stop', '.generate']) document.querySelector(name).click()")
    expect(page.locator(".easel-status")).to_have_text(
        re.compile("Waiting for the model…|Yours is next|Row 1 of")
    )
    wait_for_row(page, 2)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Continue").click()
    wait_until(page, "done")
    expect(page.get_by_role("button", name="Show: ")).to_have_count(2)
    draw(page)
    expect(page.get_by_role("button", name="Show: ")).to_have_count(3)


def test_first_contact_names_unknown_words_and_never_blocks(visit: Callable) -> None:
    page = visit().open()
    say(page, "a crimson")
    expect(page.locator(".unknown-words-line")).to_contain_text("Tabletop has never seen crimson")
    page.get_by_role("button", name="Write red instead of crimson").click()
    expect(page.get_by_label("Prompt")).to_have_value("a red")
    page.get_by_role("button", name="Random prompt").click()
    expect(page.get_by_label("Prompt")).not_to_have_value("a red")
    expect(page.locator(".unknown-words-line")).to_be_hidden()
    page.get_by_role("button", name=world_of("tabletop").prompts[0]).click()
    wait_until(page, "done")
    expect(page.get_by_label("Prompt")).to_have_value(world_of("tabletop").prompts[0])


@pytest.mark.parametrize("width", [390, 1400])
def test_many_unknown_words_stay_in_their_column(visit: Callable, width: int) -> None:
    page = visit().open()
    page.set_viewport_size({"width": width, "height": 900})
    say(page, f"и кошка with 17 dragons beside {'lemur' * 20} and crimson hats")
    names = page.locator(".unknown-words-line:visible b")
    expect(names).to_have_count(8)  # all but words that only join: "with"
    line = page.locator(".unknown-words-line:visible").bounding_box()
    boxes = [name.bounding_box() for name in names.all()]
    assert line and all(box and box["x"] + box["width"] <= line["x"] + line["width"] + 1 for box in boxes)


def test_what_is_wrong_is_one_sentence_and_nothing_is_lost(visit: Callable, tmp_path: Path) -> None:
    page = visit().open()
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("alert")).to_have_text("Prompt: must not be empty; say what to draw.")
    say(page, PROMPT)
    page.get_by_role("button", name="Advanced").click()
    field = page.get_by_label("Temperature")
    expect(field).to_have_value(f"{MODELS['tabletop'].temperature:g}")
    fill_in(field, "-3")
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("alert")).to_contain_text("Temperature: must be at least")
    expect(page.locator(".field-fault")).to_contain_text("Must be at least")
    expect(field).to_be_focused()
    expect(page.get_by_label("Prompt")).to_have_value(PROMPT)
    (tmp_path / "plain.png").write_bytes(images.png_bytes(Image.new("RGB", (64, 64))))
    page.locator(".easel-open input").set_input_files(tmp_path / "plain.png")
    expect(page.get_by_role("alert")).to_contain_text("carries no recipe")
    theirs = images.png_bytes(Image.new("RGB", (64, 64)), notes={"parameters": "two cones\nSteps: 9"})
    (tmp_path / "theirs.png").write_bytes(theirs)
    page.locator(".easel-open input").set_input_files(tmp_path / "theirs.png")
    expect(page.get_by_label("Prompt")).to_have_value("two cones")
    expect(page.get_by_role("alert")).to_contain_text("its prompt stands in the form")
    (tmp_path / "head.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    page.locator(".easel-open input").set_input_files(tmp_path / "head.png")
    expect(page.get_by_role("alert")).to_contain_text("Only a PNG picture")


def test_on_a_phone_in_the_dark_it_works_the_same(visit: Callable) -> None:
    page = visit(
        viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True, is_mobile=True
    ).open()
    expect(page.locator(".model-badge")).to_have_text("TabletopCPU · float32")
    say(page, PROMPT)
    page.get_by_role("button", name="Generate").tap()
    wait_for_row(page, 3)
    expect(page.locator(".easel-paper")).to_be_in_viewport()
    wait_until(page, "done")
    page.get_by_role("button", name="Confidence", exact=True).tap()
    expect(page.locator(".easel-heat-text")).to_contain_text("codes accepted per forward pass")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    boxes = [page.locator(part).bounding_box()["y"] for part in (".task-say", ".task-see", ".task-set")]
    assert boxes == sorted(boxes)


@pytest.mark.parametrize("width", [390, 1400])
def test_the_field_says_what_the_model_knows_and_a_wrong_picture_is_told(visit: Callable, width: int) -> None:
    page = visit(viewport={"width": width, "height": 900}).open()
    expect(page.get_by_label("Prompt")).to_have_attribute(
        "placeholder", re.compile("^Cubes, spheres, .*example")
    )
    say(page, PROMPT)
    draw(page)
    expect(page.locator(".easel-told")).to_contain_text("Not all of this picture is drawn clearly.")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Generate").click()
    wait_until(page, "drawing")
    expect(page.locator(".easel-told")).to_be_hidden()
    wait_until(page, "done")


@pytest.mark.parametrize("width", [390, 1400])
def test_what_is_wrong_with_a_folded_field_is_told_there_until_reset(visit: Callable, width: int) -> None:
    page = visit(viewport={"width": width, "height": 900}).open()
    page.get_by_role("button", name="Generate").click()
    prompt = page.get_by_label("Prompt")
    expect(page.locator(".field-fault")).to_have_text("Must not be empty; say what to draw.")
    expect(prompt).to_be_focused()
    expect(prompt).to_have_attribute("aria-invalid", "true")
    say(page, PROMPT)
    expect(page.locator(".field-fault")).to_have_count(0)
    page.get_by_label("160 × 96").check()
    fold = page.get_by_role("button", name="Advanced")
    fold.click()
    field = page.get_by_label("Temperature")
    fill_in(field, "-3")
    fold.click()
    expect(field).to_be_hidden()
    page.get_by_role("button", name="Generate").click()
    expect(field).to_be_focused()  # its fold opens
    expect(field).to_be_in_viewport()
    page.get_by_role("button", name="Reset to defaults").click()
    expect(field).to_have_value(f"{MODELS['tabletop'].temperature:g}")
    expect(page.get_by_label("128 × 128")).to_be_checked()
    expect(prompt).to_have_value(PROMPT)
    draw(page)


@pytest.mark.parametrize("width", [390, 1400])
def test_presets_fill_in_the_settings_and_say_which_they_are(visit: Callable, width: int) -> None:
    page = visit(viewport={"width": width, "height": 844}).open()
    presets, variations = page.locator(".presets"), page.locator("fieldset", has_text="Variations")

    def preset(name: str) -> Locator:
        return presets.get_by_role("radio", name=name)

    expect(preset("one, as it comes")).to_be_checked()
    preset("four different ones").check()
    expect(variations.get_by_role("radio", name="4")).to_be_checked()
    preset("the best of 4").check()
    expect(variations.get_by_role("radio", name="1")).to_be_checked()
    page.reload()
    expect(preset("the best of 4")).to_be_checked()
    page.get_by_role("button", name="Advanced").click()
    expect(page.get_by_role("spinbutton", name="Best of")).to_have_value("4")
    fill_in(page.get_by_label("Temperature"), "0.7")
    expect(presets.locator("input:checked")).to_have_count(0)
    page.get_by_role("button", name="Reset to defaults").click()
    expect(preset("one, as it comes")).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [390, 1400])
def test_two_pictures_of_the_strip_are_compared_by_keys_and_by_dragging(visit: Callable, width: int) -> None:
    page = visit(viewport={"width": width, "height": 844}).open()
    say(page, "a red cone")
    draw(page)
    page.get_by_label("160 × 96").check()
    say(page, "two blue spheres")
    draw(page)
    page.get_by_role("button", name="Compare…").click()
    expect(page.locator(".easel-choose")).to_contain_text("Choose the other picture")
    page.get_by_role("button", name="Show: a red cone").click()
    dialog = page.get_by_role("dialog", name="Compare two pictures")
    expect(dialog.locator(".compare-note")).to_have_text(
        "160 × 96 and 128 × 128 pixels: the right picture has margins, to keep its shape."
    )
    slider, paper = dialog.get_by_role("slider"), dialog.locator(".compare-paper")
    expect(slider).to_be_focused()
    page.keyboard.press("Home")
    expect(paper).to_have_attribute("style", re.compile("--at: 0%"))
    box = paper.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
    page.mouse.move(box["x"] + 20, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 60, steps=3)
    page.mouse.up()
    assert abs(float(slider.input_value()) - 75) < 2
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Show: a red cone")).to_be_focused()


def test_free_wording_is_understood_shown_and_can_be_left_as_it_is(visit: Callable) -> None:
    page = visit().open()
    say(page, "there's a crimson ball, and Paris")
    line = page.locator(".unknown-words-line:visible")
    expect(line).to_have_text(re.compile(r"Drawn as\s*a red sphere.*never seen\s*Paris"))
    page.get_by_role("button", name="Generate").click()
    wait_until(page, "done")
    expect(page.get_by_role("img", name="a red sphere", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("Understand free wording").uncheck()
    expect(line).to_contain_text("crimson")
    page.get_by_label("Understand free wording").check()
    line.get_by_role("button", name="a red sphere").click()
    expect(page.get_by_label("Prompt")).to_have_value("a red sphere")
    expect(page.locator(".unknown-words-line").first).to_be_hidden()
