"""Long work as a generator: it yields events, returns its result, and stops on ``close()``."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Self, TypeAlias, TypeVar

E = TypeVar("E")
F = TypeVar("F")
R = TypeVar("R")
S = TypeVar("S")


@dataclass(frozen=True)
class Progress:
    """How far the work is: ``done`` of ``total`` units, and the ``figures`` that it is watched by."""

    done: int
    total: int
    unit: str = "rows"
    figures: Mapping[str, float] = field(default_factory=dict)


Steps: TypeAlias = Generator[E, None, R]
"""Work in progress: its events and its result. ``yield from`` composes it; ``close()`` cancels it."""


class Following(Generic[E, R]):
    """The events of some work, one by one; afterwards its ``result``. Leaving it closes the work."""

    result: R

    def __init__(self, steps: Steps[E, R]) -> None:
        self._steps = steps

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._steps.close()

    def __iter__(self) -> Iterator[E]:
        self.result = yield from self._steps


def finish(steps: Steps[E, R]) -> R:
    """Run ``steps`` to the end and return its result."""
    with Following(steps) as run:
        for _ in run:
            pass
        return run.result


def mapped(steps: Steps[E, R], event: Callable[[E], F], result: Callable[[R], S]) -> Steps[F, S]:
    """The same work, its events and its result seen differently; closing it closes ``steps``."""
    with Following(steps) as run:
        for each in run:
            yield event(each)
        return result(run.result)
