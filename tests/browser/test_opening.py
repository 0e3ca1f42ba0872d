"""The first page: a picture is painted, and each of its words can be another one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import fill_in
from tests.browser.conftest import Visit

COUNTING = """
  window.played = 0;
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...how) {
    window.played += this.matches('.easel-paint');
    return animate.apply(this, how);
  };
"""  # a page that is slow to look at has played it back by then


def arriving(visited: Visit) -> Page:
    visited.page.add_init_script(COUNTING)
    return visited.open()


@pytest.mark.parametrize("width", [390, 1400])
def test_who_comes_first_sees_a_picture_painted_and_changes_one_word(
    visit: Callable[..., Visit], width: int
) -> None:
    page = arriving(visit(viewport={"width": width, "height": 844}))
    page.wait_for_function("window.played === 1")
    expect(page.locator(".easel-status")).to_contain_text("Painted earlier by this model")
    words = page.locator(".easel-word")
    expect(page.locator(".easel-again")).to_be_hidden()
    words.first.select_option("red")
    expect(page.get_by_label("Prompt")).to_have_value("a red cylinder left of a blue cone on a white ground")
    page.wait_for_selector(".easel[data-state=done]")
    expect(page.locator(".easel-strip > *")).to_have_count(2)  # beside the one that it was made from
    expect(page.locator(".easel-chip.seed")).to_have_text("seed 2")
    words.nth(1).focus()
    page.keyboard.press("ArrowDown")  # by keys alone, to the next of the list
    page.wait_for_selector(".easel[data-state=drawing]")
    words.nth(1).select_option("cube")  # a change of mind, while that is drawn
    page.wait_for_selector(".easel[data-state=done]")
    expect(words.nth(1)).to_be_focused()
    expect(page.get_by_label("Prompt")).to_have_value("a red cube left of a blue cone on a white ground")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.reload()
    expect(words.nth(1)).to_have_value("cube")


def test_nothing_moves_where_no_motion_is_wanted_and_nothing_is_shown_over_a_form_that_is_kept(
    visit: Callable[..., Visit],
) -> None:
    page = arriving(visit(reduced_motion="reduce"))
    page.wait_for_selector(".easel-word")
    assert page.evaluate("window.played") == 0
    fill_in(page.get_by_label("Prompt"), "two green cones")
    page.reload()
    expect(page.get_by_label("Prompt")).to_have_value("two green cones")
    expect(page.locator(".easel[data-state=empty]")).to_be_visible()
