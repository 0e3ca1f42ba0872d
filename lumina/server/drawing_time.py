"""How long a step of a call has drawn; waiting for the model or for a place among others is no drawing."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TypeVar

E = TypeVar("E")


class DrawingTime:
    """The seconds of one step."""

    seconds = 0.0


_STEP: ContextVar[DrawingTime | None] = ContextVar("step", default=None)


@contextmanager
def measured() -> Iterator[DrawingTime]:
    """Around a step of a call: what is drawn meanwhile, in threads that it starts, too, is counted in it."""
    step = DrawingTime()
    token = _STEP.set(step)
    try:
        yield step
    finally:
        _STEP.reset(token)


def timed(events: Generator[E, None, None]) -> Iterator[E]:
    """The same events; the time until each but the first, which says that drawing has begun, is counted."""
    began = None
    while True:
        try:
            event = next(events)
        except StopIteration:
            return
        finally:
            if began is not None and (step := _STEP.get()) is not None:
                step.seconds += monotonic() - began
        yield event
        began = monotonic()
