"""Free wording of a prompt as a scene that a world can show, and what of it is not in that.

Words become signs (signs.py); signs are cut into clauses (clauses.py), and what these say is put together
(scene.py).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lumina.worlds.language import UnknownWord, of_other_programs
from lumina.worlds.reading.clauses import NOT, SAME, Clause, is_boundary, led
from lumina.worlds.reading.corrections import TAKEN_BACK, WAS_TAKEN_BACK, corrected
from lumina.worlds.reading.grammar import Grammar, SceneMeant
from lumina.worlds.reading.references import named_again
from lumina.worlds.reading.scene import SceneSaid
from lumina.worlds.reading.signs import UNKNOWN, Lexicon, Sign, typed
from lumina.worlds.reading.uses import NUMBERS
from lumina.worlds.reading.words import IS

MOST = 4  # things in a scene


def read_scene(
    text: str,
    lexicon: Lexicon,
    grammar: Grammar,
    told_apart: Callable[[Sequence[Sign]], Sequence[Sign]] = list,
) -> tuple[SceneMeant, tuple[UnknownWord, ...]] | None:
    """The scene that is meant; None if the text names no thing, or too many.

    Every word is in the scene, or harmless (fluff), or named: with a note where it is known. ``told_apart``
    gives signs of words with two meanings the one that they have beside the others.
    """
    heard = _heard(text, lexicon, grammar, told_apart)
    meant = None if heard.said.is_too_much else heard.said.meant()
    if meant is None:
        return None
    return meant, (
        *_named(text, heard),
        *lexicon.unknown_emoji(text),
        *of_other_programs(text),
    )


def too_many(
    text: str,
    lexicon: Lexicon,
    grammar: Grammar,
    told_apart: Callable[[Sequence[Sign]], Sequence[Sign]] = list,
) -> tuple[UnknownWord, ...]:
    """What of a text is more than a scene has, as one part with a note; none where all of it has room."""
    heard = _heard(text, lexicon, grammar, told_apart)
    if not heard.said.is_too_much and (heard.said.meant() or heard.said.count <= MOST):
        return ()
    parts = list(_counted(heard.signs, grammar))
    counts = accumulate(count for count, _ in parts)
    first = next((part for (_, part), count in zip(parts, counts, strict=True) if count > MOST), parts[-1][1])
    words = heard.words[first.start : parts[-1][1].end]
    return (UnknownWord(typed(text, words), note=grammar.reasons.too_many),)


def _counted(signs: Sequence[Sign], grammar: Grammar) -> Iterator[tuple[int, Sign]]:
    """How many each noun names, and the noun with its number."""
    number: Sign | None = None
    for sign in signs:
        if sign in grammar.noun_of:
            several = 2 if sign in grammar.plurals else 1
            start = sign.start if number is None else number.start
            yield NUMBERS[number] if number else several, Sign(sign, start, sign.end)
        if sign in NUMBERS:
            number = sign
        elif sign not in grammar.qualities:
            number = None


@dataclass(frozen=True)
class _Heard:
    """The words of a text, their signs, those that are taken back, and what is said by the others."""

    words: list[str]
    signs: list[Sign]
    taken: list[Sign]
    said: SceneSaid


def _heard(
    text: str,
    lexicon: Lexicon,
    grammar: Grammar,
    told_apart: Callable[[Sequence[Sign]], Sequence[Sign]],
) -> _Heard:
    """A text, up to where it is too much."""
    words = lexicon.words(text)
    told = named_again(told_apart(lexicon.signs(words)), grammar)
    meant_signs, taken = corrected(_listed(_said_together(told, grammar), grammar), grammar)
    signs = _of_the_picture(meant_signs, grammar)
    said = SceneSaid(grammar, MOST, _told(signs, words, grammar))
    for clause in led(list(_clauses(signs, grammar))):
        if not said.is_too_much:
            said.take(clause)
    return _Heard(words, signs, taken, said)


def _named(text: str, heard: _Heard) -> tuple[UnknownWord, ...]:
    """What is not in the sentence, once each and in order."""
    signs = [*heard.signs, *heard.taken]
    left = [
        *((sign, WAS_TAKEN_BACK) for sign in signs if sign == TAKEN_BACK),
        *heard.said.left([sign for sign in signs if sign != TAKEN_BACK]),
        *((sign, "") for sign in signs if sign == UNKNOWN),
    ]
    refused = [range(sign.start, sign.end) for sign, _ in left if sign == NOT]
    notes = {
        typed(text, heard.words[sign.start : sign.end]): note
        for sign, note in sorted(left, key=lambda each: each[0].start)
        if note or not any(sign.start in part for part in refused)
    }
    return tuple(UnknownWord(word, note=note) for word, note in notes.items())


def _said_together(signs: Sequence[Sign], grammar: Grammar) -> list[Sign]:
    """Without the "and" between two qualities of one of several: "two cones: one small and green, …"."""
    found = list[Sign]()
    for at, sign in enumerate(signs):
        before, after = signs[at - 1] if at else Sign(""), signs[at + 1] if at + 1 < len(signs) else Sign("")
        are_two = {before, after} <= grammar.qualities and grammar.kind_of(before) != grammar.kind_of(after)
        is_end = at + 2 >= len(signs) or is_boundary(signs[at + 2])
        is_one = at > 1 and signs[at - 2] in ("a", "another")
        if not (sign == "and" and are_two and is_end and is_one and _are_several(signs[:at], grammar)):
            found.append(sign)
    return found


def _are_several(signs: Sequence[Sign], grammar: Grammar) -> bool:
    """Whether several of a kind are named."""
    return any(sign in grammar.plurals or NUMBERS.get(sign, 1) > 1 for sign in signs)


def _listed(signs: Sequence[Sign], grammar: Grammar) -> list[Sign]:
    """With qualities where they belong: of "red and blue balls" together, of "cube red ball blue" before."""
    found = list[Sign]()
    part = list[Sign]()
    for sign in [*signs, Sign("")]:
        if sign in grammar.qualities or sign in grammar.noun_of or (part and sign in (",", "and")):
            part.append(sign)
        else:
            found += [*_in_order(part, grammar), sign]
            part = []
    return found[:-1]


def _in_order(part: list[Sign], grammar: Grammar) -> list[Sign]:
    """Nouns and qualities without an article among them."""
    nouns = [at for at, sign in enumerate(part) if sign in grammar.noun_of]
    is_bare = not any(sign in (",", "and") for sign in part)
    if is_bare and len(nouns) > 1 and nouns[0] == 0 and part[-1] in grammar.qualities:
        ends = [*nouns[1:], len(part)]
        spans = zip(nouns, ends, strict=True)
        return [sign for at, end in spans for sign in (*part[at + 1 : end], part[at])]
    return _together(part, grammar)


def _together(part: list[Sign], grammar: Grammar) -> list[Sign]:
    """With the colours of several in a row: "red, green and blue balls" without what parts them."""
    colors = grammar.kinds["color"]
    for noun in (at for at, sign in enumerate(part) if sign in grammar.plurals):
        start = noun
        while start and (part[start - 1] in colors or part[start - 1] in (",", "and")):
            start -= 1
        while start < noun and part[start] not in colors:
            start += 1
        if parted := _parted(part[:noun], grammar):
            return [*parted, *_together(part[noun:], grammar)]
        is_apart = start == 0 or part[start - 1] in (",", "and")
        if is_apart and noun - start > 2 and part[noun - 2] == "and":
            said = [sign for sign in part[start:noun] if sign in colors]
            return [*part[:start], *said, *_together(part[noun:], grammar)]
    return part


def _parted(before: Sequence[Sign], grammar: Grammar) -> list[Sign]:
    """What stands before a plural, one of each: "small red and big blue cubes"; else nothing."""
    groups: list[list[Sign]] = [[]]
    for sign in before:
        groups = [*groups, []] if sign in (",", "and") else [*groups[:-1], [*groups[-1], sign]]
    is_each = len(groups) > 1 and all(len(group) > 1 for group in groups)
    if not is_each or not all(grammar.qualities.issuperset(group) for group in groups):
        return []
    return [each for group in groups for each in (Sign("a", group[0].start, group[0].start), *group)]


def _of_the_picture(signs: Sequence[Sign], grammar: Grammar) -> list[Sign]:
    """With what is said of no thing as a side of the picture: "in front a cube, behind a ball"."""
    found = list[Sign]()
    for at, sign in enumerate(signs):
        if sign.startswith("~bare"):
            sign = Sign(
                f"~{_kind_of_bare(signs, at, grammar)}:{sign.partition(':')[2]}", sign.start, sign.end
            )
        is_behind = sign == "~of:behind" and "~at:in_front_of" in signs
        is_bare = is_behind or sign.startswith(("~east", "~at"))
        start = found.pop().start if is_bare and found[-1:] == ["on"] else sign.start
        if (is_behind or sign.startswith("~east")) and (
            start < sign.start or found[-1:] in ([], [","], ["and"])
        ):
            sign = Sign(f"~at:{sign.partition(':')[2]}", start, sign.end)
        found.append(sign)
        if _is_told_by(signs, at, grammar):
            found.append(Sign("same!", sign.start, sign.end))  # "the red left of the blue"
        if sign.startswith("~at") and signs[at - 1] == "the" and _is_elliptic(signs[at + 1 :], grammar):
            found.append(Sign("same!", sign.start, sign.end))  # "the left one is red, the right blue"
    return found


def _is_told_by(signs: Sequence[Sign], at: int, grammar: Grammar) -> bool:
    """Whether a quality ends what stands for a noun: after "the", beside a place or what is told of it."""
    start = at
    while start >= 0 and signs[start] in grammar.qualities:
        start -= 1
    if start == at or start < 0 or signs[start] != "the":
        return False
    before, after = signs[start - 1] if start else "", signs[at + 1] if at + 1 < len(signs) else ""
    if after in grammar.qualities:  # "der große rot"
        return at == start + 1 and before in ("", ",") and [*signs[at + 2 : at + 3]] in ([], [","])
    return after.startswith(("~of", "~at")) or (before.startswith("~of") and after in ("", ","))


def _kind_of_bare(signs: Sequence[Sign], at: int, grammar: Grammar) -> str:
    """A side of the picture after one thing only, as in "A 左, B 右"; else of what came last."""
    start = max((i + 1 for i in range(at) if signs[i] == ","), default=0)
    before, is_last = signs[start:at], [*signs[at + 1 : at + 2]] in ([], [","])
    nouns = sum(sign in grammar.noun_of or sign in SAME for sign in before)
    return "at" if is_last and nouns == 1 and "on" not in before[:-1] else "east"


def _is_elliptic(signs: Sequence[Sign], grammar: Grammar) -> bool:
    """Whether something is said, up to the next boundary, of what is not named."""
    end = next((i for i, sign in enumerate(signs) if is_boundary(sign)), len(signs))
    said = signs[:end]
    is_named = any(sign in grammar.noun_of or sign == "same!" for sign in said)
    return not is_named and not grammar.qualities.isdisjoint(said)


def _clauses(signs: Sequence[Sign], grammar: Grammar) -> Iterator[Clause]:
    relates = _relates(signs)
    clause, before, last = Clause(Sign(""), grammar, is_apart=True, relates=relates), ",", ""
    for at, sign in enumerate(signs):
        if is_boundary(sign):
            if clause.signs or clause.is_place:
                yield clause
            is_new = "and" in (before, last) or before == last == ","
            relates = _relates(signs[at + 1 :]) if sign == "," else relates
            is_apart = before in (",", "and")
            clause = Clause(sign, grammar, is_apart=is_apart, is_new=is_new, relates=relates)
        else:
            clause.signs.append(sign)
        before, last = sign, before
    yield clause


def _relates(signs: Sequence[Sign]) -> bool:
    """Whether something is said, up to the next comma, of where a thing is."""
    said = signs[: next((i for i, sign in enumerate(signs) if sign == ","), None)]
    return any(sign == "on" or sign.startswith(("~of", "~east", "~at", "~no")) for sign in said)


def _told(signs: Sequence[Sign], words: Sequence[str], grammar: Grammar) -> frozenset[int]:
    """The nouns of which something is told, by identity: "ball is red"."""
    nouns = (sign for sign in signs if sign in grammar.noun_of)
    return frozenset(id(sign) for sign in nouns if not IS.isdisjoint(words[sign.end : sign.end + 1]))
