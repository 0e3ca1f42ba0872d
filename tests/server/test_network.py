import asyncio
import os
import socket
import sys
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import gradio
import httpx
import pytest
import uvicorn
from gradio import http_server, networking
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from lumina.errors import InputError
from lumina.server.address import addresses, check_address
from lumina.server.network import (
    CONFIGURED,
    Compressed,
    Listening,
    Revalidated,
    in_pieces,
    public_link,
    sentence_of,
    without_detours,
)


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

    monkeypatch.setattr("socket.socket", type("Trial", (socket.socket,), {"bind": refuse}))
    with pytest.raises(InputError, match=said):
        check_address("127.0.0.1", 80)


def test_addresses_of_ipv6_get_their_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    class Trial(socket.socket):
        def __init__(self, *_: object) -> None:
            super().__init__()

        def bind(self, address: object) -> None:
            pass

    monkeypatch.setattr("socket.socket", Trial)
    assert [check_address(host, None) for host in ("::1", "[::1]", "::")] == ["[::1]", "[::1]", "[::]"]
    assert check_address(" 127.0.0.1\r", None) == "127.0.0.1"


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


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="needs sockets for both kinds of addresses")
@pytest.mark.parametrize(("host", "ways"), [("::", ["127.0.0.1", "[::1]"]), ("::1", ["[::1]"])])
def test_anywhere_in_ipv6_is_anywhere_in_ipv4_too(host: str, ways: list[str]) -> None:
    app, port = Starlette(routes=[Route("/", page)]), free_port()
    with without_detours(host):
        assert http_server.Server is Listening and http_server.LOCALHOST_NAME == "127.0.0.1"
        server = Listening(uvicorn.Config(app, host=host, port=port, log_level="warning", ws="none"))
        server.run_in_thread()
        try:
            with httpx.Client() as client:
                assert all(client.get(f"http://{way}:{port}/").status_code == 200 for way in ways)
            with pytest.raises(OSError, match="in use"):  # at once, so that Gradio tries the next port
                Listening(uvicorn.Config(app, host=host, port=port)).run_in_thread()
        finally:
            server.close()
    assert http_server.Server is not Listening


@pytest.mark.parametrize("host", ["*", "0", "0.0.0.0"])
def test_signs_for_all_addresses_mean_all_addresses(host: str) -> None:
    assert check_address(host, None) == "0.0.0.0"


def test_a_person_reads_an_address_that_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    assert addresses("127.0.0.1", 7860) == "http://127.0.0.1:7860"
    assert addresses("[::1]", 7860) == "http://[::1]:7860"
    assert addresses("0.0.0.0", 7860).startswith("http://localhost:7860, and at port 7860 of")
    assert "with --host 0.0.0.0" not in addresses("[::]", 7860)
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    assert addresses("[::]", 7860).endswith("of IPv6 (with --host 0.0.0.0, of IPv4)")


class Served:
    server_name, server_port, share_token = "[::]", 7860, "token"


def test_a_public_link_that_is_refused_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> str:
        sys.stderr.write("a log\nof many lines\n")
        raise ValueError("Could not create share URL. Check the log:\na log\nof many lines")

    monkeypatch.setattr(networking, "setup_tunnel", refuse)
    with pytest.raises(InputError) as refused:
        public_link(Served())
    assert str(refused.value) == (
        "A public link could not be made (Could not create share URL. Check the log); "
        "the studio is served here only."
    )
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(networking, "setup_tunnel", lambda host, *_: f"http://{host}.example")
    assert public_link(Served()) == "https://127.0.0.1.example"


def test_any_other_fault_is_one_sentence() -> None:
    assert sentence_of(ValueError("no\nmore")) == "The page cannot be opened: no."
    gone = OSError(101, "Network is unreachable")
    assert sentence_of(gone) == "The page cannot be opened: Network is unreachable."
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


async def tagged(request: Request) -> PlainTextResponse:
    return PlainTextResponse("svg", headers={"ETag": '"one"', "Content-Language": "en"})


async def html(request: Request) -> HTMLResponse:
    return HTMLResponse(f"<p>{request.query_params} {'word ' * 1000}")


def test_what_a_browser_has_already_is_not_sent_again() -> None:
    routes = [Route("/", html), Route("/a.svg", tagged), Route("/plain", page), Route("/queue/data", html)]
    middleware = [Middleware(Compressed), Middleware(Revalidated)]
    client = TestClient(Starlette(routes=routes, middleware=middleware))
    first = client.get("/")
    assert first.headers["content-encoding"] == "gzip" and first.headers["cache-control"] == "no-cache"
    for path in ("/", "/a.svg"):
        tag = client.get(path).headers["etag"]
        for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), f"W/{tag.removeprefix('W/')}"):
            again = client.get(path, headers={"If-None-Match": known})
            assert again.status_code == 304 and not again.content and again.headers["etag"] == tag
            assert not any(name.startswith("content-") for name in again.headers)
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get("/?new", headers={"If-None-Match": first.headers["etag"]}).status_code == 200
    assert "etag" not in client.get("/plain").headers and "etag" not in client.get("/queue/data").headers
    assert client.head("/").status_code == 200 and client.get("/nowhere").status_code == 404


def test_the_page_takes_its_parts_from_where_the_browser_reached_it() -> None:
    async def page(request: Request) -> HTMLResponse:
        return HTMLResponse(f"<script>window.gradio_config = {{}};{CONFIGURED.decode()} = {{}};</script>")

    with TestClient(Starlette(routes=[Route("/", page)], middleware=[Middleware(Revalidated)])) as client:
        answer = client.get("/")
    assert "gradio_config = {};window.gradio_config.root = location.origin" in answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_gradios_page_has_the_place_where_its_address_is_put() -> None:
    page = Path(gradio.__file__).parent / "templates" / "frontend" / "index.html"
    assert CONFIGURED.decode() in page.read_text(encoding="utf-8")
