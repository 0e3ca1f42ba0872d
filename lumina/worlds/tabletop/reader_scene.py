"""What the clauses of free wording say together: solids and their qualities, a relation, ground and light.

Every sign is drawn, or harmless, or named with why it is not drawn: what nothing has made use of is left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from lumina.worlds.tabletop.captions import OPPOSITE, PLURALS, Claim, Thing
from lumina.worlds.tabletop.reader_signs import QUALITIES, UNKNOWN, Sign
from lumina.worlds.tabletop.reader_words import SHADE, SIGNS, STUFF
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, LIGHTS, MATERIALS, SHAPES, SIZES, materials_of

NOT = "not"
ALIKE = ("alike:color", "alike:size")  # "of the same colour"
BOUNDARIES = frozenset(sign for sign in SIGNS if sign.startswith("~")) | {",", "and", "on", "with"}
_NUMBERS = {"a": 1, "another": 1, "two": 2, "three": 3, "four": 4, "many": 5}  # five or more: too many
_SAME = {"same!": 1, "sames!": 2}
_ALL = ("them", "both")
_ASIDE = ("ground", "the", "it", *_ALL, UNKNOWN)
HARMLESS = frozenset(["a", "the", "and", ",", "with", "it", *_ALL, "ground", UNKNOWN, NOT])

NO_PLACE = "only between two single solids"
ONE_PLACE = "only one such place in a picture"
NOT_THERE = "only left of, right of, in front of and behind"
ON_SOLID = "everything stands on the ground"
NO_SHADES = "no colour has shades"
NOT_WANTED = "what is not to be there cannot be said"
OF_NOTHING = "it is said of none of the solids"
ONE_QUALITY = "something else is said of the same solid"
NO_SUCH = "no such solid is made of it"
ONE_OF_EACH = "one ground and one light in a picture"
UNCLEAR = "it is not clear of what it is said"
_WHY = {SHADE: NO_SHADES, STUFF: NO_SUCH}


@dataclass
class Clause:
    """The signs between two boundaries, and the boundary before them.

    ``is_apart`` says that this one follows another one directly, ``is_new`` that an "and" or the end of a
    sentence is between, ``leads`` that its place is that of the solid that comes next, ``shares`` that it is
    said of one of several: "two cubes, the left one red, the right one blue".
    """

    opened_by: Sign
    is_apart: bool = False
    is_new: bool = False
    leads: bool = False
    shares: bool = False
    signs: list[Sign] = field(default_factory=list)

    @property
    def is_place(self) -> bool:
        """Whether it begins with a place."""
        return self.opened_by.startswith("~")

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
        """Whether a solid is named in it."""
        return any(sign in SHAPES or sign in PLURALS or sign in _SAME for sign in self.wanted)

    @property
    def is_of_part(self) -> bool:
        """Whether it says something of one that has no name of its own."""
        nouns = {sign for sign in self.wanted if sign in SHAPES or sign in PLURALS or sign in _SAME}
        return nouns <= {"same!"} and not QUALITIES.isdisjoint(self.wanted)

    @property
    def is_of_ground(self) -> bool:
        """Whether it is about what everything stands on."""
        is_bare = self.opened_by == "on" and not self.has_noun
        colors = [sign for sign in self.wanted if sign in GROUNDS or sign in COLORS]
        return "ground" in self.wanted or (is_bare and len(colors) == 1)


def led(clauses: Sequence[Clause]) -> Sequence[Clause]:
    """``clauses``, of which those with a side of the picture know of which solid they say it.

    The first side decides: "left, a cube, right, a ball", or "a cube (left), a ball (right)". Two that follow
    each other are said in the order of the solids: "a cube and a ball, left and right".
    """
    solids = [i for i, clause in enumerate(clauses) if clause.has_noun]
    sides = [i for i, clause in enumerate(clauses) if clause.opened_by.startswith(("~at", "~next"))]
    if not solids or not sides:
        return clauses
    if len(clauses) == 4 and sides in ([0, 1], [2, 3]) and sorted([*solids, *sides]) == [0, 1, 2, 3]:
        clauses = [clauses[i] for pair in zip(sides, solids, strict=True) for i in pair]
        sides, solids = [0, 2], [1, 3]
    is_led, is_closed = sides[0] <= solids[0], sides[-1] > solids[-1]
    is_each = not is_led and is_closed and len(sides) == len(solids)  # "cube left ball right"
    parts = [clauses[i] for i in sides if clauses[i].is_of_part]
    for clause in parts if len(parts) > 1 else ():
        clause.shares = True
    for i in sides:
        clause = clauses[i]
        is_new = clause.is_new or (clauses[i - 1].opened_by == "~no" and not clauses[i - 1].has_noun)
        is_between = clause.is_apart and i < solids[-1] and (is_led or (is_new and not is_closed))
        clause.leads = (clause.has_noun and not is_each) or clause.opened_by.startswith("~next") or is_between
    return clauses


@dataclass(frozen=True)
class Share:
    """What is said of some of several, and at which side of the picture they are."""

    number: Sign
    said: list[Sign]
    side: tuple[str, Sign] | None = None


@dataclass
class SceneSaid:
    """What has been said so far."""

    _used: set[int] = field(default_factory=set)  # signs by identity: what is drawn
    _why: dict[int, str] = field(default_factory=dict)  # of what is not
    _things: list[Thing] = field(default_factory=list)
    _grounds: list[Sign] = field(default_factory=list)
    _lights: list[Sign] = field(default_factory=list)
    _relation: str | None = None  # of the first to the second,
    _related_by: list[Sign] = field(default_factory=list)  # which these have said
    _waiting: list[Sign] = field(default_factory=list)  # qualities of the solid that comes next
    _of_all: list[Sign] = field(default_factory=list)  # "everything red: a cube and a ball"
    _elliptic: list[tuple[Sign, list[Sign]]] = field(default_factory=list)  # "a red" before "blue cube"
    _shares: list[Share] = field(default_factory=list)  # of the last: "one red, one blue"
    _colors: dict[int, list[Sign]] = field(default_factory=dict)  # of several: "cubes, red and blue"
    _places: dict[int, tuple[str, Sign]] = field(default_factory=dict)  # who stands at a side of the picture
    _next_place: tuple[str, Sign] | None = None
    _spoken_of: int = 0  # the solid that was named last
    _pending: str | None = None  # a relation one side of which has not come yet,
    _pending_by: Sign | None = None  # which this has said,
    _subject: int | None = None  # whose first side is this; None where both are still to come,
    _is_owned: bool = False  # or where it is spoken of as the first's own: "a cube with a ball on its right"
    _on_solid: list[Sign] = field(default_factory=list)  # the last "on" before a solid
    _refused: list[Sign] = field(default_factory=list)  # "not a red cube", one sign each
    _is_denied: bool = False  # the clause before has ended with a "not"
    _set_by: dict[tuple[int, str], Sign] = field(default_factory=dict)  # who has said a quality of a thing

    def take(self, clause: Clause) -> None:
        """Go on with a clause."""
        is_denied, self._is_denied = self._is_denied, clause.signs[-1:] == [NOT]
        self._refuse(clause.refused)
        if clause.shares and self._unshared():
            return self._take_share(clause)
        if clause.opened_by.startswith("~east"):  # the "on" before it is a part of it
            self._use(*self._on_solid)
        if is_denied and clause.is_place:  # "not left of a cube"
            self._leave(NOT_WANTED, clause.opened_by)
        elif is_denied and clause.opened_by == "on":
            return self._refuse([clause.opened_by, *clause.signs])
        elif clause.is_place:
            kind, _, place = clause.opened_by.removeprefix("~").partition(":")
            self._take_place(kind, place.replace("_", " "), clause)
        elif clause.opened_by == "on":
            is_on_solid = clause.has_noun and not clause.is_of_ground
            self._on_solid = [clause.opened_by] if is_on_solid else []
            self._leave(ON_SOLID, *self._on_solid) if is_on_solid else self._use(clause.opened_by)
        if clause.is_of_ground:
            self._take_ground(clause.wanted)
        else:
            self._take_solids(clause)

    def _take_share(self, clause: Clause) -> None:
        """One of several is at a side of the picture."""
        place = clause.opened_by.partition(":")[2].replace("_", " ")
        self._why[id(clause.opened_by)] = NO_PLACE
        self._use(*(sign for sign in clause.wanted if sign in _SAME))
        said = [sign for sign in clause.wanted if sign in QUALITIES]
        self._shares.append(Share(Sign("a"), said, (place, clause.opened_by)))

    def claim(self, most: int) -> Claim | None:
        """All of it, if there are solids, and not more than ``most``."""
        self._share_out()
        for at in range(len(self._things)):
            self._add(at, [each for each in self._of_all if self._is_free(at, each)])
        self._part_colors()
        things = [self._possible(at, thing) for at, thing in enumerate(self._things)]
        if not 0 < sum(thing.count for thing in things) <= most:
            return None
        relation = self._final_relation(things)
        if relation is None:
            things = _merged(things)
        return Claim(tuple(things), relation, self._last(self._grounds), self._last(self._lights))

    def left(self, signs: Iterable[Sign]) -> list[tuple[Sign, str]]:
        """Of all the signs those that are not drawn, each with why; after ``claim``."""
        total = sum(thing.count for thing in self._things)
        return [
            *((sign, NOT_WANTED) for sign in self._refused),
            *(
                (sign, self._why.get(id(sign), _WHY.get(sign, UNCLEAR)))
                for sign in signs
                if id(sign) not in self._used and sign not in HARMLESS and _NUMBERS.get(sign) != total
            ),
        ]

    def _refuse(self, signs: Sequence[Sign]) -> None:
        """Take no part of what is not to be there."""
        self._use(*signs)
        if any(sign not in (NOT, "the", "it", *_ALL) for sign in signs):
            self._refused.append(Sign(NOT, signs[0].start, signs[-1].end))

    def _use(self, *signs: Sign) -> None:
        self._used.update(id(sign) for sign in signs)

    def _leave(self, why: str, *signs: Sign) -> None:
        self._used.difference_update(id(sign) for sign in signs)
        self._why.update((id(sign), why) for sign in signs)

    def _count(self, number: Sign | None) -> int:
        if number is None:
            return 0
        self._use(number)
        return _NUMBERS[number]

    def _last(self, said: list[Sign]) -> str | None:
        """Of grounds or lights the one that was said last."""
        for sign in said:
            self._use(sign) if sign == said[-1] else self._leave(ONE_OF_EACH, sign)
        return str(said[-1]) if said else None

    # -- solids

    def _take_solids(self, clause: Clause) -> None:
        said: list[Sign] = []
        number: Sign | None = None
        is_the, is_another = False, clause.opened_by == "and" or clause.leads
        last: int | Sign | None = None  # the solid that is spoken of, or the word for it
        signs = self._without_compounds(clause.wanted)
        for sign in signs:
            if sign in LIGHTS:
                self._lights.append(sign)
            elif sign == "the" or sign in _NUMBERS:
                said = self._before_article(said, number)
                is_the = sign == "the" or (is_the and number is None)
                if not (number == "another" and sign == "a"):  # "another one"
                    number = None if sign == "the" else sign
            elif sign in ("it", *_ALL):
                said = self._before_article(said, None)
                last = sign
            elif sign in SHAPES or sign in PLURALS or sign in _SAME:
                is_another = is_another or number == "another"
                last = self._named(sign, number, [*self._waiting, *said], is_the, is_another)
                self._waiting, said, number, is_the = [], [], None, False
            elif sign in GROUNDS and sign not in COLORS and not clause.has_noun:
                self._grounds.append(sign)
            elif sign in QUALITIES or sign in GROUNDS or sign in ALIKE:
                said.append(sign)
        if number and signs[-1:] == [UNKNOWN] and last is None:  # it was said of what is not known
            self._leave(OF_NOTHING, number, *said)
        else:
            self._close(said, number, last)

    def _without_compounds(self, signs: Sequence[Sign]) -> list[Sign]:
        """Signs without a noun that tells what the next one is like: "a square box"."""
        found = list[Sign]()
        for sign, after in zip_longest(signs, signs[1:], fillvalue=Sign("")):
            shape = PLURALS.get(after, str(after))
            if sign in SHAPES and shape in SHAPES and sign.end == after.start and found:
                self._use(sign) if sign == shape else self._leave(UNCLEAR, sign)
            else:
                found.append(sign)
        return found

    def _before_article(self, said: list[Sign], number: Sign | None) -> list[Sign]:
        """Qualities before an article are said of what came before it, if there is anything."""
        if number and QUALITIES.intersection(said):
            self._elliptic.append((number, said))
            return []
        if said and self._things and not self._waiting:
            self._add(len(self._things) - 1, said)
            return []
        return said

    def _named(
        self, noun: Sign, number: Sign | None, said: list[Sign], is_the: bool, is_another: bool
    ) -> int | None:
        """A solid is named: a new one, or one that is known."""
        if noun in _SAME:
            if not self._things:
                self._leave(OF_NOTHING, *said)
                return None
            shape, is_plural = self._things[-1].shape, noun == "sames!"
            is_known = not is_another and self._agrees(len(self._things) - 1, said)
        else:
            shape, is_plural = PLURALS.get(noun, str(noun)), noun in PLURALS
            is_known = is_the and number != "another" and any(thing.shape == shape for thing in self._things)
        self._use(noun)
        at = max((at for at, thing in enumerate(self._things) if thing.shape == shape), default=0)
        if not (is_known and self._agrees(at, said)):
            at = self._new(shape, number, is_plural, said)
        elif number and _NUMBERS[number] in (1, self._things[at].count):
            self._use(number)
        self._add(at, said)
        self._relate(at)
        return at

    def _new(self, shape: str, number: Sign | None, is_plural: bool, said: Sequence[Sign]) -> int:
        self._share_out()
        joined = list[Sign]()
        if number is None and not is_plural and [_NUMBERS[one] for one, _ in self._elliptic] == [1]:
            ((one, joined),) = self._elliptic  # "a red and blue cube" is one
            self._use(one)
            self._elliptic = []
        for other, qualities in self._elliptic:
            self._things.append(Thing(self._count(other), shape))
            self._add(len(self._things) - 1, qualities)
        self._elliptic = []
        colors = len(set(said).intersection(COLORS))
        several = max(2, colors) if is_plural else 1
        self._things.append(Thing(self._count(number) or several, shape))
        self._add(len(self._things) - 1, joined)
        return len(self._things) - 1

    def _close(self, said: list[Sign], number: Sign | None, last: int | Sign | None) -> None:
        """Qualities that no solid of the clause has taken."""
        if number == "another" and self._things:
            self._more(number, said)
        elif not said:
            self._counted_again(number, last)
        elif number and last != "both" and _NUMBERS[number] <= self._unshared():
            self._shares.append(Share(number, said))
        elif last in _ALL:
            self._of_all += said if not self._things else []
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

    def _counted_again(self, number: Sign | None, last: int | Sign | None) -> None:
        """As in "cubes, three of them"."""
        count = _NUMBERS[number] if number else 0
        if 1 < count < _NUMBERS["many"] and last != "both" and self._things:
            self._things[-1] = replace(self._things[-1], count=self._count(number))

    def _more(self, another: Sign, said: list[Sign]) -> None:
        """One more of the last, of other qualities where some are said: "and another one"."""
        self._share_out()
        self._use(another)
        like = self._things[-1]
        self._things.append(Thing(1, like.shape) if said else replace(like, count=1))
        self._add(len(self._things) - 1, said)
        self._relate(len(self._things) - 1)

    def _add(self, at: int, said: Sequence[Sign], is_corrected: bool = False) -> None:
        for sign in said:
            quality = self._quality(at, sign)
            kind = "color" if quality in COLORS else "material" if quality in MATERIALS else "size"
            known = getattr(self._things[at], kind)
            if quality not in QUALITIES:
                self._leave(OF_NOTHING, sign)
            elif known in (None, quality) or is_corrected:
                if known not in (None, quality) and (before := self._set_by.get((at, kind))):
                    self._leave(ONE_QUALITY, before)
                changed: dict[str, str] = {kind: quality}
                self._things[at] = replace(self._things[at], **changed)  # type: ignore[arg-type]
                self._set_by[at, kind] = sign
                self._use(sign)
            elif kind == "color" and self._things[at].count > 1:
                self._colors.setdefault(at, [self._set_by.get((at, kind), Sign(known))]).append(sign)
            elif id(sign) not in self._used:
                self._leave(ONE_QUALITY, sign)

    def _quality(self, at: int, sign: Sign) -> str:
        """What a sign says of a solid; "of the same colour" says that of the one before it."""
        if sign not in ALIKE:
            return str(sign)
        kind = sign.partition(":")[2]
        found = (getattr(thing, kind) for thing in reversed(self._things[:at]))
        return next((quality for quality in found if quality), "")

    def _is_free(self, at: int, sign: Sign) -> bool:
        kind = next((kind for kind in (COLORS, MATERIALS, SIZES) if sign in kind), ())
        thing = self._things[at]
        return not {thing.color, thing.material, thing.size}.intersection(kind)

    def _agrees(self, at: int, said: Sequence[Sign]) -> bool:
        thing = self._things[at]
        known = {thing.color, thing.material, thing.size} - {None}
        kinds = [kind for kind in (COLORS, MATERIALS, SIZES) if known.intersection(kind)]
        return all(quality in known or not any(quality in kind for kind in kinds) for quality in said)

    def _unshared(self) -> int:
        """How many of the last things have no part of their own: "two cubes, one red and one blue"."""
        several = self._things[-1].count if self._things else 0
        return several - sum(_NUMBERS[share.number] for share in self._shares) if several > 1 else 0

    def _share_out(self) -> None:
        if self._shares:
            rest = self._unshared()
            whole = self._things.pop()
            for share in self._shares:
                self._things.append(replace(whole, count=self._count(share.number)))
                self._add(len(self._things) - 1, share.said)
                if share.side:
                    self._places[len(self._things) - 1] = share.side
            if rest:
                self._things.append(replace(whole, count=rest))
            self._shares = []

    def _part_colors(self) -> None:
        for at, colors in sorted(self._colors.items(), reverse=True):
            thing = self._things[at]
            if len(colors) == thing.count:
                self._use(*colors)
                parts = [replace(thing, count=1, color=str(color)) for color in colors]
                self._things[at : at + 1] = parts
            else:
                self._leave(ONE_QUALITY, *colors[1:])

    def _possible(self, at: int, thing: Thing) -> Thing:
        if thing.material is None or thing.material in materials_of(thing.shape):
            return thing
        if said := self._set_by.get((at, "material")):
            self._leave(NO_SUCH, said)
        return replace(thing, material=None)

    # -- places

    def _take_place(self, kind: str, place: str, clause: Clause) -> None:
        count, sign = len(self._things), clause.opened_by
        self._why[id(sign)] = NO_PLACE if place else NOT_THERE
        if kind == "of":  # of what comes next
            self._await(place, sign, count - 1 if count else None)
        elif kind == "its" and count == 2:
            self._set_relation(OPPOSITE[place], sign)
        elif kind == "its":
            self._await(place, sign, self._subject, is_owned=True)
        elif kind == "east" and count == 2:  # the last is what it is said of
            self._set_relation(place, sign)
        elif kind == "east" and count:
            self._await(OPPOSITE[place], sign, 0)
        elif kind == "row":
            self._places[0] = place, sign
        elif clause.leads:
            self._next_place = place, sign
        elif kind == "at" and count:
            others = [at for at in reversed(range(count)) if clause.is_apart and at not in self._places]
            is_free = not clause.is_apart or self._spoken_of not in self._places
            self._places[self._spoken_of if is_free or not others else others[0]] = place, sign

    def _await(self, place: str, sign: Sign, subject: int | None, is_owned: bool = False) -> None:
        self._pending, self._pending_by, self._subject, self._is_owned = place, sign, subject, is_owned

    def _set_relation(self, relation: str, sign: Sign) -> None:
        if self._relation != relation:
            self._leave(ONE_PLACE, *self._related_by)
            self._related_by = []
        self._relation = relation
        self._related_by.append(sign)

    def _relate(self, at: int) -> None:
        """A solid has been named: a side of a relation, or at a side of the picture."""
        self._spoken_of = at
        if self._next_place is not None:
            self._places[at], self._next_place = self._next_place, None
        if self._pending is None or (self._subject is None and at == 0) or at == self._subject:
            return
        is_turned = self._is_owned or self._subject is None or self._subject > at
        assert self._pending_by is not None
        self._set_relation(OPPOSITE[self._pending] if is_turned else self._pending, self._pending_by)
        self._pending, self._pending_by, self._subject, self._is_owned = None, None, None, False

    def _final_relation(self, things: Sequence[Thing]) -> str | None:
        """The relation of the first to the second, where there are two; what has said it is used."""
        said = [
            (OPPOSITE[place] if at else place, sign)
            for at, (place, sign) in sorted(self._places.items())
            if at < 2
        ]
        is_open = len(said) == 2 and said[0][0] != said[1][0]  # both on the left
        relation = self._relation or (said[0][0] if said and not is_open else None)
        if relation is None or [thing.count for thing in things] != [1, 1]:
            self._leave(NO_PLACE, *(sign for sign in self._related_by if id(sign) not in self._why))
            return None
        self._use(*self._related_by, *(sign for other, sign in said if other == relation))
        return relation

    def _take_ground(self, signs: Sequence[Sign]) -> None:
        before: list[Sign] = []
        for sign in signs:
            if sign in GROUNDS:
                self._grounds.append(sign)
            elif sign in LIGHTS:
                self._lights.append(sign)
            elif sign in SHAPES or sign in PLURALS:
                number = next((each for each in before if each in _NUMBERS), None)
                self._named(sign, number, [each for each in before if each in QUALITIES], False, False)
                before = []
            elif sign not in _ASIDE:
                before.append(sign)
        self._leave(OF_NOTHING, *before)


def _merged(things: Sequence[Thing]) -> list[Thing]:
    """With those that are alike as one: two red cubes."""
    counts: dict[Thing, int] = {}
    for thing in things:
        alike = replace(thing, count=1)
        counts[alike] = counts.get(alike, 0) + thing.count
    return [replace(thing, count=count) for thing, count in counts.items()]
