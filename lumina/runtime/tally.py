"""How far a draw is: rows and scores counted over all its pictures."""

from collections import Counter
from collections.abc import Sequence
from typing import TypedDict

from lumina.runtime.halving import planned
from lumina.runtime.request import NO_SCORER, DrawRequest


class Counted(TypedDict):
    """How many steps are over, and how many there are."""

    done: int
    total: int


class Tally:
    """Counts the steps of these requests: a row of a picture each, or its score."""

    def __init__(self, requests: Sequence[DrawRequest]) -> None:
        self._done = sum(len(request.kept) for request in requests)
        alone = [request for request in requests if not request.is_halved]
        self._total = sum(request.stop_row + (request.scorer != NO_SCORER) for request in alone)
        halved = Counter((each.batch, each.stop_row, each.scorer) for each in requests if each.is_halved)
        for (_, stop_row, scorer), count in halved.items():
            rows, left = planned(stop_row, count)
            self._total += rows + left * (scorer != NO_SCORER)

    def now(self) -> Counted:
        """Without a new step."""
        return {"done": self._done, "total": self._total}

    def step(self) -> Counted:
        """After one more."""
        self._done += 1
        return self.now()
