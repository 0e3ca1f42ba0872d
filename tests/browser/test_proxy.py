"""The page in networks as they are: behind nginx with its own limits, and over plain http."""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.serving import served

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONFIGURATION = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_buffer_size 1m;
  proxy_max_temp_file_size 0;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass {address}; proxy_set_header Host $http_host; }}
  }}
}}
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(0, tmp_path_factory.mktemp("studio"), ("text_to_image", "edit")) as address:
        yield address


@pytest.fixture
def behind(address: str, tmp_path: Path) -> Iterator[str]:
    """The studio's address behind an nginx whose limits are those it comes with."""
    if NGINX is None:
        pytest.skip("nginx is not installed; .ci/run installs it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "nginx.conf").write_text(
        CONFIGURATION.format(folder=tmp_path, port=port, address=address), encoding="utf-8"
    )
    command = [NGINX, "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
    with subprocess.Popen(command) as process:
        retrying = httpx.HTTPTransport(retries=8)  # waits a little longer each time
        with httpx.Client(transport=retrying, timeout=60) as client:
            client.head(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def proxied(behind: str, visit: Callable[..., Visit]) -> Visit:
    """A visitor of the studio behind nginx, who leaves before nginx ends."""
    visited = visit()
    visited.address = behind
    return visited


def noise(side: int) -> bytes:
    """A picture that does not become smaller as a file."""
    file = BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def workflow(page: Page) -> None:
    page.get_by_role("tab", name="Workflow").click()
    page.wait_for_selector(".lumina-canvas .toolbar")


def put_on_canvas(page: Page, picture: bytes) -> None:
    page.get_by_role("button", name="Open a workflow").click()
    file = {"name": "large.png", "mimeType": "image/png", "buffer": picture}
    page.get_by_label("Workflow file").set_input_files(files=[file])  # type: ignore[list-item]


def test_a_proxy_that_refuses_a_picture_is_named_with_its_limit(proxied: Visit) -> None:
    page = proxied.open()
    workflow(page)
    put_on_canvas(page, noise(900))
    expect(page.locator(".notice")).to_contain_text("refuses 3.2 MB at once (nginx by itself takes 1 MB)")
    assert any("413" in complaint for complaint in proxied.complaints)
    proxied.complaints.clear()


def test_a_large_picture_for_a_tab_passes_the_limit(proxied: Visit) -> None:
    page = proxied.open()
    page.get_by_role("tab", name="Edit").click()
    file = {"name": "large.png", "mimeType": "image/png", "buffer": noise(1000)}
    page.locator(".image-field:visible input").first.set_input_files(files=[file])  # type: ignore[list-item]
    expect(page.locator(".image-field:visible").first).to_have_attribute("data-state", "full")
    image = page.locator(".image-field:visible img").first
    assert len(image.get_attribute("src") or "") < 1_000_000


def test_a_page_of_the_proxys_is_told_in_our_words_alone(visit: Callable[..., Visit]) -> None:
    visited = visit()
    page = visited.open()
    page.route(
        "**/queue/join*", lambda call: call.fulfill(status=502, content_type="text/html", body="<html>")
    )
    page.get_by_label("Prompt").fill("a red cone")
    page.get_by_role("button", name="Generate").click()
    alert = page.get_by_role("alert").filter(has_text="The proxy in front of the studio cannot reach it")
    expect(alert.first).to_be_visible()
    expect(page.get_by_text("parse")).to_have_count(0)
    assert any("502" in complaint for complaint in visited.complaints)
    visited.complaints.clear()


def test_copy_works_without_a_clipboard(visit: Callable) -> None:
    visited = visit()
    visited.page.add_init_script("delete Navigator.prototype.clipboard")  # as over plain http
    page = visited.open()
    workflow(page)
    page.get_by_role("button", name="Share a link").click()
    expect(page.get_by_label("Link to this workflow")).not_to_have_value("")
    link = page.get_by_label("Link to this workflow").input_value()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator(".notice")).to_have_text("Link copied.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Open a workflow").click()
    field = page.get_by_label("Link or JSON")
    field.focus()
    page.keyboard.press("Control+V")
    expect(field).to_have_value(link)
