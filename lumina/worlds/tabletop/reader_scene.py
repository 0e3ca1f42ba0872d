"""What the clauses of free wording say together: solids and their qualities, a relation, ground and light."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lumina.worlds.tabletop.captions import OPPOSITE, PLURALS, Claim, Thing
from lumina.worlds.tabletop.reader_words import SIGNS
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, LIGHTS, MATERIALS, SHAPES, SIZES, materials_of

NOT = "not"
UNKNOWN = "?"  # the sign of a word that tabletop does not have
QUALITIES = frozenset([*COLORS, *MATERIALS, *SIZES])
BOUNDARIES = frozenset(sign for sign in SIGNS if sign.startswith("~")) | {",", "and", "on", "with"}
_NUMBERS = {"a": 1, "two": 2, "three": 3, "four": 4, "many": 5}  # five or more: too many
_SAME = {"same": 1, "sames": 2}
_ALL = ("them", "both")
_ASIDE = ("ground", "the", "it", *_ALL, UNKNOWN)


@dataclass
class Clause:
    """The signs between two boundaries, and the boundary before them.

    ``is_apart`` says that this one follows another one directly.
    """

    opened_by: str
    is_apart: bool = False
    signs: list[str] = field(default_factory=list)

    @property
    def is_place(self) -> bool:
        """Whether it begins with a place."""
        return self.opened_by.startswith("~")

    @property
    def wanted(self) -> list[str]:
        """The signs before a "not": what follows is not to be there."""
        return self.signs[: self.signs.index(NOT)] if NOT in self.signs else self.signs

    @property
    def has_noun(self) -> bool:
        """Whether a solid is named in it."""
        return any(sign in SHAPES or sign in PLURALS for sign in self.wanted)

    @property
    def is_of_ground(self) -> bool:
        """Whether it is about what everything stands on."""
        is_bare = self.opened_by == "on" and not self.has_noun
        return "ground" in self.wanted or (is_bare and sum(sign in GROUNDS for sign in self.wanted) == 1)


@dataclass
class SceneSaid:
    """What has been said so far; ``left`` is what tabletop cannot show."""

    left: list[str] = field(default_factory=list)
    _things: list[Thing] = field(default_factory=list)
    _ground: str | None = None
    _light: str | None = None
    _relation: str | None = None  # of the first to the second
    _waiting: list[str] = field(default_factory=list)  # qualities of the solid that comes next
    _elliptic: list[tuple[int, list[str]]] = field(default_factory=list)  # "a red" before "blue cube"
    _shares: list[tuple[int, list[str]]] = field(default_factory=list)  # of the last: "one red, one blue"
    _colors: dict[int, list[str]] = field(default_factory=dict)  # of several: "cubes, red and blue"
    _places: dict[int, str] = field(default_factory=dict)  # who is said to stand at a side of the picture
    _next_place: str | None = None
    _pending: str | None = None  # a relation one side of which has not come yet,
    _subject: int | None = None  # whose first side is this; None where both are still to come,
    _is_owned: bool = False  # or where it is spoken of as the first's own: "a cube with a ball on its right"

    def take(self, clause: Clause) -> None:
        """Go on with a clause."""
        if clause.is_place:
            kind, _, place = clause.opened_by.removeprefix("~").partition(":")
            self._take_place(kind, place.replace("_", " "), clause)
        if refused := [sign for sign in clause.signs[len(clause.wanted) + 1 :] if sign not in _ASIDE]:
            self.left.append(" ".join([NOT, *refused]))
        if clause.is_of_ground:
            self._take_ground(clause.wanted)
        else:
            self._take_solids(clause)

    def claim(self, most: int) -> Claim | None:
        """All of it, if there are solids, and not more than ``most``."""
        self._share_out()
        self._part_colors()
        things = [self._possible(thing) for thing in self._things]
        if not 0 < sum(thing.count for thing in things) <= most:
            return None
        relation = self._relation or self._by_places()
        if relation is not None and [thing.count for thing in things] != [1, 1]:
            self.left.append(relation)
            relation = None
        return Claim(tuple(things), relation, self._ground, self._light)

    # -- solids

    def _take_solids(self, clause: Clause) -> None:
        said: list[str] = []
        number, is_the = 0, False
        last: int | str | None = None  # the solid that is spoken of, or the word for it
        signs = clause.wanted
        for sign in signs:
            if sign in LIGHTS:
                self._light = sign
            elif sign in ("the", *_NUMBERS):
                said = self._before_article(said, number)
                number, is_the = _NUMBERS.get(sign, 0), sign == "the"
            elif sign in ("it", *_ALL):
                said = self._before_article(said, 0)
                last, number = sign, 2 if sign == "both" else number
            elif sign in SHAPES or sign in PLURALS or sign in _SAME:
                last = self._named(sign, number, [*self._waiting, *said], is_the, clause.opened_by == "and")
                self._waiting, said, number, is_the = [], [], 0, False
            elif sign in GROUNDS and sign not in COLORS and not clause.has_noun:
                self._ground = sign
            elif sign != UNKNOWN:
                said.append(sign)
        if number and signs[-1:] == [UNKNOWN] and last is None:  # it was said of what is not known
            self.left += said
        else:
            self._close(said, number, last)

    def _before_article(self, said: list[str], number: int) -> list[str]:
        """Qualities before an article are said of what came before it, if there is anything."""
        if number and QUALITIES.intersection(said):
            self._elliptic.append((number, said))
            return []
        if said and self._things and not self._waiting:
            self._add(len(self._things) - 1, said)
            return []
        return said

    def _named(self, noun: str, number: int, said: list[str], is_the: bool, is_another: bool) -> int | None:
        """A solid is named: a new one, or one that is known."""
        if noun in _SAME:
            if not self._things:
                return None
            shape, plural = self._things[-1].shape, noun == "sames"
            is_known = not is_another and self._agrees(len(self._things) - 1, said)
        else:
            shape, plural = PLURALS.get(noun, noun), noun in PLURALS
            is_known = is_the and any(thing.shape == shape for thing in self._things)
        at = max((at for at, thing in enumerate(self._things) if thing.shape == shape), default=0)
        if not (is_known and self._agrees(at, said)):
            at = self._new(shape, number, plural, said)
        self._add(at, said)
        self._relate(at)
        return at

    def _new(self, shape: str, number: int, is_plural: bool, said: Sequence[str]) -> int:
        self._share_out()
        for other, qualities in self._elliptic:
            self._things.append(Thing(other, shape))
            self._add(len(self._things) - 1, qualities)
        self._elliptic = []
        colors = len(set(said).intersection(COLORS))
        several = max(2, colors) if is_plural else 1
        self._things.append(Thing(number or several, shape))
        return len(self._things) - 1

    def _close(self, said: list[str], number: int, last: int | str | None) -> None:
        """Qualities that no solid of the clause has taken."""
        if not said:
            if 1 < number < _NUMBERS["many"] and last != "both" and self._things:  # "cubes, three of them"
                self._things[-1] = replace(self._things[-1], count=number)
        elif number and last != "both" and number <= self._unshared():
            self._shares.append((number, said))
        elif last in _ALL:
            for at in range(len(self._things)):
                self._add(at, said)
        elif last == "it" and self._things:
            self._add(len(self._things) - 1, said, is_corrected=True)
        elif isinstance(last, int):
            self._add(last, said)
        elif number:
            self._elliptic.append((number, [*self._waiting, *said]))
            self._waiting = []
        elif self._things:
            self._add(len(self._things) - 1, said)
        else:
            self._waiting += said

    def _add(self, at: int, said: Sequence[str], is_corrected: bool = False) -> None:
        for quality in said:
            kind = "color" if quality in COLORS else "material" if quality in MATERIALS else "size"
            known = getattr(self._things[at], kind)
            if quality not in QUALITIES:
                self.left.append(quality)
            elif known in (None, quality) or is_corrected:
                changed: dict[str, str] = {kind: quality}
                self._things[at] = replace(self._things[at], **changed)  # type: ignore[arg-type]
            elif kind == "color" and self._things[at].count > 1:
                self._colors.setdefault(at, [known]).append(quality)
            else:
                self.left.append(quality)

    def _agrees(self, at: int, said: Sequence[str]) -> bool:
        thing = self._things[at]
        known = {thing.color, thing.material, thing.size} - {None}
        kinds = [kind for kind in (COLORS, MATERIALS, SIZES) if known.intersection(kind)]
        return all(quality in known or not any(quality in kind for kind in kinds) for quality in said)

    def _unshared(self) -> int:
        """How many of the last things have no part of their own: "two cubes, one red and one blue"."""
        several = self._things[-1].count if self._things else 0
        return several - sum(number for number, _ in self._shares) if several > 1 else 0

    def _share_out(self) -> None:
        if self._shares:
            rest = self._unshared()
            whole = self._things.pop()
            for number, said in [*self._shares, (rest, [])]:
                if number:
                    self._things.append(replace(whole, count=number))
                    self._add(len(self._things) - 1, said)
            self._shares = []

    def _part_colors(self) -> None:
        for at, colors in sorted(self._colors.items(), reverse=True):
            thing = self._things[at]
            if len(colors) == thing.count:
                self._things[at : at + 1] = [replace(thing, count=1, color=color) for color in colors]
            else:
                self.left += colors[1:]

    def _possible(self, thing: Thing) -> Thing:
        if thing.material is None or thing.material in materials_of(thing.shape):
            return thing
        self.left.append(thing.material)
        return replace(thing, material=None)

    # -- places

    def _take_place(self, kind: str, place: str, clause: Clause) -> None:
        count = len(self._things)
        if kind == "of":  # of what comes next
            self._pending, self._subject, self._is_owned = place, count - 1 if count else None, False
        elif kind == "its" and count == 2:
            self._relation = OPPOSITE[place]
        elif kind == "its":
            self._pending, self._is_owned = place, True
        elif kind == "east" and count == 2:  # the last is what it is said of
            self._relation = place
        elif kind == "east" and count:
            self._pending, self._subject, self._is_owned = OPPOSITE[place], 0, False
        elif kind == "row":
            self._places[0] = place
        elif kind == "next" or (kind == "at" and (clause.is_apart or clause.has_noun)):
            self._next_place = place
        elif kind == "at" and count:
            self._places[count - 1] = place

    def _relate(self, at: int) -> None:
        """A solid has been named: a side of a relation, or at a side of the picture."""
        if self._next_place is not None:
            self._places[at], self._next_place = self._next_place, None
        if self._pending is None or (self._subject is None and at == 0) or at == self._subject:
            return
        is_turned = self._is_owned or self._subject is None or self._subject > at
        self._relation = OPPOSITE[self._pending] if is_turned else self._pending
        self._pending, self._subject, self._is_owned = None, None, False

    def _by_places(self) -> str | None:
        """Of two solids one of which stands "on the left"."""
        first, second = self._places.get(0), self._places.get(1)
        if first == second:
            return None
        return first or (OPPOSITE[second] if second else None)

    def _take_ground(self, signs: Sequence[str]) -> None:
        before: list[str] = []
        for sign in signs:
            if sign in GROUNDS:
                self._ground = sign
            elif sign in LIGHTS:
                self._light = sign
            elif sign in SHAPES or sign in PLURALS:
                number = next((_NUMBERS[each] for each in before if each in _NUMBERS), 0)
                self._named(sign, number, [each for each in before if each in QUALITIES], False, False)
                before = []
            elif sign not in _ASIDE:
                before.append(sign)
        self.left += [each for each in before if each in QUALITIES]
