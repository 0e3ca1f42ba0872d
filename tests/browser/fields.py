"""Filling in fields as a person does, who looks at what stands there."""

from playwright.sync_api import Locator


def fill_in(field: Locator, words: str) -> None:
    """Fill a field until the words stay: a form that is still unfolding sets its fields once more."""
    for _ in range(20):
        field.fill(words)
        field.press("Tab")
        field.page.wait_for_timeout(200)
        if field.input_value() == words:
            break
