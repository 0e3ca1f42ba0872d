"""Free wording becomes a sentence of tabletop: "there's a crimson ball to the left of 2 boxes", for one.

No language model: words are looked up, in several languages and with slips, and become signs
(reader_words.py); the signs are cut into clauses, and what the clauses say is put together (reader_scene.py).
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from lumina.worlds.language import (
    Understood,
    UnknownWord,
    distance,
    of_other_programs,
    plain,
    tokens,
    typed_wrong,
    without_markup,
)
from lumina.worlds.tabletop.captions import parse, text_of
from lumina.worlds.tabletop.reader_scene import BOUNDARIES, QUALITIES, UNKNOWN, Clause, SceneSaid
from lumina.worlds.tabletop.reader_words import (
    FLUFF,
    LOOKUP,
    NEVER_SLIPS,
    NOUNS,
    NOWHERE,
    PHRASES,
    PLACES,
    SCRIPTS,
    SIGNS,
    SLIPS_OF,
)
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS
from lumina.worlds.tabletop.words import normalize

MOST = 4  # solids
_STOPS = re.compile(r"[.;!?…:|/()\[\]{}\n\r+&、。，；：！？「」•*]+(?!\d)|\s[-–—]+\s|->|=>")
_TIMES = re.compile(r"(?<![\w.])([1-4])\s?[x×](?=\s)|(?<=\s)[x×]\s?([1-4])(?![\w.])")
_LABEL = re.compile(r"\b(left|right)(?: side)?\s*[:=]", re.IGNORECASE)
_NUMBERED = re.compile(r"(?<!\w)\d{1,2}\)\s")
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W\d_]{5,}")
_SAME = {"one": "same", "ones": "sames"}  # after a quality: "and a pink one"


def read(text: str) -> Understood | None:
    """The sentence that is meant by a prompt; None if it is one already, or if it names no solid."""
    plainly = normalize(text)
    caption = parse(plainly)
    if caption is not None and text_of(caption) == plainly:
        return None
    signs, unknown = _signs(text)
    said = SceneSaid()
    for clause in _clauses(signs):
        said.take(clause)
    claim = said.claim(MOST)
    if claim is None:
        return None
    typed = {word.lower(): word for word in tokens(text)}
    left = (UnknownWord(typed.get(word, word)) for word in dict.fromkeys([*unknown, *said.left]))
    return Understood(text_of(claim), (*left, *of_other_programs(text)))


def _signs(text: str) -> tuple[list[str], list[str]]:
    """What is said, in signs (reader_words.py), and the words that say nothing to tabletop."""
    text = _LABEL.sub(r" \1ward ", text)
    text = _NUMBERED.sub(", ", text)
    text = _TIMES.sub(lambda times: f" {times[1] or times[2]} ", text)
    text = _STOPS.sub(", ", _EAST.sub(_translated, without_markup(text)))
    text = _WORD.sub(_place_meant, plain(text, LOOKUP.__contains__))
    unknown = [place[0] for place in NOWHERE.finditer(text)]
    for phrase, sign in PHRASES:
        text = phrase.sub(rf" {sign} ", text)
    found: list[str] = []
    words = text.replace(",", " , ").split()
    for word, after in zip(words, [*words[1:], ""], strict=False):
        if word in _SAME and found and found[-1] in QUALITIES:
            found.append(_SAME[word])
            continue
        if word == "dark" and LOOKUP.get(after) in COLORS:  # a shade, and no night
            unknown.append(word)
            continue
        signs = _looked_up(word)
        unknown += [word] if UNKNOWN in signs else []
        found += signs
    return found, unknown


def _place_meant(word: re.Match[str]) -> str:
    """A slip of a word that says where."""
    known = word[0] in LOOKUP or word[0] in FLUFF
    return word[0] if known else next((each for each in PLACES if typed_wrong(word[0], each)), word[0])


def _translated(run: re.Match[str]) -> str:
    """A run of Chinese or Japanese signs as words, the longest that are known first."""
    text, found = run[0], list[str]()
    while text:
        match = next((each for each in SCRIPTS if text.startswith(each)), "")
        found.append(f" {SCRIPTS[match]} " if match else text[0])
        text = text[len(match) or 1 :]
    return "".join(found)


@lru_cache(maxsize=4096)
def _looked_up(word: str) -> tuple[str, ...]:
    """The signs of a word; none where it counts for nothing."""
    if word in SIGNS and word != "many":
        return (word,)
    if word.isdecimal():
        return (("a", "two", "three", "four")[int(word) - 1] if 0 < int(word) <= MOST else "many",)
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


def _clauses(signs: Sequence[str]) -> Iterator[Clause]:
    clause, before = Clause("", is_apart=True), ","
    for sign in signs:
        if sign in BOUNDARIES:
            if clause.signs or clause.is_place:
                yield clause
            clause = Clause(sign, is_apart=before in (",", "and"))
        else:
            clause.signs.append(sign)
        before = sign
    yield clause
