"""Free wording becomes a sentence of tabletop: "there's a crimson ball to the left of 2 boxes", for one.

No language model: words are looked up, in several languages and with slips, and become signs
(reader_signs.py); the signs are cut into clauses, and what the clauses say is put together (reader_scene.py).
"""

from collections.abc import Iterator, Sequence

from lumina.worlds.language import Understood, UnknownWord, of_other_programs
from lumina.worlds.tabletop.captions import PLURALS, parse, text_of
from lumina.worlds.tabletop.reader_scene import BOUNDARIES, HARMLESS, NOT, Clause, SceneSaid, led
from lumina.worlds.tabletop.reader_signs import DESCRIPTIONS, MOST, PROMPTS, QUALITIES, UNKNOWN, Sign, typed
from lumina.worlds.tabletop.scenes import COLORS, PATTERNS, SHAPES
from lumina.worlds.tabletop.words import normalize, unknown_words

TOLD_BY = "a subject is told by its pattern, colour and shape"


def read(text: str) -> Understood | None:
    """The sentence that is meant by a prompt; None if it is one already, or if it names no solid.

    Every word is in the sentence, or harmless (FLUFF), or named: with a note where it is known.
    """
    words = PROMPTS.words(text)
    signs = _of_the_picture(PROMPTS.signs(words))
    said = SceneSaid()
    for clause in led(list(_clauses(signs))):
        said.take(clause)
    claim = said.claim(MOST)
    if claim is None:
        return None
    left = _named(text, words, signs, said)
    plainly = normalize(text)
    caption = parse(plainly)
    if caption is not None and text_of(caption) == plainly and not left and not unknown_words(text):
        return None
    return Understood(text_of(claim), (*left, *of_other_programs(text)))


def read_description(text: str) -> Understood | None:
    """What a subject is, in the words that a subject is told by; None if it says that, or names no solid."""
    words = DESCRIPTIONS.words(text)
    signs = [Sign(PLURALS.get(sign, str(sign)), sign.start, sign.end) for sign in DESCRIPTIONS.signs(words)]
    said = [next((sign for sign in signs if sign in kind), None) for kind in (PATTERNS, COLORS, SHAPES)]
    if said[-1] is None:
        return None
    left = {
        typed(text, words[sign.start : sign.end]): "" if sign == UNKNOWN else TOLD_BY
        for sign in signs
        if (sign not in said and sign not in HARMLESS | {UNKNOWN}) or sign == UNKNOWN
    }
    sentence = " ".join(filter(None, said))
    if sentence == normalize(text, "description") and not left:
        return None
    return Understood(sentence, tuple(UnknownWord(word, note=note) for word, note in left.items()))


def _named(
    text: str, words: Sequence[str], signs: Sequence[Sign], said: SceneSaid
) -> tuple[UnknownWord, ...]:
    """What is not in the sentence, once each and in order."""
    left = [*said.left(signs), *((sign, "") for sign in signs if sign == UNKNOWN)]
    refused = [range(sign.start, sign.end) for sign, _ in left if sign == NOT]
    notes = {
        typed(text, words[sign.start : sign.end]): note
        for sign, note in sorted(left, key=lambda each: each[0].start)
        if note or not any(sign.start in part for part in refused)
    }
    return tuple(UnknownWord(word, note=note) for word, note in notes.items())


def _of_the_picture(signs: Sequence[Sign]) -> list[Sign]:
    """With what is said of no solid as a side of the picture: "in front a cube, behind a ball"."""
    found = list[Sign]()
    for at, sign in enumerate(signs):
        if sign.startswith("~bare"):
            sign = Sign(f"~{_kind_of_bare(signs, at)}:{sign.partition(':')[2]}", sign.start, sign.end)
        is_behind = sign == "~of:behind" and "~at:in_front_of" in signs
        is_bare = is_behind or sign.startswith(("~east", "~at"))
        start = found.pop().start if is_bare and found[-1:] == ["on"] else sign.start
        if (is_behind or sign.startswith("~east")) and (
            start < sign.start or found[-1:] in ([], [","], ["and"])
        ):
            sign = Sign(f"~at:{sign.partition(':')[2]}", start, sign.end)
        found.append(sign)
        if sign.startswith("~at") and signs[at - 1] == "the" and _is_elliptic(signs[at + 1 :]):
            found.append(Sign("same!", sign.start, sign.end))  # "the left one is red, the right blue"
    return found


def _kind_of_bare(signs: Sequence[Sign], at: int) -> str:
    """A side of the picture after one solid only, as in "A 左, B 右"; else of what came last."""
    start = max((i + 1 for i in range(at) if signs[i] == ","), default=0)
    before, is_last = signs[start:at], [*signs[at + 1 : at + 2]] in ([], [","])
    nouns = sum(sign in SHAPES or sign in PLURALS for sign in before)
    return "at" if is_last and nouns == 1 and "on" not in before[:-1] else "east"


def _is_elliptic(signs: Sequence[Sign]) -> bool:
    """Whether something is said, up to the next boundary, of what is not named."""
    end = next((i for i, sign in enumerate(signs) if sign in BOUNDARIES), len(signs))
    said = signs[:end]
    is_named = any(sign in SHAPES or sign in PLURALS or sign == "same!" for sign in said)
    return not is_named and not QUALITIES.isdisjoint(said)


def _clauses(signs: Sequence[Sign]) -> Iterator[Clause]:
    clause, before, last = Clause(Sign(""), is_apart=True), ",", ""
    for sign in signs:
        if sign in BOUNDARIES:
            if clause.signs or clause.is_place:
                yield clause
            is_new = "and" in (before, last) or before == last == ","
            clause = Clause(sign, is_apart=before in (",", "and"), is_new=is_new)
        else:
            clause.signs.append(sign)
        before, last = sign, before
    yield clause
