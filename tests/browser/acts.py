"""What a person does on every tab: opens it, and fills in fields, looking at what stands there."""

from playwright.sync_api import Locator, Page


def fill_in(field: Locator, words: str) -> None:
    """Fill a field until the words stay: a form that is still unfolding sets its fields once more."""
    for _ in range(20):
        field.fill(words)
        field.press("Tab")
        field.page.wait_for_timeout(200)
        if field.input_value() == words:
            break


def open_tab(page: Page, title: str) -> None:
    """Open a tab."""
    page.wait_for_selector(".model-badge[data-state=ready]")  # by then the tabs have found their places
    page.get_by_role("tab", name=title, exact=True).click()
