"""What a browser is told with every answer, what is believed of a request, and which doors stay shut."""

import logging
import re

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumina.faults import note, sentence_of

log = logging.getLogger(__name__)

HUB = "https://huggingface.co https://*.huggingface.co"
# Gradio's page runs scripts that stand in it and compiles its templates; nothing comes from elsewhere.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "connect-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
FROM_HUB = ("img-src", "connect-src", "frame-ancestors")  # a Space lies in a frame of the hub, which heads it
OF_PROXY = (b"x-forwarded-host", b"x-forwarded-server", b"x-gradio-server")
# What Gradio offers and this page has no use for: it writes, fetches or runs what a stranger sends.
_SHUT = re.compile(r"^(/gradio_api)?/(deep_link|process_recording|proxy=|dev/reload|vibe-|undo-vibe)")

# Of what lies in the folder of files, only what Gradio or this studio has put there is served, below a hash.
_FILE = re.compile(r"/file=")
_OWN_FILE = re.compile(r".*/file=.*[/\\][0-9a-f]{64}[/\\][^/\\]+")


def policy(space: str = "") -> str:
    """The content security policy; ``space`` names the Space that this is, if it is one."""
    hub = {name: f"{POLICY[name]} {HUB}" for name in FROM_HUB} if space else {}
    return "; ".join(f"{name} {sources}" for name, sources in (POLICY | hub).items())


def _is_foreign(path: str) -> bool:
    return _FILE.search(path) is not None and _OWN_FILE.fullmatch(path) is None


class Hardened:
    """Outermost: headers on every answer, doors that stay shut, a sentence for whatever goes wrong inside.

    Who is in front says under which name the page was reached only where ``trusts_proxy``; else anybody could
    make the addresses in an answer lead elsewhere.
    """

    def __init__(self, app: ASGIApp, *, trusts_proxy: bool = False, space: str = "") -> None:
        self._app, self._trusts_proxy = app, trusts_proxy or bool(space)
        self._more = {
            "content-security-policy": policy(space),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if not self._trusts_proxy:
            scope["headers"] = [each for each in scope["headers"] if each[0].lower() not in OF_PROXY]
        is_begun = False

        async def headed(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._more.items():
                    headers.setdefault(name, value)
            await send(message)

        if _SHUT.match(scope["path"]) or _is_foreign(scope["path"]):
            return await JSONResponse({"error": "There is nothing here."}, 404)(scope, receive, headed)
        try:
            await self._app(scope, receive, headed)
        except Exception as error:
            note(log, "A request failed:", error)
            if not is_begun:  # else the server sees that the answer has no end, and closes the connection
                await JSONResponse({"error": sentence_of(error)}, 500)(scope, receive, headed)
