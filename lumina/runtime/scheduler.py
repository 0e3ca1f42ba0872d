"""One thread that draws for everybody: images join between two steps, and leave when they are done.

Work comes as tickets, one for each call, and the seats are shared out fairly among them: the next one goes to
the ticket that has the fewest, in turn. Where all are taken and a ticket has none, one that has several gives
one back; its image goes on later from the codes it has, to the same picture. Half of the images of a bracket
are dropped at each rung (halving.py).
"""

import atexit
import logging
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Lock, Thread, current_thread
from weakref import WeakSet

import torch

from lumina.errors import ModelError
from lumina.faults import NO_MEMORY, is_out_of_memory, note
from lumina.runtime.sequence import ImageSequence
from lumina.runtime.sequence_batch import SequenceBatch
from lumina.runtime.ticket import Seat, Ticket, seats
from lumina.runtime.tokens import Completed, Joined, RowSettled, TokenEvent

log = logging.getLogger(__name__)

ONE_STEP = 10.0  # seconds that a step takes at most, so that nobody waits for ever for one that hangs


class Scheduler:
    """Owns the transformer while there is work. Its thread lives as long as that, and no longer."""

    def __init__(
        self, slots: int, fits: Callable[[SequenceBatch, ImageSequence], bool], lanes: int = 1
    ) -> None:
        """At most ``slots`` images are under way at once; ``fits`` says whether there is room for another.

        They are moved on by so many forwards side by side as there are ``lanes``.
        """
        self.slots, self._fits, self._lanes = slots, fits, lanes
        self._lock = Lock()  # for what is handed over: who comes, and whether a thread is there
        self._incoming: list[Ticket] = []
        self._thread: Thread | None = None
        self._tickets: list[Ticket] = []  # the thread's own
        self._is_stopped = False
        _ALL.add(self)

    def draw(
        self, images: Sequence[tuple[SequenceBatch, ImageSequence]]
    ) -> Generator[TokenEvent, None, None]:
        """What happens to these images until all are completed; leaving frees their rows within one step.

        Raises ModelError where an image cannot be drawn.
        """
        asked = seats(images)
        ticket = Ticket(deque(asked))
        self._hand_in(ticket)
        try:
            left = len(asked)
            while left:
                event = ticket.events.get()
                if isinstance(event, Exception):
                    raise event
                if isinstance(event, RowSettled):
                    sequence = asked[event.index].sequence
                    is_newest = not sequence.is_done and sequence.rows == event.row + 1
                    event = replace(event, is_newest=is_newest)
                left -= isinstance(event, Completed)
                yield event
        finally:
            ticket.is_cancelled = True
            if current_thread() is not self._thread:  # which may collect what others have dropped
                ticket.is_over.wait(ONE_STEP)

    def stop(self) -> None:
        """End after the step that is under way: the program does."""
        self._is_stopped = True
        if (thread := self._thread) is not None:
            thread.join(ONE_STEP)

    def _hand_in(self, ticket: Ticket) -> None:
        with self._lock:
            self._incoming.append(ticket)
            if self._thread is None or not self._thread.is_alive():  # which a fork leaves behind
                self._thread = Thread(target=self._work, name="scheduler", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        try:
            with torch.inference_mode(), ThreadPoolExecutor(self._lanes, "lane") as lanes:
                while self._take_in():
                    self._admit()
                    self._step(lanes)
                    self._tell()
        except Exception as error:
            note(log, "The scheduler failed:", error)
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Tell everybody. Nothing is asked of the device, which may be lost; the next thread begins anew."""
        with self._lock:
            for ticket in (*self._tickets, *self._incoming):
                for seat in (*ticket.active, *ticket.waiting, *ticket.resting):
                    seat.batch.forget()
                ticket.events.put(_sentence(error))
                ticket.is_over.set()
            self._tickets, self._incoming = [], []
            self._thread = None

    def _take_in(self) -> bool:
        """New tickets in, those that are over out; False where nothing is left to do."""
        for ticket in [*self._tickets]:
            if ticket.is_cancelled or not (ticket.waiting or ticket.active):
                self._end(ticket)
        with self._lock:
            self._tickets += self._incoming
            self._incoming = []
            if self._tickets and not self._is_stopped:
                return True
            self._thread = None
        return False

    def _admit(self) -> None:
        """Give the free seats away."""
        while waiting := [ticket for ticket in self._tickets if ticket.waiting]:
            ticket = min(waiting, key=lambda each: len(each.active))
            if not self._has_seat(ticket):
                return
            self._tickets.remove(ticket)
            self._tickets.append(ticket)  # the others come first now
            self._join(ticket, ticket.waiting.popleft())

    def _has_seat(self, ticket: Ticket) -> bool:
        seat = ticket.waiting[0]
        while not self._is_free(seat):
            richest = max(self._tickets, key=lambda each: len(each.active))
            if ticket.active or len(richest.active) < 2:
                return False
            paused = richest.active[-1]
            self._leave(richest, paused)
            richest.waiting.appendleft(paused)
        return True

    def _is_free(self, seat: Seat) -> bool:
        active = sum(len(ticket.active) for ticket in self._tickets)
        return not active or (active < self.slots and self._fits(seat.batch, seat.sequence))

    def _join(self, ticket: Ticket, seat: Seat) -> None:
        sequence = seat.sequence
        if seat.index not in ticket.begun:
            ticket.begun.add(seat.index)
            ticket.events.put(Joined(index=seat.index))
        try:
            if not sequence.is_weighed:
                seat.batch.weigh(sequence)
            if sequence.is_done:
                self._done(ticket, seat)
                return
            seat.batch.join(sequence)
        except Exception as error:
            self._end(ticket, error)
        else:
            ticket.active.append(seat)

    def _step(self, lanes: ThreadPoolExecutor) -> None:
        """Move all images on; where that fails, each by itself, so that it fails for one alone."""
        for batch in {seat.batch for ticket in self._tickets for seat in ticket.active}:
            own, *others = batch.parts(self._lanes)
            beside = [(part, lanes.submit(batch.step, part)) for part in others]
            failed = [] if _succeeds(partial(batch.step, own)) else [*own]
            failed += [each for part, step in beside if not _succeeds(step.result) for each in part]
            for ticket, seat in self._seats_in(batch):
                if seat.sequence in failed:
                    self._step_alone(ticket, seat)

    def _step_alone(self, ticket: Ticket, seat: Seat) -> None:
        if seat not in ticket.active:  # its ticket has failed with another of its images
            return
        try:
            seat.batch.step([seat.sequence])
        except Exception as error:
            self._end(ticket, error)

    def _seats_in(self, batch: SequenceBatch) -> list[tuple[Ticket, Seat]]:
        return [(each, seat) for each in self._tickets for seat in each.active if seat.batch is batch]

    def _tell(self) -> None:
        """Compare candidates, say what is settled, and free the seats of what is done."""
        for ticket in self._tickets:
            for bracket in dict.fromkeys(seat.bracket for seat in (*ticket.active, *ticket.resting)):
                while dropped := bracket.drop():
                    for seat in dropped:
                        self._take_out(ticket, seat)
            for seat in [*ticket.active]:
                _tell_rows(ticket, seat)
                if seat.sequence.is_done or ticket.gives_way(seat):
                    self._leave(ticket, seat)
                    self._done(ticket, seat)
            for seat in [seat for seat in ticket.resting if not seat.is_early]:
                ticket.resting.remove(seat)
                if seat.sequence.is_done:
                    _complete(ticket, seat)
                else:
                    ticket.waiting.appendleft(seat)

    def _leave(self, ticket: Ticket, seat: Seat) -> None:
        seat.batch.leave(seat.sequence)
        ticket.active.remove(seat)

    def _done(self, ticket: Ticket, seat: Seat) -> None:
        """An image has all its rows, or all until it is compared."""
        if seat.is_early:
            ticket.resting.append(seat)
        else:
            _complete(ticket, seat)

    def _take_out(self, ticket: Ticket, seat: Seat) -> None:
        """An image has been dropped."""
        if seat in ticket.active:
            self._leave(ticket, seat)
        else:
            (ticket.resting if seat in ticket.resting else ticket.waiting).remove(seat)
        _complete(ticket, seat)

    def _end(self, ticket: Ticket, error: Exception | None = None) -> None:
        """Nothing more is done for this ticket, which is told before the device is asked for anything."""
        if error is not None:
            ticket.events.put(_sentence(error))
        for seat in ticket.active:
            seat.batch.leave(seat.sequence)
        ticket.active.clear()
        ticket.resting.clear()
        ticket.waiting.clear()
        self._tickets.remove(ticket)
        ticket.is_over.set()


def _succeeds(step: Callable[[], None]) -> bool:
    try:
        step()
    except Exception:  # which comes again where it is told
        return False
    return True


def _tell_rows(ticket: Ticket, seat: Seat) -> None:
    for news in seat.sequence.news(seat.index):
        ticket.events.put(news)


def _complete(ticket: Ticket, seat: Seat) -> None:
    _tell_rows(ticket, seat)
    ticket.events.put(Completed(index=seat.index, generation=seat.sequence.generation()))


def _sentence(error: Exception) -> Exception:
    """What is told: a lack of memory is no fault that needs a traceback."""
    if not is_out_of_memory(error):
        return error
    told = ModelError(NO_MEMORY)
    told.__cause__ = error.with_traceback(None)  # whose places would hold what takes the memory
    return told


_ALL: "WeakSet[Scheduler]" = WeakSet()


def _stop_all() -> None:
    """A thread that computes while the interpreter is taken down may take it down hard."""
    for scheduler in list(_ALL):
        scheduler.stop()


atexit.register(_stop_all)
