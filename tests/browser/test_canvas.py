"""What a person does on the canvas, in a real browser: build, run, stop, change, undo, come back."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Locator, Page, expect

from lumina import images
from lumina.workflow.schema import load
from tests.browser.acts import open_tab

AXE = Path(__file__).parent / "axe" / "axe.min.js"
PROMPT = "two red spheres on a white ground"
DOCUMENT = {
    "lumina": 1,
    "title": "Edges of a table",
    "inputs": {"idea": {"type": "text", "label": "Idea", "default": PROMPT}},
    "nodes": {
        "words": {
            "task": "prompt_template",
            "inputs": {"template": "{idea} at night", "idea": {"from": "inputs.idea"}},
        },
        "draft": {"task": "text_to_image", "inputs": {"prompt": {"from": "words.text"}, "seed": 7}},
        "lines": {"task": "edges", "inputs": {"image": {"from": "draft.image"}, "kind": "canny"}},
        "small": {"task": "resize", "inputs": {"image": {"from": "lines.image"}, "width": 64, "height": 64}},
        "both": {
            "task": "compare",
            "inputs": {"left": {"from": "draft.image"}, "right": {"from": "small.image"}},
        },
    },
    "outputs": {"sheet": {"from": "both.image"}},
}  # fmt: skip


@pytest.fixture
def canvas(visit: Callable) -> Callable[..., Page]:
    """Opens the Workflow tab as a new visitor, with a document if there is one."""

    def new(document: dict[str, Any] | None = None, **options: Any) -> Page:
        page: Page = visit(**options).open()
        open_tab(page, "Workflow")
        page.wait_for_selector(".lumina-canvas .toolbar")
        if document:
            load_document(page, document)
        return page

    return new


def load_document(page: Page, document: dict[str, Any]) -> None:
    page.get_by_role("button", name="Open a workflow").click()
    page.get_by_label("Link or JSON").fill(json.dumps(document))
    page.get_by_role("dialog").get_by_role("button", name="Open", exact=True).click()
    expect(page.locator(".card[data-card]")).not_to_have_count(0)


def card(page: Page, name: str) -> Locator:
    return page.locator(f'.card[data-card="{name}"]')


def socket(page: Page, node: str, port: str, side: str) -> Locator:
    kind = "target" if side == "input" else "source"
    return page.locator(f'.react-flow__handle.{kind}[data-nodeid="{node}"][data-handleid="{port}"]')


def field(page: Page, node: str, title: str) -> Locator:
    return card(page, node).get_by_label(f"{title} of {node}", exact=True)


def centre(place: Locator) -> tuple[float, float]:
    """Where something is, once it no longer moves."""
    box, before = place.bounding_box(), None
    while box != before:
        place.page.wait_for_timeout(60)
        box, before = place.bounding_box(), box
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start: Locator, end: Locator | tuple[float, float]) -> None:
    """Draw a wire with the mouse, and let it go."""
    x, y = end if isinstance(end, tuple) else centre(end)
    page.mouse.move(*centre(start))
    page.mouse.down()
    page.mouse.move(x - 30, y - 12, steps=5)
    page.mouse.move(x, y, steps=3)
    page.mouse.up()


def choose(page: Page, words: str) -> None:
    """Type into the list that is open, and take what it finds first."""
    expect(page.get_by_role("combobox").last).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def pick(page: Page, name: str) -> None:
    """Click on the head of a card."""
    centre(card(page, name))
    card(page, name).locator(".card-head h2").click()
    expect(page.locator(f'.react-flow__node.selected[data-id="{name}"]')).to_have_count(1)


def wait_for(page: Page, **states: str) -> None:
    for name, state in states.items():
        page.wait_for_selector(f'.card[data-card="{name}"][data-state="{state}"]')


def wait_for_keys(page: Page) -> None:
    """The canvas takes the focus back a moment after what had it is gone; until then keys reach nobody."""
    page.wait_for_function("document.querySelector('.lumina-canvas').contains(document.activeElement)")


def run(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(Run|Continue)$")).click()


def document_of(page: Page) -> dict[str, Any]:
    """The document as it would be saved."""
    with page.expect_download() as started:
        page.get_by_role("button", name="Save as JSON").click()
    return dict(json.loads(Path(started.value.path()).read_text(encoding="utf-8")))


def rows_seen(page: Page, name: str, count: int) -> list[int]:
    """How many rows are drawn in a card at ``count`` moments with other rows and another picture."""
    look = """([name, count]) => new Promise((resolve) => {
        const seen = new Map(), latest = performance.now() + 25000;
        (function look() {
            const card = document.querySelector(`.card[data-card="${name}"]`);
            const rows = card?.querySelector("[data-row]");
            const image = card?.querySelector(".pictures :is(img, canvas)");
            const row = Number(rows?.dataset.row), shown = image?.src ?? image?.toDataURL();
            if (rows && image && !seen.has(shown) && ![...seen.values()].includes(row)) seen.set(shown, row);
            if (seen.size < count && performance.now() < latest) setTimeout(look, 10);
            else resolve([...seen.values()]);
        })();
    })"""
    return list(page.evaluate(look, [name, count]))


def test_three_nodes_are_built_with_the_mouse_run_stopped_continued_and_changed(canvas: Callable) -> None:
    page = canvas()
    pane = page.locator(".react-flow__pane")
    pane.dblclick(position={"x": 150, "y": 150})
    choose(page, "create")
    prompt = field(page, "text_to_image", "Prompt")
    expect(prompt).to_be_focused()
    page.keyboard.type(PROMPT)
    x, y = centre(socket(page, "text_to_image", "image", "output"))
    drag(page, socket(page, "text_to_image", "image", "output"), (x + 160, y - 120))
    expect(page.get_by_role("option", name=re.compile("New: Text"))).to_have_count(0)  # takes no picture
    choose(page, "edges")
    expect(page.locator(".react-flow__edge")).to_have_count(1)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add /").click()
    choose(page, "resize")
    field(page, "resize", "Width").fill("64")
    field(page, "resize", "Height").fill("64")
    page.get_by_role("button", name="Tidy up").click()
    drag(page, socket(page, "edges", "image", "output"), socket(page, "resize", "image", "input"))
    expect(page.locator(".react-flow__edge")).to_have_count(2)
    expect(page.locator(".plan-line")).to_contain_text("3 of 3 steps will run")

    run(page)
    rows = rows_seen(page, "text_to_image", 3)
    assert rows == sorted(rows) and len(set(rows)) == 3
    page.get_by_role("button", name="Stop", exact=True).click()
    wait_for(page, text_to_image="stopped")
    expect(page.locator(".plan small")).to_contain_text("Stopped at row")
    page.get_by_role("button", name="Continue").click()
    first = rows_seen(page, "text_to_image", 1)[0]
    assert first >= rows[-1]  # what was drawn is not drawn again
    wait_for(page, text_to_image="done", edges="done", resize="done")
    expect(card(page, "resize").locator(".pictures img")).to_have_count(1)

    field(page, "resize", "Width").fill("96")
    wait_for(page, resize="stale", edges="done")
    expect(page.locator(".plan-line")).to_contain_text("1 of 3 steps will run")
    run(page)
    wait_for(page, text_to_image="cached", edges="cached", resize="done")
    page.get_by_role("button", name="New workflow").click()
    expect(page.locator(".react-flow__node")).to_have_count(0)
    expect(page.get_by_role("button", name="New workflow")).to_be_disabled()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".react-flow__node")).to_have_count(3)


def test_results_are_leafed_through_and_bring_back_what_made_them(canvas: Callable) -> None:
    page = canvas({"lumina": 1, "nodes": {"words": {"task": "text", "inputs": {"text": "one"}}}})
    text = field(page, "words", "Text")
    for word in ("one", "two", "three"):
        text.fill(word)
        run(page)
        expect(card(page, "words").locator(".preview-text")).to_have_text(word)
    page.get_by_role("button", name="Previous result of words").click()
    expect(text).to_have_value("two")
    expect(card(page, "words").locator(".leaf b")).to_have_text("2/3")
    expect(card(page, "words").locator(".preview-text")).to_have_text("two")
    page.get_by_role("button", name="Undo").click()
    expect(text).to_have_value("three")
    expect(card(page, "words").locator(".preview-text")).to_have_text("three")


def test_what_there_is_to_say_beside_a_picture_stands_below_it(canvas: Callable) -> None:
    inputs = {"prompt": PROMPT, "seed": 7, "width": 96, "height": 96}
    page = canvas({"lumina": 1, "nodes": {"draft": {"task": "text_to_image", "inputs": inputs}}})
    page.get_by_role("button", name="Run", exact=True).click()
    wait_for(page, draft="done")
    remark = card(page, "draft").locator(".preview + .remark")
    expect(remark).to_contain_text("96x96")
    picture, words = card(page, "draft").locator(".preview").bounding_box(), remark.bounding_box()
    assert picture and words and picture["y"] + picture["height"] <= words["y"]
    page.get_by_role("button", name="Form", exact=True).click()
    expect(page.locator(".ending figcaption")).to_contain_text("96x96")


def test_undo_loses_no_picture_and_a_reload_finds_the_draft(canvas: Callable) -> None:
    page = canvas(DOCUMENT)
    run(page)
    wait_for(page, both="done")
    pictures = page.locator(".pictures img").count()
    pick(page, "both")
    page.keyboard.press("Delete")
    expect(card(page, "both")).to_have_count(0)
    wait_for_keys(page)
    page.keyboard.press("Control+z")
    wait_for(page, both="done")
    expect(page.locator(".pictures img")).to_have_count(pictures)
    page.keyboard.press("Control+y")
    expect(card(page, "both")).to_have_count(0)
    wait_for_keys(page)
    page.keyboard.press("Control+z")
    page.wait_for_timeout(500)  # the draft is saved once things rest

    page.reload()
    open_tab(page, "Workflow")
    expect(page.locator(".bar")).to_contain_text("Recovered draft")
    expect(page.locator(".card")).to_have_count(7)
    wait_for(page, both="done")
    page.get_by_role("button", name="Start empty").click()
    expect(page.locator(".card")).to_have_count(0)


def test_new_nodes_show_no_pictures_of_deleted_ones_and_lie_on_no_other(canvas: Callable) -> None:
    page = canvas()
    page.keyboard.press("/")
    choose(page, "txt2img")  # found by what it is called elsewhere
    field(page, "text_to_image", "Prompt").fill(PROMPT)
    run(page)
    wait_for(page, text_to_image="done")
    card(page, "text_to_image").locator("h2").click()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Add /").click()
    choose(page, "create")
    expect(card(page, "text_to_image").locator(".preview-none")).to_be_visible()
    for _ in range(2):
        page.get_by_role("button", name="Add /").click()
        choose(page, "create")
    expect(page.locator(".card[data-card]")).to_have_count(3)
    centre(page.locator(".card[data-card]").last)
    boxes = [box for each in page.locator(".card[data-card]").all() if (box := each.bounding_box())]
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            beside = abs(one["x"] - other["x"]) >= one["width"]
            upper, lower = sorted((one, other), key=lambda box: box["y"])
            assert beside or upper["y"] + upper["height"] <= lower["y"]
    for _ in range(4):
        page.get_by_role("button", name="Undo").click()
    expect(card(page, "text_to_image").locator("img")).to_be_visible()  # nothing is lost


def test_thirty_nodes_fit_and_the_right_button_has_menus(canvas: Callable) -> None:
    nodes: dict[str, Any] = {"n0": {"task": "text_to_image", "inputs": {"prompt": PROMPT}}}
    for at in range(1, 30):
        nodes[f"n{at}"] = {"task": "resize", "inputs": {"image": {"from": f"n{at - 1}.image"}}}
    page = canvas({"lumina": 1, "nodes": nodes})
    for name in ("n0", "n29"):
        expect(card(page, name)).to_be_in_viewport(ratio=0.99)
    page.locator(".react-flow__pane").click(button="right", position={"x": 400, "y": 60})
    expect(page.get_by_role("dialog", name="Add a node")).to_be_visible()
    page.keyboard.press("Escape")
    wait_for_keys(page)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Add /").click()
    choose(page, "text")
    expect(page.locator(".react-flow__minimap")).to_have_count(0)  # it covers nodes where there are few
    card(page, "text").locator(".preview").click(button="right")
    expect(page.get_by_role("dialog", name="text")).to_contain_text("Duplicate")


def test_another_workflow_shows_no_pictures_of_this_one_and_undo_brings_them_back(canvas: Callable) -> None:
    page = canvas(DOCUMENT)
    run(page)
    wait_for(page, both="done")
    load_document(
        page, {"lumina": 1, "nodes": {"draft": {"task": "text_to_image", "inputs": {"prompt": "a cone"}}}}
    )
    wait_for(page, draft="idle")
    expect(page.locator(".pictures img")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    wait_for(page, both="done", draft="done")
    page.get_by_role("button", name="Redo").click()
    expect(page.locator(".pictures img")).to_have_count(0)


def test_a_choice_goes_on_with_the_pictures_that_were_shown(canvas: Callable) -> None:
    draft = {"task": "text_to_image", "inputs": {"prompt": PROMPT, "variations": 2}}
    best = {"task": "pick", "inputs": {"images": {"from": "draft.image"}}}
    page = canvas({"lumina": 1, "nodes": {"draft": draft, "best": best}})
    run(page)
    wait_for(page, best="choice")
    page.get_by_role("button", name="Pick picture 2 of best").click()
    wait_for(page, draft="cached", best="done")


def test_two_tabs_of_one_browser_keep_a_workflow_each(canvas: Callable, address: str) -> None:
    page = canvas({"lumina": 1, "nodes": {"one": {"task": "text", "inputs": {"text": "one"}}}})
    page.wait_for_timeout(500)  # the draft is saved once things rest
    other = page.context.new_page()
    other.goto(address)
    open_tab(other, "Workflow")
    expect(card(other, "one")).to_be_visible()  # a new tab begins with what was kept last
    load_document(other, {"lumina": 1, "nodes": {"two": {"task": "text", "inputs": {"text": "two"}}}})
    other.wait_for_timeout(500)
    for each, name in ((page, "one"), (other, "two")):
        each.reload()
        open_tab(each, "Workflow")
        expect(card(each, name)).to_be_visible()


def test_a_link_opens_elsewhere_and_runs_nothing(canvas: Callable, visit: Callable, address: str) -> None:
    page = canvas(DOCUMENT)
    page.get_by_role("button", name="Share a link").click()
    shown = page.get_by_label("Link to this workflow")
    expect(shown).to_have_value(re.compile("#wf="))
    link = shown.input_value()
    assert len(link) < 600
    other = visit().page
    other.goto(link)
    other.wait_for_selector(".lumina-canvas .card")
    expect(other.locator(".card")).to_have_count(7)
    expect(field(other, "words", "Template")).to_have_value("{idea} at night")
    other.wait_for_timeout(600)
    assert (
        other.locator(".card[data-state=running], .card[data-state=queued], .card[data-state=done]").count()
        == 0
    )


def test_the_picture_of_a_run_restores_the_workflow(canvas: Callable, tmp_path: Path) -> None:
    page = canvas(DOCUMENT)
    run(page)
    wait_for(page, both="done")
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the picture of both").click()
    path = tmp_path / "sheet.png"
    started.value.save_as(path)
    recipe = load(images.read_recipe(path) or "")
    assert list(recipe.nodes) == list(DOCUMENT["nodes"])
    assert images.AI_GENERATED.encode() in path.read_bytes()
    other = canvas()
    drop(other, "sheet.png", "image/png", path.read_bytes())
    expect(other.locator(".card")).to_have_count(7)
    assert document_of(other)["nodes"]["small"] == DOCUMENT["nodes"]["small"]


def drop(page: Page, name: str, kind: str, data: bytes) -> None:
    transfer = page.evaluate_handle(
        """([name, kind, data]) => { const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(data)], name, { type: kind }));
        return transfer; }""",
        [name, kind, list(data)],
    )
    for event in ("dragover", "drop"):
        page.dispatch_event(".lumina-canvas .view", event, {"dataTransfer": transfer})


def test_files_and_pasted_text_open_and_unknown_nodes_stay(canvas: Callable) -> None:
    page = canvas()
    strange = json.loads(json.dumps(DOCUMENT)) | {"x-mine": [1, 2]}
    strange["nodes"]["odd"] = {
        "task": "paint_it_black",
        "inputs": {"image": {"from": "draft.image"}, "much": 3},
    }
    drop(page, "odd.json", "application/json", json.dumps(strange).encode())
    expect(page.locator(".card[data-unknown]")).to_contain_text("is not known here")
    expect(page.locator(".react-flow__edge")).to_have_count(8)
    saved = document_of(page)
    assert {name: saved[name] for name in strange} == strange
    drop(page, "broken.json", "application/json", b"{")
    expect(page.locator(".notice")).to_contain_text("is not valid JSON: it ends too early")
    expect(page.locator(".card")).to_have_count(8)


def test_nodes_are_copied_pasted_duplicated_muted_and_bypassed(canvas: Callable) -> None:
    page = canvas(DOCUMENT)
    pick(page, "lines")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    expect(card(page, "lines_2")).to_have_count(1)
    page.keyboard.press("Control+d")
    expect(card(page, "lines_3")).to_have_count(1)
    page.keyboard.press("Delete")
    expect(card(page, "lines_3")).to_have_count(0)
    wait_for_keys(page)
    page.keyboard.press("Control+z")
    expect(card(page, "lines_3")).to_have_count(1)
    pick(page, "lines")
    page.keyboard.press("b")
    expect(card(page, "lines").locator(".state")).to_have_text("bypassed")
    page.keyboard.press("m")
    expect(card(page, "lines").locator(".state")).to_have_text("muted")
    nodes = document_of(page)["nodes"]
    assert nodes["lines"]["mode"] == "mute"
    assert nodes["lines_2"] == DOCUMENT["nodes"]["lines"]


WRONG = [
    (("draft", "image"), ("words", "idea"), "takes text, not a picture"),
    (("words", "text"), ("lines", "image"), "takes a picture, not text"),
    (("words", "text"), ("draft", "seed"), "takes a whole number, not text"),
    (("draft", "image"), ("small", "width"), "takes a whole number, not a picture"),
    (("small", "image"), ("small", "image"), "cannot feed itself"),
    (("small", "image"), ("lines", "image"), "circle: small → lines → small"),
]


def test_six_wrong_wires_are_refused_with_the_reason(canvas: Callable) -> None:
    page = canvas(DOCUMENT, viewport={"width": 1800, "height": 1000})
    for (source, output), (target, port), reason in WRONG:
        drag(page, socket(page, source, output, "output"), socket(page, target, port, "input"))
        expect(page.locator(".notice")).to_contain_text(reason)
    drag(page, socket(page, "draft", "image", "output"), socket(page, "small", "image", "output"))
    expect(page.locator(".notice")).to_contain_text("both outputs")
    assert document_of(page)["nodes"] == DOCUMENT["nodes"]


def test_two_nodes_are_built_and_run_with_the_keyboard_alone(canvas: Callable) -> None:
    page = canvas()
    page.keyboard.press("/")
    choose(page, "text")
    expect(page.locator('[data-card="text"] :focus')).to_have_count(1)
    page.keyboard.type("a green cone")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.socket.side-output')"):
            break
    page.keyboard.press("Enter")
    choose(page, "create")
    expect(page.locator(".react-flow__edge")).to_have_count(1)
    socket(page, "text", "text", "output").focus()  # Enter alone would open its menu
    page.keyboard.press("Control+Enter")
    wait_for(page, text="done", text_to_image="done")


def test_a_phone_shows_numbered_steps_and_runs_them(canvas: Callable) -> None:
    page = canvas(DOCUMENT, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    numbers = page.locator(".steps li .number")
    expect(numbers).to_have_text(["1", "2", "3", "4", "5"])
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    run(page)
    wait_for(page, both="done")
    page.get_by_role("button", name="Form", exact=True).click()
    expect(page.get_by_role("textbox", name="Idea")).to_have_value(PROMPT)
    expect(page.locator(".ending img")).to_have_count(1)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (700, 450)])
def test_a_narrow_screen_shows_the_canvas_to_whoever_asks_for_it(
    canvas: Callable, width: int, height: int
) -> None:
    page = canvas(viewport={"width": width, "height": height})
    page.get_by_role("button", name="Canvas").click()
    expect(page.locator(".welcome")).to_be_in_viewport()
    load_document(page, DOCUMENT)
    page.get_by_role("button", name="Canvas").click()
    surface = page.locator(".view[data-view=canvas] > .react-flow").bounding_box()
    assert surface and surface["height"] >= 400
    for name in DOCUMENT["nodes"]:
        expect(card(page, name)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_on_a_phone_the_welcome_says_what_works_there(canvas: Callable) -> None:
    page = canvas(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(page.locator(".welcome")).to_contain_text("Add a step")
    expect(page.locator(".welcome")).not_to_contain_text("double-click")
    page.locator(".welcome").get_by_role("button", name="Open…").tap()
    expect(page.get_by_role("dialog", name="Open a workflow")).to_be_visible()


def test_a_picture_of_the_create_tab_opens_as_workflow(visit: Callable) -> None:
    page = visit().open()
    page.get_by_label("Prompt").first.fill(PROMPT)
    page.get_by_role("button", name="Generate").click()
    page.wait_for_selector(".easel[data-state=done]")
    page.get_by_role("button", name="Open as workflow").click()
    expect(field(page, "text_to_image", "Prompt")).to_have_value(PROMPT)
    seed = page.locator(".easel-chip.seed").inner_text().removeprefix("seed ")
    assert str(document_of(page)["nodes"]["text_to_image"]["inputs"]["seed"]) == seed


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(canvas: Callable, scheme: str) -> None:
    page = canvas(DOCUMENT, color_scheme=scheme)
    page.add_script_tag(path=AXE)
    found = {"canvas": serious(page)}
    page.get_by_role("button", name="Steps").click()
    found["steps"] = serious(page)
    page.get_by_role("button", name="Form", exact=True).click()
    found["form"] = serious(page)
    page.get_by_role("button", name="Add /").click()
    found["palette"] = serious(page)
    assert found == {"canvas": [], "steps": [], "form": [], "palette": []}


def serious(page: Page) -> list[str]:
    look = """async () => (await axe.run(".lumina-canvas")).violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))"""
    return list(page.evaluate(look))


def test_the_canvas_opens_with_its_two_files_and_a_dragged_node_redraws_no_other(visit: Callable) -> None:
    studio = visit()
    page = studio.open()
    page.wait_for_load_state("networkidle")
    files = re.compile(r"/([^/?]+\.(?:js|css|woff2?))\b")
    studio.requests.clear()
    open_tab(page, "Workflow")
    page.wait_for_selector(".lumina-canvas .toolbar")
    assert sorted(files.findall(" ".join(studio.requests))) == ["canvas.css", "canvas.js"]
    nodes = {f"n{at}": {"task": "text", "inputs": {"text": str(at)}} for at in range(64)}
    load_document(page, {"lumina": 1, "nodes": nodes})
    expect(page.locator(".card")).to_have_count(64)
    x, y = centre(card(page, "n20").locator(".card-head h2"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 9, y + 6)  # it is in hand now
    page.evaluate(
        """() => {
          const what = { subtree: true, childList: true, characterData: true, attributes: true };
          window.redrawn = new Set();
          new MutationObserver((changes) => {
            const cards = changes.map(({ target }) => target.closest?.("[data-card]")?.dataset.card);
            cards.forEach((name) => window.redrawn.add(name));
          }).observe(document.querySelector(".react-flow__nodes"), what);
        }"""
    )
    for step in range(4, 60):
        page.mouse.move(x + 3 * step, y + 2 * step)
    page.mouse.up()
    assert page.evaluate("[...window.redrawn].filter(Boolean)") in ([], ["n20"])
    assert centre(card(page, "n20").locator(".card-head h2")) != (x, y)


def boxes_of(page: Page) -> list[dict[str, float]]:
    centre(page.locator(".card[data-card]").last)
    return [dict(box) for each in page.locator(".card[data-card]").all() if (box := each.bounding_box())]


def overlapping(boxes: list[dict[str, float]]) -> list[tuple[int, int]]:
    """Which cards lie on which."""
    return [
        (at, at + 1 + beyond)
        for at, one in enumerate(boxes)
        for beyond, other in enumerate(boxes[at + 1 :])
        if one["x"] < other["x"] + other["width"] - 1
        and other["x"] < one["x"] + one["width"] - 1
        and one["y"] < other["y"] + other["height"] - 1
        and other["y"] < one["y"] + one["height"] - 1
    ]


def test_cards_lie_on_no_other_when_copied_or_opened_without_places(canvas: Callable) -> None:
    page = canvas(DOCUMENT)
    assert overlapping(boxes_of(page)) == []
    page.locator(".react-flow__pane").click(position={"x": 5, "y": 5})
    page.keyboard.press("Control+a")
    for _ in range(2):
        page.keyboard.press("Control+d")
    expect(page.locator(".card[data-card]")).not_to_have_count(7)
    page.keyboard.press("f")
    assert overlapping(boxes_of(page)) == []


def test_a_phone_is_told_to_tap_and_problems_are_in_a_persons_words(canvas: Callable) -> None:
    page = canvas(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("group", name="View").get_by_role("button", name="Canvas").click()
    expect(page.locator(".welcome")).to_contain_text("Tap Add")
    expect(page.locator(".welcome")).not_to_contain_text("double-click")
    load_document(page, {"lumina": 1, "nodes": {"draft": {"task": "text_to_image", "inputs": {}}}})
    expect(page.locator(".plan small")).to_have_text(
        "Prompt of Create “draft” is still empty; fill it in, or draw a wire to it."
    )
    plan = page.locator(".plan")
    assert plan.locator("small").evaluate("words => words.scrollWidth <= words.clientWidth")  # whole
    expect(plan).not_to_have_attribute("data-faulty", "true")  # nobody has tried yet
    run(page)
    expect(plan).to_have_attribute("data-faulty", "true")


@pytest.mark.parametrize("width", [1400, 390])
def test_a_field_is_asked_for_in_the_form_and_other_programs_give_their_prompt(
    canvas: Callable, width: int
) -> None:
    page = canvas(DOCUMENT, viewport={"width": width, "height": 844})
    ask = page.get_by_role("button", name="Ask for Kind of lines in the Form")
    ask.click()
    expect(ask).to_have_attribute("aria-pressed", "true")
    assert document_of(page)["inputs"]["kind"]["default"] == "canny"
    page.get_by_role("group", name="View").get_by_role("button", name="Form", exact=True).click()
    expect(page.locator(".form-field")).to_have_count(2)
    page.get_by_role("group", name="View").get_by_role("button", name="Steps").click()
    ask.click()
    assert document_of(page)["nodes"] == DOCUMENT["nodes"]
    comfy = {"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cone\non white"}}}
    drop(page, "comfy.json", "application/json", json.dumps(comfy).encode())
    dialog = page.get_by_role("dialog", name="A file of another program")
    expect(dialog).to_contain_text("This is a file of ComfyUI; its prompt can be drawn here.a cone on white")
    dialog.get_by_role("button", name="New workflow with it").click()
    expect(field(page, "draft", "Prompt")).to_have_value("a cone on white")
    note = PngInfo()
    note.add_text("parameters", "two cones\nSteps: 20")
    picture = BytesIO()
    Image.new("RGB", (32, 32)).save(picture, "PNG", pnginfo=note)
    drop(page, "theirs.png", "image/png", picture.getvalue())
    page.get_by_role("button", name="Put it into Create").click()
    expect(page.locator("#tab-create .task-say textarea")).to_have_value("two cones")
    expect(page.locator("#tab-create .task-say textarea")).to_be_focused()


@pytest.mark.parametrize("width", [1400, 390])
def test_a_frame_takes_its_nodes_along_and_is_named_coloured_resized_and_removed(
    canvas: Callable, width: int
) -> None:
    places = {"words": [0, 0], "draft": [340, 0], "lines": [0, 700], "small": [340, 700], "both": [680, 700]}
    frame = {"title": "Draft", "colour": "blue", "place": [-30, -80], "size": [800, 640]}
    document = DOCUMENT | {"layout": places, "frames": {"first": frame}}
    page = canvas(document, viewport={"width": width, "height": 844})
    if width < 500:
        expect(page.locator(".in-frames")).to_have_text(["Draft"])
        page.get_by_role("group", name="View").get_by_role("button", name="Canvas").click()
    head = page.locator('[data-frame="first"] .frame-head')
    x, y = centre(head)
    page.mouse.move(x, y + 1)
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=4)
    page.mouse.up()
    moved = document_of(page)
    by = [after - before for before, after in zip([-30, -80], moved["frames"]["first"]["place"], strict=True)]
    assert by[0] > 0 and by[1] > 0
    assert moved["layout"]["draft"] == [340 + by[0], by[1]]
    assert moved["layout"]["lines"] == [0, 700]
    page.get_by_label("Title of the frame Draft").fill("First steps")
    page.get_by_role("button", name="Menu of the frame First steps").click()
    choose(page, "violet")
    drag(page, page.locator(".frame-corner"), (x - 20, y + 25))
    changed = document_of(page)["frames"]["first"]
    assert (changed["title"], changed["colour"]) == ("First steps", "violet")
    assert changed["size"][0] < 800 and changed["size"][1] < 640
    page.locator(".lumina-canvas .frame").focus()
    page.get_by_role("button", name="Menu of the frame First steps").click()
    choose(page, "remove")
    kept = document_of(page)
    assert kept["frames"] == {} and kept["nodes"] == DOCUMENT["nodes"]
    pick(page, "lines")
    page.keyboard.press("g")
    expect(page.locator(".frame-title")).to_be_focused()
    page.add_script_tag(path=AXE)
    assert serious(page) == []


@pytest.mark.parametrize("width", [1400, 390])
def test_the_last_runs_come_back_with_their_values_and_results(canvas: Callable, width: int) -> None:
    draft = {"task": "text_to_image", "inputs": {"prompt": PROMPT, "seed": 7}}
    page = canvas({"lumina": 1, "nodes": {"draft": draft}}, viewport={"width": width, "height": 844})
    run(page)
    wait_for(page, draft="done")
    first = card(page, "draft").locator(".pictures img").get_attribute("src")
    field(page, "draft", "Prompt").fill("a blue cone")
    run(page)
    wait_for(page, draft="done")
    page.get_by_role("button", name="The last runs", exact=True).click()
    kept = page.locator(".kept-run")
    expect(kept).to_have_count(2)
    expect(kept.first).to_be_in_viewport()
    expect(kept.first).to_contain_text("Prompt of draft: a blue cone")
    expect(kept.first).to_have_attribute("aria-current", "true")
    page.add_script_tag(path=AXE)
    assert serious(page) == []
    page.reload()
    page.get_by_role("button", name="The last runs", exact=True).click()
    kept.last.click()
    expect(kept.last).to_have_attribute("aria-current", "true")
    expect(field(page, "draft", "Prompt")).to_have_value(PROMPT)
    expect(card(page, "draft").locator(".pictures img")).to_have_attribute("src", str(first))
    expect(kept.last.locator("img")).to_have_count(1)


SCENE = {
    "lumina": 1,
    "title": "Lines of a draft",
    "inputs": {"words": {"type": "text", "label": "Words", "default": PROMPT}},
    "nodes": {
        "draft": {"task": "text_to_image", "inputs": {"prompt": {"from": "inputs.words"}, "seed": 7}},
        "lines": {"task": "edges", "inputs": {"image": {"from": "draft.image"}, "kind": "canny"}},
    },
    "outputs": {"lines": {"from": "lines.image"}},
}


def test_a_workflow_is_a_node_is_run_shared_and_unfolded(canvas: Callable, tmp_path: Path) -> None:
    file = tmp_path / "scene.json"
    file.write_text(json.dumps(SCENE))
    page = canvas(
        {"lumina": 1, "nodes": {"small": {"task": "resize", "inputs": {"width": 64, "height": 64}}}}
    )
    for _ in range(2):
        page.get_by_role("button", name="Add /").click()
        choose(page, "a workflow as")
        with page.expect_file_chooser() as asked:
            choose(page, "from a file")
        asked.value.set_files(file)
        expect(card(page, "lines_of_a_draft")).to_contain_text("Lines of a draft")
    expect(card(page, "lines_of_a_draft_2")).to_be_visible()
    field(page, "lines_of_a_draft_2", "Words").fill("a blue cube")
    page.get_by_role("button", name="Tidy up").click()
    drag(page, socket(page, "lines_of_a_draft", "lines", "output"), socket(page, "small", "image", "input"))
    expect(page.locator(".plan-line")).to_contain_text("5 of 5 steps will run")
    run(page)
    wait_for(page, lines_of_a_draft="done", lines_of_a_draft_2="done", small="done")
    expect(card(page, "lines_of_a_draft").locator(".pictures img")).to_have_count(1)
    kept = document_of(page)
    assert (
        list(kept["workflows"]) == ["lines_of_a_draft"]
        and kept["workflows"]["lines_of_a_draft"]["nodes"] == SCENE["nodes"]
    )
    for steps in (1, 2):
        page.get_by_role("button", name="Menu of lines_of_a_draft", exact=True).click()
        choose(page, "unfold")
        expect(card(page, "lines_of_a_draft")).to_have_count(0)
        expect(page.locator(".plan-line")).to_contain_text("Nothing has to run", timeout=15_000)
        wait_for(page, small="done")  # what rests on it has the results that it had
        assert document_of(page)["nodes"]["small"]["inputs"]["image"] == {"from": "lines.image"}
        if steps == 1:
            page.get_by_role("button", name="Undo").click()
            wait_for(page, lines_of_a_draft="done", small="done")


def test_a_saved_workflow_is_found_among_the_nodes_and_opened_again(canvas: Callable) -> None:
    page = canvas(SCENE)
    document_of(page)
    page.get_by_role("button", name="New workflow").click()
    page.reload()
    page.get_by_role("button", name="Add /").click()
    choose(page, "lines of a")
    expect(card(page, "lines_of_a_draft")).to_contain_text("Lines of a draft")
    page.get_by_role("button", name="Open a workflow").click()
    saved = page.get_by_role("list", name="Your workflows")
    saved.get_by_role("button", name="Lines of a draft", exact=True).click()
    expect(card(page, "lines")).to_be_visible()
    page.get_by_role("button", name="Open a workflow").click()
    saved.get_by_role("button", name="Forget Lines of a draft").click()
    expect(saved).to_have_count(0)


def test_a_workflow_as_a_node_asks_and_says_what_is_wrong_inside(canvas: Callable) -> None:
    best = {"task": "pick", "inputs": {"images": {"from": "draft.image"}}}
    draft = {"task": "text_to_image", "inputs": {"prompt": PROMPT, "variations": 2}}
    inner = {"lumina": 1, "title": "Best of two", "nodes": {"draft": draft, "best": best}}
    document = {"lumina": 1, "workflows": {"best": inner}, "nodes": {"two": {"workflow": "best"}}}
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = canvas(document, **phone)
    run(page)
    wait_for(page, two="choice")
    page.get_by_role("button", name="Pick picture 2 of two").click()
    wait_for(page, two="done")
    expect(card(page, "two").locator(".pictures img")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    settled = document_of(page)["nodes"]["two"]["settled"]
    assert settled["best.choice"] == 2
    draft["inputs"] = {**draft["inputs"], "width": 7}  # type: ignore[dict-item]
    load_document(page, document)
    expect(card(page, "two").locator(".fault")).to_contain_text("In “Best of two”: Width of")
