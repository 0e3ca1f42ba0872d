"""Free wording becomes an instruction of tabletop: "get rid of the pyramid", "mach die Kugel blau", for two.

The words are looked up as those of prompts are (reading/signs.py). Clause by clause they become one wish
(reader_wish.py), which is said as training says it; what comes after it is another one, and named.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from lumina.worlds.language import ONE_WISH, Understood, UnknownWord, of_other_programs
from lumina.worlds.reading.clauses import NOT
from lumina.worlds.reading.corrections import WAS_TAKEN_BACK, corrected
from lumina.worlds.reading.references import named_again
from lumina.worlds.reading.signs import UNKNOWN, Sign, typed
from lumina.worlds.reading.uses import NOT_WANTED
from lumina.worlds.tabletop.reader_edit_conditions import unconditional
from lumina.worlds.tabletop.reader_edit_said import VERBS
from lumina.worlds.tabletop.reader_edit_told import ordered, with_added, with_replaced
from lumina.worlds.tabletop.reader_edit_words import INSTRUCTIONS, with_pronouns, with_solid_first
from lumina.worlds.tabletop.reader_grammar import GRAMMAR
from lumina.worlds.tabletop.reader_lexicon import QUALITIES
from lumina.worlds.tabletop.reader_named import SIDE
from lumina.worlds.tabletop.reader_wish import Left, WishSaid, means_something
from lumina.worlds.tabletop.scenes import SHAPES
from lumina.worlds.tabletop.wishes import parse_wish
from lumina.worlds.tabletop.words import normalize

_PARTS = (",", "and")
_ARROW = re.compile(r"->|=>|[→⇒]")
_MOST_PARTS = 16  # within which a wish has to be said


def read_instruction(text: str) -> Understood | None:
    """The instruction that is meant; None if it is one already, or if it is not clear what is to be done."""
    if parse_wish(normalize(text, "instruction")) is not None:
        return None
    words, said, left = _read(text)
    if said.wish is None:
        return None
    others = (*INSTRUCTIONS.unknown_emoji(text), *of_other_programs(text))
    return Understood(said.wish.text, (*_named(text, words, left), *others))


def why_not(text: str) -> tuple[UnknownWord, ...]:
    """What of an instruction of which nothing is read cannot be done, with why."""
    if parse_wish(normalize(text, "instruction")) is not None:
        return ()
    words, said, left = _read(text)
    return () if said.wish is not None else tuple(one for one in _named(text, words, left) if one.note)


@lru_cache(maxsize=32)  # it is asked for what is read, and then for what is not
def _read(text: str) -> tuple[list[str], WishSaid, list[Left]]:
    """The words of a text, the wish that begins it, and what is not in that."""
    words = INSTRUCTIONS.words(with_pronouns(with_solid_first(_ARROW.sub(" into ", text))))
    said = named_again(INSTRUCTIONS.signs(words), GRAMMAR, ("the", SIDE), is_scene=False)
    meant, taken = corrected(said, GRAMMAR)
    heard = with_replaced(with_added(list(_told_apart(_as_in_the_west(meant)))))
    unknown: list[Left] = [([sign], "") for sign in heard if sign == UNKNOWN]
    signs, unmet = unconditional(heard, lambda order: _first_wish(order, words)[0].wish is not None)
    told = ordered(signs, words)
    signs = told if told and _first_wish(told, words)[0].wish else signs
    wish, end = _first_wish(signs, words)
    unknown += [([sign], WAS_TAKEN_BACK) for sign in taken if wish.wish]
    return words, wish, [*wish.left, *(_further(signs[end:]) if wish.wish else ()), *unmet, *unknown]


def _first_wish(signs: Sequence[Sign], words: Sequence[str]) -> tuple[WishSaid, int]:
    """The wish that begins what is said, and where it ends."""
    said, end = WishSaid((), words), 0
    ends = [at for at, sign in enumerate(signs) if sign in _PARTS and at] + [len(signs)]
    for at in ends[:_MOST_PARTS]:
        more = WishSaid(signs[:at], words)
        if said.wish is None:
            said, end = (more, at) if more.wish or not said.left or more.left else (said, end)
        elif more.goes_on(said):
            said, end = more, at
        else:
            break
    return said, end


def _further(signs: Sequence[Sign]) -> Iterator[Left]:
    """What comes after the wish, if it says anything."""
    if means_something(signs):
        first = next(sign for sign in signs if sign not in _PARTS)
        yield signs, NOT_WANTED if first == NOT else ONE_WISH


def _as_in_the_west(signs: Sequence[Sign]) -> list[Sign]:
    """With what stands behind two solids where it is read: 立方体を球に変えて, 把球移到立方体左边."""
    nouns = [at for at, sign in enumerate(signs) if sign in SHAPES]
    if len(nouns) != 2 or nouns[1] != len(signs) - 2:
        return [*signs]
    after_first, last = nouns[0] + 1, signs[-1]
    if last == "=into" and VERBS.isdisjoint(signs):
        return [*signs[:after_first], last, *signs[after_first:-1]]
    if last.startswith("~bare:") and not {"=move", "=put"}.isdisjoint(signs[after_first:]):
        return [*signs[:-1], Sign(last.replace("~bare", "~east"), last.start, last.end)]
    return [*signs]


def _told_apart(signs: Sequence[Sign]) -> Iterator[Sign]:
    """With a side that tells a solid, "the left cube", as a quality."""
    for at, sign in enumerate(signs):
        before, after = signs[at - 1] if at else "", signs[at + 1] if at + 1 < len(signs) else ""
        is_quality = sign.startswith(("~at:", "~next:", "=way:")) and before in ("the", *QUALITIES)
        is_side = is_quality and (after in SHAPES or after in QUALITIES or after == "same!")
        yield Sign(SIDE, sign.start, sign.end) if is_side else sign


def _named(text: str, words: Sequence[str], left: Iterable[Left]) -> tuple[UnknownWord, ...]:
    """What is not in the wish, once each and in order."""
    spans = sorted((min(s.start for s in signs), max(s.end for s in signs), why) for signs, why in left)
    found: dict[str, str] = {}
    told = 0
    for start, end, why in spans:
        if why or start >= told:  # an unknown word within a part that is named is named with it
            found.setdefault(typed(text, words[start:end]), why)
            told = max(told, end)
    return tuple(UnknownWord(word, note=note) for word, note in found.items())
