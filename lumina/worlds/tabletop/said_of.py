"""Of what a quality is said, a solid or the ground: no ground is green, and no solid is white."""

from collections.abc import Sequence

from lumina.worlds.language import Kind
from lumina.worlds.tabletop.captions import GLUE, PLURALS
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, MATERIALS, SHAPES, SIZES

GROUND_WORDS = frozenset(
    {"ground", "floor", "table", "surface", "background", "desk", "backdrop", "tabletop"}
)
NO_GROUND = frozenset({*COLORS, *MATERIALS, *SIZES, "bigger", "smaller"} - {*GROUNDS})
NO_SOLID = frozenset({*GROUNDS} - {*COLORS})
_NOUNS = GROUND_WORDS.union(SHAPES, PLURALS)
_SHADES = frozenset([*COLORS, *GROUNDS])
_STOPS = (GLUE - {"ground"}) | {
    "under", "over", "with", "by", "near", "against", "upon", "is", "are", "it", "that", "which", "into",
    "from", "for", "one", "be",
}  # fmt: skip
_LONGEST = 5  # words of a part that is named as a whole


def noun_of(words: Sequence[str], at: int, kind: Kind) -> int | None:
    """Where the noun stands that the quality ``words[at]`` is said of; None if there is none.

    After "on" without a noun the quality is the ground's, which is then meant by that word.
    """
    after = at + 1
    while after < len(words):
        if words[after] in _NOUNS:
            return after
        if words[after] in ("and", "or") and words[after + 1 : after + 2] and words[after + 1] in _SHADES:
            after += 1
        elif words[after] in _STOPS:
            break
        after += 1
    return _noun_before(words, at, kind)


def _noun_before(words: Sequence[str], at: int, kind: Kind) -> int | None:
    before = at - 1
    while before > 0 and words[before] in ("a", "an", "the"):
        before -= 1
    if before >= 0 and words[before] in ("on", "against", "upon"):
        return before
    start = max((i for i in range(at) if words[i] in ("and", "then")), default=-1)
    nouns = [i for i in range(start + 1, at) if words[i] in _NOUNS]
    return None if not nouns else nouns[0] if kind == "instruction" else nouns[-1]


def is_of_ground(words: Sequence[str], at: int, kind: Kind) -> bool:
    """Whether a quality is said of the ground."""
    noun = noun_of(words, at, kind)
    return noun is not None and words[noun] not in SHAPES and words[noun] not in PLURALS


def is_of_solid(words: Sequence[str], at: int, kind: Kind) -> bool:
    """Whether a quality is said of a solid."""
    return noun_of(words, at, kind) is not None and not is_of_ground(words, at, kind)


def ground_said(words: Sequence[str], at: int, kind: Kind) -> tuple[slice, tuple[str, ...]]:
    """The part that gives the ground a quality which none has, and for a colour what to say instead."""
    noun = noun_of(words, at, kind)
    part = slice(at, at + 1) if noun is None else slice(min(noun, at), max(noun, at) + 1)
    if part.stop - part.start > _LONGEST:
        part = slice(at, at + 1)
    if words[at] not in COLORS:
        return part, ()

    if noun is not None and noun > at:
        return part, tuple(f"{ground} ground" for ground in GROUNDS)

    def instead(ground: str) -> str:
        said = [*words[part.start : at], ground]
        return " ".join("ground" if word in GROUND_WORDS else word for word in said)

    return part, tuple(map(instead, GROUNDS))
