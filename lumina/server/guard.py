"""What one visitor may ask of the server: the size of a run, and of a request before it is read."""

import re
from asyncio import timeout
from typing import NoReturn

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumina.workflow.limits import RunLimits

ONE_RUN = RunLimits(pictures=256, pixels=75_000_000)  # a photograph of 24 megapixels and two more of its size
MAX_BODY = 66_000_000  # bytes of a request; pictures travel in base64, several at most
MAX_PARTS = 400_000  # lists, objects and commas of a request: each takes many times its room once it is read
PATIENCE = 30.0  # seconds until the next piece of a request

_PARTS = re.compile(rb"[\[{,]")


class Capped:
    """Refuses a request that is too large, or that does not come, in one sentence (413, 408)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return await self._app(scope, receive, send)
        body = _Body(scope, receive, send)
        try:
            body.check_length()
            await self._app(scope, body.receive, body.send)
        except _Refused as refusal:
            await body.answer(refusal)
        except Exception:
            if body.refusal is None:
                raise
        if body.refusal is not None:  # which the app has taken for a fault of its own
            await body.answer(body.refusal)


class _Refused(Exception):
    """Why a request is not read to its end."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class _Body:
    """One request as it comes in, and whether it has been answered."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        headers = Headers(scope=scope)
        self._told = headers.get("content-length", "")
        self._is_json = "multipart" not in headers.get("content-type", "")
        self._bytes = self._parts = 0
        self._has_more, self._is_begun = True, False
        self.refusal: _Refused | None = None

    def check_length(self) -> None:
        """Raise where the request itself says that it is too large."""
        if self._told.isdecimal() and int(self._told) > MAX_BODY:
            self._refuse(413, _too_large())

    async def receive(self) -> Message:
        """The next piece; raises where there are too many, or none comes."""
        if not self._has_more:
            return await self._receive()  # that the visitor has left, at some time
        try:
            async with timeout(PATIENCE):
                message = await self._receive()
        except TimeoutError:
            self._refuse(408, "This request did not come to its end; send it again.")
        piece = message.get("body", b"")
        self._has_more = bool(message.get("more_body"))
        self._bytes += len(piece)
        self._parts += len(_PARTS.findall(piece)) if self._is_json else 0
        if self._bytes > MAX_BODY:
            self._refuse(413, _too_large())
        if self._parts > MAX_PARTS:
            self._refuse(413, f"This request has over {MAX_PARTS:,} values; send fewer.")
        return message

    async def send(self, message: Message) -> None:
        """Pass an answer on, except to a request that was refused."""
        if self.refusal is None:
            self._is_begun = True
            await self._send(message)

    async def answer(self, refusal: _Refused) -> None:
        """Tell the refusal, once."""
        if not self._is_begun:
            self._is_begun = True
            answer = JSONResponse({"error": refusal.sentence}, refusal.status, {"connection": "close"})
            await answer(self._scope, self._receive, self._send)

    def _refuse(self, status: int, sentence: str) -> NoReturn:
        self._has_more = False
        self.refusal = _Refused(status, sentence)
        raise self.refusal


def _too_large() -> str:
    return f"This request is too large; send at most {MAX_BODY // 1_000_000} MB at once."
