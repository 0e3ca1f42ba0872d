"""What the clauses of free wording say together: things and their qualities, a relation, ground and light.

Every sign is drawn, or harmless, or named with why it is not drawn: what nothing has made use of is left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile, zip_longest

from lumina.worlds.reading.clauses import NOT, SAME, Clause
from lumina.worlds.reading.grammar import Grammar, SceneMeant, ThingSaid
from lumina.worlds.reading.signs import OR, PILE, SHADE, STUFF, UNKNOWN, Sign

ALIKE = ("alike:color", "alike:size")  # "of the same colour"
_NUMBERS = {"a": 1, "another": 1, "two": 2, "three": 3, "four": 4, "many": 5}  # five or more: too many
_ALL = ("them", "both")
_ASIDE = ("ground", "the", "it", *_ALL, UNKNOWN)
HARMLESS = frozenset(["a", "the", "and", ",", "with", "it", *_ALL, "ground", UNKNOWN, NOT])

NO_SHADES = "no colour has shades"
NOT_WANTED = "what is not to be there cannot be said"
ARRANGED = "how several are arranged cannot be said"
UNCLEAR = "it is not clear of what it is said"
CHOICE = "say which of the two: nothing is chosen"


@dataclass(frozen=True)
class Share:
    """What is said of some of several, and at which side of the picture they are."""

    number: Sign
    said: list[Sign]
    side: tuple[str, Sign] | None = None


@dataclass
class SceneSaid:
    """What has been said so far."""

    grammar: Grammar
    most: int  # things in a scene
    told: frozenset[int] = frozenset()  # nouns by identity, of which something is told: "ball is red"
    _used: set[int] = field(default_factory=set)  # signs by identity: what is drawn
    _why: dict[int, str] = field(default_factory=dict)  # of what is not
    _things: list[ThingSaid] = field(default_factory=list)
    _grounds: list[Sign] = field(default_factory=list)
    _lights: list[Sign] = field(default_factory=list)
    _relation: str | None = None  # of the first to the second,
    _related_by: list[Sign] = field(default_factory=list)  # which these have said
    _waiting: list[Sign] = field(default_factory=list)  # qualities of the thing that comes next
    _of_all: list[Sign] = field(default_factory=list)  # "everything red: a cube and a ball"
    _elliptic: list[tuple[Sign, list[Sign]]] = field(default_factory=list)  # "a red" before "blue cube"
    _shares: list[Share] = field(default_factory=list)  # of the last: "one red, one blue"
    _colors: dict[int, list[Sign]] = field(default_factory=dict)  # of several: "cubes, red and blue"
    _places: dict[int, tuple[str, Sign]] = field(default_factory=dict)  # who stands at a side of the picture
    _next_place: tuple[str, Sign] | None = None
    _spoken_of: int = 0  # the thing that was named last
    _topic: int | None = None  # the one that something is told of, where it is not the last
    _spoken: list[int] = field(default_factory=list)  # those that were named since the last comma
    _pending: str | None = None  # a relation one side of which has not come yet,
    _pending_by: Sign | None = None  # which this has said,
    _subject: int | None = None  # whose first side is this; None where both are still to come,
    _is_owned: bool = False  # or where it is spoken of as the first's own: "a cube with a ball on its right"
    _on_thing: list[Sign] = field(default_factory=list)  # the last "on" before a thing
    _refused: list[Sign] = field(default_factory=list)  # "not a red cube", one sign each
    _is_denied: bool = False  # the clause before has ended with a "not"
    _set_by: dict[tuple[int, str], Sign] = field(default_factory=dict)  # who has said a quality of a thing

    def take(self, clause: Clause) -> None:
        """Go on with a clause."""
        is_denied, self._is_denied = self._is_denied, clause.signs[-1:] == [NOT]
        self._refuse(clause.refused)
        self._spoken = [] if clause.opened_by in ("", ",") else self._spoken
        if clause.shares and self._unshared():
            return self._take_share(clause)
        if clause.opened_by.startswith("~east"):  # the "on" before it is a part of it
            self._use(*self._on_thing)
        if is_denied and clause.is_place:  # "not left of a cube"
            self._leave(NOT_WANTED, clause.opened_by)
        elif is_denied and clause.opened_by == "on":
            return self._refuse([clause.opened_by, *clause.signs])
        elif clause.is_place:
            kind, _, place = clause.opened_by.removeprefix("~").partition(":")
            place = place.replace("_", " ")
            is_known = place in self.grammar.opposite
            self._take_place(kind if is_known else "no", place if is_known else "", clause)
        elif clause.opened_by == "on":
            is_on_thing = clause.has_noun and not clause.is_of_ground
            self._on_thing = [clause.opened_by] if is_on_thing else []
            if not is_on_thing:
                self._use(clause.opened_by)
            elif self.grammar.on:
                self._take_place("of", self.grammar.on, clause)
            else:
                self._leave(self.grammar.reasons.on_thing, *self._on_thing)
        if clause.is_of_ground:
            self._take_ground(clause.wanted)
        else:
            self._take_told(clause)

    def _take_told(self, clause: Clause) -> None:
        known = len(self._things)
        self._take_things(clause)
        if clause.has_noun and (not clause.is_place or len(self._things) > known):
            self._topic = self._spoken_of if self._spoken_of < len(self._things) - 1 else None

    def _take_share(self, clause: Clause) -> None:
        """One of several is at a side of the picture."""
        place = clause.opened_by.partition(":")[2].replace("_", " ")
        self._why[id(clause.opened_by)] = self.grammar.reasons.no_place
        self._use(*(sign for sign in clause.wanted if sign in SAME))
        said = [sign for sign in clause.wanted if sign in self.grammar.qualities]
        self._shares.append(Share(Sign("a"), said, (place, clause.opened_by)))

    @property
    def is_too_much(self) -> bool:
        """Whether there are more things than a scene has, whatever comes next."""
        return len(self._things) > self.most

    def meant(self) -> SceneMeant | None:
        """All of it, if there are things, and not more than a scene has."""
        self._share_out()
        for at in range(len(self._things)):
            self._add(at, [each for each in self._of_all if self._is_free(at, each)])
        self._leave_sums_out()
        self._part_colors()
        things = [self._possible(at, thing) for at, thing in enumerate(self._things)]
        if not 0 < sum(thing.count for thing in things) <= self.most:
            return None
        relation = self._final_relation(things)
        if relation is None:
            things = _merged(things)
        return SceneMeant(tuple(things), relation, self._last(self._grounds), self._last(self._lights))

    def left(self, signs: Iterable[Sign]) -> list[tuple[Sign, str]]:
        """Of all the signs those that are not drawn, each with why; after ``meant``."""
        why = {OR: CHOICE, PILE: ARRANGED, SHADE: NO_SHADES, STUFF: self.grammar.reasons.no_such}
        total = sum(thing.count for thing in self._things)
        return [
            *((sign, NOT_WANTED) for sign in self._refused),
            *(
                (sign, self._why.get(id(sign), why.get(sign, UNCLEAR)))
                for sign in signs
                if id(sign) not in self._used
                and sign not in HARMLESS
                and (id(sign) in self._why or _NUMBERS.get(sign) != total)
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
            self._use(sign) if sign == said[-1] else self._leave(self.grammar.reasons.one_of_each, sign)
        return str(said[-1]) if said else None

    # -- things

    def _take_things(self, clause: Clause) -> None:
        grammar = self.grammar
        said: list[Sign] = []
        number: Sign | None = None
        is_the, is_another = False, clause.opened_by == "and" or clause.leads
        last: int | Sign | None = None  # the thing that is spoken of, or the word for it
        of_several: Sign | None = None
        signs = self._without_compounds(self._without_strangers(clause.wanted))
        for sign in takewhile(lambda _: not self.is_too_much, signs):
            if sign in grammar.lights:
                self._lights.append(sign)
            elif sign == "the" or sign in _NUMBERS:
                said = self._before_article(said, number, last)
                is_the = sign == "the" or (is_the and number is None)
                of_several = number if sign == "the" else None  # "one of the cubes"
                if not (number == "another" and sign == "a"):  # "another one"
                    number = None if sign == "the" else sign
            elif sign in ("it", *_ALL):
                said = self._before_article(said, None, last)
                last = sign
            elif sign in grammar.noun_of or sign in SAME:
                is_another = is_another or number == "another"
                is_the = is_the or self._is_again(sign, number, said, clause)
                last = self._named(sign, number, [*self._waiting, *said], is_the, is_another)
                self._waiting, said, number, is_the = [], [], None, False
                if of_several is not None and last is not None:
                    last, of_several = self._part_of(last, of_several, signs), None
            elif sign in grammar.grounds and sign not in grammar.qualities and not clause.has_noun:
                self._grounds.append(sign)
            elif sign in grammar.qualities or sign in grammar.grounds or sign in ALIKE:
                said.append(sign)
        if number and signs[-1:] == [UNKNOWN] and last is None:  # it was said of what is not known
            self._leave(grammar.reasons.of_nothing, number, *said)
        else:
            self._close(said, number, last)

    def _without_strangers(self, signs: Sequence[Sign]) -> list[Sign]:
        """Signs without what is said of something that is not known: "in a green room"."""
        found, starts, articles = list[Sign](), list[int](), ("the", *_NUMBERS)
        for sign, after in zip_longest(signs, signs[1:], fillvalue=Sign("")):
            if sign in articles:
                starts.append(len(found))
            found.append(sign)
            said = found[starts[-1] + 1 : -1] if starts and sign == UNKNOWN else ()
            if said and after in ("", *articles) and self.grammar.qualities.issuperset(said):
                self._leave(self.grammar.reasons.of_nothing, *said)
                self._use(found[starts[-1]])
                del found[starts.pop() :]
        return found

    def _without_compounds(self, signs: Sequence[Sign]) -> list[Sign]:
        """Signs without a noun that tells what the next one is like: "a square box"."""
        found = list[Sign]()
        for sign, after in zip_longest(signs, signs[1:], fillvalue=Sign("")):
            noun, noun_of = self.grammar.noun_of.get(after), self.grammar.noun_of
            is_singular = sign in noun_of and sign not in self.grammar.plurals
            if is_singular and noun and sign.end == after.start and found and found[-1] not in noun_of:
                self._use(sign) if noun_of[sign] == noun else self._leave(UNCLEAR, sign)
            else:
                found.append(sign)
        return found

    @property
    def _told_of(self) -> int:
        """The thing that is spoken of where none is named."""
        at = len(self._things) - 1
        return at if self._topic is None else min(self._topic, at)

    def _before_article(self, said: list[Sign], number: Sign | None, last: int | Sign | None) -> list[Sign]:
        """Qualities before an article are said of what came before it, if there is anything."""
        if number and self.grammar.qualities.intersection(said):
            self._elliptic.append((number, said))
            return []
        if said and self._things and not self._waiting:
            self._add(last if isinstance(last, int) else self._told_of, said)
            return []
        return said

    def _named(
        self, noun: Sign, number: Sign | None, said: list[Sign], is_the: bool, is_another: bool
    ) -> int | None:
        """A thing is named: a new one, or one that is known."""
        if noun in SAME:
            if not self._things:
                self._leave(self.grammar.reasons.of_nothing, *said)
                return None
            if number == "a" and said and (self._shares or not is_another) and self._unshared():
                self._use(noun)
                self._shares.append(Share(number, [*said]))  # "two balls: a big one and a small one"
                return None
            name, is_plural = self._things[-1].noun, noun == "sames!"
            is_known = not is_another and self._agrees(len(self._things) - 1, said)
        else:
            name, is_plural = self.grammar.noun_of[noun], noun in self.grammar.plurals
            is_known = is_the and number != "another" and any(thing.noun == name for thing in self._things)
        self._use(noun)
        at = max((at for at, thing in enumerate(self._things) if thing.noun == name), default=0)
        if not (is_known and self._agrees(at, said)):
            at = self._new(name, number, is_plural, said)
        elif number and _NUMBERS[number] in (1, self._things[at].count):
            self._use(number)
        self._add(at, said)
        self._relate(at)
        return at

    def _part_of(self, at: int, number: Sign, signs: Sequence[Sign]) -> int:
        """Some of several, where something is said of them alone: "one of the cubes is red"."""
        several, count = self._things[at], _NUMBERS[number]
        if signs[-1] not in self.grammar.qualities or not several.count > count:
            return at
        self._things[at] = replace(several, count=several.count - count)
        self._things.append(replace(several, count=self._count(number)))
        return len(self._things) - 1

    def _is_again(self, noun: Sign, number: Sign | None, said: Sequence[Sign], clause: Clause) -> bool:
        """Whether a noun without "the" is spoken of again: "a cube and a ball, ball behind cube"; or one of
        several: "two cubes and a ball, one cube behind the ball"."""
        name, is_told = self.grammar.noun_of.get(noun), id(noun) in self.told
        alike = [at for at, thing in enumerate(self._things) if thing.noun == name]
        if len(alike) != 1 or self._waiting or not (is_told or clause.relates):
            return False
        thing, is_plural = self._things[alike[0]], noun in self.grammar.plurals
        after = clause.wanted[clause.wanted.index(noun) + 1 :] if is_told else ()
        is_of_several = thing.count > 1 and not is_plural
        if is_of_several and not (clause.relates and not said and self.grammar.qualities.isdisjoint(after)):
            return False
        if number is not None and not (is_of_several and number == "a" and clause.opened_by != "and"):
            return False
        is_one = (thing.count > 1 or not is_plural) and thing.qualities.issuperset(said)
        is_free = alike[0] not in (self._spoken if not is_told else [self._subject])
        is_elsewhere = alike[0] in self._places and not is_told and not is_of_several
        return is_one and is_free and not is_elsewhere and self._agrees(alike[0], after)

    def _new(self, noun: str, number: Sign | None, is_plural: bool, said: Sequence[Sign]) -> int:
        self._share_out()
        joined = list[Sign]()
        if number is None and not is_plural and [_NUMBERS[one] for one, _ in self._elliptic] == [1]:
            ((one, joined),) = self._elliptic  # "a red and blue cube" is one
            self._use(one)
            self._elliptic = []
        for other, qualities in self._elliptic:
            self._things.append(ThingSaid(self._count(other), noun))
            self._add(len(self._things) - 1, qualities)
        self._elliptic = []
        colors = len(set(said).intersection(self.grammar.kinds["color"]))
        several = max(2, colors) if is_plural else 1
        if noun in self.grammar.uncounted:
            if number and _NUMBERS[number] > 1:
                self._why[id(number)] = self.grammar.reasons.uncounted
            number, several = None, 1
        self._things.append(ThingSaid(self._count(number) or several, noun))
        self._add(len(self._things) - 1, joined)
        return len(self._things) - 1

    def _close(self, said: list[Sign], number: Sign | None, last: int | Sign | None) -> None:
        """Qualities that no thing of the clause has taken."""
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
            self._add(self._told_of, said, is_corrected=True)
        elif isinstance(last, int):
            self._add(last, said)
        elif number:
            self._elliptic.append((number, [*self._waiting, *said]))
            self._waiting = []
        elif self._things:
            self._add(self._told_of, said)
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
        self._things.append(ThingSaid(1, like.noun) if said else replace(like, count=1))
        self._add(len(self._things) - 1, said)
        self._relate(len(self._things) - 1)

    def _add(self, at: int, said: Sequence[Sign], is_corrected: bool = False) -> None:
        for sign in said:
            quality = self._quality(at, sign)
            kind = self.grammar.kind_of(quality)
            known = self._things[at].of(kind)
            if not kind:
                reasons = self.grammar.reasons
                is_of_ground = sign in self.grammar.grounds
                self._leave(reasons.of_ground.format(sign) if is_of_ground else reasons.of_nothing, sign)
            elif known in (None, quality) or is_corrected:
                if known not in (None, quality) and (before := self._set_by.get((at, kind))):
                    self._leave(self.grammar.reasons.one_quality, before)
                self._things[at] = self._things[at].but(kind, quality)
                self._set_by[at, kind] = sign
                self._use(sign)
            elif kind == "color" and self._things[at].count > 1:
                self._colors.setdefault(at, [self._set_by.get((at, kind), Sign(known))]).append(sign)
            elif id(sign) not in self._used:
                self._leave(self.grammar.reasons.one_quality, sign)

    def _quality(self, at: int, sign: Sign) -> str:
        """What a sign says of a solid; "of the same colour" says that of the one before it."""
        if sign not in ALIKE:
            return str(sign)
        kind = sign.partition(":")[2]
        found = (thing.of(kind) for thing in reversed(self._things[:at]))
        return next((quality for quality in found if quality), "")

    def _is_free(self, at: int, sign: Sign) -> bool:
        kind = self.grammar.kind_of(sign)
        return not kind or self._things[at].of(kind) is None

    def _agrees(self, at: int, said: Sequence[Sign]) -> bool:
        thing = self._things[at]
        grounds = self.grammar.grounds
        kinds = {sign: self.grammar.kind_of(sign) or ("color" if sign in grounds else "") for sign in said}
        return all(not kind or thing.of(kind) in (None, quality) for quality, kind in kinds.items())

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

    def _leave_sums_out(self) -> None:
        """Of "two balls: a red ball and a blue ball" the first, which says how many there are."""
        for at, whole in enumerate(self._things):
            parts = self._things[at + 1 : at + 1 + whole.count]
            after = self._things[at + 1 + whole.count :][:1]
            is_sum = len(parts) == whole.count > 1 and not whole.said
            is_each = all(part.noun == whole.noun and part.count == 1 and part.said for part in parts)
            if is_sum and is_each and all(each.noun != whole.noun for each in after):
                del self._things[at]
                self._places = {
                    each - (each > at): place for each, place in self._places.items() if each != at
                }
                self._set_by = {(each - (each > at), kind): by for (each, kind), by in self._set_by.items()}
                return

    def _part_colors(self) -> None:
        for at, colors in sorted(self._colors.items(), reverse=True):
            thing = self._things[at]
            if len(colors) == thing.count:
                self._use(*colors)
                parts = [replace(thing, count=1).but("color", color) for color in colors]
                self._things[at : at + 1] = parts
            else:
                self._leave(self.grammar.reasons.one_quality, *colors[1:])

    def _possible(self, at: int, thing: ThingSaid) -> ThingSaid:
        for kind, quality in thing.said:
            if not self.grammar.can_be(thing.noun, kind, quality):
                if said := self._set_by.get((at, kind)):
                    self._leave(self.grammar.reasons.no_such, said)
                thing = thing.but(kind, None)
        return thing

    # -- places

    def _take_place(self, kind: str, place: str, clause: Clause) -> None:
        count, sign = len(self._things), clause.opened_by
        self._why[id(sign)] = self.grammar.reasons.no_place if place else self.grammar.reasons.not_there
        if kind == "of":  # of what comes next
            self._await(place, sign, min(self._spoken_of, count - 1) if count else None)
        elif kind == "its" and count == 2:
            self._set_relation(self.grammar.opposite[place], sign)
        elif kind == "its":
            self._await(place, sign, self._subject, is_owned=True)
        elif kind == "east" and len({*self._spoken[-2:]}) == 2:  # the last is what it is said of
            is_turned = self._spoken[-2] > self._spoken[-1]
            self._set_relation(self.grammar.opposite[place] if is_turned else place, sign)
        elif kind == "east" and count == 2 and not clause.has_noun:
            self._set_relation(place, sign)
        elif kind == "east" and count:
            self._await(self.grammar.opposite[place], sign, min(self._spoken_of, count - 1))
        elif kind == "row":
            self._places[0] = place, sign
        elif clause.leads:
            self._next_place = place, sign
        elif kind == "at" and self._shares and self._shares[-1].side is None:
            self._shares[-1] = replace(self._shares[-1], side=(place, sign))
        elif kind == "at" and count:
            others = [at for at in reversed(range(count)) if clause.is_apart and at not in self._places]
            is_free = not clause.is_apart or self._spoken_of not in self._places
            self._places[self._spoken_of if is_free or not others else others[0]] = place, sign

    def _await(self, place: str, sign: Sign, subject: int | None, is_owned: bool = False) -> None:
        self._pending, self._pending_by, self._subject, self._is_owned = place, sign, subject, is_owned

    def _set_relation(self, relation: str, sign: Sign) -> None:
        if self._relation != relation:
            self._leave(self.grammar.reasons.one_place, *self._related_by)
            self._related_by = []
        self._relation = relation
        self._related_by.append(sign)

    def _relate(self, at: int) -> None:
        """A thing has been named: a side of a relation, or at a side of the picture."""
        self._spoken_of = at
        self._spoken.append(at)
        if self._next_place is not None:
            self._places[at], self._next_place = self._next_place, None
        if self._pending is None or (self._subject is None and at == 0) or at == self._subject:
            return
        is_turned = self._is_owned or self._subject is None or self._subject > at
        assert self._pending_by is not None
        self._set_relation(
            self.grammar.opposite[self._pending] if is_turned else self._pending, self._pending_by
        )
        self._pending, self._pending_by, self._subject, self._is_owned = None, None, None, False

    def _final_relation(self, things: Sequence[ThingSaid]) -> str | None:
        """The relation of the first to the second, where there are two; what has said it is used."""
        said = [
            (self.grammar.opposite[place] if at else place, sign)
            for at, (place, sign) in sorted(self._places.items())
            if at < 2
        ]
        is_open = len(said) == 2 and said[0][0] != said[1][0]  # both on the left
        relation = self._relation or (said[0][0] if said and not is_open else None)
        is_of_two = len(things) == 2 and (
            self.grammar.relates_several or [thing.count for thing in things] == [1, 1]
        )
        if relation is None or not is_of_two:
            self._leave(
                self.grammar.reasons.no_place,
                *(sign for sign in self._related_by if id(sign) not in self._why),
            )
            return None
        self._use(*self._related_by, *(sign for other, sign in said if other == relation))
        return relation

    def _take_ground(self, signs: Sequence[Sign]) -> None:
        before: list[Sign] = []
        for sign in signs:
            if sign in self.grammar.grounds:
                self._grounds.append(sign)
            elif sign in self.grammar.lights:
                self._lights.append(sign)
            elif sign in self.grammar.noun_of:
                number = next((each for each in before if each in _NUMBERS), None)
                self._named(
                    sign, number, [each for each in before if each in self.grammar.qualities], False, False
                )
                before = []
            elif sign not in _ASIDE:
                before.append(sign)
        self._leave(self.grammar.reasons.of_nothing, *before)


def _merged(things: Sequence[ThingSaid]) -> list[ThingSaid]:
    """With those that are alike as one: two red cubes."""
    counts: dict[ThingSaid, int] = {}
    for thing in things:
        alike = replace(thing, count=1)
        counts[alike] = counts.get(alike, 0) + thing.count
    return [replace(thing, count=count) for thing, count in counts.items()]
