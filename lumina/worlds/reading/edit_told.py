"""What is told before an order, and what is added to a thing after it: both become a part of one wish.

"The cube is behind the ball, put it in front" orders one thing; "add a ball, a green one" names one thing.
"""

from collections.abc import Sequence
from itertools import dropwhile, takewhile

from lumina.worlds.reading.clauses import NOT, SAME, is_boundary
from lumina.worlds.reading.edit_grammar import EditGrammar
from lumina.worlds.reading.edit_named import COMPARED, SHADED
from lumina.worlds.reading.edit_said import VERBS
from lumina.worlds.reading.edit_wish import WishSaid
from lumina.worlds.reading.signs import Sign
from lumina.worlds.reading.words import IS

_PARTS = (",", "and")
_THERE = ("there", "there's")
_TELLS = IS | {"it's", "its", "that's", "there's", "like", "love", "see"}
_ORDERS = VERBS.union(COMPARED, SHADED)


def with_added(signs: Sequence[Sign], grammar: EditGrammar) -> list[Sign]:
    """With what a "one" adds to the thing before it where that is named: "add a ball, a purple one"."""
    found = list[Sign]()
    at = 0
    while at < len(signs):
        said, end = _one(signs, at, grammar) if found and signs[at] == "," else ([], at)
        noun = _named_before(found, said, grammar) if said else None
        if noun is None:
            found.append(signs[at])
            at += 1
        else:
            found = [*found[:noun], *said[1:], *found[noun:]]
            at = end + 1 if signs[end : end + 1] == [","] and _is_place(signs[end + 1 : end + 2]) else end
    return found


def with_replaced(signs: Sequence[Sign]) -> list[Sign]:
    """With one wish where a thing gives way to another: "remove the cube and put a ball in its place"."""
    parts = (i for i, sign in enumerate(signs) if sign in _PARTS and signs[i + 1 : i + 2] == ["=put"])
    at = next(parts, len(signs))
    if "=remove" not in signs[:at] or "=into" not in signs[at:]:
        return [*signs]
    gone = [Sign("=replace", s.start, s.end) if s == "=remove" else s for s in signs[:at]]
    put, *new = takewhile("=into".__ne__, signs[at + 1 :])
    return [*gone, Sign("with", put.start, put.end), *new]


def _one(signs: Sequence[Sign], at: int, grammar: EditGrammar) -> tuple[list[Sign], int]:
    """The article and the qualities of a clause that says nothing else, and where it ends."""
    start = next((i for i in range(at, len(signs)) if signs[i] != ","), len(signs))
    end = start + 1
    while end < len(signs) and _is_look(signs[end], grammar):
        end += 1
    said = list(signs[start:end])
    is_one = signs[end : end + 1] == ["same!"]
    end += is_one
    is_closed = end >= len(signs) or is_boundary(signs[end])
    return (
        (said, end) if said[:1] in (["a"], ["the"]) and len(said) > 1 and is_closed and is_one else ([], at)
    )


def _named_before(signs: Sequence[Sign], said: Sequence[Sign], grammar: EditGrammar) -> int | None:
    """The last thing before of the same article, of which nothing else of the kind is said."""
    articles = ("the",) if said[0] == "the" else ("a", "another")
    for noun in (at for at in reversed(range(len(signs))) if grammar.is_one(signs[at])):
        start = noun
        while start and _is_look(signs[start - 1], grammar):
            start -= 1
        if start and signs[start - 1] in articles:
            before, scene = {*signs[start:noun]}, grammar.scene
            kinds = ({*scene.grounds, *scene.kinds["color"]}, *scene.kinds.values())
            is_free = all(not (before & {*kind} and ({*said} & {*kind}) - before) for kind in kinds)
            return noun if is_free else None
    return None


def _is_look(sign: str, grammar: EditGrammar) -> bool:
    """Whether a sign says what a thing or the ground looks like."""
    return sign in grammar.scene.qualities or sign in grammar.scene.grounds


def _is_place(signs: Sequence[Sign]) -> bool:
    return bool(signs) and signs[0].startswith("~")


def ordered(signs: Sequence[Sign], words: Sequence[str], grammar: EditGrammar, start: int = 0) -> list[Sign]:
    """What is ordered after it was told how things are; nothing, where no more than that is said."""
    for at in (at for at, sign in enumerate(signs) if sign in _PARTS and at):
        told, rest = signs[:at], [*dropwhile(_PARTS.__contains__, signs[at:])]
        end = next((at for at, sign in enumerate(rest) if sign in _PARTS), len(rest))
        is_ordered = any(_is_order(sign, words) for sign in rest[:end])
        if is_ordered and _is_told(WishSaid(grammar, told, words), slice(start, signs[at].start)):
            return ordered(rest, words, grammar, rest[0].start) or of_told(told, rest, end, grammar)
    return []


def _is_told(said: WishSaid, clause: slice) -> bool:
    """Whether it is said how something is, or that it is there, and nothing is to be done."""
    told, words = said.signs, said.words
    verbs = (sign for sign in told if sign.startswith("=") and not sign.startswith("=way"))
    if any(words[sign.start] not in _THERE for sign in verbs):
        return False
    if not _TELLS.isdisjoint(words[clause]):
        return True
    is_wished = "a" in told and told[0].start > clause.start  # "show me a cube"
    return any(map(said.grammar.is_one, told)) and not is_wished and said.wish is None


def _is_order(sign: Sign, words: Sequence[str]) -> bool:
    return sign in _ORDERS and words[sign.start] not in _THERE


def of_told(told: Sequence[Sign], rest: list[Sign], end: int, grammar: EditGrammar) -> list[Sign]:
    """An order with the thing that is told of in place of "it" and "one", or before it if it names none."""
    nouns = [at for at, sign in enumerate(told) if grammar.is_noun(sign)]
    if not nouns:
        return rest
    noun = told[nouns[0]]
    name = Sign(grammar.one(noun), noun.start, noun.end)
    if "same!" in rest[:end]:
        return [name if sign == "same!" else sign for sign in rest]
    until = next((at for at, sign in enumerate(told) if is_boundary(sign) or sign == NOT), len(told))
    said = [sign for sign in told[:until] if sign in grammar.scene.qualities]
    thing = [Sign("the", noun.start, noun.end), *(said if noun != "ground" else ()), name]
    is_single = noun not in grammar.scene.plurals and (len(nouns) == 1 or until < nouns[1])
    if is_single and (owned := next((sign for sign in rest[:end] if sign.startswith("~its")), None)):
        at, side = rest.index(owned), Sign(owned.replace("~its", "~of"), owned.start, owned.end)
        return [*rest[:at], side, *thing, *rest[at + 1 :]]  # "left of it"
    if "it" in rest[:end]:
        at = rest.index(next(sign for sign in rest if sign == "it"))
        return [*rest[:at], *thing, *rest[at + 1 :]] if is_single else rest
    return (
        [*thing, *rest]
        if is_single and not any(grammar.is_noun(sign) or sign in SAME for sign in rest)
        else rest
    )
