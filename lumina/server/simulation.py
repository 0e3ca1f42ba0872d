"""A public studio's day on paper: who comes, how long they wait, who is turned away, what a picture costs.

Arrivals are a Poisson process whose rate follows the hours. Turns, places and the allowance of an address
are those of the server (`admission.py`, `allowance.py`); a replica's seats share its speed.
"""

import heapq
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from lumina.json_types import JsonObject
from lumina.server.admission import turns
from lumina.server.allowance import Allowance
from lumina.server.metrics import Reason
from lumina.settings import MAX_WAITING, PUBLIC_EACH, SPACE_SECONDS
from lumina.steps import Progress, Steps

HOUR, DAY = 3600.0, 86400.0
BUSIEST_HOUR = 15
FLOOD_BEGINS = 14 * HOUR  # and lasts for an hour
SPREAD = 0.3  # standard deviation of a picture's seconds, of their mean


@dataclass(frozen=True)
class Crowd:
    """Who comes in a day.

    ``drawings`` are a visitor's in the mean, ``pause`` the seconds between one and the next, ``patience``
    those that a visitor waits until one begins, refusals included. ``busiest`` is the busiest
    hour beside a mean one, 1 to 2. ``floods`` are addresses that ask for an hour as often as they are let.
    """

    visitors: int = 1000
    drawings: float = 5.0
    pause: float = 20.0
    patience: float = 60.0
    busiest: float = 1.8
    floods: int = 0


@dataclass(frozen=True)
class House:
    """What serves them: ``replicas`` that draw ``slots`` pictures at once each.

    A picture takes ``seconds`` alone; with all slots taken a replica draws ``gain`` times as many pictures an
    hour as one after the other. ``each`` drawings of an address may wait or be under way, and it may draw for
    ``allowance`` seconds an hour (0: no limit). ``price`` is of a replica's hour.
    """

    seconds: float
    slots: int = 8
    gain: float = 1.0
    replicas: int = 1
    each: int = PUBLIC_EACH
    allowance: int = SPACE_SECONDS
    price: float = 0.0

    def speed(self, drawn: int) -> float:
        """Of each of so many drawings at once on a replica, beside one alone."""
        if self.slots == 1:
            return 1.0
        return (1 + (self.gain - 1) * (drawn - 1) / (self.slots - 1)) / drawn


@dataclass(eq=False)
class _Drawing:
    """One wish for a picture, from when it was asked for."""

    address: str
    left: int  # drawings that its visitor wants after this one
    work: float  # seconds alone
    wished: float = math.inf  # when it was first asked for
    begun: float | None = None
    replica: int = 0


@dataclass
class _Told:
    """What became of the drawings of some visitors."""

    asked: int = 0
    drawn: int = 0
    gave_up: int = 0
    refused: Counter[Reason] = field(default_factory=Counter)
    waits: list[tuple[float, float]] = field(default_factory=list)  # when it was asked for, and seconds

    def figures(self) -> JsonObject:
        """Counts, and the seconds until a drawing begins."""
        waits = np.array([wait for _, wait in self.waits] or [0.0])
        peak = [wait for asked, wait in self.waits if int(asked / HOUR) == BUSIEST_HOUR] or [0.0]
        return {
            "asked": self.asked,
            "drawn": self.drawn,
            "gave_up": self.gave_up,
            "refused": {str(reason): number for reason, number in sorted(self.refused.items())},
            "wait_seconds": {
                "median": round(float(np.median(waits)), 1),
                "95th": round(float(np.percentile(waits, 95)), 1),
                "longest": round(float(waits.max()), 1),
                "95th_of_busiest_hour": round(float(np.percentile(peak, 95)), 1),
            },
        }


class _Studio:
    """The day's events in their order."""

    def __init__(self, crowd: Crowd, house: House, seed: int) -> None:
        self.crowd, self.house, self.rng = crowd, house, np.random.default_rng(seed)
        self.now, self.busy = 0.0, 0.0
        self.polite, self.flood = _Told(), _Told()
        self._allowance = Allowance(house.allowance, lambda: self.now)
        self._numbers = count()
        self._events: list[tuple[float, int, _Drawing]] = []  # somebody asks, or has waited long enough
        self._waiting: list[_Drawing] = []
        self._running: list[list[_Drawing]] = [[] for _ in range(house.replicas)]
        self._seconds_each = house.seconds

    def day(self) -> Iterator[float]:
        """Run it; yields the time after each event."""
        for number, time in enumerate(self._arrivals()):
            self._plan(time, self._wish(f"visitor {number}", self.rng.geometric(1 / self.crowd.drawings) - 1))
        for number in range(self.crowd.floods):
            self._plan(FLOOD_BEGINS, self._wish(f"flood {number}", 0))
        while self._events or any(self._running):
            self._next()
            yield self.now

    def told(self, drawing: _Drawing) -> _Told:
        """Where what becomes of it is counted."""
        return self.flood if drawing.address.startswith("flood") else self.polite

    def _arrivals(self) -> Sequence[float]:
        """Times of day, thinned from the busiest hour's rate (Lewis and Shedler 1979)."""
        times = self.rng.uniform(0, DAY, self.rng.poisson(self.crowd.visitors * self.crowd.busiest))
        hours = 2 * math.pi * (times / HOUR - BUSIEST_HOUR - 0.5) / 24
        rates = 1 + (self.crowd.busiest - 1) * np.cos(hours)
        kept = times[self.rng.uniform(0, self.crowd.busiest, len(times)) < rates]
        return [float(time) for time in np.sort(kept)]

    def _wish(self, address: str, left: int) -> _Drawing:
        """A drawing of lognormal length."""
        sigma = math.sqrt(math.log(1 + SPREAD**2))
        work = self.house.seconds * self.rng.lognormal(-(sigma**2) / 2, sigma)
        return _Drawing(address, left, work)

    def _plan(self, time: float, drawing: _Drawing) -> None:
        heapq.heappush(self._events, (time, next(self._numbers), drawing))

    def _next(self) -> None:
        """Go on to what happens next: a drawing is finished, or a planned event."""
        ends = [
            (self.now + drawing.work / self.house.speed(len(seats)), drawing)
            for seats in self._running
            for drawing in seats
        ]
        end, done = min(ends, key=lambda each: each[0], default=(math.inf, None))
        if done is not None and (not self._events or end <= self._events[0][0]):
            self._go_on_to(end)
            self._finish(done)
        else:
            time, _, drawing = heapq.heappop(self._events)
            self._go_on_to(time)
            if drawing in self._waiting:
                self._give_up(drawing)
            elif drawing.begun is None:
                self._ask(drawing)
        self._seat()

    def _go_on_to(self, time: float) -> None:
        for seats in self._running:
            for drawing in seats:
                drawing.work -= (time - self.now) * self.house.speed(len(seats))
            self.busy += (time - self.now) * bool(seats)
        self.now = time

    def _ask(self, drawing: _Drawing) -> None:
        """As `Admission` does: a place in the line, or a refusal that says when to come back."""
        told, running = self.told(drawing), [each for seats in self._running for each in seats]
        told.asked += 1
        drawing.wished = min(drawing.wished, self.now)
        places = [place for place, each in enumerate(self._waiting) if each.address == drawing.address]
        own = sum(each.address == drawing.address for each in running)
        if wait := self._allowance.wait(drawing.address):
            self._refuse(drawing, "budget", wait)
        elif len(places) + own >= self.house.each:
            self._refuse(drawing, "address", self._after(len(running) + (0 if own else places[0] + 1)))
        elif len(self._waiting) >= MAX_WAITING:
            self._refuse(drawing, "queue", self._after(1))
        else:
            self._waiting.append(drawing)
            order = turns([each.address for each in self._waiting], [each.address for each in running])
            self._waiting = [self._waiting[place] for place in order]
            if told is self.polite:
                self._plan(drawing.wished + self.crowd.patience, drawing)
            else:
                self._flood_on(drawing, 0.0)

    def _refuse(self, drawing: _Drawing, reason: Reason, seconds: float) -> None:
        """Who is polite comes back at that time, or leaves where that is too late."""
        told = self.told(drawing)
        told.refused[reason] += 1
        if told is self.flood:
            self._flood_on(drawing, 1.0)
        elif self.now + seconds - drawing.wished <= self.crowd.patience:
            self._plan(self.now + seconds, drawing)
        else:
            told.gave_up += 1

    def _flood_on(self, drawing: _Drawing, seconds: float) -> None:
        if self.now < FLOOD_BEGINS + HOUR:
            self._plan(self.now + seconds, self._wish(drawing.address, 0))

    def _after(self, drawings: int) -> float:
        beside = max(1, sum(map(len, self._running)))
        return max(1, math.ceil(drawings / beside * self._seconds_each))

    def _give_up(self, drawing: _Drawing) -> None:
        self._waiting.remove(drawing)
        self.told(drawing).gave_up += 1

    def _seat(self) -> None:
        """Whoever is next begins where fewest are drawn."""
        while self._waiting:
            replica = min(range(self.house.replicas), key=lambda number: len(self._running[number]))
            if len(self._running[replica]) >= self.house.slots:
                return
            drawing = self._waiting.pop(0)
            drawing.begun, drawing.replica = self.now, replica
            self._running[replica].append(drawing)
            self.told(drawing).waits.append((drawing.wished, self.now - drawing.wished))

    def _finish(self, drawing: _Drawing) -> None:
        """It is there, and its visitor wants another one after a while, or leaves."""
        assert drawing.begun is not None
        self._running[drawing.replica].remove(drawing)
        took = self.now - drawing.begun
        self._seconds_each += 0.05 * (took - self._seconds_each)
        self._allowance.spend(drawing.address, took)
        self.told(drawing).drawn += 1
        if drawing.left:
            pause = self.rng.exponential(self.crowd.pause)
            self._plan(self.now + pause, self._wish(drawing.address, drawing.left - 1))


def simulate(crowd: Crowd, house: House, seed: int = 1) -> Steps[Progress, JsonObject]:
    """A day; progress counts its hours. Returns figures of JSON."""
    studio, hour = _Studio(crowd, house, seed), 0
    for time in studio.day():
        if time >= (hour + 1) * HOUR and hour < 24:
            hour = min(24, int(time / HOUR))
            yield Progress(hour, 24, unit="hours")
    drawn = studio.polite.drawn + studio.flood.drawn
    cost = house.replicas * house.price * DAY / HOUR
    found: JsonObject = {
        **studio.polite.figures(),
        "busy": round(studio.busy / house.replicas / max(DAY, studio.now), 3),
    }
    if crowd.floods:
        found["floods"] = studio.flood.figures()
    if house.price:
        found["cost_of_a_picture"] = round(cost / drawn, 5) if drawn else None
    return found
