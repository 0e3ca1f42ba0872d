"""The model of this process for painters elsewhere: ``lumina serve``, HTTP with server-sent events.

Plain starlette and uvicorn, which come with gradio; gradio itself is not imported. What goes over the line is
in `lumina.runtime.wire`, and told to other programs in docs/engine.md.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Lock
from types import FrameType
from typing import Any, TypeAlias, TypeVar

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from lumina.connections import LOOPBACK
from lumina.errors import InputError, InvalidSize, InvalidWorkflow, LuminaError, ModelError
from lumina.faults import NO_MEMORY, is_out_of_memory, note, sentence_of
from lumina.runtime.drawing import Drawing
from lumina.runtime.events import DrawEvent, Refused
from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest
from lumina.runtime.wire import (
    CLOSING,
    DRAW,
    END,
    HEARTBEAT,
    MODEL,
    PROTOCOL,
    DrawMessage,
    EngineModel,
    Shown,
    frame,
    refused,
    told,
)
from lumina.server.address import addresses, bare, listener
from lumina.server.guard import MAX_BODY, PATIENCE, Capped
from lumina.server.headers import Hardened
from lumina.settings import Settings
from lumina.steps import Steps
from lumina.tasks.error_wording import phrases, sentence
from lumina.workflow.parsing import parse

MOST_STREAMS = 128  # of drawings that are under way or wait for a place among those drawn at once
FULL_FOR = 2  # seconds until a full engine may be asked again
DRAINING = 6.0  # seconds for what is being drawn to come to its next row
BEAT = b": drawing\n\n"  # a comment, which says that somebody is there
FULL = "This engine draws as much as it can; ask again in {} s."
RESTARTING = "This engine is being restarted; ask again in a moment."

T = TypeVar("T")
_Piece: TypeAlias = tuple[bytes, bool]  # what goes over the line next, and whether it is the last
log = logging.getLogger(__name__)


class Rejection(Exception):
    """Why a request is not drawn: the status, the kind of error and its sentence."""

    def __init__(self, status: int, error: LuminaError, **headers: str) -> None:
        super().__init__(str(error))
        self.status, self.error = status, error
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self) -> Response:
        """As it is told."""
        refusal = Refused.of(self.error)
        content = {"error": refusal.message, "code": refusal.code, "protocol": PROTOCOL}
        return JSONResponse(content, self.status, self.headers)


class EngineServer:
    """A painter for others. Every stream has a thread that waits for its next event, and no more."""

    def __init__(self, painter: Painter, token: str = "", most: int = MOST_STREAMS) -> None:
        self.painter, self.most = painter, most
        self._token = token.encode()
        self.taken, self.under_way = 0, 0  # places, and streams that somebody reads
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(2 * most, "stream")  # one more for each, that leaves it
        self._closing = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def app(self, trusts_proxy: bool = False) -> Starlette:
        """The routes, behind the limits of a request."""
        routes = [
            Route("/healthz", self._health),
            Route(MODEL, self._model),
            Route(DRAW, _Endpoint(self._draw), methods=["POST"]),
        ]
        return Starlette(
            routes=routes,
            middleware=[Middleware(Hardened), Middleware(Capped, trusts_proxy=trusts_proxy)],
            exception_handlers={HTTPException: _unknown},
        )

    def close(self) -> None:
        """Begin nothing more, and end each stream at its next row; from any thread, or a signal."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._closing.set)
        else:
            self._closing.set()

    def stop(self) -> None:
        """Let no thread stay, once nothing is served any more."""
        self._threads.shutdown()

    async def _health(self, request: Request) -> Response:
        if self._closing.is_set():
            return JSONResponse({"status": "failed", "reason": RESTARTING}, 503)
        return JSONResponse({"status": "ok"})

    async def _model(self, request: Request) -> Response:
        try:
            self._check(request)
            return JSONResponse(EngineModel.told(self.painter))
        except Rejection as rejection:
            return rejection.answer()

    async def _draw(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self._loop = asyncio.get_running_loop()
        try:
            self._check(request)
            _check_kind(request)
            with ExitStack() as place:
                place.enter_context(self._place())
                body = await request.body()
                requests, shown = await self._in_thread(lambda: self._read(body))
                steps = await self._in_thread(lambda: self._begin(requests))
                stream = _Stream(steps, shown, self._threads, self._closing)
                self.under_way += 1
                try:
                    await stream.answer(receive, send)
                finally:
                    self.under_way -= 1
                    self._threads.submit(stream.leave, place.pop_all())
        except Rejection as rejection:
            await rejection.answer()(scope, receive, send)
        except ClientDisconnect:  # before it has sent all
            return

    def _check(self, request: Request) -> None:
        """Raise Rejection for whoever has no business here."""
        if "origin" in request.headers:  # which a browser adds: a page would use the reader's network
            raise Rejection(403, InputError("This engine draws for programs, not for pages of a browser."))
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        is_right = secrets.compare_digest(token.strip().encode(), self._token) and kind.lower() == "bearer"
        if self._token and not is_right:
            said = "This engine asks for its token (LUMINA_TOKEN), as `Authorization: Bearer …`."
            raise Rejection(401, InputError(said), www_authenticate="Bearer")

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of those that there are; raises Rejection where all are taken."""
        if self._closing.is_set():
            raise Rejection(503, ModelError(RESTARTING), retry_after=str(FULL_FOR))
        with self._lock:
            if self.taken >= self.most:
                raise Rejection(503, ModelError(FULL.format(FULL_FOR)), retry_after=str(FULL_FOR))
            self.taken += 1
        try:
            yield
        finally:
            with self._lock:
                self.taken -= 1

    def _read(self, body: bytes) -> tuple[tuple[DrawRequest, ...], Shown]:
        """The requests in a body; raises Rejection."""
        try:
            found = parse(body, MAX_BODY)
        except InvalidWorkflow as error:
            raise Rejection(422, InputError(_wrong_json(error))) from None
        _check_protocol(found)
        try:
            message = DrawMessage.model_validate(found)
            _check_model(message.model, self.painter.model)
            requests = message.draw_requests()
        except ValidationError as error:
            raise Rejection(422, InputError(sentence(phrases(error)))) from None
        except InputError as error:
            raise Rejection(422, error) from None
        return requests, message.pixels

    def _begin(self, requests: tuple[DrawRequest, ...]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        """The drawing of these; raises Rejection where it cannot be."""
        cell = self.painter.pixels_per_code
        for request in requests:
            if len(request.kept) and request.kept.shape[1] * cell != request.width:
                cols = request.width // cell
                raise Rejection(422, InvalidSize(f"Rows of this width have {cols} codes each."))
        try:
            return self.painter.draw(requests)
        except InputError as error:
            raise Rejection(422, error) from None
        except LuminaError as error:
            raise Rejection(500, error) from None
        except Exception as error:
            raise self._fault(error) from None

    def _fault(self, error: Exception) -> Rejection:
        note(log, "A drawing could not be begun:", error)
        if is_out_of_memory(error):
            return Rejection(503, ModelError(NO_MEMORY), retry_after=str(FULL_FOR))
        return Rejection(500, ModelError(sentence_of(error)))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


class _Stream:
    """The events of one drawing on their way; whoever leaves ends it within one step."""

    def __init__(
        self,
        steps: Steps[DrawEvent, tuple[Drawing, ...]],
        shown: Shown,
        threads: ThreadPoolExecutor,
        closing: asyncio.Event,
    ) -> None:
        self._steps, self._shown, self._threads = steps, shown, threads
        self._lock = Lock()  # a generator takes one step, or its end, at a time
        self._closing = closing

    async def answer(self, receive: Receive, send: Send) -> None:
        """Tell all events, signs of life between them, and the end."""
        gone = asyncio.ensure_future(_gone(receive))
        closing = asyncio.ensure_future(self._closing.wait())
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        headers += [(b"x-accel-buffering", b"no")]  # which nginx would hold back
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._tell(gone, closing, send)
        finally:
            gone.cancel()
            closing.cancel()

    async def _tell(self, gone: "asyncio.Future[Any]", closing: "asyncio.Future[Any]", send: Send) -> None:
        is_last = False
        while not is_last:
            step = asyncio.get_running_loop().run_in_executor(self._threads, self._advance)
            step.add_done_callback(_seen)
            piece = await self._next(step, gone, closing, send)
            if gone.done():
                return
            body, is_last = piece or (b"", False)
            if closing.done() and not is_last:
                body, is_last = body + frame(CLOSING, {"message": RESTARTING}), True
            await _send(send, body, is_last)

    async def _next(
        self,
        step: "asyncio.Future[Any]",
        gone: "asyncio.Future[Any]",
        closing: "asyncio.Future[Any]",
        send: Send,
    ) -> "_Piece | None":
        """What a step gives, with signs of life until then; None where that is not waited for any more."""
        while not step.done() and not closing.done():
            waited = {step, gone, closing}
            done, _ = await asyncio.wait(waited, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return None
            if not done:
                await _send(send, BEAT)
        await asyncio.wait({step, gone}, timeout=DRAINING, return_when=asyncio.FIRST_COMPLETED)
        piece: _Piece | None = step.result() if step.done() else None
        return piece

    def _advance(self) -> _Piece:
        """The next event as it goes over the line, and whether it is the last one."""
        with self._lock:
            try:
                return told(next(self._steps), self._shown), False
            except StopIteration:
                return frame(END, {}), True
            except LuminaError as error:
                return refused(Refused.of(error)), True
            except Exception as error:
                note(log, "A drawing failed:", error)
                return refused(Refused.of(ModelError(sentence_of(error)))), True

    def leave(self, place: ExitStack) -> None:
        """End the drawing after the step that it takes, and only then give its place back."""
        with place, self._lock:
            self._steps.close()


async def _send(send: Send, piece: bytes, is_last: bool = False) -> None:
    """Raises TimeoutError where nobody takes it."""
    async with asyncio.timeout(PATIENCE):
        await send({"type": "http.response.body", "body": piece, "more_body": not is_last})


async def _gone(receive: Receive) -> None:
    """Ends when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _seen(step: "asyncio.Future[_Piece]") -> None:
    """What a step raises after its client has left is no fault of the loop's."""
    if not step.cancelled():
        step.exception()


class _Endpoint:
    """An endpoint that answers by itself; starlette takes a plain method for one that returns its answer."""

    def __init__(self, answer: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(scope, receive, send)


def _check_kind(request: Request) -> None:
    """Raise Rejection for a body that is not said to be JSON: pages may send any other unasked."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Rejection(415, InputError("Send the request as application/json."))


def _check_protocol(found: object) -> None:
    if not isinstance(found, dict):
        raise Rejection(422, InputError("The request must be a JSON object."))
    if "protocol" not in found:
        raise Rejection(
            400, InputError(f'The request must name its "protocol"; this engine speaks {PROTOCOL}.')
        )
    if found["protocol"] != PROTOCOL or isinstance(found["protocol"], bool):
        both = f"version {PROTOCOL} of the protocol, and the request {found['protocol']!r:.20}"
        said = f"This engine speaks {both}; use one version of Lumina Studio on both sides."
        raise Rejection(426, InputError(said), upgrade=f"lumina-engine/{PROTOCOL}")


def _check_model(asked: str, present: str) -> None:
    if asked not in ("", present):
        raise Rejection(
            409,
            InputError(
                f"This engine draws with {present} now, not with {asked[:100]}; start the studio or the "
                "command again to draw with that one, which may give another picture."
            ),
        )


def _wrong_json(error: InvalidWorkflow) -> str:
    problem = error.problems[0]
    if "empty" in problem["message"]:
        return "The request is empty; send a JSON object."
    return f"The request {problem['message']}; {problem['fix']}."


async def _unknown(request: Request, error: Exception) -> Response:
    """There is no such address, or it takes no such method."""
    assert isinstance(error, HTTPException)
    answer = InputError(f"There is nothing here; an engine answers to GET {MODEL} and POST {DRAW}.")
    return Rejection(error.status_code, answer, **(error.headers or {})).answer()


class _Process(uvicorn.Server):
    """The server of this process, which lets streams come to their end on SIGTERM and Ctrl-C."""

    def __init__(self, config: uvicorn.Config, engine: EngineServer) -> None:
        super().__init__(config)
        self._engine = engine

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._engine.close()
        super().handle_exit(sig, frame)


def check_secret(host: str, token: str) -> None:
    """Raise InputError where others than this machine's own programs could draw without a token."""
    if not token and bare(host) not in LOOPBACK:
        raise InputError(
            f"Others can reach an engine at {bare(host)}, so it needs a token: set LUMINA_TOKEN to a long "
            "secret, here and where LUMINA_ENGINE is set."
        )


def serve_engine(
    painter: Painter, settings: Settings, host: str, port: int, tell: Callable[[str], object]
) -> None:
    """Serve until interrupted; ``tell`` hears where. Raises InputError where nothing can listen."""
    engine = EngineServer(painter, settings.token)
    try:
        open_socket = listener(bare(host), port)
    except OSError as error:
        raise InputError("The engine cannot listen at this address and port; choose another port.") from error
    config = uvicorn.Config(
        engine.app(settings.trusts_proxy),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=int(DRAINING) + 2,
    )
    tell(f"The engine is at {addresses(host, open_socket.getsockname()[1])}.")
    try:
        _Process(config, engine).run(sockets=[open_socket])
    finally:
        engine.stop()
