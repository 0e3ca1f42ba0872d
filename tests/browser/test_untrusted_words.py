"""Words of strangers are shown as words: no script of theirs runs, and nothing is asked of another host."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

PAYLOADS = [
    '<img src=x onerror="window.pwned=1">',
    "<script>window.pwned=1</script>",
    '<svg onload="window.pwned=1"></svg>',
    '"><iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
    "[a](javascript:window.pwned=1) ![b](https://evil.example/b.png) ${window.pwned=1} {{7*7}}",
]


def draw(page: Page, words: str) -> None:
    page.get_by_label("Prompt").first.fill(words)
    page.get_by_role("button", name="Generate").click()
    page.wait_for_selector(".easel[data-state=done], .easel[data-state=failed]")


def opened(page: Page, document: object) -> None:
    page.get_by_role("button", name="Open a workflow").click()
    file = {"name": "odd.json", "mimeType": "application/json", "buffer": json.dumps(document).encode()}
    page.get_by_label("Workflow file").set_input_files(files=[file])  # type: ignore[list-item]


def test_t06_words_are_shown_and_never_run(visit: Callable) -> None:
    visited = visit()
    page = visited.open()
    for words in PAYLOADS:
        draw(page, words)
    page.get_by_role("tab", name="Gallery").click()
    expect(page.locator(".gallery-card").first).to_be_visible()
    page.get_by_label("Search the gallery").fill(PAYLOADS[0])
    page.get_by_role("tab", name="Workflow").click()
    page.wait_for_selector(".lumina-canvas .toolbar")
    for words in PAYLOADS:
        node = {"task": "text_to_image", "inputs": {"prompt": words}}
        opened(page, {"lumina": 1, "title": words, "nodes": {"a": node, "b": node}})
        expect(page.locator(".react-flow__node").first).to_be_visible()
        opened(page, {"lumina": 1, "nodes": {"a": {**node, words: words}}})
        expect(page.locator(".lumina-canvas").get_by_text("is not a key").first).to_be_visible()
    assert page.evaluate("() => window.pwned") is None
    assert all("evil.example" not in url for url in visited.requests)
