"""A sentence in parts: which of its words may be exchanged, and for which others."""

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A piece of a sentence, and what may stand in its place; nothing in place of what has to stay."""

    text: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alike:
    """Words that may stand for each other, where ``before`` comes after them."""

    words: tuple[str, ...]
    before: str = ""


def parts_of(text: str, sets: Sequence[Alike], meaning: Callable[[str], Hashable]) -> tuple[Part, ...]:
    """``text`` in parts that make it up again; of ``sets`` the first counts that has a word.

    ``meaning`` is what a sentence asks for, None if the world does not have it: a word is offered where the
    sentence then means something else. A sentence without a meaning is one part.
    """
    own = meaning(text)
    if own is None:
        return (Part(text),)
    parts, at = [], 0
    for found in _pattern(sets).finditer(text):
        words = sets[int((found.lastgroup or "_0")[1:])].words
        others: dict[Hashable, str] = {None: "", own: ""}  # by what the sentence then means
        for word in words:
            others.setdefault(meaning(f"{text[: found.start()]}{word}{text[found.end() :]}"), word)
        parts += [Part(text[at : found.start()])] if found.start() > at else []
        parts.append(Part(found[0], tuple(filter(None, others.values()))))
        at = found.end()
    return (*parts, Part(text[at:])) if at < len(text) else tuple(parts)


def exchanged(parts: Sequence[Part], at: int, word: str) -> str | None:
    """The sentence with another word in place of a part; None if it is not among those that may be there."""
    if not 0 <= at < len(parts) or word not in parts[at].others:
        return None
    return "".join(word if i == at else part.text for i, part in enumerate(parts))


def _pattern(sets: Sequence[Alike]) -> re.Pattern[str]:
    groups = (
        rf"(?P<_{i}>\b(?:{'|'.join(map(re.escape, sorted(each.words, key=len, reverse=True)))})\b"
        rf"(?={re.escape(each.before)}))"
        for i, each in enumerate(sets)
    )
    return re.compile("|".join(groups))
