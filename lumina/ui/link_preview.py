"""What a link to the studio shows elsewhere: its name, what it does, and a picture of its own.

A link to a picture (``shared_picture.py``) shows what was asked for. The picture itself is with whoever
drew it alone, until the page draws it again; one that began with another picture is shown as it was shared.
"""

import re
from collections.abc import Mapping
from html import escape

from gradio.route_utils import get_root_url
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumina.errors import InputError
from lumina.files import shipped_files
from lumina.ui.gallery import title_of
from lumina.ui.gallery_route import SHARED
from lumina.ui.shared_picture import PARAMETER, RESULT, code_in, unpacked

TITLE = "Lumina Studio"
ABOUT = "Say what to draw and watch it being painted, row by row; edit it, or chain steps on a canvas."
ABOUT_PICTURE = f"Drawn with {TITLE}. Open it, and it is painted again before your eyes, row by row."
LONGEST = 200  # characters of a title
PICTURE = shipped_files() / "assets" / "pictures" / "preview.png"
SIZE = (1200, 630)  # pixels
ADDRESS = "lumina/preview.png"
_ID = re.compile(r"[0-9a-f]{32}")
_FOREIGN = re.compile(rb'\s*<meta (?:property="og:|name="twitter:)[^>]*>')  # what Gradio says of itself
_CHARSET = re.compile(rb'<meta charset="[^"]*"[^>]*>')  # which has to be among the first bytes


def preview_route() -> Route:
    """Where the picture is."""

    async def serve(request: Request) -> FileResponse:
        return FileResponse(PICTURE, headers={"cache-control": "public, max-age=86400"})

    return Route(f"/{ADDRESS}", serve)


def tags(root: str, code: str = "", result: str = "") -> str:
    """The tags of a page at the address ``root``, without a slash at its end, or of a shared picture."""
    title = _title_of(code)
    if title and _ID.fullmatch(result):
        return _as_meta(
            {
                "og:title": title,
                "og:description": f"Made with {TITLE}.",
                "og:type": "website",
                "og:url": f"{root}/?{PARAMETER}={code}&{RESULT}={result}",
                "og:image": f"{root}/{SHARED}/{result}.png",
                "og:image:alt": title,
            }
        )
    said = {
        "og:title": title or TITLE,
        "og:description": ABOUT_PICTURE if title else ABOUT,
        "og:type": "website",
        "og:url": f"{root}/?{PARAMETER}={code}" if title else f"{root}/",
        "og:image": f"{root}/{ADDRESS}",
        "og:image:width": str(SIZE[0]),
        "og:image:height": str(SIZE[1]),
        "og:image:alt": "Pictures that were drawn here, one of them half painted",
    }
    return _as_meta(said)


def _as_meta(said: Mapping[str, str]) -> str:
    meta = [f'<meta property="{name}" content="{escape(value)}" />' for name, value in said.items()]
    return "".join([*meta, '<meta name="twitter:card" content="summary_large_image" />'])


def _title_of(code: str) -> str:
    """What a shared picture was asked for; empty if there is none that can be read."""
    try:
        title = " ".join(title_of(unpacked(code)).split()) if code else ""
        title = title.encode(errors="replace").decode()  # without halves of letters
    except InputError:
        return ""
    return title if len(title) <= LONGEST else f"{title[:LONGEST]}…"


class Previewed:
    """The page, with these tags in place of Gradio's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != scope.get("root_path", "").rstrip("/"):
            return await self._app(scope, receive, send)
        root = get_root_url(Request(scope), "/", scope.get("root_path"))
        query = scope["query_string"]
        said = tags(root, code_in(query), code_in(query, RESULT))
        await self._app(scope, receive, _Page(said, send).send)


class _Page:
    """An answer that is held back until it is whole, if it is a page."""

    def __init__(self, said: str, send: Send) -> None:
        self._said, self._send = said, send
        self._start: Message | None = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = MutableHeaders(raw=message["headers"]).get("content-type", "")
            if "text/html" in kind:
                self._start = message
                return
        elif self._start is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = _FOREIGN.sub(b"", bytes(self._body))
            page = _CHARSET.sub(lambda found: found[0] + self._said.encode(), page, count=1)
            MutableHeaders(raw=self._start["headers"])["content-length"] = str(len(page))
            await self._send(self._start)
            message = {"type": "http.response.body", "body": page}
        await self._send(message)
