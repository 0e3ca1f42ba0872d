"""Opening a page to the network: the address, what stands in its way, and what goes over it compressed."""

import os
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gradio import networking
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumina.errors import InputError

FIRST_OWN_PORT = 1024  # below it, only an administrator's programs may listen
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANYWHERE = ("0.0.0.0", "::")
PACKED = (".png", ".webp", ".jpg", ".gif", ".woff2")  # files that do not become smaller
EVENTS = "/queue/data"  # the stream that a page gets all answers by
STREAMS = ("/heartbeat/", "/mcp")
GZIP_8K = 16 + 13  # a gzip file, whose compressor looks 8 KB back and takes 64 KB of memory


class Compressed:
    """Serves pages and scripts compressed, and the stream of events piece by piece; no other stream."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain, self._packed = app, GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.endswith(EVENTS) and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            return await self._plain(scope, receive, in_pieces(send))
        is_plain = path.endswith((*PACKED, EVENTS)) or any(part in path for part in STREAMS)
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


def bare(host: str | None) -> str:
    """A host without the brackets in which an address of IPv6 stands in URLs; that of Gradio if None."""
    host = host or os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def check_address(host: str | None, port: int | None) -> str:
    """The host as Gradio wants it; raises InputError with what is wrong if nothing can listen there."""
    name = bare(host)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            name, port or 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise InputError(f"The host {name} cannot be found; use 127.0.0.1, or 0.0.0.0 for all.") from error
    try:
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise InputError(_refusal(error, name, port)) from error
    return f"[{name}]" if family == socket.AF_INET6 and ":" in name else name


def _refusal(error: OSError, host: str, port: int | None) -> str:
    """Why nothing can listen at an address, and what to do."""
    if isinstance(error, PermissionError) and port and port < FIRST_OWN_PORT:
        return f"Port {port} is for administrators only; choose a port from {FIRST_OWN_PORT} on."
    if port and "in use" in str(error):
        return f"Port {port} is taken by another program; choose another port."
    return f"This machine cannot listen at {host} ({error.strerror or error}); choose another host."


@contextmanager
def without_detours(host: str) -> Iterator[None]:
    """While the page is opened: no proxy between Gradio and its own server, and no trial of its address.

    Gradio asks for its own page and gives it three seconds, which a busy machine may not keep; that the
    server listens is known by then.
    """
    own = [*LOOPBACK, bare(host), *ANYWHERE]
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    given = before["no_proxy"] or before["NO_PROXY"]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join([given, *own] if given else own)
    trial, networking.url_ok = networking.url_ok, lambda url: True
    try:
        yield
    finally:
        networking.url_ok = trial
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def sentence_of(error: Exception) -> str:
    """What a person reads about a page that could not be opened for another reason."""
    told: Any = str(error).strip().splitlines()
    return f"The page cannot be opened: {told[0] if told else type(error).__name__}."
