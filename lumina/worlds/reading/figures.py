"""Numbers that do not say how many there are: they belong to another word, "no. 4", "2 pm", "two-tone"."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import takewhile

from lumina.worlds.reading.words import each

Part = tuple[str, int, int]
"""A word, and from which to which of the first ones it was read."""

MARK = "figuremark"  # a sign before a figure, as a word: "no. 4", "$3"
MARKS = r"(?:no|nr|n[°º]|[#$€£¥№])?"
_MARK = re.compile(r"(?<![\w.])(?:(?:no|nr)\.|n[°º]|[#$€£¥№])\s?(?=\d+(?!\w))", re.IGNORECASE)
_NAME = re.compile(r"\ban? (?:[^\W\d]+ ){1,3}(?=[1-9]\d?\s*(?:$|[,.;!?\n]|and\b))", re.IGNORECASE)
_DECIMAL = re.compile(r"(?<![\d,.])(\d{1,3}),(?=\d{1,2}\s?(?:mm|cm|m|km|in|inch(?:es)?|ft|kg|g)\b)")
_SUM = re.compile(r"(?<![\w.+] )(?<![\w.,+])(\d{1,2})\s?\+\s?(\d{1,2})(?=\s[^\W\d])(?!\s?\+)")
_ROMAN = re.compile("[Ⅰ-Ⅻⅰ-ⅻ]")
_BEFORE = each("number nummer numéro numero número version vol volume chapter page room level grade phase")
_AFTER = each(
    "mm cm dm m km inch inches ft feet foot kg g px pixel pixels percent prozent degrees degree years year "
    "pm am o'clock oclock uhr hours hour minutes seconds dollars dollar euros euro pounds cents bucks "
    "tone toned sided faced storey storeys story storied legged headed tier tiered layer layered "
    "dimensional parts faces sides edges corners"
)
_OF_ONE = each("coloured colored colour color piece part")  # of several they say nothing of a number
_EXTENT = each("tall wide high long deep thick across old big large small hoch breit lang groß")
_NUMBERS = each("two three four five six seven eight nine ten eleven twelve")
_BOUNDARIES = (",", "and", "with")


def spelled(text: str) -> str:
    """A text in which Roman figures, sums, decimals and marks before a figure are as words have them."""
    text = _ROMAN.sub(lambda figure: str(int(unicodedata.numeric(figure[0]))), text)
    text = _NAME.sub(_marked, text)
    return _MARK.sub(f" {MARK} ", _DECIMAL.sub(r"\1.", with_sums(text)))


def _marked(name: re.Match[str]) -> str:
    """What a figure names and does not count: "a cube 2"."""
    return name[0] if name[0].split()[-1].lower() in (*_BEFORE, "of") else f"{name[0]}{MARK} "


def with_sums(text: str) -> str:
    """A text with two numbers of one thing as one: "2 + 2 cubes"."""
    return _SUM.sub(lambda both: str(int(both[1]) + int(both[2])), text)


def without_figures(parts: Sequence[Part], kind_of: Callable[[str], str], unknown: str) -> list[Part]:
    """Parts of which a number with the word that it belongs to is one, and unknown.

    ``kind_of`` says of a word whether it is "one" noun or "several", a "quality", "unknown", or "" of these.
    """
    found, at = list[Part](), 0
    while at < len(parts):
        end = _end(parts, at, kind_of)
        found.append((unknown, parts[at][1], parts[end - 1][2]) if end > at else parts[at])
        at = max(end, at + 1)
    return found


def _end(parts: Sequence[Part], at: int, kind_of: Callable[[str], str]) -> int:
    """Where a number that is no count, and what it belongs to, end; ``at`` where none begins."""
    words = [word for word, _, _ in parts[at : at + 12]]
    if words[0] in (MARK, *_BEFORE):
        return at + 2 if _is_number(words[1:2]) else at
    if not _is_number(words[:1]):
        return at
    clause = [*takewhile(lambda word: word not in _BOUNDARIES and not word.startswith("~"), words[1:])]
    kinds = [*map(kind_of, clause)]
    noun = next((kind for kind in kinds if kind in ("one", "several")), "")
    before = parts[at - 1][0] if at else ""
    is_of_word = bool(clause) and (clause[0] in _AFTER or kinds[0] == "unknown")
    if is_of_word and not noun and before == "with" and "quality" in kinds[1:]:  # "with 2 faces painted red"
        return at + 1 + len(clause)
    if clause and (clause[0] in _AFTER or (noun == "one" and clause[0] in _OF_ONE)):
        return at + 2 + (clause[1:2] != [] and clause[1] in _EXTENT and words[0][0].isdecimal())
    if noun == "one" and _is_after_article(parts[:at], kind_of):
        return at + 1 + (kinds[0] in ("", "unknown"))
    if at and words[0].isdecimal() and kind_of(before) == "several" and words[1:2] == ["and"] and not clause:
        return at + 3 if words[2:3] and words[2].isdecimal() and words[3:4] in ([], [","]) else at
    return at + 2 if is_of_word and not noun and _has_noun(parts[:at], kind_of) else at


def _is_number(words: Sequence[str]) -> bool:
    return bool(words) and (words[0] in _NUMBERS or re.fullmatch(r"\d+(?:[./]\d+)?", words[0]) is not None)


def _is_after_article(parts: Sequence[Part], kind_of: Callable[[str], str]) -> bool:
    """Whether nothing but qualities is between an article of one and what comes."""
    for word, _, _ in reversed(parts):
        if word in ("a", "an"):
            return True
        if kind_of(word) not in ("quality", "unknown"):
            return False
    return False


def _has_noun(parts: Sequence[Part], kind_of: Callable[[str], str]) -> bool:
    """Whether a thing is named since the last boundary."""
    clause = takewhile(lambda part: part[0] not in _BOUNDARIES, reversed(parts))
    return any(kind_of(word) in ("one", "several") for word, _, _ in clause)
