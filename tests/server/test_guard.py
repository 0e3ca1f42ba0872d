"""Requests that are too large or never end are refused in one sentence, before they are kept."""

import asyncio
import io
import json
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image, UnidentifiedImageError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from lumina.errors import InvalidImage
from lumina.faults import NO_ROOM, no_disk
from lumina.images import MAX_PIXELS, open_image
from lumina.server import guard
from lumina.server.guard import Capped, Roomy, address_of, guard_decoders

MEGABYTE = 1_000_000


def asked(
    pieces: Iterable[bytes], *headers: tuple[str, str], method: str = "POST", hold: bool = False
) -> tuple[int, Any, int]:
    """Status and content of the answer to a request that comes in pieces, and how many bytes the app got."""
    left, sent, got = list(pieces), list[Message](), 0

    async def receive() -> Message:
        if not left and hold:
            await asyncio.Event().wait()
        piece = left.pop(0) if left else b""
        return {"type": "http.request", "body": piece, "more_body": bool(left) or hold}

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal got
        more = True
        while more:
            message = await receive()
            got, more = got + len(message["body"]), message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'"well"'})

    names = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "method": method, "path": "/", "headers": names}
    asyncio.run(Capped(app)(scope, receive, send))
    starts = [message for message in sent if message["type"] == "http.response.start"]
    assert len(starts) == 1
    body = b"".join(message.get("body", b"") for message in sent)
    return starts[0]["status"], json.loads(body), got


FORM = ("content-type", "multipart/form-data; boundary=x")


def test_a_request_of_an_honest_size_passes() -> None:
    pieces = [b"x" * MEGABYTE] * 55  # two pictures of 20 MB in base64
    assert asked(pieces, FORM) == (200, "well", 55 * MEGABYTE)
    assert asked([b""], method="GET") == (200, "well", 0)


def test_one_that_says_that_it_is_too_large_is_not_read() -> None:
    status, content, got = asked([b"x"], ("content-length", "200000000"))
    assert (status, got) == (413, 0)
    assert content == {"error": "This request is too large; send at most 56 MB at once."}


@pytest.mark.parametrize("headers", [[FORM], [("content-type", "application/json")], []])
def test_one_that_is_too_large_ends_at_the_limit(headers: list[tuple[str, str]]) -> None:
    status, content, got = asked([b"x" * MEGABYTE] * 200, *headers)
    assert (status, got) == (413, 56 * MEGABYTE)
    assert "at most 56 MB" in content["error"]


def test_one_of_a_million_small_values_is_refused() -> None:
    status, content, _ = asked([b"[[]," + b"[]," * 500_000])
    assert (status, content) == (413, {"error": "This request has over 400,000 values; send fewer."})
    assert asked([b"[[]," + b"[]," * 500_000], FORM)[0] == 200  # of a file they mean nothing


@pytest.mark.parametrize(
    "kind",
    [
        "application/json; x=multipart/form-data",
        "Multipart/form-data",
        "multipart/x, application/json",
        "multipart/form-data, application/json",
    ],
)
def test_what_may_be_read_as_json_is_counted_by_any_name(kind: str) -> None:
    assert asked([b"[[]," + b"[]," * 500_000], ("content-type", kind))[0] == 413


def test_one_that_never_ends_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.01)
    status, content, got = asked([b"{"], hold=True)
    assert (status, got) == (408, 1)
    assert content == {"error": "This request did not come to its end; send it again."}


def test_one_that_only_drips_is_closed_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "TOTAL_PATIENCE", 0.05)

    async def drip() -> tuple[int, int]:
        sent, got = list[Message](), 0

        async def receive() -> Message:
            await asyncio.sleep(0.01)
            return {"type": "http.request", "body": b"x", "more_body": True}

        async def send(message: Message) -> None:
            sent.append(message)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal got
            while (await receive())["more_body"]:
                got += 1

        await Capped(app)({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, send)
        return sent[0]["status"], got

    status, got = asyncio.run(asyncio.wait_for(drip(), 5))
    assert status == 408 and 0 < got < 10


def test_what_one_visitor_has_under_way_is_bounded_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_UNDER_WAY", 100)
    monkeypatch.setattr(guard, "MAX_REQUESTS", 3)
    held, statuses = asyncio.Event, dict[str, list[int]]()

    async def crowd() -> None:
        gate, app = held(), None

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await receive()
            await gate.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        app = Capped(slow)

        async def ask(address: str, size: int) -> None:
            async def receive() -> Message:
                return {"type": "http.request", "body": b"x" * size, "more_body": False}

            async def send(message: Message) -> None:
                if message["type"] == "http.response.start":
                    statuses.setdefault(address, []).append(message["status"])

            scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "client": (address, 1)}
            await app(scope, receive, send)

        for address, size, count in (("many", 1, 5), ("large", 60, 3), ("other", 60, 1)):
            tasks = [asyncio.create_task(ask(address, size)) for _ in range(count)]
            await asyncio.sleep(0.01)
            statuses.setdefault(f"{address} refused", list(statuses.get(address, [])))
            gate.set()
            await asyncio.gather(*tasks)
            gate.clear()
        gate.set()
        await ask("many", 1)  # all is given back

    asyncio.run(crowd())
    assert statuses["many refused"] == [429, 429] and statuses["large refused"] == [429]
    assert statuses["other"] == [200] and statuses["many"][-1] == 200


@pytest.mark.parametrize(
    ("named", "trusts", "found"),
    [
        ("8.8.8.8", False, "10.0.0.1"),
        ("1.1.1.1, 8.8.8.8", True, "8.8.8.8"),
        ("1.1.1.1, 8.8.8.8, 10.2.3.4", True, "8.8.8.8"),
        ("nonsense", True, "10.0.0.1"),
        ("", True, "10.0.0.1"),
    ],
)
def test_a_visitor_is_told_by_their_address(named: str, trusts: bool, found: str) -> None:
    scope = {"type": "http", "client": ("10.0.0.1", 5), "headers": [(b"x-forwarded-for", named.encode())]}
    assert address_of(scope, trusts) == found


def test_a_refusal_that_the_app_takes_for_its_own_fault_is_told_all_the_same() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * 70 * MEGABYTE, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await receive()
        except Exception:
            await send({"type": "http.response.start", "status": 400, "headers": []})

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    asyncio.run(Capped(app)(scope, receive, send))
    assert sent[0]["status"] == 413


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pillow as the server has it, and afterwards as it was."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
    known = list(Image.ID)
    with warnings.catch_warnings():
        guard_decoders()
        yield
    Image.ID[:] = known


def png_head(width: int, height: int) -> bytes:
    """A PNG up to where its pixels would begin."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + body
        + struct.pack(">II", zlib.crc32(body), 4)
        + b"IDAT"
    )


@pytest.mark.usefixtures("guarded")
def test_no_decoder_opens_a_picture_over_our_size() -> None:
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(png_head(13_000, 13_000)))
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(png_head(5000, MAX_PIXELS // 5000 + 1)))
    with pytest.raises(InvalidImage, match="at most 25 million"):
        open_image(png_head(13_000, 13_000))
    file = io.BytesIO()
    Image.new("1", (5000, MAX_PIXELS // 5000)).save(file, "PNG")
    assert Image.open(io.BytesIO(file.getvalue())).size == (5000, 5000)


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("kind", ["TIFF", "JPEG2000", "PPM", "ICO", "PCX", "TGA"])
def test_no_decoder_opens_a_format_that_we_do_not_accept(kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (32, 32)).save(file, kind)
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(file.getvalue()))


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_decoders_open_what_we_accept(kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (32, 32)).save(file, kind)
    assert Image.open(io.BytesIO(file.getvalue())).size == (32, 32)
    assert open_image(file.getvalue()).size == (32, 32)


@pytest.mark.parametrize(("lack", "status"), [("", 200), (NO_ROOM, 503), (no_disk(), 503)])
def test_an_upload_without_room_is_refused_and_told_when_to_come_back(lack: str, status: int) -> None:
    files = SimpleNamespace(lack=lambda: lack)
    app = Starlette(
        routes=[Route("/upload", lambda request: PlainTextResponse("well"), methods=["POST", "GET"])],
        middleware=[Middleware(Roomy)],
    )
    app.get_blocks = lambda: SimpleNamespace(files=files)  # type: ignore[attr-defined]
    answer = TestClient(app).post("/upload")
    assert answer.status_code == status and TestClient(app).get("/upload").status_code == 200
    if lack:
        assert answer.json() == {"error": lack}
    assert ("retry-after" in answer.headers) == (lack == NO_ROOM)  # of a full disk waiting does not help
