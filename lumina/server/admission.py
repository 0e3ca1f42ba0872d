"""How many drawings may wait, in all and of one visitor, whose turn is next, and when to return."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from starlette.exceptions import HTTPException

from lumina.server.allowance import Allowance
from lumina.server.guard import address_of
from lumina.server.metrics import Counts, Reason

MODEL = "model"  # what Gradio calls the place that all drawings share
MOST_BESIDE = 8  # of one address that draw nothing: files of stopped pictures, prompts that are written out
FIRST_GUESS = 10.0  # seconds of a drawing, while none has been finished
LOOK = 0.01  # seconds between two looks at the queue; Gradio's millisecond takes a twelfth of a core all day


def turns(waiting: Sequence[str], running: Iterable[str]) -> list[int]:
    """The places of those who wait in the order in which they draw, given the address of each and of each
    drawing under way: whose address has fewer before it comes first, its own keep their order."""
    before = Counter(running)
    ranks: list[int] = []
    for address in waiting:
        ranks.append(before[address])
        before[address] += 1
    return sorted(range(len(waiting)), key=ranks.__getitem__)


class Admission:
    """In front of the queue of a page, where addresses take turns: at most ``most`` drawings wait, and of one
    address ``most_each`` are under way or wait; one whose ``allowance`` is used up begins none. What waits
    and draws nothing is bounded beside them, as many in all and `MOST_BESIDE` of one address."""

    def __init__(
        self, queue: Any, most: int, most_each: int, allowance: Allowance, counts: Counts, trusts_proxy: bool
    ) -> None:
        self._queue, self._push, self._allowance, self._counts = queue, queue.push, allowance, counts
        self._most, self._most_each, self._trusts_proxy = most, most_each, trusts_proxy

    async def push(self, body: Any, request: Any, username: Any) -> Any:
        """As the queue's own; raises HTTPException with one sentence where there is no place."""
        known = self._queue.blocks.fns.get(body.fn_index)
        if known is not None and known.concurrency_id == MODEL:
            self._check(request)
        elif known is not None and known.concurrency_limit is not None:
            self._check_beside(request)
        pushed = await self._push(body=body, request=request, username=username)
        self._take_turns()
        return pushed

    def spend(self, event: Any, request: Any, seconds: float) -> None:
        """Count the seconds that a step of an event has drawn."""
        if event.concurrency_id == MODEL and request is not None:
            self._allowance.spend(self.address(request), seconds)

    def _check(self, request: Any) -> None:
        waiting, running = self.waiting(), self.running()
        address = self.address(request)
        if wait := self._allowance.wait(address):
            drawn = f"Your address has drawn for {self._allowance.seconds} s within an hour"
            raise self._refusal("budget", f"{drawn}; there is more for it", wait)
        places = [place for place, event in enumerate(waiting) if self.address(event.request) == address]
        under_way = sum(self.address(event.request) == address for event in running)
        if (own := len(places) + under_way) >= self._most_each:
            drawings = "1 drawing" if own == 1 else f"{own} drawings"
            said = f"{drawings} from your address wait or are under way already; one is done"
            ahead = len(running) if under_way else places[0] + 1 + len(running)
            raise self._refusal("address", said, self._after(ahead))
        if len(waiting) >= self._most:
            said = f"{len(waiting)} drawings wait already; a place is free"
            raise self._refusal("queue", said, self._after(1))

    def _check_beside(self, request: Any) -> None:
        beside, address = self._beside(), self.address(request)
        if sum(self.address(event.request) == address for event in beside) >= MOST_BESIDE:
            said = f"{MOST_BESIDE} requests from your address wait or are under way already; one is done"
            raise self._refusal("address", said, self._after(1))
        if len(beside) >= self._most:
            said = f"{len(beside)} requests wait already; a place is free"
            raise self._refusal("queue", said, self._after(1))

    def _take_turns(self) -> None:
        """Whose address has fewer drawings under way and ahead comes first; its own keep their order."""
        waiting = self.waiting()
        if waiting:
            order = turns(
                [self.address(event.request) for event in waiting],
                (self.address(event.request) for event in self.running()),
            )
            line = self._queue.event_queue_per_concurrency_id[MODEL]
            line.queue[:] = [waiting[place] for place in order]
            self._queue.broadcast_estimations(MODEL)

    def waiting(self) -> list[Any]:
        """The events that wait to draw, in their order."""
        line = self._queue.event_queue_per_concurrency_id.get(MODEL)
        return [*line.queue] if line is not None else []

    def running(self) -> list[Any]:
        """The events that draw."""
        jobs = list(self._queue.active_jobs)
        return [event for events in jobs for event in events or () if event.concurrency_id == MODEL]

    def _beside(self) -> list[Any]:
        """The events that wait or are under way where few are at once, and draw nothing."""
        lines = [line.queue for line in list(self._queue.event_queue_per_concurrency_id.values())]
        events = [event for each in (*lines, *list(self._queue.active_jobs)) for event in each or ()]
        return [
            event
            for event in events
            if event.concurrency_id != MODEL and event.fn.concurrency_limit is not None
        ]

    def address(self, request: Any) -> str:
        """By which the visitor is known who sends a request."""
        return address_of(request.scope, self._trusts_proxy)

    def _after(self, drawings: int) -> int:
        """Seconds until so many drawings are done, of those that are drawn at once."""
        beside = max(1, len(self.running()))
        return max(1, ceil(drawings / beside * self._seconds_each()))

    def _refusal(self, reason: Reason, said: str, seconds: int) -> HTTPException:
        self._counts.refuse(reason)
        when = f"{seconds} s" if seconds < 100 else f"{ceil(seconds / 60)} min"
        sentence = f"{said} in about {when}: try again then."
        return HTTPException(503 if reason == "queue" else 429, sentence, {"Retry-After": str(seconds)})

    def _seconds_each(self) -> float:
        times = [each for each in self._queue.process_time_per_fn.values() if each.count]
        drawn = sum(each.count for each in times)
        return sum(each.process_time for each in times) / drawn if drawn else FIRST_GUESS


def admit(
    page: Any, most: int, most_each: int, allowance: Allowance, counts: Counts, trusts_proxy: bool
) -> None:
    """Put an :class:`Admission` in front of the queue of ``page``, and have it look for work less often."""
    page.admission = Admission(page._queue, most, most_each, allowance, counts, trusts_proxy)
    page._queue.push = page.admission.push
    page._queue.sleep_when_free = LOOK
