"""Things that are spoken of by their order, or as the same: "the first one", "the same but blue"."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lumina.worlds.reading.clauses import SAME, is_boundary
from lumina.worlds.reading.grammar import Grammar
from lumina.worlds.reading.signs import UNKNOWN, Sign
from lumina.worlds.reading.uses import NUMBERS

_NUMBERS = {NUMBERS[number]: number for number in ("a", "two", "three", "four")}
_NTH, _LAST, _SAME = "=nth:", "=nth:last", "=same"


@dataclass
class _Thing:
    """One that was named, or several: the sign of its noun, and what is said of it."""

    sign: Sign
    count: int
    said: list[Sign] = field(default_factory=list)


def named_again(
    signs: Sequence[Sign], grammar: Grammar, lost: Sequence[str] = (UNKNOWN,), is_scene: bool = True
) -> list[Sign]:
    """``signs`` with what is meant in place of an order and of "the same"; ``lost`` where nothing is.

    Of several things an order tells one, where a scene is told: "two cubes, the first red".
    """
    said = _Said(grammar, lost, is_scene)
    at = 0
    while at < len(signs):
        if signs[at].startswith(_NTH):
            at = said.take_order(signs, at)
        elif signs[at] == _SAME:
            at = said.take_same(signs, at)
        else:
            said.take(signs[at])
            at += 1
    return said.signs


@dataclass
class _Said:
    grammar: Grammar
    lost: Sequence[str]
    is_scene: bool
    signs: list[Sign] = field(default_factory=list)
    things: list[_Thing] = field(default_factory=list)
    last: _Thing | None = None  # whose noun was said last
    counted: int = 0  # things that nothing but their order has named

    def take(self, sign: Sign) -> None:
        """A sign as it is."""
        if sign in self.grammar.noun_of:
            self.signs = self.signs[:-1] if self.signs[-1:] == ["same!"] else self.signs  # "赤い方の立方体"
            self._name(sign)
        elif sign in self.grammar.qualities and self.last and self.signs[-1] in self.grammar.noun_of:
            self.last.said.append(sign)  # "une boule rouge"
        self.signs.append(sign)

    def _name(self, noun: Sign) -> None:
        start = len(self.signs)
        while start and self.signs[start - 1] in self.grammar.qualities:
            start -= 1
        article = self.signs[start - 1] if start else ""
        several = 2 if noun in self.grammar.plurals else 1
        if article == "the" and (known := self._of(noun)):
            self.last = known[-1]
        else:
            self.last = _Thing(noun, NUMBERS.get(article, several), self.signs[start:])
            self.things.append(self.last)

    def _of(self, noun: str) -> list[_Thing]:
        """Those of a noun; all for a "one", or where none is named."""
        name = self.grammar.noun_of.get(noun)
        return [each for each in self.things if name in (None, self.grammar.noun_of[each.sign])]

    def take_order(self, signs: Sequence[Sign], at: int) -> int:
        """What is told by its order, and where what comes next begins."""
        order, end = signs[at], _end_of_noun(signs, at + 1, self.grammar)
        noun = signs[end - 1] if end > at + 1 else Sign("")
        alike = self._of(noun)
        number = len(alike) if order == _LAST else int(order.removeprefix(_NTH))
        is_of_several = self.is_scene and len(alike) == 1 and number <= alike[0].count > 1
        if is_of_several and NUMBERS.get(signs[at + 1] if at + 1 < len(signs) else "", 1) > 1:
            return at + 1  # "the first two"
        if is_of_several:
            self._put("a", order)
            self.signs += [sign for sign in signs[at + 1 : end] if sign in self.grammar.qualities]
        elif 0 < number <= len(alike) and self._is_told(alike[number - 1]):
            self.last = thing = alike[number - 1]
            self._put("the", order)
            self.signs += [_at(sign, order) for sign in (*thing.said, thing.sign)]
        elif self.is_scene and noun in self.grammar.noun_of and number == self.counted + 1 == len(alike) + 1:
            self.counted += 1  # "the first ball is red, the second ball is blue"
            self._put("a", order)
            return at + 1
        else:
            for sign in self.lost:
                self._put(sign, order)
            return at + 1
        return end

    def _is_told(self, thing: _Thing) -> bool:
        """Whether what is said of a thing tells which it is."""
        alike = [each for each in self._of(thing.sign) if {*each.said} >= {*thing.said}]
        return thing.count == 1 and len(alike) == 1

    def take_same(self, signs: Sequence[Sign], at: int) -> int:
        """One more like the last, where something else is said of it; else that one."""
        grammar = self.grammar
        end = _end_of_noun(signs, at + 1, grammar)
        alike = self._of(signs[end - 1] if end > at + 1 else "")
        start = end + (signs[end : end + 1] == [","])
        until = start
        while until < len(signs) and signs[until] in grammar.qualities:
            until += 1
        said = signs[start:until]
        kinds = {grammar.kind_of(sign) for sign in said}
        is_closed = until == len(signs) or is_boundary(signs[until])
        if self.is_scene and said and is_closed and alike:
            like = alike[-1]
            kept = [sign for sign in like.said if grammar.kind_of(sign) not in kinds]
            if len(kept) < len(like.said):
                self._put(_NUMBERS.get(like.count, "many"), signs[at])
                for sign in (*(_at(each, signs[at]) for each in kept), *said, _at(like.sign, signs[at])):
                    self.take(sign)
                return until
        self._put("the" if end > at + 1 or said else "," if not self.is_scene else UNKNOWN, signs[at])
        return at + 1

    def _put(self, text: str, where: Sign) -> None:
        self.signs.append(Sign(text, where.start, where.end))


def _end_of_noun(signs: Sequence[Sign], at: int, grammar: Grammar) -> int:
    """Where a noun with its qualities ends that begins at a place; the place where none does."""
    end = at
    while end < len(signs) and signs[end] in grammar.qualities:
        end += 1
    is_noun = end < len(signs) and (signs[end] in grammar.noun_of or signs[end] in SAME)
    return end + 1 if is_noun else at


def _at(sign: Sign, where: Sign) -> Sign:
    """A sign as it is read from other words."""
    return Sign(sign, where.start, where.end)
