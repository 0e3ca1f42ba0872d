"""While others draw, a person sees their place; who has enough under way reads when to come back."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.serving import started


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with started(0.3, tmp_path_factory.mktemp("studio"), drawings_each=3, slots=1) as (address, _):
        yield address


def generate(page: Page) -> None:
    page.get_by_label("Prompt").first.fill("a red cube")
    page.get_by_role("button", name="Generate").click()


def test_a_person_sees_their_place_and_the_seconds_and_a_refusal_in_words(visit: Callable) -> None:
    visits = [visit() for _ in range(4)]
    pages = [each.open() for each in visits]
    generate(pages[0])
    expect(pages[0].locator(".easel-status")).to_contain_text("Done", timeout=30_000)
    for page in pages[:3]:
        generate(page)
    expect(pages[2].locator(".easel-status")).to_contain_text("1 drawing before yours, finished in about")
    generate(pages[3])
    problem = pages[3].locator(".easel-problem")
    expect(problem).to_contain_text("3 drawings from your address wait or are under way already")
    expect(problem).to_contain_text("try again then")
    visits[3].complaints.clear()  # the browser's own word for a refusal
    expect(pages[2].locator(".easel-status")).to_contain_text("Done", timeout=30_000)
