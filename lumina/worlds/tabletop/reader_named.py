"""What an instruction in free wording names: solids, the ground, pronouns, with what is said before them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lumina.worlds.reading.signs import SHADE, UNKNOWN, Sign
from lumina.worlds.tabletop.captions import PLURALS
from lumina.worlds.tabletop.reader_lexicon import QUALITIES
from lumina.worlds.tabletop.scenes import GROUNDS, LIGHTS, SHAPES

COMPARED = {"=bigger": "large", "=smaller": "small"}
SIDE = "!side"  # "the left cube"
SAID = frozenset([*QUALITIES, *GROUNDS, SHADE, "!", SIDE])  # of something
SEVERAL = frozenset(["two", "three", "four", "many"])
_BEFORE_NOUN = SAID.union(COMPARED, [UNKNOWN])
_COUNTS = SEVERAL | {"a", "another"}
_ARTICLES = _COUNTS | {"the"}
_SAME = frozenset(["same!", "sames!"])
_PRONOUNS = {"it": "it", "them": "them", "both": "them"}


@dataclass
class Named:
    """A solid, the ground or a pronoun as it is named; ``noun`` is a shape, "ground", "it", UNKNOWN or ""."""

    noun: str = ""
    article: str = ""
    signs: list[Sign] = field(default_factory=list)
    is_plural: bool = False

    @property
    def qualities(self) -> list[Sign]:
        """What is said of it before the noun."""
        return [sign for sign in self.signs if sign in SAID or sign in COMPARED]

    @property
    def is_solid(self) -> bool:
        """Whether its shape is known."""
        return self.noun in SHAPES

    @property
    def is_new(self) -> bool:
        """Whether it is named as one that is not there yet."""
        return self.article in _COUNTS


def named_in(signs: Sequence[Sign]) -> Iterator[Named | Sign]:
    """The signs, each that names something together with what is said before it."""
    at, last = 0, Named()
    while at < len(signs):
        part, at = _next(signs, at, last)
        if isinstance(part, Named) and (part.is_solid or part.noun == "ground"):
            last = part
        if part is not None:
            yield part


def _next(signs: Sequence[Sign], at: int, last: Named) -> tuple[Named | Sign | None, int]:
    """What begins at a place, None for an article of nothing; and where the next begins."""
    if signs[at] in _PRONOUNS:
        noun = _PRONOUNS[signs[at]]
        return Named(noun, "the", [signs[at]], is_plural=noun == "them"), at + 1
    end = at
    while end < len(signs) and (signs[end] in _ARTICLES or _is_before_noun(signs, end)):
        end += 1
    before, noun = list(signs[at:end]), signs[end] if end < len(signs) else Sign("")
    articles = [str(sign) for sign in before if sign in _ARTICLES]
    article = "the" if "the" in articles else next(iter(articles), "")
    if _is_noun(noun):
        shape = last.noun if noun in _SAME else PLURALS.get(noun, str(noun))
        is_plural = noun in PLURALS or noun == "sames!" or not SEVERAL.isdisjoint(articles)
        return Named(shape, article, [*before, noun], is_plural), end + 1
    if not articles:
        return signs[at], at + 1
    if noun == UNKNOWN:
        return Named(UNKNOWN, article, [*before, noun]), end + 1
    if article == "the" and not _is_of_other(noun):
        return Named("", article, before), end
    return None, at + 1


def _is_noun(sign: str) -> bool:
    return sign == "ground" or sign in SHAPES or sign in PLURALS or sign in _SAME


def _is_before_noun(signs: Sequence[Sign], at: int) -> bool:
    """Whether a sign is said of the noun, or in place of the noun, that comes after it."""
    if signs[at] not in _BEFORE_NOUN:
        return False
    after = at + 1
    while after < len(signs) and signs[after] in _BEFORE_NOUN:
        after += 1
    is_named = after < len(signs) and _is_noun(signs[after])
    before = signs[at - 1] if at else ""
    if signs[at] in SAID:
        return is_named or before == "the"
    return is_named and (before in _ARTICLES or before in SAID)


def _is_of_other(sign: str) -> bool:
    """Whether an article belongs to a light, or to nothing."""
    return sign in LIGHTS or sign in ("=light", "=brighter", "=darker")
