"""Text as people type it: its words in any script, and the plain form that a small world is trained on."""

import html
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from pydantic import JsonValue

from lumina.worlds.choices import Part
from lumina.worlds.colour_codes import with_names

Kind = Literal["prompt", "instruction", "description"]
"""What words are for: a whole picture, a change, a single thing."""


@dataclass(frozen=True)
class UnknownWord:
    """A word as it was typed, and the known ones that may be meant.

    Of a sentence of known words it is the part that no sentence of the world has. A ``note`` says of what is
    known, or no word, why it is not drawn.
    """

    word: str
    known: tuple[str, ...] = ()
    note: str = ""

    def told(self) -> dict[str, JsonValue]:
        """As a program hears of it: with a note only where there is one."""
        return {"word": self.word, "known": [*self.known], **({"note": self.note} if self.note else {})}


_JOINING = frozenset({"with", "of", "to", "in", "by", "for", "from", "its", "it", "is", "are"})


def without_joining(words: Iterable[UnknownWord]) -> tuple[UnknownWord, ...]:
    """Those that mean something: what only joins them is told where there is nothing else."""
    words = tuple(words)
    return tuple(word for word in words if word.word.lower() not in _JOINING) or words


def besides(words: Iterable[UnknownWord], named: Iterable[UnknownWord]) -> Iterator[UnknownWord]:
    """Those of some words that are no part of what is named anyway."""
    told = {word for one in named for word in one.word.split()}
    return (one for one in words if not told.issuperset(one.word.split()))


def with_more(found: Sequence[UnknownWord], more: Sequence[UnknownWord]) -> tuple[UnknownWord, ...]:
    """Unknown words with what is too much in a prompt, of which a number is not told twice."""
    counted = {word for one in more for word in one.word.split()}
    return (*(one for one in found if one.known or one.word not in counted), *more)


@dataclass(frozen=True)
class Understood:
    """What is understood of free wording: the world's own sentence, and the words that are not in it."""

    sentence: str
    left_out: tuple[UnknownWord, ...] = ()


ONE_WISH = "only one change at a time is made; ask for the other in a second edit"
NO_SETTINGS = "this model reads no settings of other programs"


class Language(Protocol):
    """The words of a world."""

    def normalize(self, text: str, kind: Kind = "prompt") -> str:
        """What the model reads for what a person typed; "" if no word is left."""

    def unknown_words(self, text: str, kind: Kind = "prompt") -> tuple[UnknownWord, ...]:
        """Every word that the world does not have, once each and in order."""

    def replaced(self, text: str, word: str, known: str) -> str:
        """``text`` with a word replaced wherever it stands alone."""

    def reading(self, text: str, kind: Kind = "prompt") -> Understood | None:
        """Free wording as a sentence of the world; None if it is one, or if it is not clear what is meant."""

    def parts(self, text: str) -> tuple[Part, ...]:
        """A prompt in parts that make it up again, with the words that may stand in place of some."""

    def exchanged(self, text: str, at: int, word: str) -> str | None:
        """A prompt with a word in place of its part ``at``, in good grammar; None if it may not be there."""


def replaced(text: str, word: str, known: str) -> str:
    """``text`` with a word, or several, replaced wherever it stands alone, in whatever case."""
    parts = r"\s+".join(map(re.escape, word.split()))
    ends = rf"(?<![^\W_]){parts}(?![^\W_])"
    return re.sub(ends, lambda _: known, text, flags=re.IGNORECASE) if parts else text


# Apostrophes stay inside a word; every other quotation mark, dash and stop is no part of one.
_INNER = "'’ʼ＇"
_JOINERS = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"}  # seen by nobody


def tokens(text: str) -> list[str]:
    """The words of a text in order, as they are written: letters and digits of any script, or one emoji.

    A hyphen parts two words, an apostrophe does not; marks of punctuation are no words.
    """
    text = without_markup(text)
    found: list[str] = []
    word = ""
    for i, sign in enumerate(text):
        is_before_letter = _is_letter(text[i + 1 : i + 2])
        is_inner = sign in _INNER or sign in _JOINERS or _is_in_number(text, i)
        if _is_letter(sign) or (word and is_before_letter and is_inner):
            word += sign
        elif not word and found and _goes_on(found[-1], text[i - 1], sign):
            found[-1] += sign
        elif _is_symbol(sign):
            found += [word, sign] if word else [sign]
            word = ""
        elif _extends(sign) and not word and found and _is_symbol(found[-1][0]):
            found[-1] += sign
        elif not _extends(sign):
            found += [word] if word else []
            word = ""
    return [*found, word] if word else found


def plain(text: str, is_known: Callable[[str], bool]) -> str:
    """``text`` in lower case, single spaces between words, no punctuation but the commas of a list.

    Unicode's compatible forms become the usual ones (NFKC), what cannot be seen is left out, and so are
    quotation marks, dashes, stops, raised figures and emoji. An invisible sign between letters parts them
    where both parts are known words, and is left out otherwise. A word that is known once its letters are
    read as the Latin ones that they look like is that one. A text that is plain already stays as it is.
    """

    def sounds_known(word: str) -> bool:
        return is_known(word.lower()) or is_known(latin(word))

    text = "".join(" " if _is_raised(sign) else sign for sign in without_markup(text))
    text = _joined(unicodedata.normalize("NFKC", text), sounds_known)
    text = _WORD.sub(lambda word: _latin_if(is_known, word[0]), text)
    text = unicodedata.normalize("NFKC", text.lower())
    kept = "".join(_kept(text, i) for i in range(len(text)))
    kept = re.sub(r"\s+", " ", kept)
    kept = re.sub(r"(\s*,)+\s*", ", ", kept).strip(" ,")
    return re.sub(r",(?= and\b)", "", kept)


_LOOKALIKES = str.maketrans(  # letters that are taken for Latin ones: Cyrillic, Greek, of phonetics, dotless
    "АВЕЅІЈКМНОРСТУХԚԜҮ" "авеѕіјкмноргстухԁԛԝһү"
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" "αεηικνορτυχγϲ"
    "ɑɡıʟɪɴʀᴀʙᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢøØđĐłŁ",
    "ABESIJKMHOPCTYXQWY" "abesijkmhoprctyxdqwhy"
    "ABEZHIKMNOPTYX" "aenikvoptuxyc"
    "agilinrabcdejkmoptuvwzoOdDlL",
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[\u0300-\u036f\u0483-\u0487\u20d0-\u20f0])*")


def latin(word: str) -> str:
    """A word in plain Latin letters, lower case: without accents, of the letters that its own look like."""
    parts = unicodedata.normalize("NFKD", word.translate(_LOOKALIKES))
    return "".join(sign for sign in parts if unicodedata.category(sign)[0] != "M").lower()


def _latin_if(is_known: Callable[[str], bool], word: str) -> str:
    return latin(word) if is_known(latin(word)) and not is_known(word.lower()) else word


def _is_raised(sign: str) -> bool:
    """Whether a sign is a figure above or below the line, or the mark of a trade: a note, no number."""
    is_note = unicodedata.decomposition(sign).startswith(("<super>", "<sub>"))
    return is_note and unicodedata.category(sign) in ("No", "So")


_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TAG = re.compile(  # of text that was copied from a page: formatting, no word that a person could mean
    r"</?(?:a|b|blockquote|br|code|div|em|font|h[1-6]|i|li|mark|ol|p|pre|s|small|span|strong|sub|sup|u|ul)"
    r"(?:\s[^<>]{0,99}=[^<>]{0,99})?\s?/?>",
    re.IGNORECASE,
)
_ESCAPED = re.compile(
    r"\x1b\[[0-9;]*[A-Za-z]|%20|(?<![:\\/])\\[nt]|\\[nrt](?![a-z]{2})"
)  # of a terminal, an address, a program
_EMPHASIS = re.compile(
    r"(?<![\w*_`~])(\*{1,3}|_{1,3}|`|~~)(?=\S)([^*_`~\n]{1,99})(?<=\S)\1(?![\w*_`~])"
)  # Markdown
_NOTE = re.compile(r"<sup>[^<>]{0,20}</sup>|(?<=\w)\[\d{1,3}\]", re.IGNORECASE)  # the number of a footnote
_WEIGHT = re.compile(r":\s?\d{0,2}\.?\d{1,3}(?=\s?[)\]])")  # how much a part shall count: "(a red cube:1.3)"
_WEIGHED = re.compile(rf"\([^()\[\]]{{1,99}}{_WEIGHT.pattern}\s?\)|\[[^()\[\]]{{1,99}}{_WEIGHT.pattern}\s?\]")
_OF_OTHER_PROGRAMS = re.compile(  # what steers them within the text, a dash as phones write it, too
    r"\bnegative[ _]?prompts?\s?[:=].*"  # from here on, as Automatic1111 writes it: settings, too
    r"|(?:^|(?<=\n)|(?<=[,;.]\s))steps:\s?\d+(?:\s*,.*|\s*$)"
    r"|<(?:lora|lyco|hypernet):[^<>\s]{1,99}>"
    r"|(?<!\S)--no(?:\s+(?!--)\S+)+"
    r"|(?<!\S)(?:--[a-z]{1,12}|[—–]\s?(?:ar|v|s|q|c|iw|seed|style|stylize|chaos|niji)\b)"
    r"(?:[^\S\n]+(?:\d[\d.:]{0,9}|raw\b))?(?![^\s\"'”’»)\]])"
    r"|\b(?:score_\d(?:_up)?|(?:rating|source)_[a-z]{1,20})\b|\bembedding:[\w-]{1,99}"
    r"|(?<=\w)::-?\d?(?:\.\d{1,3})?(?![\w:])",
    re.IGNORECASE | re.DOTALL,
)
_COUNT_OF_A_LIST = re.compile(  # and the box to be ticked of one
    r"^[^\S\n]*(?:\d{1,2}[.)]|(?:[-*+•][^\S\n]+)?\[[ xX✓]?\])[^\S\n]+(?=\S)", re.MULTILINE
)
_IN_ONE_LINE = re.compile(r"^\s*\(?1[.):]\s+\S[^\n]*\s\(?2[.):]\s")  # "1. a cube 2. a ball"
_COUNT_IN_A_LINE = re.compile(r"(?<!\S)\(?\d{1,2}[.):]\s+(?=\S)")


def without_markup(text: str) -> str:
    """Text without what belongs to a page it was copied from: entities, tags of HTML, numbers of a list,
    emphasis of Markdown.

    The numbers of footnotes and what steers other programs are left out, too; colours in figures have their
    names.
    """
    text = with_names(_OF_OTHER_PROGRAMS.sub(" ", text))
    text = _ESCAPED.sub(" ", _ENTITY.sub(lambda found: html.unescape(found[0]), text))
    text = _EMPHASIS.sub(r"\2", text)
    text = _COUNT_IN_A_LINE.sub(", ", text) if _IN_ONE_LINE.search(text) else text
    return _COUNT_OF_A_LIST.sub("", _TAG.sub(" ", _NOTE.sub("", _WEIGHT.sub("", text))))


def of_other_programs(text: str) -> tuple[UnknownWord, ...]:
    """What steers another program within a text, once each and whole: it says nothing to a small world."""
    steering = [*_OF_OTHER_PROGRAMS.finditer(text)]
    inner = (part for part in _WEIGHED.finditer(text) if not any(_holds(each, part) for each in steering))
    found = sorted([*steering, *inner], key=lambda part: part.start())
    parts = dict.fromkeys(" ".join(part[0].split()) for part in found)
    return tuple(UnknownWord(part, note=NO_SETTINGS) for part in parts)


def _holds(outer: re.Match[str], inner: re.Match[str]) -> bool:
    return outer.start() <= inner.start() and inner.end() <= outer.end()


def not_drawn(words: Iterable[UnknownWord]) -> str:
    """A sentence for what has a note: ``Not drawn: "on" (everything stands on the ground).``; else ""."""
    noted: dict[str, list[str]] = {}
    for word in words:
        if word.note:
            noted.setdefault(word.note, []).append(f'"{word.word}"')
    parts = (f"{', '.join(said)} ({note})" for note, said in noted.items())
    return f"Not drawn: {'; '.join(parts)}." if noted else ""


def told(words: Sequence[UnknownWord]) -> dict[str, JsonValue]:
    """As a program hears of words: those that are not known, and those that are and are not drawn."""
    unknown: list[JsonValue] = [{"word": one.word, "known": [*one.known]} for one in words if not one.note]
    left: list[JsonValue] = [{"word": one.word, "note": one.note} for one in words if one.note]
    found: dict[str, JsonValue] = {"unknown_words": unknown, "not_drawn": left}
    return {name: each for name, each in found.items() if each}


def _joined(text: str, is_known: Callable[[str], bool]) -> str:
    """Without invisible signs between letters."""

    def part_or_join(run: re.Match[str]) -> str:
        parts = [part for part in re.split(f"[{''.join(_JOINERS)}]+", run[0]) if part]
        is_parted = len(parts) > 1 and not is_known("".join(parts)) and all(map(is_known, parts))
        return (" " if is_parted else "").join(parts)

    return re.sub(rf"\S*[{''.join(_JOINERS)}]\S*", part_or_join, text)


def _kept(text: str, i: int) -> str:
    sign = text[i]
    if sign == "," and _is_in_number(text, i):
        return ""
    if _is_letter(sign) or sign == ",":
        return sign
    is_inside = 0 < i < len(text) - 1 and _is_letter(text[i - 1]) and _is_letter(text[i + 1])
    if sign in _INNER and is_inside:
        return "'"
    if _is_in_number(text, i):
        return sign
    return "" if _extends(sign) else " "


def _is_in_number(text: str, i: int) -> bool:
    """Whether a sign is the point of a decimal, the line of a fraction, or the comma before thousands."""
    is_inside = 0 < i < len(text) - 1 and text[i - 1].isdecimal() and text[i + 1].isdecimal()
    return is_inside and (text[i] in "./\u2044" or (text[i] == "," and _is_before_thousands(text, i)))


def _is_before_thousands(text: str, i: int) -> bool:
    """Whether a comma parts the figures of one number, and not the numbers of a list: ``rgb(0,0,255)``."""
    before = re.search(r"(?<![\d,.])[1-9]\d{0,2}(?:,\d{3})*$", text[max(0, i - _LONGEST_NUMBER) : i])
    return before is not None and re.match(r"\d{3}(?!\d)", text[i + 1 :]) is not None


_LONGEST_NUMBER = 20  # signs of a number of several commas


def _goes_on(emoji: str, before: str, sign: str) -> bool:
    """Whether a symbol is a part of the emoji before it: one joined to it, or the second letter of a flag."""
    if not (_is_symbol(sign) and _is_symbol(emoji[0]) and emoji.endswith(before)):
        return False
    return before == "\u200d" or (_is_flag(sign) and _is_flag(emoji))


def _is_flag(sign: str) -> bool:
    return len(sign) == 1 and "\U0001f1e6" <= sign <= "\U0001f1ff"


def _is_letter(sign: str) -> bool:
    if not sign or _extends(sign) or _is_raised(sign):
        return False
    in_circle = unicodedata.decomposition(sign).startswith("<circle>")
    return unicodedata.category(unicodedata.normalize("NFKC", sign)[0] if in_circle else sign)[0] in "LNM"


def _is_symbol(sign: str) -> bool:
    """An emoji or another picture among letters."""
    return _is_raised(sign) or (unicodedata.category(sign) == "So" and not _is_letter(sign))


def _extends(sign: str) -> bool:
    """Whether a sign only shapes the one before it, or is seen by nobody."""
    is_selector = "\ufe00" <= sign <= "\ufe0f" or "\U0001f3fb" <= sign <= "\U0001f3ff"
    return is_selector or sign == "\u20e3" or unicodedata.category(sign) == "Cf"


def second_wish(instruction: str, verbs: Collection[str]) -> tuple[UnknownWord, ...]:
    """What a plain instruction says beyond its one change: from a comma, an "and" or another verb on."""
    words = instruction.split(" ")
    first = next((i for i, word in enumerate(words) if word in verbs), len(words))
    is_second = 2 < first < len(words) and words[first - 1] in _BETWEEN  # after a wish in other words
    for i in range(first - 1 if is_second else first + 1, len(words)):
        if "between" in words[:i]:
            return ()
        if words[i] in (*_BETWEEN, *verbs) or words[i - 1].endswith(","):
            return (UnknownWord(" ".join(words[i:]), note=ONE_WISH),)
    return ()


_BETWEEN = ("and", "then")  # two wishes


def typed_wrong(word: str, known: str) -> bool:
    """Whether ``word`` looks like a slip of ``known``.

    It sounds the same, or it begins alike and of its letters one (two where ``known`` has six or more) is
    missing, added, exchanged with its neighbour, or another one; short words with another letter are other
    words, but for "d" and "b" and, of four letters, the key beside. Of longer ones, the first letter may be
    the key beside.
    """
    if sounds_like(word, known):
        return True
    shorter, longer = sorted((len(word), len(known)))
    if shorter < 3 or longer > shorter + 2:
        return False
    if word[0] != known[0]:
        return longer > 4 and word[1:] == known[1:] and _are_beside(word[0], known[0])
    if shorter == longer <= 4 and sorted(word) != sorted(known) and not _looks_like(word, known):
        return False
    return distance(word, known) <= (1 if len(known) < 6 else 2)


def _looks_like(word: str, known: str) -> bool:
    """Whether of four letters one is turned, as in ``cude``, or of the key beside, as in ``cubr``."""
    others = [pair for pair in zip(word, known, strict=True) if pair[0] != pair[1]]
    if len(known) != 4 or len(others) != 1:
        return False
    return {*others[0]} == {"b", "d"} or _are_beside(*others[0])


_KEYS = {  # where each letter stands on a keyboard, in widths of a key
    letter: (row, start + at)
    for row, (start, letters) in enumerate(((0, "qwertyuiop"), (0.25, "asdfghjkl"), (0.75, "zxcvbnm")))
    for at, letter in enumerate(letters)
}


def _are_beside(one: str, other: str) -> bool:
    """Whether the keys of two letters touch."""
    if not {one, other} <= _KEYS.keys():
        return False
    apart = [abs(a - b) for a, b in zip(_KEYS[one], _KEYS[other], strict=True)]
    return max(apart) <= 1


def sounds_like(word: str, known: str) -> bool:
    """Whether two words of four letters or more are written for the same sounds: ``qube``, ``piramid``."""
    is_near = min(len(word), len(known)) >= 4 and abs(len(word) - len(known)) <= _DOUBLED
    return is_near and _sounds(word) == _sounds(known)


_DOUBLED = 4  # letters that one of two words of the same sounds has more


@lru_cache(maxsize=4096)
def _sounds(word: str) -> str:
    word = word.replace("ph", "f").replace("y", "i").replace("q", "k")
    if len(word) > 5:  # short words with "s" for "c" are other words: "rise" is no "rice"
        word = re.sub("c(?=[ei])", "s", word)
    return re.sub(r"([^aeiou])\1", r"\1", re.sub("c(?![ei])", "k", word))


def distance(a: str, b: str) -> int:
    """Damerau-Levenshtein distance of adjacent exchanges (optimal string alignment)."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
