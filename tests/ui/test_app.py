"""The page as it is served: no foreign hosts, private events, and the endpoint for programs."""

import asyncio
import inspect
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import httpx
import pytest

from lumina.runtime.fake import FakePipeline
from lumina.server.workshop import Workshop
from lumina.settings import Settings
from lumina.ui.app import build, launch_options
from lumina.ui.easel import STATIC
from lumina.ui.scripts import BUNDLES, page_script
from tests.serving import served


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        served(0, tmp_path_factory.mktemp("studio")) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def test_what_the_page_sends_with_an_event_is_never_put_off(tmp_path: Path) -> None:
    """Gradio repeats an event that it has put off with what came with the one before."""

    async def built() -> gr.Blocks:
        return build(Workshop(FakePipeline), Settings(results=tmp_path))

    with ThreadPoolExecutor(1) as thread:
        page = thread.submit(lambda: asyncio.run(built())).result()
    carrying = [
        fn
        for fn in page.fns.values()
        if fn.fn is not None
        and any(each.annotation is gr.EventData for each in inspect.signature(fn.fn).parameters.values())
    ]
    assert carrying and not [fn.name for fn in carrying if fn.trigger_mode == "always_last"]


def test_nothing_about_the_server_is_open(studio: httpx.Client) -> None:
    assert studio.get("/monitoring/summary").status_code == 403
    config = studio.get("/config").text
    assert str(Path.home()) not in config and str(STATIC) not in config


def test_the_styles_and_scripts_name_no_other_host() -> None:
    texts = [path.read_text(encoding="utf-8") for path in STATIC.iterdir()]
    texts += [launch_options(Settings(), Workshop(FakePipeline))["theme"]._get_theme_css(), page_script()]
    urls = {url for text in texts for url in re.findall(r"https?://[^\s\"')]+", text)}
    assert urls <= {"http://www.w3.org/2000/svg"}


def test_scripts_are_written_in_web_alone() -> None:
    assert {*BUNDLES.parent.rglob("*.js")} == {BUNDLES / "canvas.js", BUNDLES / "page.js"}


def test_nothing_is_told_to_anyone() -> None:
    options = launch_options(Settings(), Workshop(FakePipeline))
    for name in ("ssr_mode", "show_error", "run_history", "enable_monitoring"):
        assert options[name] is False


def functions_in(value: object, path: str = "") -> list[str]:
    if callable(value):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in items for found in functions_in(inner, f"{path}/{key}")]


def test_the_configuration_holds_no_function(tmp_path: Path) -> None:
    async def configured() -> object:
        return build(Workshop(FakePipeline), Settings(results=tmp_path)).get_config_file()

    found = functions_in(asyncio.run(configured()))
    own = "/delete_callback"  # of Gradio's states: a plain function, which copying leaves alone
    assert [path for path in found if not path.endswith(own)] == []
