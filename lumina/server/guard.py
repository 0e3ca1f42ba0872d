"""What one visitor may ask of the server: the size of a run, and of a request before it is read."""

import re
import time
import warnings
from asyncio import timeout
from collections import Counter
from collections.abc import Mapping
from ipaddress import ip_address
from typing import NoReturn

from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumina.faults import NO_ROOM
from lumina.formats import ACCEPTED
from lumina.images import MAX_PIXELS
from lumina.server.metrics import Counts, Reason
from lumina.workflow.limits import RunLimits

ONE_RUN = RunLimits(pictures=256, pixels=75_000_000)  # a photograph of 24 megapixels and two more of its size
MAX_BODY = 56_000_000  # bytes of a request: two pictures of 20 MB in base64, and the rest
MAX_PARTS = 400_000  # lists, objects and commas of a request: each takes many times its room once it is read
WAIT_FOR_ROOM = 300  # seconds, roughly, until files that are in use are so no more
PATIENCE = 30.0  # seconds until the next piece of a request
TOTAL_PATIENCE = 60.0  # seconds for a whole one, and more at the rate of
SLOWEST = 20_000  # bytes a second
MAX_REQUESTS = 200  # of one visitor at once
MAX_UNDER_WAY = 2 * MAX_BODY  # bytes of one visitor's requests at once
REASONS: Mapping[int, Reason] = {413: "size", 408: "slow", 429: "flood"}

_PARTS = re.compile(rb"[\[{,]")


def guard_decoders() -> None:
    """Let Pillow open, wherever Gradio does before we look, what we accept, and nothing over our size.

    Pillow itself refuses at twice its limit, by the header alone, and warns from the limit on.
    """
    Image.init()
    Image.ID[:] = [name.upper() for name in ACCEPTED]
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)


class Capped:
    """Refuses a request that is too large, or that does not come, in one sentence (413, 408).

    And one of a visitor, told by their address, of whom too much is on its way already (429).
    """

    def __init__(self, app: ASGIApp, *, trusts_proxy: bool = False, counts: Counts | None = None) -> None:
        self._app, self._trusts_proxy, self._counts = app, trusts_proxy, counts or Counts()
        self._requests, self._bytes = Counter[str](), Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return await self._app(scope, receive, send)
        visitor = address_of(scope, self._trusts_proxy)
        body = _Body(scope, receive, send, visitor, self._bytes)
        self._requests[visitor] += 1
        try:
            body.check_length()
            body.check_others(self._requests[visitor])
            await self._app(scope, body.receive, body.send)
        except _Refused as refusal:
            await body.answer(refusal)
        except Exception:
            if body.refusal is None:
                raise
        finally:
            body.forget()
            _subtract(self._requests, visitor, 1)
        if body.refusal is not None:
            self._counts.refuse(REASONS[body.refusal.status])
            await body.answer(body.refusal)  # where the app has taken it for a fault of its own


def address_of(scope: Scope, trusts_proxy: bool) -> str:
    """By which one visitor is told from another: the address that asks.

    Of a trusted proxy, the last public address that it names: those further left are what a visitor says.
    """
    peer = str((scope.get("client") or ("", 0))[0])
    if not trusts_proxy:
        return peer
    named = Headers(scope=scope).get("x-forwarded-for", "").split(",")
    return next((each.strip() for each in reversed(named) if _is_public(each.strip())), peer)


def _is_public(address: str) -> bool:
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


def _subtract(counter: Counter[str], key: str, count: int) -> None:
    counter[key] -= count
    if counter[key] <= 0:
        del counter[key]


class Roomy:
    """Refuses an upload while there is no room for files (503), and says when to come again if that helps."""

    def __init__(self, app: ASGIApp, *, counts: Counts | None = None) -> None:
        self._app, self._counts = app, counts or Counts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_upload = (
            scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith("/upload")
        )
        lack = await run_in_threadpool(scope["app"].get_blocks().files.lack) if is_upload else ""
        if lack:
            self._counts.refuse("room")
            again = {"retry-after": str(WAIT_FOR_ROOM)} if lack == NO_ROOM else {}
            answer = JSONResponse({"error": lack}, 503, again)
            return await answer(scope, receive, send)
        await self._app(scope, receive, send)


class _Refused(Exception):
    """Why a request is not read to its end."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class _Body:
    """One request as it comes in, and whether it has been answered."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, visitor: str, under_way: Counter[str]
    ) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._visitor, self._under_way = visitor, under_way
        self._began = time.monotonic()
        headers = Headers(scope=scope)
        self._told = headers.get("content-length", "")
        # exactly what Gradio reads as a form: whatever else is sent may be parsed as JSON somewhere
        self._is_json = headers.get("content-type", "").partition(";")[0] != "multipart/form-data"
        self._bytes = self._parts = 0
        self._has_more, self._is_begun = True, False
        self.refusal: _Refused | None = None

    def check_length(self) -> None:
        """Raise where the request itself says that it is too large."""
        if self._told.isdecimal() and int(self._told) > MAX_BODY:
            self._refuse(413, _too_large())

    def check_others(self, requests: int) -> None:
        """Raise where so many requests of this visitor are under way that one more is too much."""
        if requests > MAX_REQUESTS or self._under_way[self._visitor] > MAX_UNDER_WAY:
            self._refuse(429, "Too much of yours is on its way to the studio already; try again in a minute.")

    def forget(self) -> None:
        """It is over: its bytes are no longer under way."""
        _subtract(self._under_way, self._visitor, self._bytes)

    def _patience(self) -> float:
        """Seconds until the next piece: of a body that only drips, fewer and fewer."""
        left = self._began + TOTAL_PATIENCE + self._bytes / SLOWEST - time.monotonic()
        return max(0.0, min(PATIENCE, left))

    async def receive(self) -> Message:
        """The next piece; raises where there are too many, or none comes."""
        if not self._has_more:
            return await self._receive()  # that the visitor has left, at some time
        try:
            async with timeout(self._patience()):
                message = await self._receive()
        except TimeoutError:
            self._refuse(408, "This request did not come to its end; send it again.")
        piece = message.get("body", b"")
        self._has_more = bool(message.get("more_body"))
        self._bytes += len(piece)
        self._under_way[self._visitor] += len(piece)
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
