"""What is taken back in free wording: "a red cube, no wait, a blue cube", "the cube, I mean the ball"."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lumina.worlds.reading.clauses import SAME, is_boundary
from lumina.worlds.reading.grammar import Grammar
from lumina.worlds.reading.signs import Sign

TAKEN_BACK = "back!"  # the sign between what is taken back and what is meant
WAS_TAKEN_BACK = "it is taken back"
_NUMBERS = frozenset(["a", "two", "three", "four", "many", "another"])
_ARTICLES = _NUMBERS | {"the"}
_GROUND = "ground"
_PLACES = ("~", "=way:")  # these and the next of instructions, too
_COMPARED = (("=bigger", "=smaller"), ("=brighter", "=darker"))


def corrected(signs: Sequence[Sign], grammar: Grammar) -> tuple[list[Sign], list[Sign]]:
    """``signs`` as if what is taken back had never been said, and what that is.

    What comes first after it takes the place of the last before it that is of its kind: a thing of a thing
    (rather of one of its own name), a colour of a colour, a number of a number, a side of a side.
    """
    said, taken = list[Sign](), list[Sign]()
    rest = list(signs)
    while (at := next((i for i, sign in enumerate(rest) if sign == TAKEN_BACK), None)) is not None:
        said, rest = [*said, *rest[:at]], rest[at + 1 :]
        while rest and rest[0] in (",", "and", TAKEN_BACK):
            rest = rest[1:]
        while said and said[-1] in (",", "and"):
            said = said[:-1]
        if said and rest:
            end = next((i for i, sign in enumerate(rest) if i and (_ends(sign) or sign == TAKEN_BACK)), None)
            first, rest = rest[:end], [] if end is None else rest[end:]
            before, said = said, _Said([*said], grammar).with_meant(first)
            taken += _taken(before, said)
    return [*said, *rest], taken


def _taken(before: Sequence[Sign], after: Sequence[Sign]) -> list[Sign]:
    """What has been left out, as one sign; none where it says nothing."""
    kept = {id(sign) for sign in after}
    out = [sign for sign in before if id(sign) not in kept]
    if all(sign in ("a", "the", "another", ",", "and", "on", "with") for sign in out):
        return []
    return [Sign(TAKEN_BACK, min(sign.start for sign in out), max(sign.end for sign in out))]


def _ends(sign: str) -> bool:
    return is_boundary(sign) and sign not in ("on", "with")


@dataclass
class _Said:
    """What has been said before it is corrected."""

    signs: list[Sign]
    grammar: Grammar

    def with_meant(self, meant: Sequence[Sign]) -> list[Sign]:
        """With what is meant in place of what is not."""
        if meant[0].startswith(_PLACES):
            return self._with_place(meant)
        if meant[0].startswith("=") and not self._kind(meant[0]):  # another verb, with all that it is said of
            return self._of_verb(meant)
        if thing := next(filter(self._is_thing, meant), None):
            return self._with_thing(meant, thing)
        for sign in meant:
            if sign not in SAME:
                self._with_sign(sign)
        return self.signs

    def _of_verb(self, meant: Sequence[Sign]) -> list[Sign]:
        last = self._span(self._last_thing(""))
        return [each for sign in meant for each in (last if sign == "it" and last else [sign])]

    def _with_place(self, meant: Sequence[Sign]) -> list[Sign]:
        """Another side; of the same thing, where no other is named."""
        at = next((i for i in reversed(range(len(self.signs))) if self.signs[i].startswith(_PLACES)), None)
        if at is None:
            return [*self.signs, *meant]
        if any(map(self._is_thing, meant)):
            return [*self.signs[:at], *meant]
        old, new = self.signs[at], meant[0]
        side = f"{old.partition(':')[0]}:{new.partition(':')[2]}" if ":" in old and ":" in new else str(new)
        return [*self.signs[:at], Sign(side, new.start, new.end), *self.signs[at + 1 :]]

    def _with_thing(self, meant: Sequence[Sign], thing: str) -> list[Sign]:
        begun = len(self.signs) - len(self._begun())
        if begun < len(self.signs):  # "a red, no, blue cube"
            articles = [
                sign for sign in self.signs[begun:] if sign in _ARTICLES and meant[0] not in _ARTICLES
            ]
            return [*self.signs[:begun], *articles, *meant]
        at = self._last_thing(self.grammar.noun_of.get(thing, thing))
        if at is None:
            return [*self.signs, Sign(","), *meant]
        start, end = at - len(self._span(at)) + 1, at + 1
        is_told = not any(sign.startswith("=") for sign in self.signs)
        while is_told and end < len(self.signs) and self._kind(self.signs[end]):  # "une boule rouge"
            end += 1
        return [*self.signs[:start], *meant, *self.signs[end:]]

    def _begun(self) -> list[Sign]:
        """What is said at the end of something that is not named any more."""
        start = len(self.signs)
        while start and self._is_before(self.signs[start - 1]):
            start -= 1
        is_named = start > 0 and not is_boundary(self.signs[start - 1])
        return [] if is_named else self.signs[start:]

    def _with_sign(self, sign: Sign) -> None:
        """Another quality or number."""
        kind = self._kind(sign)
        if not kind:
            self.signs.append(sign)
            return
        alike = [i for i, each in enumerate(self.signs) if each in kind]
        thing = self._last_thing("")
        if alike:
            self.signs[alike[-1]] = sign
        elif thing is not None and kind is not _NUMBERS:
            self.signs.insert(thing, sign)
        elif kind is not _NUMBERS:
            self.signs.append(sign)

    def _kind(self, sign: str) -> Collection[str]:
        """All that ``sign`` may take the place of."""
        grammar = self.grammar
        sizes, lights = _COMPARED
        kinds = (
            {*grammar.kinds["color"], *grammar.grounds},
            {*grammar.kinds.get("size", ()), *sizes},
            {*grammar.lights, *lights},
            *grammar.kinds.values(),
            _NUMBERS,
        )
        return next((kind for kind in kinds if sign in kind), ())

    def _last_thing(self, name: str) -> int | None:
        """Where the last thing of a name stands; else the last thing, if it is no ground that is meant."""
        things = [i for i, sign in enumerate(self.signs) if self._is_thing(sign)]
        alike = [i for i in things if self.grammar.noun_of.get(self.signs[i], self.signs[i]) == name]
        others = [i for i in things if self.signs[i] != _GROUND and name != _GROUND]
        return max(alike or others, default=None)

    def _span(self, at: int | None) -> list[Sign]:
        """A thing with what is said before it."""
        if at is None:
            return []
        start = at
        while start and not is_boundary(self.signs[start - 1]) and self._is_before(self.signs[start - 1]):
            start -= 1
        return self.signs[start : at + 1]

    def _is_before(self, sign: str) -> bool:
        return sign in _ARTICLES or bool(self._kind(sign)) or sign in ("shade!", "stuff!", "?")

    def _is_thing(self, sign: str) -> bool:
        return sign in self.grammar.noun_of or sign == _GROUND
