"""What the clauses of free wording say together: things (things.py), where they stand (places.py), ground and
light.

Every sign is drawn, or harmless, or named with why it is not drawn (uses.py): what nothing has made use of is
left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile, zip_longest

from lumina.worlds.reading.clauses import NOT, SAME, Clause
from lumina.worlds.reading.grammar import Grammar, SceneMeant
from lumina.worlds.reading.places import Places
from lumina.worlds.reading.signs import UNKNOWN, Sign
from lumina.worlds.reading.things import ALIKE, Share, Things, merged
from lumina.worlds.reading.uses import ALL, NOT_WANTED, NUMBERS, UNCLEAR, Uses

_ARTICLES = ("the", *NUMBERS)
_SHARE = Sign("share!")  # some of several, in place of a thing
_ASIDE = ("ground", "the", "it", *ALL, UNKNOWN)


@dataclass
class _Phrase:
    """What has been said in a clause, and no thing has taken yet."""

    said: list[Sign] = field(default_factory=list)  # qualities
    number: Sign | None = None
    of_several: Sign | None = None  # "one of the cubes"
    is_the: bool = False
    is_another: bool = False
    last: int | Sign | None = None  # the thing that is spoken of, or the word for it


@dataclass
class SceneSaid:
    """What has been said so far."""

    grammar: Grammar
    most: int  # things in a scene
    told: frozenset[int] = frozenset()  # nouns by identity, of which something is told: "ball is red"
    _uses: Uses = field(default_factory=Uses)
    _grounds: list[Sign] = field(default_factory=list)
    _lights: list[Sign] = field(default_factory=list)
    _waiting: list[Sign] = field(default_factory=list)  # qualities of the thing that comes next
    _of_all: list[Sign] = field(default_factory=list)  # "everything red: a cube and a ball"
    _topic: int | None = None  # the thing that something is told of, where it is not the last
    _on_thing: list[Sign] = field(default_factory=list)  # the last "on" before a thing
    _refused: list[Sign] = field(default_factory=list)  # "not a red cube", one sign each
    _is_denied: bool = False  # the clause before has ended with a "not"

    def __post_init__(self) -> None:
        self._things = Things(self.grammar, self._uses)
        self._places = Places(self.grammar, self._uses, self._things)

    def take(self, clause: Clause) -> None:
        """Go on with a clause."""
        is_denied, self._is_denied = self._is_denied, clause.signs[-1:] == [NOT]
        self._refuse(clause.refused)
        if clause.opened_by in ("", ","):
            self._places.spoken = []
        if clause.shares and self._things.unshared:
            return self._take_share(clause)
        if clause.opened_by.startswith("~east"):  # the "on" before it is a part of it
            self._uses.use(*self._on_thing)
        if is_denied and clause.is_place:  # "not left of a cube"
            self._uses.leave(NOT_WANTED, clause.opened_by)
        elif is_denied and clause.opened_by == "on":
            return self._refuse([clause.opened_by, *clause.signs])
        elif clause.is_place:
            kind, place = clause.place
            is_known = place in self.grammar.opposite
            self._places.take(kind if is_known else "no", place if is_known else "", clause)
        elif clause.opened_by == "on":
            self._take_on(clause)
        if clause.is_of_ground:
            self._take_ground(clause.wanted)
        else:
            self._take_told(clause)

    def _take_on(self, clause: Clause) -> None:
        is_on_thing = clause.has_noun and not clause.is_of_ground
        self._on_thing = [clause.opened_by] if is_on_thing else []
        if not is_on_thing:
            self._uses.use(clause.opened_by)
        elif self.grammar.on:
            self._places.take("of", self.grammar.on, clause)
        else:
            self._uses.leave(self.grammar.reasons.on_thing, *self._on_thing)

    def _take_told(self, clause: Clause) -> None:
        known = len(self._things)
        self._take_things(clause)
        if clause.has_noun and (not clause.is_place or len(self._things) > known):
            spoken_of = self._places.spoken_of
            self._topic = spoken_of if spoken_of < len(self._things) - 1 else None

    def _take_share(self, clause: Clause) -> None:
        """One of several is at a side of the picture."""
        self._uses.explain(self.grammar.reasons.no_place, clause.opened_by)
        self._uses.use(*(sign for sign in clause.wanted if sign in SAME))
        said = [sign for sign in clause.wanted if sign in self.grammar.qualities]
        self._things.shares.append(Share(Sign("a"), said, (clause.place[1], clause.opened_by)))

    @property
    def is_too_much(self) -> bool:
        """Whether there are more things than a scene has, whatever comes next."""
        return len(self._things) > self.most

    @property
    def count(self) -> int:
        """How many things there are; after ``meant``."""
        return self._things.total

    def meant(self) -> SceneMeant | None:
        """All of it, if there are things, and not more than a scene has."""
        self._things.share_out()
        self._things.settle_elliptic()
        self._things.add_to_all(self._of_all)
        self._things.leave_sums_out()
        self._things.part_colors()
        things = self._things.possible()
        if not 0 < sum(thing.count for thing in things) <= self.most:
            return None
        relation = self._places.relation(things)
        if relation is None:
            things = merged(things)
        return SceneMeant(tuple(things), relation, self._last(self._grounds), self._last(self._lights))

    def left(self, signs: Iterable[Sign]) -> list[tuple[Sign, str]]:
        """Of all the signs those that are not drawn, each with why; after ``meant``."""
        left = self._uses.left(signs, self._things.total, self.grammar.reasons.no_such)
        return [*((sign, NOT_WANTED) for sign in self._refused), *left]

    def _refuse(self, signs: Sequence[Sign]) -> None:
        """Take no part of what is not to be there."""
        self._uses.use(*signs)
        if any(sign not in (NOT, "the", "it", *ALL) for sign in signs):
            self._refused.append(Sign(NOT, signs[0].start, signs[-1].end))

    def _last(self, said: list[Sign]) -> str | None:
        """Of grounds or lights the one that was said last."""
        for sign in said:
            if sign == said[-1]:
                self._uses.use(sign)
            else:
                self._uses.leave(self.grammar.reasons.one_of_each, sign)
        return str(said[-1]) if said else None

    def _take_ground(self, signs: Sequence[Sign]) -> None:
        before: list[Sign] = []
        for sign in signs:
            if sign in self.grammar.grounds:
                self._grounds.append(sign)
            elif sign in self.grammar.lights:
                self._lights.append(sign)
            elif sign in self.grammar.noun_of:
                number = next((each for each in before if each in NUMBERS), None)
                said = [each for each in before if each in self.grammar.qualities]
                self._named(sign, _Phrase(said, number))
                before = []
            elif sign not in _ASIDE:
                before.append(sign)
        self._uses.leave(self.grammar.reasons.no_ground or self.grammar.reasons.of_nothing, *before)

    # -- things, as a clause names them

    def _take_things(self, clause: Clause) -> None:
        grammar, phrase = self.grammar, _Phrase(is_another=clause.opened_by == "and" or clause.leads)
        signs = self._without_compounds(self._without_strangers(clause.wanted))
        for sign in takewhile(lambda _: not self.is_too_much, signs):
            if sign in grammar.lights:
                self._lights.append(sign)
            elif sign in _ARTICLES:
                self._take_article(sign, phrase)
            elif sign in ("it", *ALL):
                phrase.said = self._before_article(phrase.said, None, phrase.last)
                phrase.last = sign
            elif sign in grammar.noun_of or sign in SAME:
                self._take_noun(sign, phrase, clause)
            elif sign in grammar.grounds and sign not in grammar.qualities and not clause.has_noun:
                self._grounds.append(sign)
            elif sign in grammar.qualities or sign in grammar.grounds or sign in ALIKE:
                phrase.said.append(sign)
        if phrase.number and signs[-1:] == [UNKNOWN] and phrase.last is None:  # said of what is not known
            self._uses.leave(grammar.reasons.of_nothing, phrase.number, *phrase.said)
        else:
            self._close(phrase)

    def _take_article(self, sign: Sign, phrase: _Phrase) -> None:
        phrase.said = self._before_article(phrase.said, phrase.number, phrase.last)
        is_the, number = sign == "the", phrase.number
        phrase.is_the = is_the or (phrase.is_the and number is None)
        phrase.of_several = number if is_the else None
        if not (number == "another" and sign == "a"):  # "another one"
            phrase.number = None if is_the else sign

    def _take_noun(self, sign: Sign, phrase: _Phrase, clause: Clause) -> None:
        phrase.is_another = phrase.is_another or phrase.number == "another"
        phrase.is_the = phrase.is_the or self._is_again(sign, phrase, clause)
        phrase.said = [*self._waiting, *phrase.said]
        if self._is_of_unnamed(sign, phrase, clause):
            phrase.number, phrase.of_several = phrase.of_several, None
        last = self._named(sign, phrase)
        if phrase.of_several and isinstance(last, int) and clause.wanted[-1] in self.grammar.qualities:
            last = self._part_of(last, phrase.of_several)
        self._waiting = []
        phrase.said, phrase.number, phrase.of_several, phrase.is_the = [], None, None, False
        phrase.last = last

    def _is_of_unnamed(self, noun: Sign, phrase: _Phrase, clause: Clause) -> bool:
        """Whether there are no others of several: "one of those red spheres", and no more is said."""
        is_number = phrase.of_several is not None and NUMBERS[phrase.of_several] < NUMBERS["many"]
        is_last = clause.wanted[-1] is noun and id(noun) not in self.told
        return is_number and is_last and not self._things.named(self.grammar.noun_of.get(noun, ""))

    def _part_of(self, at: int, number: Sign) -> int | Sign:
        """Some of several things: a share of the last, or a thing of its own."""
        if at == len(self._things) - 1 and self._things.unshared > NUMBERS[number]:
            self._share(number, [])
            return _SHARE
        return self._things.part_of(at, number)

    def _without_strangers(self, signs: Sequence[Sign]) -> list[Sign]:
        """Signs without what is said of something that is not known: "in a green room"."""
        found, starts = list[Sign](), list[int]()
        is_first = not self._things and not self._waiting  # "purple doughnut, a cube"
        for at, sign in enumerate(signs):
            if sign in _ARTICLES:
                starts.append(len(found))
            found.append(sign)
            if sign != UNKNOWN or not (starts or is_first):
                continue
            start = starts[-1] if starts else -1
            after = next(dropwhile(UNKNOWN.__eq__, signs[at + 1 :]), "")
            said = found[start + 1 : -1]
            if said and after in ("", *_ARTICLES) and self.grammar.qualities.issuperset(said):
                self._uses.leave(self.grammar.reasons.of_nothing, *said)
                self._uses.use(*found[max(start, 0) : start + 1])
                del found[max(start, 0) :], starts[-1:]
        return found

    def _without_compounds(self, signs: Sequence[Sign]) -> list[Sign]:
        """Signs without a noun that tells what the next one is like: "a square box"."""
        found = list[Sign]()
        for sign, after in zip_longest(signs, signs[1:], fillvalue=Sign("")):
            noun, noun_of = self.grammar.noun_of.get(after), self.grammar.noun_of
            is_singular = sign in noun_of and sign not in self.grammar.plurals
            is_same = is_singular and noun_of[sign] == noun
            is_told = found and found[-1] not in noun_of
            if is_singular and noun and sign.end == after.start and (is_told or is_same):
                if is_same:
                    self._uses.use(sign)
                else:
                    self._uses.leave(UNCLEAR, sign)
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
        if number and self.grammar.qualities.intersection(said) and NUMBERS[number] <= self._things.unshared:
            self._share(number, said)  # "two balls, one red one blue"
            return []
        if number and self.grammar.qualities.intersection(said):
            self._things.elliptic.append((number, said))
            self._things.is_elliptic_closed = False
            return []
        if said and self._things and not self._waiting:
            self._things.add(last if isinstance(last, int) else self._told_of, said)
            return []
        return said

    def _named(self, noun: Sign, phrase: _Phrase) -> int | Sign | None:
        """A thing is named: a new one, or one that is known; or a share of several."""
        things, said, number = self._things, phrase.said, phrase.number
        if noun in SAME:
            if not things:
                self._uses.leave(self.grammar.reasons.of_nothing, *said)
                return None
            if phrase.is_the and (told := things.told_by(said)) is not None:
                return self._known(told, noun, said)
            is_one = noun == "same!" and number in (None, "a")
            is_share = phrase.is_the or (is_one and (things.shares or not phrase.is_another))
            if said and is_share and things.unshared:
                self._uses.use(noun)
                self._share(number or Sign("a"), said)  # "two balls: a big one and a small one"
                return _SHARE
            name, is_plural = things[-1].noun, noun == "sames!"
            is_known = not phrase.is_another and things.agrees(len(things) - 1, said)
        else:
            name, is_plural = self.grammar.noun_of[noun], noun in self.grammar.plurals
            is_known = phrase.is_the and number != "another" and bool(things.named(name))
        told = things.told_by(said, name) if is_known else None
        at = max(things.named(name), default=0) if told is None else told
        if not (is_known and things.agrees(at, said)):
            at = things.new(name, number, is_plural, said)
        elif number and NUMBERS[number] in (1, things[at].count):
            self._uses.use(number)
        return self._known(at, noun, said)

    def _known(self, at: int, noun: Sign, said: Sequence[Sign]) -> int:
        """A thing that is there is named by a noun."""
        self._uses.use(noun)
        self._things.add(at, said)
        self._places.relate(at)
        return at

    def _share(self, number: Sign, said: Sequence[Sign]) -> None:
        """Some of the last ones are named; they will stand where the last ones do."""
        shares = self._things.shares
        self._places.relate(len(self._things) - 1 + len(shares))
        shares.append(Share(number, [*said]))

    def _is_again(self, noun: Sign, phrase: _Phrase, clause: Clause) -> bool:
        """Whether a noun without "the" is spoken of again: "a cube and a ball, ball behind cube"; or one of
        several: "two cubes and a ball, one cube behind the ball"."""
        is_told, alike = id(noun) in self.told, self._things.named(self.grammar.noun_of.get(noun, ""))
        if len(alike) != 1 or self._waiting or not (is_told or clause.relates):
            return False
        at, is_plural = alike[0], noun in self.grammar.plurals
        after = clause.wanted[clause.wanted.index(noun) + 1 :] if is_told else ()
        thing, said = self._things[at], phrase.said
        if thing.count > 1 and not is_plural:
            is_bare = clause.relates and self.grammar.qualities.isdisjoint([*said, *after])
            is_one = phrase.number is None or (phrase.number == "a" and clause.opened_by != "and")
            is_meant = is_bare and is_one
        else:
            is_elsewhere = at in self._things.sides and not is_told
            is_meant = phrase.number is None and (thing.count > 1) == is_plural and not is_elsewhere
        is_free = at not in ([self._places.subject] if is_told else self._places.spoken)
        is_like = thing.qualities.issuperset(said) and self._things.agrees(at, after)
        return is_meant and is_free and is_like

    def _close(self, phrase: _Phrase) -> None:
        """Qualities that no thing of the clause has taken."""
        things, said, number, last = self._things, phrase.said, phrase.number, phrase.last
        if said and self._is_of_share(phrase):
            pass
        elif number == "another" and things:
            self._places.relate(things.more(number, said))
        elif not said:
            things.count_last(number if last != "both" else None)
        elif last in ALL:
            things.settle_elliptic()
            self._of_all += said if not things else []
            for at in range(len(things)):
                things.add(at, said)
        elif last == "it" and things:
            things.add(self._told_of, said, is_corrected=True)
        elif isinstance(last, int):
            things.add(last, said)
        elif number:
            things.elliptic.append((number, [*self._waiting, *said]))
            things.is_elliptic_closed, self._waiting = True, []
        elif things:
            self._add_alone(said)
        else:
            self._waiting += said

    def _add_alone(self, said: Sequence[Sign]) -> None:
        """Qualities of a clause that says nothing else: of the thing that is spoken of, or of all."""
        things, of_all = self._things, self.grammar.of_all
        if not of_all.issuperset(said):
            things.add(self._told_of, said)
            return
        for at in range(len(things)):  # "a cat and a rocket, retro style"
            if of_all.isdisjoint(things[at].qualities):
                things.add(at, said)

    def _is_of_share(self, phrase: _Phrase) -> bool:
        """Say qualities of some of several, where they are meant; whether they are."""
        things, said, number, last = self._things, phrase.said, phrase.number, phrase.last
        if last == _SHARE and things.shares:
            things.shares[-1].said.extend(said)
        elif number and last != "both" and NUMBERS[number] <= things.unshared:
            if number == "another" and not things.shares:
                return False
            self._share(number, said)
        elif things.shares and last is None and (told := things.told_by(said)) is not None:
            things.add(told, said)
            self._places.relate(told)
        elif things.shares and last is None and phrase.is_the and things.unshared == 1:
            self._share(Sign("a"), said)  # "one is red, the other is blue"
        else:
            return False
        return True
