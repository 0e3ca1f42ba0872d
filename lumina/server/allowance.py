"""How many seconds each address has drawn within an hour, and when there is more for it."""

import time
from collections import Counter
from collections.abc import Callable
from math import ceil

WINDOW = 3600  # seconds after which what was drawn counts no more
SLICE = 60  # seconds that are forgotten together


class Allowance:
    """``seconds`` of drawing for each address within an hour; 0 is no limit.

    A drawing that is begun comes to its end; one that is not begun has to wait.
    """

    def __init__(self, seconds: int, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self._now = seconds, now
        self._spent: dict[str, Counter[int]] = {}  # by address and slice
        self._first: int | None = None  # the oldest slice that is remembered

    def spend(self, address: str, seconds: float) -> None:
        """Count what an address has just drawn; whole milliseconds."""
        if self.seconds:
            self._forget()
            self._spent.setdefault(address, Counter())[self._slice()] += round(1000 * seconds)

    def wait(self, address: str) -> int:
        """Seconds until this address may begin to draw; 0 says now."""
        if not self.seconds:
            return 0
        self._forget()
        slices = self._spent.get(address, Counter())
        too_much, wait = sum(slices.values()) - 1000 * self.seconds, 0
        for number in sorted(slices):
            if too_much < 0:
                break
            too_much -= slices[number]
            wait = ceil((number + 1) * SLICE + WINDOW - self._now())
        return wait

    def _slice(self) -> int:
        return int(self._now() // SLICE)

    def _forget(self) -> None:
        """Whatever is over an hour old, of everybody."""
        first = self._slice() - WINDOW // SLICE
        if first == self._first:
            return
        self._first = first
        for address, slices in list(self._spent.items()):
            for number in [each for each in slices if each < first]:
                del slices[number]
            if not slices:
                del self._spent[address]
