"""Opening a page to the network: what stands in its way, and what goes over it compressed."""

import asyncio
import hashlib
import io
import logging
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from functools import partial
from typing import Any

from gradio import http_server, networking
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumina.connections import LOOPBACK
from lumina.errors import InputError
from lumina.files import plain_reason
from lumina.server.address import ANYWHERE, bare, listener

PACKED = (".png", ".webp", ".jpg", ".gif", ".woff2")  # files that do not become smaller
EVENTS = "/queue/data"  # the stream that a page gets all answers by
TAGGED = ("text/html", "text/css", "text/javascript", "application/javascript")
STREAMS = (EVENTS, "/heartbeat/", "/mcp")
CONFIGURED = b"</script><script>window.gradio_api_info"
# A proxy may not tell under which name and in which folder the page is reached; the browser knows.
OWN_ADDRESS = rb"window.gradio_config.root = location.origin + location.pathname.replace(/\/$/, '');"
DRAINING = 6.0  # seconds for what is being drawn to come to its next row
GZIP_8K = 16 + 13  # a gzip file, whose compressor looks 8 KB back and takes 64 KB of memory


class Compressed:
    """Serves pages and scripts compressed, and the stream of events piece by piece; no other stream."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain, self._packed = app, GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.endswith(EVENTS) and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            return await self._plain(scope, receive, in_pieces(send))
        is_plain = path.endswith(PACKED) or any(part in path for part in STREAMS)
        await (self._plain if is_plain else self._packed)(scope, receive, send)


def in_pieces(send: Send) -> Send:
    """Sends an answer as a gzip file of which every piece can be read as soon as it comes."""
    packer = zlib.compressobj(wbits=GZIP_8K, memLevel=6)

    async def pack(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            headers["content-encoding"] = "gzip"
            headers.add_vary_header("accept-encoding")
            del headers["content-length"]
        elif message["type"] == "http.response.body":
            end = zlib.Z_SYNC_FLUSH if message.get("more_body") else zlib.Z_FINISH
            body = packer.compress(message.get("body", b"")) + packer.flush(end)
            message = {**message, "body": body}
        await send(message)

    return pack


class Revalidated:
    """Tells a browser that what it has is still right (304), by a tag that every page and script carries."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and scope["method"] == "GET"
        if not is_page or any(part in scope["path"] for part in STREAMS):
            return await self._app(scope, receive, send)
        answer = _Answer(Headers(scope=scope).get("if-none-match", ""), send)
        await self._app(scope, receive, answer.send)


class _Answer:
    """What is sent for one request: pages without a tag are held back until they are whole."""

    def __init__(self, known: str, send: Send) -> None:
        self._known, self._send = known, send
        self._start: Message | None = None  # held back
        self._body = bytearray()
        self._is_told = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if message["status"] != 200:
                await self._send(message)
            elif "etag" in headers:
                await self._begin(message)
            elif headers.get("content-type", "").startswith(TAGGED):
                self._start = message
            else:
                await self._send(message)
        elif self._start is not None and message["type"] == "http.response.body":
            await self._gather(message)
        elif not self._is_told:
            await self._send(message)

    async def _gather(self, message: Message) -> None:
        self._body += message.get("body", b"")
        if message.get("more_body") or self._start is None:
            return
        headers = MutableHeaders(raw=self._start["headers"])
        if CONFIGURED in self._body:
            self._body = self._body.replace(CONFIGURED, OWN_ADDRESS + CONFIGURED, 1)
            headers["content-length"] = str(len(self._body))
        headers["etag"] = f'W/"{hashlib.sha256(self._body).hexdigest()[:32]}"'
        headers.setdefault("cache-control", "no-cache")  # ask each time
        await self._begin(self._start)
        if not self._is_told:
            await self._send({"type": "http.response.body", "body": bytes(self._body)})

    async def _begin(self, start: Message) -> None:
        """Send the head; if the browser has this already, with nothing after it."""
        headers = MutableHeaders(raw=start["headers"])
        known = {tag.strip().removeprefix("W/") for tag in self._known.split(",")}
        self._is_told = headers["etag"].removeprefix("W/") in known
        if not self._is_told:
            return await self._send(start)
        kept = [(name, value) for name, value in start["headers"] if not name.startswith(b"content-")]
        await self._send({**start, "status": 304, "headers": kept})
        await self._send({"type": "http.response.body", "body": b""})


class Listening(http_server.Server):
    """Gradio's server, which at an address of IPv6 listens itself: at ``::`` for IPv4, too."""

    def run_in_thread(self) -> None:
        """Serve; raises OSError where nothing can listen."""
        host, port = self.config.host, self.config.port
        if ":" in host:
            self.run = partial(self.run, sockets=[listener(host, port)])  # type: ignore[method-assign]
        super().run_in_thread()  # type: ignore[no-untyped-call]


@contextmanager
def without_detours(host: str) -> Iterator[None]:
    """While the page is opened: no proxy between Gradio and its own server, and no trials of its address.

    Gradio asks for its own page and gives it three seconds, which a busy machine may not keep; that the
    server listens is known by then. And it tries ports at GRADIO_SERVER_NAME by IPv4 only.
    """
    own = [*LOOPBACK, bare(host), *ANYWHERE]
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    given = before["no_proxy"] or before["NO_PROXY"]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join([given, *own] if given else own)
    trial, networking.url_ok = networking.url_ok, lambda url: True
    gradio: Any = http_server
    server, gradio.Server = gradio.Server, Listening
    name, gradio.LOCALHOST_NAME = gradio.LOCALHOST_NAME, "127.0.0.1"
    try:
        yield
    finally:
        networking.url_ok, gradio.Server, gradio.LOCALHOST_NAME = trial, server, name
        for variable, value in before.items():
            if value is None:
                os.environ.pop(variable, None)
            else:
                os.environ[variable] = value


def drain(page: Any) -> None:
    """Let the streams of a page that is served come to their end, and close it; within 10 seconds."""
    end = time.monotonic() + DRAINING
    while time.monotonic() < end and (len(page._queue) or any(page._queue.active_jobs)):
        time.sleep(0.05)
    page.server.config.timeout_graceful_shutdown = 1
    logging.getLogger("uvicorn.error").addFilter(_is_no_cut)
    page.server.close()


def _is_no_cut(record: logging.LogRecord) -> bool:
    """Whether a record tells of anything but a stream without an end that is cut: one waits at every page."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, asyncio.CancelledError) and not str(record.msg).startswith("Cancel %s")


def public_link(page: Any) -> str:
    """Gradio's public link to a page that is served; raises InputError, in one sentence, if there is none."""
    own = bare(page.server_name)
    try:
        with redirect_stderr(io.StringIO()):  # the log of the program that Gradio makes links with
            found = networking.setup_tunnel(
                "127.0.0.1" if own in ANYWHERE else own, page.server_port, page.share_token, None, None
            )
    except Exception as error:  # of many kinds; the page is served all the same
        reason = plain_reason(error).rstrip(".:")
        raise InputError(
            f"A public link could not be made ({reason}); the studio is served here only."
        ) from error
    return f"https://{found.partition('://')[2] or found}"


def sentence_of(error: Exception) -> str:
    """What a person reads about a page that could not be opened for another reason."""
    return f"The page cannot be opened: {plain_reason(error).rstrip('.')}."
