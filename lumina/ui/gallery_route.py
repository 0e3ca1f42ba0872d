"""What the gallery does beside its cards: whole pictures, several as one file, stars, sharing, and deleting.

These are answers to plain requests, which a page can make while it is left. The visitor's name stays in the
body, out of every log.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from lumina.errors import InputError, LuminaError
from lumina.ui.gallery import Archive, card_of
from lumina.ui.messages.gallery import Cards, Wish

ADDRESS = "lumina/gallery"
SHARED = "lumina/shared"
LATEST = 24  # pictures of a list
PRIVATE = {"cache-control": "no-store", "content-encoding": "identity"}  # pictures are packed already


def gallery_route(archive: Archive) -> Route:
    """Where the page asks."""

    async def serve(request: Request) -> Response:
        try:
            wish = Wish.model_validate(json.loads(await request.body()))
        except (ValidationError, ValueError, RecursionError):
            return JSONResponse({"error": "The gallery does not know this; reload the page."}, 400)
        try:
            return await run_in_threadpool(answer_to, wish, archive)
        except LuminaError as error:
            return JSONResponse({"error": str(error)}, 404 if isinstance(error, InputError) else 500)

    return Route(f"/{ADDRESS}", serve, methods=["POST"])


def shared_route(archive: Archive) -> Route:
    """Where a picture is that was shared, for whoever has the link."""

    async def serve(request: Request) -> Response:
        try:
            png = await run_in_threadpool(archive.shared, request.path_params["key"])
        except LuminaError as error:
            return JSONResponse({"error": str(error)}, 404 if isinstance(error, InputError) else 500)
        return Response(png, 200, PRIVATE, "image/png")

    return Route(f"/{SHARED}/{{key}}.png", serve)


def answer_to(wish: Wish, archive: Archive) -> Response:
    """Do what is asked for; raises LuminaError where a picture or the whole gallery is not there."""
    if wish.act == "list":
        cards = [card_of(kept) for kept in archive.listed(wish.visitor, "", LATEST)]
        return JSONResponse(Cards(ticket="", cards=cards).data(), 200, PRIVATE)
    if wish.act == "picture":
        return Response(archive.png(wish.visitor, "".join(wish.ids[:1])), 200, PRIVATE, "image/png")
    if wish.act == "zip":
        there = _there(wish, archive)
        first = next(there, None)  # which also shows whether the gallery can be read
        if first is None:
            raise InputError("None of these pictures is in the gallery any more; search again.")
        return StreamingResponse(zipped(chain([first], there)), 200, PRIVATE, "application/zip")
    for key in wish.ids:
        if wish.act == "delete":
            archive.delete(wish.visitor, key)
        elif wish.act == "share":
            archive.share(wish.visitor, key)
        else:
            archive.star(wish.visitor, key, wish.act == "star")
    return JSONResponse({})


def _there(wish: Wish, archive: Archive) -> Iterator[tuple[str, bytes]]:
    """Those that are still there, each under a name."""
    for key in dict.fromkeys(wish.ids):
        try:
            yield f"lumina-{key[:8]}.png", archive.png(wish.visitor, key)
        except InputError:
            continue


def zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A zip in pieces, each as soon as its file is read."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as whole:
        for name, content in files:
            whole.writestr(name, content)
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What was written since it was taken last."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        """Everything so far, once."""
        held = bytes(self._held)
        self._held.clear()
        return held
