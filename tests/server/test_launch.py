import asyncio
import os
import socket
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest
from gradio import networking
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from lumina.errors import InputError
from lumina.server.launch import Compressed, check_address, in_pieces, sentence_of, without_detours


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} is taken"):
            check_address("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "", "a" * 70, "300.1.1.1"])
def test_a_host_that_cannot_be_found_is_one_sentence(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(InputError, match="cannot be found"):
        check_address(host, None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied"), "Port 80 is for administrators only"),
        (OSError(99, "Cannot assign requested address"), "cannot listen at 127.0.0.1"),
        (OSError(97, "Address family not supported by protocol"), "cannot listen at 127.0.0.1"),
    ],
)
def test_what_stands_in_the_way_is_one_sentence(
    error: OSError, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise error

    monkeypatch.setattr(
        "lumina.server.launch.socket.socket", type("Trial", (socket.socket,), {"bind": refuse})
    )
    with pytest.raises(InputError, match=said):
        check_address("127.0.0.1", 80)


def test_addresses_of_ipv6_get_their_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    class Trial(socket.socket):
        def __init__(self, *_: object) -> None:
            super().__init__()

        def bind(self, address: object) -> None:
            pass

    monkeypatch.setattr("lumina.server.launch.socket.socket", Trial)
    assert [check_address(host, None) for host in ("::1", "[::1]", "::")] == ["[::1]", "[::1]", "[::]"]
    assert check_address("127.0.0.1", None) == "127.0.0.1"


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9"])
def test_no_proxy_comes_between_the_page_and_its_opening(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    with without_detours("[::1]"), httpx.Client() as client:
        for host in ("localhost", "127.0.0.1", "[::1]"):
            assert client._transport_for_url(httpx.URL(f"http://{host}:7860/")) is client._transport
        assert networking.url_ok("http://nobody.invalid")  # never tried: the server is known to listen
    assert "NO_PROXY" not in os.environ


def test_any_other_fault_is_one_sentence() -> None:
    assert sentence_of(ValueError("no\nmore")) == "The page cannot be opened: no."
    assert sentence_of(ValueError()) == "The page cannot be opened: ValueError."


async def events(request: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        for _ in range(3):
            yield "data: " + "x" * 2000 + "\n\n"

    return StreamingResponse(parts(), media_type="text/event-stream")


async def page(request: Request) -> PlainTextResponse:
    return PlainTextResponse("word " * 1000)


def test_pages_are_compressed_and_streams_are_not() -> None:
    routes = [Route("/", page), Route("/a.png", page), Route("/stream", events), Route("/queue/data", events)]
    client = TestClient(Starlette(routes=routes, middleware=[Middleware(Compressed)]))
    assert client.get("/").headers["content-encoding"] == "gzip"
    for path in ("/a.png", "/stream"):
        assert "content-encoding" not in client.get(path).headers
    packed = client.get("/queue/data")
    assert packed.headers["content-encoding"] == "gzip"
    plain = client.get("/queue/data", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.text == packed.text


def test_every_piece_of_the_page_s_events_can_be_read_when_it_comes() -> None:
    """And nothing is lost where the stream is broken off before its end."""
    sent: list[Message] = []

    async def take(message: Message) -> None:
        sent.append(message)

    async def stream() -> None:
        send = in_pieces(take)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        for number in range(3):
            await send({"type": "http.response.body", "body": b"data: %d\n\n" % number, "more_body": True})

    asyncio.run(stream())
    start, *pieces = sent
    assert dict(start["headers"]) == {b"content-encoding": b"gzip", b"vary": b"accept-encoding"}
    reader = zlib.decompressobj(wbits=31)
    assert [reader.decompress(each["body"]) for each in pieces] == [b"data: %d\n\n" % n for n in range(3)]
