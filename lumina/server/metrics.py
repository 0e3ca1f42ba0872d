"""Counts of what happens at the studio, for whatever watches over it: ``GET /metrics``, and its log."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Literal, TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

log = logging.getLogger(__name__)

Reason = Literal["queue", "address", "budget", "room", "size", "slow", "flood", "content"]
Labelled: TypeAlias = Mapping[str, float]
"""Values by their label, or by "" for the only one."""

FORMAT = "text/plain; version=0.0.4; charset=utf-8"
ALL = {  # name: type, what its label is called, what it counts
    "drawings_started_total": ("counter", "", "Calls that have begun to draw."),
    "drawings_total": ("counter", "end", "Calls that drew, by how they ended."),
    "drawing_seconds_total": ("counter", "", "Seconds of those calls."),
    "rows_total": ("counter", "", "Rows of codes that were drawn."),
    "refusals_total": ("counter", "reason", "Requests that were refused, by reason."),
    "waiting": ("gauge", "", "Drawings in the queue."),
    "running": ("gauge", "", "Drawings that are under way."),
    "stored_bytes": ("gauge", "place", "Bytes of files and of the Gallery."),
}


class Counts:
    """What has happened since the studio was begun; any thread may count, and nothing says who or what."""

    def __init__(self) -> None:
        self._lock, self._values = Lock(), Counter[tuple[str, str]]()

    def add(self, name: str, by: float = 1, label: str = "") -> None:
        """Count on."""
        with self._lock:
            self._values[name, label] += by  # type: ignore[assignment]  # a counter of floats

    def refuse(self, reason: Reason) -> None:
        """Somebody was refused."""
        self.add("refusals_total", label=reason)
        log.info("refused", extra={"fields": {"reason": reason}})

    @contextmanager
    def drawing(self, pictures: int) -> Iterator[None]:
        """Around a call that draws."""
        self.add("drawings_started_total")
        began, end = time.monotonic(), "failed"
        try:
            yield
            end = "done"
        except GeneratorExit:
            end = "stopped"
            raise
        finally:
            seconds = time.monotonic() - began
            self.add("drawings_total", label=end)
            self.add("drawing_seconds_total", seconds)
            told = {"end": end, "pictures": pictures, "seconds": round(seconds, 3)}
            log.info("drawn", extra={"fields": told})

    def text(self, present: Mapping[str, Labelled]) -> str:
        """All of them, with what is ``present`` now, in Prometheus' text format."""
        with self._lock:
            values = dict(self._values)
        found: dict[str, dict[str, float]] = {name: dict(present.get(name, {})) for name in ALL}
        for (name, label), value in values.items():
            found[name][label] = value
        return "".join(_lines(name, found[name]) for name in ALL)


def _lines(name: str, values: Labelled) -> str:
    kind, label, about = ALL[name]
    head = f"# HELP lumina_{name} {about}\n# TYPE lumina_{name} {kind}\n"
    shown = values or ({} if label else {"": 0})
    marks = {each: f'{{{label}="{each}"}}' if label else "" for each in shown}
    return head + "".join(
        f"lumina_{name}{marks[each]} {value:.10g}\n" for each, value in sorted(shown.items())
    )


def metrics_route(counts: Counts, gallery: Callable[[], float]) -> Route:
    """Where they are asked for; ``gallery`` says how many bytes it holds."""

    async def tell(request: Request) -> PlainTextResponse:
        page = request.app.get_blocks()
        present = {
            "waiting": {"": len(page.admission.waiting())},
            "running": {"": len(page.admission.running())},
            "stored_bytes": {
                "files": await run_in_threadpool(page.files.kept),
                "gallery": await run_in_threadpool(gallery),
            },
        }
        return PlainTextResponse(counts.text(present), media_type=FORMAT)

    return Route("/metrics", tell)
