"""Free wording becomes a sentence of tabletop: "there's a crimson ball to the left of 2 boxes", for one.

No language model: words are looked up, in several languages and with slips, and become signs
(reader_words.py); the signs are cut into clauses, and what the clauses say is put together (reader_scene.py).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from lumina.worlds.language import (
    Understood,
    UnknownWord,
    distance,
    latin,
    of_other_programs,
    plain,
    typed_wrong,
    without_markup,
)
from lumina.worlds.tabletop.captions import parse, text_of
from lumina.worlds.tabletop.reader_scene import BOUNDARIES, NOT, QUALITIES, UNKNOWN, Clause, SceneSaid, Sign
from lumina.worlds.tabletop.reader_words import (
    FLUFF,
    LOOKUP,
    NEVER_SLIPS,
    NOUNS,
    PHRASES,
    PLACES,
    SCRIPTS,
    SHADE,
    SIGNS,
    SLIPS_OF,
)
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, SHAPES
from lumina.worlds.tabletop.words import normalize

MOST = 4  # solids
_STOPS = re.compile(r"[.;!?…:|/()\[\]{}\n\r+&、。，；：！？「」•*]+(?!\d)|\s[-–—]+\s|->|=>")
_TIMES = re.compile(r"(?<![\w.])([1-4])\s?[x×](?=\s)|(?<=\s)[x×]\s?([1-4])(?![\w.])")
_LABEL = re.compile(r"\b(left|right)(?: side)?\s*[:=]", re.IGNORECASE)
_NUMBERED = re.compile(r"(?<!\w)\d{1,2}\)\s")
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W\d_]{5,}")
_SHADES = frozenset(["dark", "light"])  # before a colour
_SAME = {"one": "same", "ones": "sames"}  # after a quality: "and a pink one"


def read(text: str) -> Understood | None:
    """The sentence that is meant by a prompt; None if it is one already, or if it names no solid.

    Every word is in the sentence, or harmless (FLUFF), or named: with a note where it is known.
    """
    words = _words(text)
    signs = _signs(words)
    said = SceneSaid()
    for clause in _clauses(signs):
        said.take(clause)
    claim = said.claim(MOST)
    if claim is None:
        return None
    left = _named(text, words, signs, said)
    plainly = normalize(text)
    caption = parse(plainly)
    if caption is not None and text_of(caption) == plainly and not left:
        return None
    return Understood(text_of(claim), (*left, *of_other_programs(text)))


def _named(
    text: str, words: Sequence[str], signs: Sequence[Sign], said: SceneSaid
) -> tuple[UnknownWord, ...]:
    """What is not in the sentence, once each and in order."""
    left = [*said.left(signs), *((sign, "") for sign in signs if sign == UNKNOWN)]
    refused = [range(sign.start, sign.end) for sign, _ in left if sign == NOT]
    notes = {
        _typed(text, words[sign.start : sign.end]): note
        for sign, note in sorted(left, key=lambda each: each[0].start)
        if note or not any(sign.start in part for part in refused)
    }
    return tuple(UnknownWord(typed, note=note) for typed, note in notes.items())


def _words(text: str) -> list[str]:
    """The words of a text in their plain form, and its commas; a stop is one."""
    text = _LABEL.sub(r" \1ward ", text)
    text = _NUMBERED.sub(", ", text)
    text = _TIMES.sub(lambda times: f" {times[1] or times[2]} ", text)
    text = _STOPS.sub(", ", _EAST.sub(_parted_script, without_markup(text)))
    return plain(text, LOOKUP.__contains__).replace(",", " , ").split()


def _typed(text: str, words: Sequence[str]) -> str:
    """Words in their plain form as they were typed."""
    said = r"[\W_]*".join(re.escape(_folded(word)) for word in words if word != ",")
    found = re.search(rf"(?<!\w){said}(?!\w)", _folded(text)) or re.search(said, _folded(text))
    return text[slice(*found.span())] if found else " ".join(words).removesuffix("ward")


def _folded(text: str) -> str:
    """As many letters, without case and accents."""
    return "".join(latin(sign)[:1] or sign for sign in text)


def _signs(words: Sequence[str]) -> list[Sign]:
    """What is said, in signs (reader_words.py), each of which knows the words that it is read from."""
    traced = _Traced(" ".join(words), [i for i, word in enumerate(words) for _ in f"{word} "])
    traced.replace(_WORD, _place_meant)
    for phrase, sign in PHRASES:
        traced.replace(phrase, _expanded(sign))
    found: list[Sign] = []
    parts = traced.words()
    for i, (word, start, end) in enumerate(parts):
        after = parts[i + 1][0] if i + 1 < len(parts) else ""
        signs = _looked_up(word)
        if word in _SAME and found and found[-1] in QUALITIES:
            signs = (_SAME[word],)
        elif word in _SHADES and LOOKUP.get(after) in COLORS:  # and no night
            signs = (SHADE,)
        elif word == "other" and LOOKUP.get(after) in SHAPES:  # "the other cube" is one more
            signs = ("another",)
        elif word == "other" and LOOKUP.get(after) in QUALITIES and found[-1:] == ["the"]:
            found[-1] = Sign("a", start, end)  # "one red, the other blue"
        found += [Sign(sign, start, end) for sign in signs]
    return found


def _expanded(sign: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f" {found.expand(sign)} "


class _Traced:
    """A text of words in which parts are replaced, and of which word each of its signs was."""

    def __init__(self, text: str, at: list[int]) -> None:
        self._text, self._spans = text, [(i, i + 1) for i in at[: len(text)]]

    def replace(self, pattern: re.Pattern[str], told: Callable[[re.Match[str]], str]) -> None:
        """Put what is told of each part that is found in its place."""
        text, spans, end = "", list[tuple[int, int]](), 0
        for found in pattern.finditer(self._text):
            new = told(found)
            text += self._text[end : found.start()] + new
            spans += [*self._spans[end : found.start()], *[self._span(*found.span())] * len(new)]
            end = found.end()
        self._text, self._spans = text + self._text[end:], spans + self._spans[end:]

    def words(self) -> list[tuple[str, int, int]]:
        """Each word, and from which to which of the first ones it was read."""
        return [(found[0], *self._span(*found.span())) for found in re.finditer(r"\S+", self._text)]

    def _span(self, start: int, end: int) -> tuple[int, int]:
        spans = self._spans[start : len(self._text[:end].rstrip())]
        return min(first for first, _ in spans), max(last for _, last in spans)


def _place_meant(word: re.Match[str]) -> str:
    """A slip of a word that says where."""
    known = word[0] in LOOKUP or word[0] in FLUFF
    return word[0] if known else next((each for each in PLACES if typed_wrong(word[0], each)), word[0])


def _parted_script(run: re.Match[str]) -> str:
    """A run of Chinese or Japanese signs in words, the longest that are known first."""
    text, found = run[0], list[str]()
    while text:
        word = next((each for each in SCRIPTS if text.startswith(each)), text[0])
        found.append(f" {word} ")
        text = text[len(word) :]
    return "".join(found)


@lru_cache(maxsize=4096)
def _looked_up(word: str) -> tuple[str, ...]:
    """The signs of a word; none where it counts for nothing."""
    if word in SIGNS and word != "many":
        return (word,)
    if word.isdecimal():
        return (("a", "two", "three", "four")[int(word) - 1] if 0 < int(word) <= MOST else "many",)
    if word in SCRIPTS:
        return tuple(SCRIPTS[word].split())
    if word in FLUFF and word not in LOOKUP:
        return ()
    meant = _meant(word) or _parted(word)
    return tuple(meant.split()) if meant else (UNKNOWN,)


def _parted(word: str) -> str:
    """The signs of two words that were written as one."""
    for at in range(3, len(word) - 2):
        one, other = _meant(word[:at]), _meant(word[at:])
        exact = LOOKUP.get(word[:at]), LOOKUP.get(word[at:])
        is_joint = exact[1] in NOUNS or exact[0] in (*COLORS, *GROUNDS) or QUALITIES.issuperset(exact)
        if one and other and is_joint:
            return f"{one} {other}"
    return ""


def _meant(word: str) -> str | None:
    """The sign of a word, or of the one it is a slip of: the nearest, where no other is as near."""
    if word in LOOKUP or word in NEVER_SLIPS or word in FLUFF:
        return LOOKUP.get(word)
    near = [(distance(word, known), known) for known in SLIPS_OF if typed_wrong(word, known)]
    nearest = {LOOKUP[known] for far, known in near if far == min(near)[0]}
    return nearest.pop() if len(nearest) == 1 else None


def _clauses(signs: Sequence[Sign]) -> Iterator[Clause]:
    clause, before = Clause(Sign(""), is_apart=True), ","
    for sign in signs:
        if sign in BOUNDARIES:
            if clause.signs or clause.is_place:
                yield clause
            clause = Clause(sign, is_apart=before in (",", "and"))
        else:
            clause.signs.append(sign)
        before = sign
    yield clause
