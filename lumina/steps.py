"""Long work as a generator: it yields progress, returns its result, and stops on ``close()``."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Progress:
    """How far the work is: ``done`` of ``total`` units, with what exists so far in ``partial``."""

    done: int
    total: int
    unit: str = "rows"
    partial: Any = None


Steps: TypeAlias = Generator[Progress, None, T]
"""Work in progress. ``yield from`` composes it; ``close()`` is the only way to cancel it."""


def finish(steps: Steps[T]) -> T:
    """Run ``steps`` to the end and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: T = stop.value
            return result


def mapped(steps: Steps[T], progress: Callable[[Progress], Progress], result: Callable[[T], U]) -> Steps[U]:
    """The same work, its progress and its result seen differently; closing it closes ``steps``."""
    try:
        while True:
            yield progress(next(steps))
    except StopIteration as stop:
        return result(stop.value)
    finally:
        steps.close()
