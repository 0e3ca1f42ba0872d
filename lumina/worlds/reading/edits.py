"""Free wording becomes an instruction of a world: "get rid of the pyramid", "mach die Kugel blau", for two.

The words are looked up as those of prompts are (signs.py). Clause by clause they become one wish
(edit_wish.py), which is said as training says it; what comes after it is another one, and named.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lumina.worlds.language import ONE_WISH, Understood, UnknownWord, of_other_programs
from lumina.worlds.reading.clauses import NOT
from lumina.worlds.reading.corrections import WAS_TAKEN_BACK, corrected
from lumina.worlds.reading.edit_conditions import unconditional
from lumina.worlds.reading.edit_grammar import EditGrammar
from lumina.worlds.reading.edit_named import SIDE
from lumina.worlds.reading.edit_said import VERBS
from lumina.worlds.reading.edit_told import ordered, with_added, with_replaced
from lumina.worlds.reading.edit_wish import Left, WishSaid, means_something
from lumina.worlds.reading.edit_words import with_pronouns, with_thing_first
from lumina.worlds.reading.references import named_again
from lumina.worlds.reading.signs import UNKNOWN, Lexicon, Sign, typed
from lumina.worlds.reading.uses import NOT_WANTED

_PARTS = (",", "and")
_ARROW = re.compile(r"->|=>|[→⇒]")
_MOST_PARTS = 16  # within which a wish has to be said


@dataclass(frozen=True, eq=False)
class EditReader:
    """Reads the instructions of a world."""

    lexicon: Lexicon  # see edit_words.instructions
    grammar: EditGrammar
    plain: Callable[[str], str]  # what the model reads
    told_apart: Callable[[Sequence[Sign]], Sequence[Sign]] = list  # see read_scene

    def read(self, text: str) -> Understood | None:
        """The instruction that is meant; None if it is one already, or if it is not clear what is to be
        done."""
        if self._is_sentence(text):
            return None
        words, said, left = _read(self, text)
        if said.wish is None:
            return None
        others = (*self.lexicon.unknown_emoji(text), *of_other_programs(text))
        return Understood(said.wish.text, (*_named(text, words, left), *others))

    def why_not(self, text: str) -> tuple[UnknownWord, ...]:
        """What of an instruction of which nothing is read cannot be done, with why."""
        if self._is_sentence(text):
            return ()
        words, said, left = _read(self, text)
        return () if said.wish is not None else tuple(one for one in _named(text, words, left) if one.note)

    def _is_sentence(self, text: str) -> bool:
        return self.grammar.sentences.parse(self.plain(text)) is not None

    def heard(self, words: Sequence[str]) -> list[Sign]:
        """What is said, in signs, with places that the world has no words for as such."""
        relations = self.grammar.scene.opposite
        said = self.told_apart(self.lexicon.signs(words))
        return [
            sign
            if not sign.startswith(("~", "=way:")) or _relation(sign) in ("", *relations)
            else Sign("~no", sign.start, sign.end)
            for sign in said
        ]


def _relation(sign: str) -> str:
    return sign.partition(":")[2].replace("_", " ")


@lru_cache(maxsize=32)  # it is asked for what is read, and then for what is not
def _read(reader: EditReader, text: str) -> tuple[list[str], WishSaid, list[Left]]:
    """The words of a text, the wish that begins it, and what is not in that."""
    lexicon, grammar = reader.lexicon, reader.grammar
    words = lexicon.words(with_pronouns(with_thing_first(_ARROW.sub(" into ", text)), lexicon))
    said = named_again(reader.heard(words), grammar.scene, ("the", SIDE), is_scene=False)
    meant, taken = corrected(said, grammar.scene)
    in_order = _as_in_the_west(meant, grammar)
    heard = with_replaced(with_added(list(_told_apart(in_order, grammar)), grammar))
    unknown: list[Left] = [([sign], "") for sign in heard if sign == UNKNOWN]

    def first_wish(signs: Sequence[Sign]) -> tuple[WishSaid, int]:
        return _first_wish(signs, words, grammar)

    signs, unmet = unconditional(heard, grammar, lambda order: first_wish(order)[0].wish is not None)
    told = ordered(signs, words, grammar)
    signs = told if told and first_wish(told)[0].wish else signs
    wish, end = first_wish(signs)
    unknown += [([sign], WAS_TAKEN_BACK) for sign in taken if wish.wish]
    return words, wish, [*wish.left, *(_further(signs[end:]) if wish.wish else ()), *unmet, *unknown]


def _first_wish(signs: Sequence[Sign], words: Sequence[str], grammar: EditGrammar) -> tuple[WishSaid, int]:
    """The wish that begins what is said, and where it ends."""
    said, end = WishSaid(grammar, (), words), 0
    ends = [at for at, sign in enumerate(signs) if sign in _PARTS and at] + [len(signs)]
    for at in ends[:_MOST_PARTS]:
        more = WishSaid(grammar, signs[:at], words)
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


def _as_in_the_west(signs: Sequence[Sign], grammar: EditGrammar) -> list[Sign]:
    """With what stands behind two things where it is read: 立方体を球に変えて, 把球移到立方体左边.

    Behind one thing it is a way: 把球移到左边.
    """
    signs = _with_place_last(signs, grammar)
    nouns = [at for at, sign in enumerate(signs) if grammar.is_one(sign)]
    is_moved = not {"=move", "=put"}.isdisjoint(signs)
    if len(nouns) == 1 and is_moved:
        return [Sign(sign.replace("~bare", "=way"), sign.start, sign.end) for sign in signs]
    if len(nouns) != 2 or nouns[1] != len(signs) - 2:
        return [*signs]
    after_first, last = nouns[0] + 1, signs[-1]
    if last == "=into" and VERBS.isdisjoint(signs):
        return [*signs[:after_first], last, *signs[after_first:-1]]
    if last.startswith("~bare:") and not {"=move", "=put"}.isdisjoint(signs[after_first:]):
        return [*signs[:-1], Sign(last.replace("~bare", "~east"), last.start, last.end)]
    return [*signs]


def _with_place_last(signs: Sequence[Sign], grammar: EditGrammar) -> list[Sign]:
    """With a place after what comes to lie there: 家の上に虹を追加して, 在房子上面加一道彩虹."""
    nouns = [at for at, sign in enumerate(signs) if grammar.is_one(sign)]
    start = 1 if signs[:1] == ["on"] else 0
    is_first = bool(nouns) and all(sign in grammar.scene.qualities for sign in signs[start : nouns[0]])
    place = signs[nouns[0] + 1] if is_first and len(nouns) > 1 and nouns[1] > nouns[0] + 1 else Sign("")
    if not (place.startswith("~east:") or (start and place.startswith("~bare:"))):
        return [*signs]
    after, end = nouns[0] + 2, nouns[1] + 1
    there = Sign(f"~of:{place.partition(':')[2]}", place.start, place.end)
    return [*signs[after:end], there, *signs[start : nouns[0] + 1], *signs[end:]]


def _told_apart(signs: Sequence[Sign], grammar: EditGrammar) -> Iterator[Sign]:
    """With a side that tells a thing, "the left cube", as a quality."""
    qualities = grammar.scene.qualities
    for at, sign in enumerate(signs):
        before, after = signs[at - 1] if at else "", signs[at + 1] if at + 1 < len(signs) else ""
        is_quality = sign.startswith(("~at:", "~next:", "=way:")) and (before == "the" or before in qualities)
        is_side = is_quality and (grammar.is_one(after) or after in qualities or after == "same!")
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
