"""How many seconds drawings take, learned from those that were drawn here."""

from collections import Counter
from collections.abc import Sequence
from threading import Lock

from lumina.runtime.halving import share
from lumina.runtime.request import DrawRequest

WEIGHT = 0.3  # of the newest time; older ones fade


class CostModel:
    """Seconds by how many pictures a call draws: side by side, each costs less."""

    def __init__(self) -> None:
        self._rates, self._lock = dict[int, float](), Lock()

    def note(self, requests: Sequence[DrawRequest], seconds: float) -> None:
        """Remember how long a call took from its first event to its last."""
        if not (size := size_of(requests)):
            return
        with self._lock:
            rate = seconds / size
            before = self._rates.get(len(requests), rate)
            self._rates[len(requests)] = before + WEIGHT * (rate - before)

    def seconds(self, count: int, size: int) -> float | None:
        """What ``count`` pictures of together ``size`` will take at most; None where nothing tells."""
        with self._lock:
            fewer = [known for known in self._rates if known <= count]
            return self._rates[max(fewer)] * size if fewer else None

    def of(self, requests: Sequence[DrawRequest]) -> float | None:
        """The same of a call."""
        return self.seconds(len(requests), size_of(requests))


def size_of(requests: Sequence[DrawRequest]) -> int:
    """Rows that are still to be drawn, times their width in pixels, of all together."""
    halved = Counter(request.batch for request in requests if request.is_halved)
    return sum(round(_rows(request, halved[request.batch]) * request.width) for request in requests)


def _rows(request: DrawRequest, halved: int) -> float:
    """In the mean where so many candidates are halved; 0 says that none are."""
    return request.left * (share(request.stop_row, halved) if halved else 1)
