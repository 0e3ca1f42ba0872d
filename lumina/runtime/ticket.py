"""What one call has asked the scheduler for: images with and without a seat, and which are compared."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event

from lumina.runtime.halving import Rung, rungs
from lumina.runtime.sequence import ImageSequence
from lumina.runtime.sequence_batch import SequenceBatch
from lumina.runtime.tokens import TokenEvent


@dataclass(frozen=True, eq=False)
class Seat:
    """A seat among those drawn at once: an image, the number of its request, and the batch it is drawn in."""

    index: int
    sequence: ImageSequence
    batch: SequenceBatch
    bracket: "Bracket"

    @property
    def is_early(self) -> bool:
        """Whether the image is where it is compared next, before others of its bracket are."""
        return self.bracket.is_reached_by(self.sequence)


class Bracket:
    """Candidates that are still in the running; a picture that is compared with no other is one by itself."""

    def __init__(self) -> None:
        self.seats = list[Seat]()
        self._rungs = deque[Rung]()

    def begin(self) -> None:
        """All its seats are there."""
        request = self.seats[0].sequence.request
        self._rungs.extend(rungs(request.first_row, request.last_row, len(self.seats)))
        self._tell()

    def is_reached_by(self, sequence: ImageSequence) -> bool:
        """Whether an image has all rows above the next rung, and they are weighed."""
        return bool(self._rungs) and sequence.rows >= self._rungs[0].rows and sequence.is_weighed

    def drop(self) -> list[Seat]:
        """Where all have come to a rung, take out those the model is least sure of; of equals the later."""
        if not all(seat.is_early for seat in self.seats):
            return []
        rung = self._rungs.popleft()
        ranked = sorted(self.seats, key=lambda seat: seat.sequence.expected_above(rung.rows), reverse=True)
        dropped = ranked[rung.kept :]
        for seat in dropped:
            self.seats.remove(seat)
            seat.sequence.cut(rung.rows)
        self._tell()
        return dropped

    def _tell(self) -> None:
        """Rows below the next rung may be drawn ahead; they are told when it is certain that they count."""
        for seat in self.seats:
            sequence = seat.sequence
            sequence.told = self._rungs[0].rows if self._rungs else sequence.request.last_row


@dataclass(eq=False)
class Ticket:
    """What one call has asked for. ``is_over`` is set once the scheduler is through with it.

    ``resting`` are candidates that wait for others of their bracket, without a seat.
    """

    waiting: deque[Seat]
    active: list[Seat] = field(default_factory=list)
    resting: list[Seat] = field(default_factory=list)
    begun: set[int] = field(default_factory=set)
    events: "SimpleQueue[TokenEvent | Exception]" = field(default_factory=SimpleQueue)
    is_cancelled: bool = False
    is_over: Event = field(default_factory=Event)

    def gives_way(self, seat: Seat) -> bool:
        """Whether an image has nothing to do until others of its bracket get a seat."""
        return seat.is_early and any(other in self.waiting for other in seat.bracket.seats)


def seats(images: Iterable[tuple[SequenceBatch, ImageSequence]]) -> list[Seat]:
    """A seat for each image, together with those of its bracket."""
    brackets: dict[int, Bracket] = {}
    found = list[Seat]()
    for index, (batch, sequence) in enumerate(images):
        number = sequence.request.bracket
        bracket = Bracket() if number is None else brackets.setdefault(number, Bracket())
        found.append(Seat(index, sequence, batch, bracket))
        bracket.seats.append(found[-1])
    for bracket in brackets.values():
        bracket.begin()
    return found
