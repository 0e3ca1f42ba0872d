"""Where the things of free wording stand: a relation of the first to the second, or sides of the picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lumina.worlds.reading.clauses import Clause
from lumina.worlds.reading.grammar import Grammar, ThingSaid
from lumina.worlds.reading.signs import Sign
from lumina.worlds.reading.things import Side, Things
from lumina.worlds.reading.uses import Uses


@dataclass
class Places:
    """What has been said of places so far, and which thing is spoken of."""

    grammar: Grammar
    uses: Uses
    things: Things
    spoken_of: int = 0  # the thing that was named last
    spoken: list[int] = field(default_factory=list)  # those that were named since the last comma
    subject: int | None = None  # of a relation whose other side has not come; None where both have not
    _relation: str | None = None  # of the first to the second,
    _related_by: list[Sign] = field(default_factory=list)  # which these have said
    _next_side: Side | None = None  # of the thing that comes next
    _pending: str | None = None  # a relation one side of which has not come yet,
    _pending_by: Sign | None = None  # which this has said,
    _is_owned: bool = False  # or which is spoken of as the first's own: "a cube with a ball on its right"

    def take(self, kind: str, place: str, clause: Clause) -> None:
        """A place that opens a clause: "of" the next thing, on "its" side, "at" a side of the picture …;
        none where there is no such place."""
        count, sign = len(self.things), clause.opened_by
        reasons = self.grammar.reasons
        self.uses.explain(reasons.no_place if place else reasons.not_there, sign)
        if kind == "of":  # of what comes next
            self._await(place, sign, min(self.spoken_of, count - 1) if count else None)
        elif kind == "its" and count == 2:
            self._set_relation(self.grammar.opposite[place], sign)
        elif kind == "its":
            self._await(place, sign, self.subject, is_owned=True)
        elif kind == "east" and count:
            self._take_east(place, clause)
        elif kind == "row":
            self.things.sides[0] = place, sign
        elif clause.leads:
            self._next_side = place, sign
        elif kind == "at" and count:
            self._take_side((place, sign), clause)

    def _take_east(self, place: str, clause: Clause) -> None:
        """A place that stands behind what it is said of, as in Chinese: "球在方块左边"."""
        count, sign, opposite = len(self.things), clause.opened_by, self.grammar.opposite
        if len({*self.spoken[-2:]}) == 2:  # the last is what it is said of
            is_turned = self.spoken[-2] > self.spoken[-1]
            self._set_relation(opposite[place] if is_turned else place, sign)
        elif count == 2 and not clause.has_noun:
            self._set_relation(opposite[place] if self.spoken == [1] else place, sign)
        else:
            self._await(opposite[place], sign, min(self.spoken_of, count - 1))

    def _take_side(self, side: Side, clause: Clause) -> None:
        shares, sides = self.things.shares, self.things.sides
        at = self.spoken_of - (len(self.things) - 1)
        if 0 <= at < len(shares) and shares[at].side is None:
            shares[at] = replace(shares[at], side=side)
            return
        others = [at for at in reversed(range(len(self.things))) if clause.is_apart and at not in sides]
        is_free = not clause.is_apart or self.spoken_of not in sides
        sides[self.spoken_of if is_free or not others else others[0]] = side

    def _await(self, place: str, sign: Sign, subject: int | None, is_owned: bool = False) -> None:
        self._pending, self._pending_by, self.subject, self._is_owned = place, sign, subject, is_owned

    def _set_relation(self, relation: str, sign: Sign) -> None:
        if self._relation != relation:
            self.uses.leave(self.grammar.reasons.one_place, *self._related_by)
            self._related_by = []
        self._relation = relation
        self._related_by.append(sign)

    def relate(self, at: int) -> None:
        """A thing has been named: a side of a relation, or at a side of the picture."""
        self.spoken_of = at
        self.spoken.append(at)
        if self._next_side is not None:
            self.things.sides[at], self._next_side = self._next_side, None
        if self._pending is None or (self.subject is None and at == 0) or at == self.subject:
            return
        is_turned = self._is_owned or self.subject is None or self.subject > at
        assert self._pending_by is not None
        self._set_relation(
            self.grammar.opposite[self._pending] if is_turned else self._pending, self._pending_by
        )
        self._pending, self._pending_by, self.subject, self._is_owned = None, None, None, False

    def relation(self, things: Sequence[ThingSaid]) -> str | None:
        """The relation of the first to the second, where there are two; what has said it is used."""
        said = [
            (self.grammar.opposite[place] if at else place, sign)
            for at, (place, sign) in sorted(self.things.sides.items())
            if at < 2
        ]
        is_open = len(said) == 2 and said[0][0] != said[1][0]  # both on the left
        relation = self._relation or (said[0][0] if said and not is_open else None)
        is_of_two = len(things) == 2 and (
            self.grammar.relates_several or [thing.count for thing in things] == [1, 1]
        )
        if relation is None or not is_of_two:
            unsaid = (sign for sign in self._related_by if not self.uses.is_explained(sign))
            self.uses.leave(self.grammar.reasons.no_place, *unsaid)
            return None
        self.uses.use(*self._related_by, *(sign for other, sign in said if other == relation))
        return relation
