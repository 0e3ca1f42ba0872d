"""Sentences for calls that Gradio answers with "Internal Server Error": wrong names, wrong parameters."""

import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from gradio.route_utils import FnIndexInferError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumina.errors import InvalidWorkflow
from lumina.server.network import EVENTS
from lumina.workflow.parsing import MAX_DEPTH, check_keys, parse

UNFIT = "This request does not fit the page; reload the page and try again."

_UNREAD = "There was an error parsing the body"  # as FastAPI says it
_UNKNOWN = re.compile(r"Parameter `(.*?)` is not a valid", re.DOTALL)
_MISSING = re.compile(r"required argument: (\w+)")


_ANSWER = re.compile(r"/call/(?:v2/)?[^/]+/([^/]+)$")
_NO_SESSION = "data: {}\n\n".format(
    json.dumps(
        {
            "msg": "unexpected_error",
            "message": "Nothing of this session is under way; send the call again.",
            "session_not_found": True,
            "success": False,
        }
    )
)
_LAST = re.compile(rb"^event: (complete|error)", re.MULTILINE)


class KnownCalls:
    """One sentence for who asks for the answer to a call that nobody made, or has fetched it already.

    Gradio would let the first wait until a traceback ends it, and the second one for ever. The stream of a
    session that is unknown says so, as Gradio's own does, whose traceback would reach the log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._fetched: deque[str] = deque(maxlen=1000)  # Gradio's queue forgets them a moment later

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_get = scope["type"] == "http" and scope["method"] == "GET"
        if is_get and scope["path"].endswith(EVENTS) and not _is_known_session(scope):
            return await Response(_NO_SESSION, media_type="text/event-stream")(scope, receive, send)
        asked = _ANSWER.search(scope["path"]) if is_get else None
        if not asked:
            return await self._app(scope, receive, send)
        call = asked[1]
        if call in self._fetched or not _is_waiting(scope["app"].get_blocks()._queue, call):
            sentence = f'No answer waits for the call "{call[:100]}"; send the call again.'
            return await JSONResponse({"error": sentence}, 404)(scope, receive, send)

        async def noting(message: Message) -> None:
            if _LAST.search(message.get("body", b"")):
                self._fetched.append(call)
            await send(message)

        await self._app(scope, receive, noting)


def _is_known_session(scope: Scope) -> bool:
    """Whether a call of the session waits in Gradio's queue; a request that names none is refused there."""
    session = QueryParams(scope["query_string"]).get("session_hash")
    return session is None or session in scope["app"].get_blocks()._queue.pending_messages_per_session


def _is_waiting(queue: Any, call: str) -> bool:
    """Whether Gradio's queue has, or awaits, an answer to this call that nobody has fetched."""
    of_sessions = queue.pending_event_ids_session.values()
    return call in queue.event_ids_to_events or any(call in calls for calls in of_sessions)


def parameter_refused(name: str, known: Iterable[str], error: Exception) -> str | None:
    """What to say of a call of ``name`` whose parameters Gradio refuses; None if they are not at fault."""
    if found := _UNKNOWN.search(str(error)):
        return f'{name} has no parameter "{found[1][:100]}"; it takes: {", ".join(known)}.'
    found = _MISSING.search(str(error))
    return f"{found[1]}: is missing." if found else None


async def refused(request: Request, error: Exception) -> Response:
    """One sentence for a call of an endpoint; raises what went wrong elsewhere."""
    name = request.path_params.get("api_name")
    if not isinstance(name, str):
        return _refused_page(error)
    endpoints = request.app.get_blocks().get_api_info()["named_endpoints"]
    if f"/{name}" not in endpoints:
        known = ", ".join(each.lstrip("/") for each in endpoints)
        return JSONResponse({"error": f'There is no endpoint "{name[:100]}"; there are: {known}.'}, 404)
    if isinstance(error, RequestValidationError):
        wanted = f"Send a JSON object to {name[:100]}, by name the value of each parameter"
        plain = request.url.path.find("/call/v2/") < 0
        advice = f'{wanted}, at /call/v2/{name[:100]}, or {{"data": […]}} in order' if plain else wanted
        return JSONResponse({"error": _of_body(request, error) or f"{advice}."}, 422)
    names = [each["parameter_name"] for each in endpoints[f"/{name}"]["parameters"]]
    if sentence := parameter_refused(name, names, error):
        return JSONResponse({"error": sentence}, 422)
    raise error


def _of_body(request: Request, error: RequestValidationError) -> str:
    """What is wrong with a body that is no JSON; "" where it is."""
    if error.errors()[0]["type"] == "json_invalid":
        try:
            parse(error.body if isinstance(error.body, str | bytes) else "")
        except InvalidWorkflow as invalid:
            return _of_json(invalid)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and not kind.endswith("json"):
        return f"The body is sent as {kind[:100]}; send it as application/json (the header Content-Type)."
    return ""


def _of_json(invalid: InvalidWorkflow) -> str:
    first = invalid.problems[0]
    return f"The body {first['message']}; {first['fix']}."


async def check_body(request: Request) -> None:
    """Raise InvalidWorkflow for a call of an endpoint where a key stands twice: only the last would count."""
    if request.method == "POST" and "/call/" in request.url.path:
        await run_in_threadpool(check_keys, await request.body())


async def doubled(request: Request, error: Exception) -> Response:
    """One sentence for a call that :func:`check_body` refuses."""
    assert isinstance(error, InvalidWorkflow)
    return JSONResponse({"error": _of_json(error)}, 422)


def _refused_page(error: Exception) -> Response:
    """One sentence for what no page sends; Gradio's own answer repeats all of it."""
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")[:100] or "The request"
        return JSONResponse({"detail": f"{where}: {first['msg']}."}, 422)
    if isinstance(error, KeyError) and isinstance(error.args[0], int):  # an event that the page does not have
        return JSONResponse({"detail": UNFIT}, 404)
    raise error


async def unread(request: Request, error: Exception) -> Response:
    """One sentence for a body that is no text in UTF-8, or too deep; any other answer as it is."""
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and error.detail == _UNREAD:
        key = "error" if "api_name" in request.path_params else "detail"
        is_deep = isinstance(error.__cause__, RecursionError)
        deep = f"The body is nested too deeply; keep it within {MAX_DEPTH} levels."
        said = deep if is_deep else "The body is no readable text; send JSON in UTF-8."
        return JSONResponse({key: said}, 400)
    return await http_exception_handler(request, error)


REFUSALS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    HTTPException: unread,
    InvalidWorkflow: doubled,
    **dict.fromkeys((TypeError, KeyError, FnIndexInferError, RequestValidationError), refused),
}
