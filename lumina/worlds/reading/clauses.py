"""Clauses of free wording: what stands between two boundaries, and of which thing a side is said."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lumina.worlds.reading.grammar import Grammar
from lumina.worlds.reading.signs import Sign

NOT = "not"
SAME = ("same!", "sames!")  # "one", "ones", for a noun that was named
_BOUNDARIES = frozenset([",", "and", "on", "with"])


def is_boundary(sign: str) -> bool:
    """Whether a sign parts two clauses."""
    return sign in _BOUNDARIES or sign.startswith("~")


@dataclass
class Clause:
    """The signs between two boundaries, and the boundary before them.

    ``is_apart`` says that this one follows another one directly, ``is_new`` that an "and" or the end of a
    sentence is between, ``leads`` that its place is that of the thing that comes next, ``shares`` that it is
    said of one of several: "two cubes, the left one red, the right one blue". ``relates`` says that
    between the commas around it a place is said: "a cube and a ball, ball behind cube".
    """

    opened_by: Sign
    grammar: Grammar
    is_apart: bool = False
    is_new: bool = False
    leads: bool = False
    shares: bool = False
    relates: bool = False
    signs: list[Sign] = field(default_factory=list)

    @property
    def is_place(self) -> bool:
        """Whether it begins with a place."""
        return self.opened_by.startswith("~")

    @property
    def place(self) -> tuple[str, str]:
        """The kind of place that it begins with, and the place: "at", "left of"."""
        kind, _, place = self.opened_by.removeprefix("~").partition(":")
        return kind, place.replace("_", " ")

    @property
    def wanted(self) -> list[Sign]:
        """The signs before a "not": what follows is not to be there."""
        return self.signs[: next((i for i, sign in enumerate(self.signs) if sign == NOT), None)]

    @property
    def refused(self) -> list[Sign]:
        """The "not" and what follows."""
        return self.signs[len(self.wanted) :]

    @property
    def has_noun(self) -> bool:
        """Whether a thing is named in it."""
        return any(map(self._is_noun, self.wanted))

    @property
    def is_of_part(self) -> bool:
        """Whether it says something of one that has no name of its own."""
        nouns = {*filter(self._is_noun, self.wanted)}
        return nouns <= {"same!"} and not self.grammar.qualities.isdisjoint(self.wanted)

    @property
    def is_of_ground(self) -> bool:
        """Whether it is about what everything stands on."""
        is_bare = self.opened_by == "on" and not self.has_noun
        shades = {*self.grammar.grounds, *self.grammar.kinds["color"]}
        colors = [sign for sign in self.wanted if sign in shades]
        return "ground" in self.wanted or (is_bare and len(colors) == 1)

    def _is_noun(self, sign: str) -> bool:
        return sign in self.grammar.noun_of or sign in SAME


def led(clauses: Sequence[Clause]) -> Sequence[Clause]:
    """``clauses``, of which those with a side of the picture know of which thing they say it.

    The first side decides: "left, a cube, right, a ball", or "a cube (left), a ball (right)". Two that follow
    each other are said in the order of the things: "a cube and a ball, left and right".
    """
    things = [i for i, clause in enumerate(clauses) if clause.has_noun]
    sides = [i for i, clause in enumerate(clauses) if clause.opened_by.startswith(("~at", "~next"))]
    if not things or not sides:
        return clauses
    if len(clauses) == 4 and sides in ([0, 1], [2, 3]) and sorted([*things, *sides]) == [0, 1, 2, 3]:
        clauses = [clauses[i] for pair in zip(sides, things, strict=True) for i in pair]
        sides, things = [0, 2], [1, 3]
    is_led, is_closed = sides[0] <= things[0], sides[-1] > things[-1]
    is_each = not is_led and is_closed and len(sides) == len(things)  # "cube left ball right"
    parts = [clauses[i] for i in sides if clauses[i].is_of_part]
    for clause in parts if len(parts) > 1 else ():
        clause.shares = True
    for i in sides:
        clause = clauses[i]
        is_new = clause.is_new or (clauses[i - 1].opened_by == "~no" and not clauses[i - 1].has_noun)
        is_between = clause.is_apart and i < things[-1] and (is_led or (is_new and not is_closed))
        clause.leads = (clause.has_noun and not is_each) or clause.opened_by.startswith("~next") or is_between
    return clauses
