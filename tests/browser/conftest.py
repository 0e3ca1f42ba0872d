"""A real browser (Debian's chromium) on a studio that runs in a process of its own."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.serving import served

expect.set_options(timeout=30_000)  # milliseconds, for a machine with other work
ROW_SECONDS = 0.2  # slow enough to be watched on a busy machine
# The first opens a page in half the time: it has no window of its own.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Visit:
    """A page with what it asked for and what it complained about."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, tab: str = "") -> Page:
        """Go to the studio, to a tab by its name in the address, and wait until the model is there."""
        self.page.goto(self.address + (tab and f"/#{tab}"))
        self.page.wait_for_selector(".model-badge[data-state=ready]")
        self.page.wait_for_selector(".easel[data-state]", state="attached")
        return self.page


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(ROW_SECONDS, tmp_path_factory.mktemp("studio")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed; .ci/run installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Visit]]:
    """Opens pages as new visitors; in the end none has left loopback or complained."""
    visits: list[Visit] = []

    def new(**options: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **options})
        context.set_default_timeout(30_000)
        made = Visit(context.new_page(), address)
        made.page.on("request", lambda request: made.requests.append(request.url))
        made.page.on("pageerror", lambda error: _note(made, "error", str(error)))
        made.page.on("console", lambda message: _note(made, message.type, message.text))
        visits.append(made)
        return made

    yield new
    for made in visits:
        made.page.context.close()
        assert made.complaints == []
        foreign = [url for url in made.requests if not url.startswith((made.address, "data:", "blob:"))]
        assert foreign == []


# what Gradio's client says when a page is left or reloaded while its stream is open
LEAVING = ("AbortError", "Connection errored out")


def _note(visit: Visit, kind: str, text: str) -> None:
    if kind == "error" and not any(words in text for words in LEAVING):
        visit.complaints.append(text)


@pytest.fixture
def downloads(tmp_path: Path) -> Callable[[Page], Path]:
    """Clicks Download and keeps the file."""

    def download(page: Page) -> Path:
        with page.expect_download() as started:
            page.get_by_role("link", name="Download").click()
        path = tmp_path / started.value.suggested_filename
        started.value.save_as(path)
        return path

    return download
