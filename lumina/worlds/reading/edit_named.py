"""What an instruction in free wording names: things, the ground, pronouns, with what is said before them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lumina.worlds.reading.edit_grammar import EditGrammar
from lumina.worlds.reading.signs import NEVER, SHADE, UNKNOWN, Sign

COMPARED = {"=bigger": "large", "=smaller": "small"}
SHADED = frozenset(["=brighter", "=darker"])
SIDE = "!side"  # "the left cube"
SEVERAL = frozenset(["two", "three", "four", "many"])
_NOT_OF_WORLD = frozenset([SHADE, NEVER, "!", SIDE])  # of something, but no quality
_COUNTS = SEVERAL | {"a", "another"}
_ARTICLES = _COUNTS | {"the"}
_SAME = frozenset(["same!", "sames!"])
_PRONOUNS = {"it": "it", "them": "them", "both": "them"}
_NO_THING = frozenset(["", "ground", UNKNOWN, *_PRONOUNS.values()])


@dataclass
class Named:
    """A thing, the ground or a pronoun as it is named; ``noun`` is a noun, "ground", "it", UNKNOWN or ""."""

    noun: str = ""
    article: str = ""
    signs: list[Sign] = field(default_factory=list)
    qualities: list[Sign] = field(default_factory=list)  # what is said of it before the noun
    is_plural: bool = False

    @property
    def is_thing(self) -> bool:
        """Whether its noun is known."""
        return self.noun not in _NO_THING

    @property
    def is_new(self) -> bool:
        """Whether it is named as one that is not there yet."""
        return self.article in _COUNTS


def is_said(sign: str, grammar: EditGrammar) -> bool:
    """Whether a sign says something of a thing, or of the ground."""
    return sign in grammar.scene.qualities or sign in grammar.scene.grounds or sign in _NOT_OF_WORLD


def named_in(signs: Sequence[Sign], grammar: EditGrammar) -> Iterator[Named | Sign]:
    """The signs, each that names something together with what is said before it."""
    at, last, naming = 0, Named(), _Naming(signs, grammar)
    while at < len(signs):
        part, at = naming.next(at, last)
        if isinstance(part, Named) and (part.is_thing or part.noun == "ground"):
            last = part
        if part is not None:
            yield part


@dataclass(frozen=True)
class _Naming:
    signs: Sequence[Sign]
    grammar: EditGrammar

    def next(self, at: int, last: Named) -> tuple[Named | Sign | None, int]:
        """What begins at a place, None for an article of nothing; and where the next begins."""
        signs = self.signs
        if signs[at] in _PRONOUNS:
            noun = _PRONOUNS[signs[at]]
            return Named(noun, "the", [signs[at]], is_plural=noun == "them"), at + 1
        end = at
        while end < len(signs) and (signs[end] in _ARTICLES or self._is_before_noun(end)):
            end += 1
        before, noun = list(signs[at:end]), signs[end] if end < len(signs) else Sign("")
        articles = [str(sign) for sign in before if sign in _ARTICLES]
        article = "the" if "the" in articles else next(iter(articles), "")
        if self._is_noun(noun):
            name = last.noun if noun in _SAME else self.grammar.scene.noun_of.get(noun, str(noun))
            is_several = noun in self.grammar.scene.plurals or noun == "sames!"
            is_plural = is_several or not SEVERAL.isdisjoint(articles)
            return self._named(name, article, [*before, noun], is_plural), end + 1
        if not articles:
            return signs[at], at + 1
        if noun == UNKNOWN and not self._is_of_light(end):
            return self._named(UNKNOWN, article, [*before, noun]), end + 1
        if article == "the" and not self._is_of_other(noun):
            return self._named("", article, before), end
        return None, at + 1

    def _named(self, noun: str, article: str, signs: list[Sign], is_plural: bool = False) -> Named:
        qualities = [sign for sign in signs if is_said(sign, self.grammar) or sign in COMPARED]
        return Named(noun, article, signs, qualities, is_plural)

    def _is_noun(self, sign: str) -> bool:
        return self.grammar.is_noun(sign) or sign in _SAME

    def _may_be_before_noun(self, at: int) -> bool:
        if at >= len(self.signs):
            return False
        sign = self.signs[at]
        return is_said(sign, self.grammar) or sign in COMPARED or sign == UNKNOWN

    def _is_before_noun(self, at: int) -> bool:
        """Whether a sign is said of the noun, or in place of the noun, that comes after it."""
        if not self._may_be_before_noun(at):
            return False
        after = at + 1
        while self._may_be_before_noun(after):
            after += 1
        is_named = after < len(self.signs) and self._is_noun(self.signs[after])
        before = self.signs[at - 1] if at else ""
        if is_said(self.signs[at], self.grammar):
            return is_named or before == "the"
        return is_named and (before in _ARTICLES or is_said(before, self.grammar))

    def _is_of_light(self, at: int) -> bool:
        """Whether something unknown is said of a ground that stands for a light: "a wooden table"."""
        after = self.signs[at + 1] if at + 1 < len(self.signs) else ""
        return self.grammar.lights_are_grounds and after in self.grammar.scene.lights

    def _is_of_other(self, sign: str) -> bool:
        """Whether an article belongs to a light, or to nothing."""
        return sign in self.grammar.scene.lights or sign in ("=light", *SHADED)
