"""Emoji in free wording, read by their names in Unicode ("LARGE RED CIRCLE") as far as a world has them."""

import re
import unicodedata
from collections.abc import Callable, Iterator

_RUN = re.compile(
    r"[\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff][\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff]*"
)
_RUNS = re.compile(rf"(?:{_RUN.pattern}\s*)+")
_SAYS_NOTHING = re.compile(  # smiles, hands, what is strewn
    r"[\U0001f600-\U0001f64f\U0001f910-\U0001f93a\U0001f970-\U0001f97a\U0001f442-\U0001f450\u2600-\u26ff"
    r"\u2700-\u27bf\U0001f389\U0001f38a\U0001f4af\U0001f495-\U0001f49f\u2b50\U0001f31f]"
)
_COLOURED = re.compile(r"\b(\w+) (?:CIRCLE|SQUARE)$")
_WORDS = re.compile(r"[a-z]+")
_LONGEST = 40  # letters of a word before an emoji
_LETTERS = re.compile(r"[^\W\d_]+")

Meaning = Callable[[str], str]
"""What a word is in a world: "noun", "color" or ""."""
Noun = Callable[[str], str]
"""The noun that a word names one or several of; "" of any other word."""


def in_words(text: str, meaning: Meaning, noun: Noun) -> str:
    """``text`` with the names of things and colours in place of emoji; others are left out.

    An emoji of what words have named already says nothing more: "a cat 🐱".
    """
    said = {noun(word) for word in _LETTERS.findall(_RUN.sub(" ", text))} - {""}

    def joined(run: re.Match[str]) -> str:
        before = text[max(0, run.start() - _LONGEST) : run.start()]
        is_apart = before.rstrip()[-1:].isalnum() and any(map(noun, _LETTERS.findall(before)[-1:]))
        return f" {_joined(run[0], meaning, lambda word: noun(word) in said, is_apart)} "

    return _RUNS.sub(joined, text)


def unknown(text: str, meaning: Meaning) -> Iterator[str]:
    """The emoji of ``text`` that say something, and that a world does not have."""
    for found in _RUN.finditer(text):
        sign = found[0][0]
        if not _SAYS_NOTHING.match(sign) and not _named(sign, meaning):
            yield sign


def _joined(run: str, meaning: Meaning, is_said: Callable[[str], bool], is_apart: bool) -> str:
    """The names in a run of emoji; ``is_apart`` says that a thing is named before them."""
    found = list[str]()
    for sign in _RUN.finditer(run):
        words = [word for word in _named(sign[0][0], meaning).split() if not is_said(word)]
        is_next = bool(words) and (is_apart if not found else meaning(found[-1]) == "noun")
        is_next = is_next and meaning(words[-1]) == "noun"
        found += [*(["and"] if is_next else []), *words]
    return " ".join(found)


def _named(sign: str, meaning: Meaning) -> str:
    """The words for an emoji; "" if it shows nothing of the world."""
    name = unicodedata.name(sign, "")
    words = _WORDS.findall(name.partition(" WITH ")[0].lower())  # "UMBRELLA WITH RAIN DROPS"
    things = [word for word in words if meaning(word) == "noun"]
    coloured = _COLOURED.search(name)
    colors = [coloured[1].lower()] if coloured and meaning(coloured[1].lower()) == "color" else []
    return " ".join([*colors, *things[-1:]])
