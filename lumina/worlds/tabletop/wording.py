"""Words as people type them, brought to the spelling of the captions and edits of training."""

import re
import unicodedata

from lumina.worlds.tabletop.captions import KNOWN_WORDS, PLURALS, parse, text_of
from lumina.worlds.tabletop.instructing import EDIT_WORDS

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u2800")  # show nothing
_COUNTS = {"1": "a", "one": "a", "2": "two", "3": "three", "4": "four"}
_COURTESY = re.compile(r"\b(?:please|pls|thanks|thank you)\b")
_LEAD = re.compile(
    r"^(?:(?:draw|draw me|show me|give me|generate|create|there is|there are|i want|i would like|"
    r"(?:can|could) you(?: draw| show me)?|(?:a|an|the) (?:photo|picture|image|drawing|rendering) of)\b ?)+"
)
_ALL_WORDS = EDIT_WORDS | KNOWN_WORDS


def normalize(text: str) -> str:
    """The words alone, in lower case, and a caption with its articles; empty where nothing is said.

    What training has seen stays as it is. Unknown words are kept. The result is its own normal form.
    """
    for _ in range(4):  # one change may open the way for another
        text, before = _once(text), text
        if text == before:
            break
    return text


def normalize_name(text: str) -> str:
    """As `normalize`, for a thing that is named without its article."""
    return re.sub(r"^(?:an?|the) ", "", normalize(text))


def _once(text: str) -> str:
    text = _plain(text)
    for change in (_without_courtesy, _respelled, _as_caption):
        text = change(text)
    return text


def _plain(text: str) -> str:
    """Letters of one form and case, single spaces, and of punctuation commas between words alone."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    text = _visible(text)
    text = re.sub(r" [&+] | ?& ?", " and ", text)
    text = re.sub(r"(?<=\w)[’‘`´](?=\w)", "'", text)
    kept = (c if c == "," or not _is_mark(c) else " " for c in _with_apostrophes(text))
    text = re.sub(r"\s*,[\s,]*", ", ", re.sub(r"\s+", " ", "".join(kept)))
    text = re.sub(r", and\b", " and", text)
    return text.strip(", ").replace("\u02bc", "'")


def _with_apostrophes(text: str) -> str:
    """Apostrophes inside words become a letter that is no punctuation."""
    return re.sub(r"(?<=\w)'(?=\w)", "\u02bc", text)


def _is_mark(char: str) -> bool:
    """Punctuation and emoji, which training has never seen."""
    return unicodedata.category(char) in ("So", "Sk") or (
        unicodedata.category(char)[0] == "P" or char in "<>|~="
    )


def _visible(text: str) -> str:
    """Without characters that show nothing; one between two known words stands for a space."""
    parts = re.split(r"([\w'-]+)", "".join(_shown(c) for c in text))
    for i, part in enumerate(parts):
        if part == "\0" * len(part) and part and 0 < i < len(parts) - 1:
            parts[i] = _between(parts[i - 1], parts[i + 1])
    return "".join(parts).replace("\0", "")


def _shown(char: str) -> str:
    if char.isspace():
        return " "
    is_hidden = unicodedata.category(char) in ("Cf", "Cc", "Cs") or char in _BLANK
    return "\0" if is_hidden or "\ufe00" <= char <= "\ufe0f" or "\U000e0000" <= char <= "\U000e0fff" else char


def _between(left: str, right: str) -> str:
    are_words = left in _ALL_WORDS and right in _ALL_WORDS
    return " " if are_words and left + right not in _ALL_WORDS else ""


def _without_courtesy(text: str) -> str:
    text = re.sub(r"\s+", " ", _COURTESY.sub(" ", text)).replace(" ,", ",").strip(", ")
    return _LEAD.sub("", text).strip(", ") if _LEAD.match(text) else text


def _respelled(text: str) -> str:
    text = re.sub(r"\bto the (left|right) of\b", r"\1 of", text)
    text = re.sub(r"\b(\d|one)\b(?= [a-z])", lambda found: _COUNTS.get(found[0], found[0]), text)
    return re.sub(r"\bcolour\b", "color", re.sub(r"\bgray\b", "grey", text))


def _as_caption(text: str) -> str:
    """A caption in the grammar of training, with its articles and plurals, where nothing else changes."""
    claim = parse(text)
    if claim is None:
        return text
    caption = text_of(claim)
    return caption if _said(caption) == _said(text) else text


def _said(text: str) -> list[str]:
    """What is said, articles and the like aside."""
    words = re.findall(r"[^\W_]+", text)
    return [PLURALS.get(word, word) for word in words if word not in ("a", "an", "the", "and")]
