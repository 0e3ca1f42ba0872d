"""Requests that are too large or never end are refused in one sentence, before they are kept."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from lumina.server import guard
from lumina.server.guard import Capped

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
    pieces = [b"x" * MEGABYTE] * 65  # three large photographs in base64
    assert asked(pieces, FORM) == (200, "well", 65 * MEGABYTE)
    assert asked([b""], method="GET") == (200, "well", 0)


def test_one_that_says_that_it_is_too_large_is_not_read() -> None:
    status, content, got = asked([b"x"], ("content-length", "200000000"))
    assert (status, got) == (413, 0)
    assert content == {"error": "This request is too large; send at most 66 MB at once."}


@pytest.mark.parametrize("headers", [[FORM], [("content-type", "application/json")], []])
def test_one_that_is_too_large_ends_at_the_limit(headers: list[tuple[str, str]]) -> None:
    status, content, got = asked([b"x" * MEGABYTE] * 200, *headers)
    assert (status, got) == (413, 66 * MEGABYTE)
    assert "at most 66 MB" in content["error"]


def test_one_of_a_million_small_values_is_refused() -> None:
    status, content, _ = asked([b"[[]," + b"[]," * 500_000])
    assert (status, content) == (413, {"error": "This request has over 400,000 values; send fewer."})
    assert asked([b"[[]," + b"[]," * 500_000], FORM)[0] == 200  # of a file they mean nothing


def test_one_that_never_ends_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.01)
    status, content, got = asked([b"{"], hold=True)
    assert (status, got) == (408, 1)
    assert content == {"error": "This request did not come to its end; send it again."}


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
