"""The studio: puts the tabs into a page and serves it."""

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import gradio as gr
from fastapi import Depends
from starlette.middleware import Middleware

from lumina import gradio_settings
from lumina.allocator import give_memory_back
from lumina.errors import InputError
from lumina.model.config import ModelSpec, spec_in
from lumina.runtime.content_check import decide
from lumina.runtime.painter import Painter
from lumina.server.address import addresses, check_address
from lumina.server.admission import admit
from lumina.server.allowance import Allowance
from lumina.server.guard import Capped, Roomy, guard_decoders
from lumina.server.headers import Hardened
from lumina.server.health import health_route
from lumina.server.json_log import write_json_lines
from lumina.server.loading import load_model
from lumina.server.metrics import metrics_route
from lumina.server.network import (
    Compressed,
    Revalidated,
    drain,
    public_link,
    sentence_of,
    without_detours,
)
from lumina.server.workshop import Workshop
from lumina.server.zerogpu import ON_ZEROGPU
from lumina.settings import MAX_WAITING, SLOTS, Settings
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask
from lumina.ui.api import endpoint
from lumina.ui.canvas import prefetch, routes
from lumina.ui.create import tab_of
from lumina.ui.easel import STATIC
from lumina.ui.endpoint import Page
from lumina.ui.events import QUICK
from lumina.ui.gallery import Archive, GalleryTab
from lumina.ui.gallery_route import gallery_route, shared_route
from lumina.ui.header import Header
from lumina.ui.link_preview import Previewed, preview_route
from lumina.ui.mcp_tools import offer_tools
from lumina.ui.model_choice import ModelChoice, is_public
from lumina.ui.opening import opening_routes
from lumina.ui.refusals import REFUSALS, KnownCalls, check_body
from lumina.ui.scripts import page_script
from lumina.ui.sessions import Sessions
from lumina.ui.tabs import TabBar
from lumina.ui.task_tab import TaskTab, uses_of
from lumina.ui.templates import template_routes
from lumina.ui.theme import STYLES, studio_theme
from lumina.ui.workflow_api import workflow_endpoint
from lumina.ui.workflow_tab import WorkflowTab

log = logging.getLogger(__name__)

MAX_SESSIONS = 300  # whose state Gradio keeps
WHO = "() => window.lumina.visitor()"


def build(
    workshop: Workshop,
    settings: Settings,
    choice: ModelChoice | None = None,
    archive: Archive | None = None,
) -> Page:
    """The page, with a tab for each drawing task, and an endpoint for each that the model can do.

    ``archive`` is the one that it is served with.
    """
    spec = choice.present if choice is not None else spec_in(settings)
    drawing = [task for task in TASKS.values() if issubclass(task, DrawingTask)]
    able = [task for task in drawing if task.name in spec.tasks]
    archive = archive or Archive.of(settings, os.environ.get("SPACE_ID", ""))
    sessions = Sessions(workshop, archive.store)
    page = Page(title="Lumina Studio", fill_width=True, analytics_enabled=False)
    with page:
        header = Header(workshop, spec, choice)
        guest = gr.Textbox(label="Session", elem_classes="unseen")
        tabs, all_tabs = [], TabBar()
        with all_tabs.bar:
            for task in (task for task in drawing if tab_of(task) is task):
                with all_tabs.make(task.title, task.name):
                    if task in able:
                        tabs.append(TaskTab(task, workshop, spec, settings, sessions, guest, choice))
                    else:
                        gr.HTML(f'<p class="cannot">{escape(_cannot(spec, able))}</p>')
                        if choice is not None:
                            choice.offer(task.name)
            with all_tabs.make("Workflow", "workflow"):
                WorkflowTab(workshop, spec, page.files, sessions)
            with all_tabs.make("Gallery", "gallery"):
                gallery = GalleryTab(archive, [task.name for task in able], uses_of(spec))
        all_tabs.listen(page)
        page.load(None, None, guest, js=WHO, **QUICK)
        gallery.lead_to(all_tabs.bar)
        for task in able:
            endpoint(task, workshop, page.files).place()
        workflow_endpoint(workshop, spec, page.files).place()
        for tab in tabs:
            tab.remember(page, spec.name)
            tab.lead_to(all_tabs.bar)
        prices = [tab.price for tab in tabs]
        lines: list[Any] = [price.line for price in prices]
        page.load(lambda: [price.told() for price in prices], None, lines, **QUICK)
        header.listen(page)
    # As many calls draw at once as there are seats, which the scheduler shares out; the others wait in the
    # queue. On ZeroGPU each call gets a GPU of its own.
    at_once = None if ON_ZEROGPU else settings.slots or SLOTS
    page.queue(max_size=None, api_open=False, default_concurrency_limit=at_once)
    is_open = choice is not None and choice.is_public
    is_space = bool(os.environ.get("SPACE_ID"))
    # ZeroGPU has one of its own for every visitor
    allowance = Allowance(settings.seconds_on(is_space and not ON_ZEROGPU))
    each = settings.drawings_on(is_open)
    admit(page, MAX_WAITING, each, allowance, workshop.counts, settings.trusts_proxy or is_space)
    page.enable_monitoring = False  # launch() says so only once the page answers
    return page


def _cannot(spec: ModelSpec, able: list[type[DrawingTask]]) -> str:
    """What a tab says whose task is beyond the model."""
    return f"{spec.title} has not learned this. It can do: {', '.join(task.title for task in able)}."


def launch_options(
    settings: Settings, workshop: Workshop, archive: Archive | None = None
) -> Mapping[str, Any]:
    """How the page is served: nothing from other hosts, nothing told to anyone, no open ends.

    ``archive`` is the one that the page was built with.
    """
    space = os.environ.get("SPACE_ID", "")
    archive, counts = archive or Archive.of(settings, space), workshop.counts
    return {
        "theme": studio_theme(),
        "css_paths": STYLES,
        "head": f"<script>{page_script()}</script>{prefetch()}",
        "favicon_path": STATIC / "favicon.svg",
        "footer_links": ["api"],
        "ssr_mode": False,
        "show_error": False,
        "run_history": False,
        "enable_monitoring": False,
        "max_file_size": "20mb",
        "state_session_capacity": MAX_SESSIONS,
        "mcp_server": gradio_settings.offers_tools() and offer_tools(),  # with `gradio[mcp]`
        "app_kwargs": {
            "routes": [
                health_route(workshop),
                *routes(),
                *template_routes(),
                *opening_routes(),
                preview_route(),
                gallery_route(archive),
                shared_route(archive),
                *([metrics_route(counts, archive.size)] if settings.has_metrics else []),
            ],
            "dependencies": [Depends(check_body)],
            "exception_handlers": REFUSALS,
            "middleware": [
                Middleware(Hardened, trusts_proxy=settings.trusts_proxy, space=space),
                Middleware(Capped, trusts_proxy=settings.trusts_proxy or bool(space), counts=counts),
                Middleware(Roomy, counts=counts),
                Middleware(Compressed),
                Middleware(Revalidated),
                Middleware(KnownCalls),
                Middleware(Previewed),
            ],
        },
    }


def serve(
    settings: Settings | None = None,
    *,
    share: bool = False,
    load: Callable[[], Painter] | None = None,
    **options: Any,
) -> None:
    """Open the page at once, load the model behind it, and serve until interrupted.

    Where several models are here and the page is not public, its head offers them: the page is then closed,
    and opened at the same address for the chosen one. With an engine the page is opened once that answers,
    for it says what can be drawn. What is left open, Gradio's variables say.
    """
    share = share or gradio_settings.shares()
    options["server_port"] = options.get("server_port") or gradio_settings.port()
    settings = settings or Settings.from_environment()
    give_memory_back()
    guard_decoders()
    if settings.log == "json":
        write_json_lines()
    engine = _engine(settings) if settings.engine and load is None else None
    if engine is not None:
        settings, load = engine.settings, lambda: engine
    archive = Archive.of(settings, os.environ.get("SPACE_ID", ""))
    while True:
        is_open = is_public(share, options.get("server_name"))
        choice = ModelChoice(settings, is_open, None if engine is None else engine.spec)
        check = decide(settings, choice.present, choice.is_public).load()
        workshop = Workshop(load or partial(load_model, settings, is_warmed=not ON_ZEROGPU), check)
        page = build(workshop, settings, choice, archive)
        ways = {**launch_options(settings, workshop, archive), **options}
        _open(page, workshop, share, ways)
        with _draining(page, workshop):
            if not choice.offered:
                return _wait(page)
            settings = replace(settings, model=choice.wait())
        options["server_port"] = page.server_port
        page.close(verbose=False)
        page.files.stop()


def _engine(settings: Settings) -> Painter:
    """The model behind the address that the settings name; raises InputError where there is none."""
    from lumina.runtime.remote_painter import PATIENCE, RemotePainter

    _tell(f"Asking the engine at {settings.engine} for its model.")
    return RemotePainter.connect(settings, wait=PATIENCE)


def _wait(page: gr.Blocks) -> None:
    """While the page is served; Gradio's own waiting would swallow Ctrl-C, and end as if all were well."""
    while page.is_running:
        time.sleep(0.1)


@contextmanager
def _draining(page: gr.Blocks, workshop: Workshop) -> Iterator[None]:
    """SIGTERM lets what is being drawn end with a sentence first, at its next row."""
    try:
        yield
    except SystemExit:
        workshop.close()
        drain(page)
        raise


def _open(page: Page, workshop: Workshop, share: bool, ways: Mapping[str, Any]) -> None:
    """Serve the page, then load the model; raises InputError if it cannot be served."""
    host = check_address(ways.get("server_name"), ways.get("server_port"))
    if ON_ZEROGPU:  # which packs the model at launch
        workshop.open()
    try:
        with without_detours(host):
            page.launch(share=False, quiet=True, prevent_thread_lock=True, **{**ways, "server_name": host})
    except OSError as error:
        raise InputError(
            "The page cannot be served at this address and port; choose another host or port."
        ) from error
    except Exception as error:
        log.debug("The page could not be opened.", exc_info=True)
        raise InputError(sentence_of(error)) from error
    page.files.start()
    _tell(f"Lumina Studio is at {addresses(host, page.server_port)}.")
    if not ON_ZEROGPU:
        workshop.open()
    if share:
        _share(page)


def _share(page: gr.Blocks) -> None:
    """Make the page public, or say why it is not."""
    try:
        _tell(f"Its public link, for a week at most, is {public_link(page)}.")
    except InputError as error:
        sys.stderr.write(f"{error}\n")


def _tell(sentence: str) -> None:
    print(sentence, flush=True)  # noqa: T201  # which nobody has to be able to read, nor even a stdout
