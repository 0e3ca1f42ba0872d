"""Whether everyone can use every tab: axe finds nothing, keys go through each group once, rings are whole."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lumina.tasks import TASKS
from tests.browser.acts import open_tab
from tests.browser.conftest import Visit
from tests.browser.test_canvas import load_document, wait_for
from tests.browser.test_tabs import go, result_of
from tests.serving import served

AXE = Path(__file__).parent / "axe" / "axe.min.js"
LOOK = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))"""
PICK = {
    "lumina": 1,
    "inputs": {"idea": {"type": "text", "label": "Idea", "default": "a red cone"}},
    "nodes": {
        "draft": {
            "task": "text_to_image",
            "inputs": {"prompt": {"from": "inputs.idea"}, "variations": 2, "seed": 3},
        },
        "best": {"task": "pick", "inputs": {"images": {"from": "draft.image"}}},
    },
    "outputs": {"picture": {"from": "best.image"}},
}
UNFOLDED = ("Advanced", "Draw the map", "Confidence", "Share", "Re-roll…")
LISTS = {"Create": "Save as…", "Control": "Save as…"}  # of which one closes the other
# what has the focus, or stands for it, with a ring that something around cuts off
CLIPPED = """() => {
    const focused = document.activeElement;
    const ringed = [focused, focused.closest("label")].find((each) =>
        each && getComputedStyle(each).outlineStyle !== "none" && getComputedStyle(each).opacity !== "0");
    if (!ringed) return focused.matches("textarea, input[type=text]") ? "" : `no ring: ${focused.outerHTML}`;
    const { outlineWidth, outlineOffset } = getComputedStyle(ringed);
    const more = parseFloat(outlineWidth) + parseFloat(outlineOffset), box = ringed.getBoundingClientRect();
    for (let each = ringed.parentElement; each && each !== document.body; each = each.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(each), edge = each.getBoundingClientRect();
        const isBeside = box.left - more < edge.left - 1 || box.right + more > edge.right + 1;
        const isOver = box.top - more < edge.top - 1 || box.bottom + more > edge.bottom + 1;
        if ((overflowX !== "visible" && isBeside) || (overflowY !== "visible" && isOver))
            return `${ringed.outerHTML.slice(0, 120)} is cut off by ${each.className}`;
    }
    return "";
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(0.02, tmp_path_factory.mktemp("studio"), tasks=list(TASKS)) as address:
        yield address


def expect_nothing(page: Page) -> None:
    """Axe complains of nothing, light or dark."""
    for _ in range(2):
        assert page.evaluate(LOOK) == []
        page.evaluate("document.body.classList.toggle('dark')")


def unfold(page: Page, title: str) -> None:
    """Have a tab draw its example twice, and open whatever it has to open."""
    tab = go(page, title)
    tab.locator(".example").last.click()
    result_of(tab)
    for name in (*UNFOLDED, LISTS.get(title, "Use in…")):
        button = tab.get_by_role("button", name=name, exact=True)
        if button.count() and button.is_visible():
            button.click()


@pytest.mark.parametrize("width", [390, 1400])
def test_axe_finds_nothing_on_any_tab_light_or_dark(visit: Callable[..., Visit], width: int) -> None:
    page = visit(viewport={"width": width, "height": 844}, reduced_motion="reduce").open()
    page.add_script_tag(path=AXE)
    for title in ("Create", "Edit", "Subject", "Control", "Predict"):
        go(page, title)
        expect_nothing(page)
        unfold(page, title)
        expect_nothing(page)
    open_tab(page, "Gallery")
    for at in (0, 1):
        page.locator(".gallery-card").nth(at).get_by_label("Select").check()
    cards = page.locator(".gallery-card")
    cards.first.get_by_role("button", name="Open large").click()
    page.locator(".gallery-large").get_by_role("button", name="Use in…").click()
    expect_nothing(page)
    page.keyboard.press("Escape")
    cards.last.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".compare")).to_be_visible()
    expect_nothing(page)
    page.keyboard.press("Escape")
    expect_nothing(page)
    open_tab(page, "Workflow")
    page.wait_for_selector(".lumina-canvas .welcome")
    expect_nothing(page)
    load_document(page, PICK)
    page.get_by_role("button", name="Run", exact=True).click()
    wait_for(page, best="choice")
    for view in ("Canvas", "Steps", "Form"):
        page.get_by_role("group", name="View").get_by_role("button", name=view).click()
        expect_nothing(page)


def test_a_group_of_radio_buttons_is_one_stop_of_the_tab_key(visit: Callable[..., Visit]) -> None:
    page = visit().open()
    kinds = page.get_by_role("radio", name="no map")
    page.get_by_label("Open a picture").filter(visible=True).focus()
    page.keyboard.press("Tab")
    expect(kinds).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="depth")).to_be_checked()
    page.keyboard.press("ArrowLeft")
    expect(kinds).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="128 × 128")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(kinds).to_be_focused()


@pytest.mark.parametrize("width", [390, 1400])
def test_the_rings_around_what_has_the_focus_are_whole(visit: Callable[..., Visit], width: int) -> None:
    page = visit(viewport={"width": width, "height": 844}, reduced_motion="reduce").open()
    for title in ("Create", "Edit"):
        unfold(page, title)
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        cut: set[Any] = set()
        for _ in range(70):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            cut.add(page.evaluate(CLIPPED))
        assert cut == {""}
