"""How many drawings may wait, in all and of one visitor; who is refused hears when to come back."""

from collections.abc import Iterator
from math import ceil
from typing import Any

from starlette.exceptions import HTTPException

from lumina.server.guard import address_of

MODEL = "model"  # what Gradio calls the place that all drawings share
FIRST_GUESS = 10.0  # seconds of a drawing, while none has been finished


class Admission:
    """In front of the queue of a page: at most ``most`` drawings wait, and of one address ``most_each`` are
    under way or wait."""

    def __init__(self, queue: Any, most: int, most_each: int, trusts_proxy: bool) -> None:
        self._queue, self._push = queue, queue.push
        self._most, self._most_each, self._trusts_proxy = most, most_each, trusts_proxy

    async def push(self, body: Any, request: Any, username: Any) -> Any:
        """As the queue's own; raises HTTPException with one sentence where there is no place."""
        known = self._queue.blocks.fns.get(body.fn_index)
        if known is not None and known.concurrency_id == MODEL and known.types_generator:
            self._check(request)
        return await self._push(body=body, request=request, username=username)

    def _check(self, request: Any) -> None:
        waiting, running = list(self._waiting()), list(self._running())
        address = self._address(request)
        places = [place for place, event in enumerate(waiting) if self._address(event.request) == address]
        drawn = sum(self._address(event.request) == address for event in running)
        if (own := len(places) + drawn) >= self._most_each:
            drawings = "1 drawing" if own == 1 else f"{own} drawings"
            said = f"{drawings} from your address wait or are under way already; one is done"
            raise self._refusal(429, said, len(running) if drawn else places[0] + 1 + len(running))
        if len(waiting) >= self._most:
            raise self._refusal(503, f"{len(waiting)} drawings wait already; a place is free", 1)

    def _waiting(self) -> Iterator[Any]:
        line = self._queue.event_queue_per_concurrency_id.get(MODEL)
        yield from line.queue if line is not None else ()

    def _running(self) -> Iterator[Any]:
        for events in list(self._queue.active_jobs):
            yield from (event for event in events or () if event.concurrency_id == MODEL)

    def _address(self, request: Any) -> str:
        return address_of(request.scope, self._trusts_proxy)

    def _refusal(self, status: int, said: str, drawings: int) -> HTTPException:
        """Of someone who may come back once so many drawings are done, of those that are drawn at once."""
        beside = max(1, sum(1 for _ in self._running()))
        seconds = max(1, ceil(drawings / beside * self._seconds_each()))
        when = f"{seconds} s" if seconds < 100 else f"{ceil(seconds / 60)} min"
        sentence = f"{said} in about {when}: try again then."
        return HTTPException(status, sentence, {"Retry-After": str(seconds)})

    def _seconds_each(self) -> float:
        times = [each for each in self._queue.process_time_per_fn.values() if each.count]
        drawn = sum(each.count for each in times)
        return sum(each.process_time for each in times) / drawn if drawn else FIRST_GUESS


def admit(page: Any, most: int, most_each: int, trusts_proxy: bool) -> None:
    """Put an :class:`Admission` in front of the queue of ``page``."""
    page._queue.push = Admission(page._queue, most, most_each, trusts_proxy).push
