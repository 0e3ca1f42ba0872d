"""Texts in a language that is not read: that is told once, and not word by word."""

import re
from collections.abc import Sequence

from lumina.worlds.language import UnknownWord
from lumina.worlds.reading.other_languages import OF_OTHERS, ONLY_OF_OTHERS
from lumina.worlds.reading.signs import UNKNOWN, Lexicon

_SCRIPTS = re.compile(  # from Greek to Myanmar, Georgian, Hangul, Ethiopic, Khmer
    "[\u0370-\u10ff\u1100-\u11ff\u1200-\u139f\u1780-\u17ff\u1f00-\u1fff\u3130-\u318f\uac00-\ud7af]"
)
_LETTERS = re.compile("[ąćęłńśźżőűğşışčřšžěůďťňľĺŕățșđåøėįųūāēīķļņģơư\u1ea0-\u1ef9]")  # Latin ones
_MOST_SIGNS = 80  # of a text that is told


def unread(text: str, lexicon: Lexicon, languages: str) -> UnknownWord | None:
    """A text in a language other than ``languages``, with a note; None where something of it is known.

    Scripts that are never read are certain, and so are words of another language beside which none is known.
    Else four words are unknown and most are, none names a thing, and letters or words are of another
    language: English that says what a world does not have is told word by word.
    """
    words = lexicon.words(text)
    signs = lexicon.signs(words)
    if not lexicon.nouns.isdisjoint(signs):
        return None
    said = {word for word in words if word != ","}
    unknown = {word for sign in signs if sign == UNKNOWN for word in words[sign.start : sign.end]}
    if not (_is_of_script(unknown, said) or _is_of_others(unknown, said)):
        return None
    return UnknownWord(_begun(text.split()), note=f"this language is not read; write in {languages}")


def _is_of_script(unknown: set[str], said: set[str]) -> bool:
    """Whether most words are written in a script that is never read."""
    return 2 * sum(_SCRIPTS.search(word) is not None for word in unknown) > len(said)


def _is_of_others(unknown: set[str], said: set[str]) -> bool:
    """Whether there are enough Latin words that none of the languages has."""
    if unknown & ONLY_OF_OTHERS and said <= unknown | OF_OTHERS:
        return True
    is_written = any(_LETTERS.search(word) for word in said) and 4 * len(unknown) >= 3 * len(said)
    is_said = len(OF_OTHERS & said) > 1 and 3 * len(unknown) >= 2 * len(said)
    return len(unknown) >= 4 and (is_written or is_said)


def _begun(words: Sequence[str]) -> str:
    """Words as far as there is room for them."""
    text = " ".join(words)
    if len(text) <= _MOST_SIGNS:
        return text
    begun = text[:_MOST_SIGNS]
    return f"{begun.rpartition(' ')[0] or begun} …"
