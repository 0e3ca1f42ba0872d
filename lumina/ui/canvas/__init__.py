"""The canvas: the node editor as one ``gr.HTML``, and the built files that its page fetches.

The sources are TypeScript, in ``web/``; ``make web`` builds them into ``lumina/ui/bundles/``. The page's
markup never changes, React owns what is inside. Python sends it the whole view each time (props ``run``,
``plan`` and ``brought``), it answers with events that carry what they need.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import gradio as gr
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lumina.ui.messages.canvas import Catalogue, Template
from lumina.ui.scripts import bundled, mount

SERVED = {"canvas.js": "text/javascript", "canvas.css": "text/css", "LICENSES.txt": "text/plain"}
YEAR = 31_536_000  # seconds; the address changes with the content
MARKUP = '<div class="lumina-canvas" role="region" aria-label="Workflow"></div>'


@cache
def version() -> str:
    """Changes whenever a built file does."""
    return hashlib.sha256(b"".join(map(bundled, SERVED))).hexdigest()[:12]


def make_canvas(catalogue: Mapping[str, Any], templates: Sequence[Mapping[str, str]], space: str) -> gr.HTML:
    """An empty canvas; it triggers ``execute``, ``halt``, ``review`` and ``bring``.

    ``catalogue`` is that of the workflow's nodes, ``templates`` have name, title, text and the address of a
    ``picture`` if there is one, and ``space`` is the name of the Space this runs on, if it does.
    """
    return gr.HTML(
        html_template=MARKUP,
        js_on_load=mount("canvas", "execute", "halt", "review", "bring"),
        apply_default_css=False,
        catalogue=Catalogue.model_validate(catalogue).data(),
        templates=[Template.model_validate(each).data() for each in templates],
        space=space,
        run={},
        plan={},
        brought={},
    )


def routes() -> list[Route]:
    """Where the page fetches the built files: ``/lumina/NAME``."""
    return [Route(f"/lumina/{name}", _served(name, kind)) for name, kind in SERVED.items()]


def prefetch() -> str:
    """What tells the page where the canvas is; the browser fetches it while it has nothing else to do."""
    return "".join(
        f'<link rel="prefetch" class="canvas-file" href="lumina/{name}?v={version()}">'
        for name in ("canvas.js", "canvas.css")
    )


def _served(name: str, kind: str) -> Any:
    async def serve(request: Request) -> Response:
        return Response(
            bundled(name), media_type=kind, headers={"cache-control": f"public, max-age={YEAR}, immutable"}
        )

    return serve
