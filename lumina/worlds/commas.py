"""The commas of a prompt: captions have them in lists of things and nowhere else, and so has what is read."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lumina.worlds.language import without_markup

COUNTS = frozenset({"a", "an", "the", "one", "two", "three", "four", "some", "several", "many"})
_SETTINGS = frozenset({"on", "in", "at", "under", "against", "upon", "during"})
PLACES = _SETTINGS | {  # what is said of a thing, or of the whole picture, begins with
    "over", "by", "near", "with", "without", "beside", "below", "above", "beneath", "left", "right",
    "behind", "next", "between", "before", "after", "of", "from", "to", "into", "for",
}  # fmt: skip
_STOP = re.compile(r"[;|](?=\s|$)|(?<=[^\W_])[.!?…]+(?=\s)|\s[-–—/]+(?=\s)")
_AND = " and "
_JOINT = re.compile(r"(, | and )")


def stops_as_commas(text: str) -> str:
    """With a comma for every other sign that parts what is listed: ``a cube; a cone`` is a list."""
    return _STOP.sub(", ", without_markup(text))


@dataclass
class _Said:
    """A part of a prompt: a thing, or where and when all of them are."""

    text: str
    is_setting: bool


def listed(text: str, has_thing: Callable[[str], bool], setting: Callable[[str], str]) -> str:
    """A plain text with commas and one "and" between its things, and where and when they are at the end.

    ``setting`` says of a bare part (``white ground``) what captions say, or "" if it is no setting. Any
    other comma is left out; a text without commas stays as it is.
    """
    if "," not in text:
        return text
    said: list[_Said] = []
    for joint, piece in _pieces(text, has_thing):
        last = said[-1] if said else None
        told = "" if joint == _AND else setting(piece)
        if told or (joint != _AND and _is_setting(piece, has_thing)):
            said.append(_Said(told or piece, is_setting=True))
        elif last is None or _is_new(piece, last, joint, has_thing):
            said.append(_Said(piece, is_setting=False))
        else:
            last.text += (_AND if joint == _AND else " ") + piece
    things = [each.text for each in said if not each.is_setting]
    settings = sorted((each.text for each in said if each.is_setting), key=lambda each: each[:3] != "on ")
    return " ".join([*_in_a_row(things), *settings])


def _pieces(text: str, has_thing: Callable[[str], bool]) -> list[tuple[str, str]]:
    """The parts between commas and every "and", but one that joins qualities, with what is before each."""
    found: list[tuple[str, str]] = []
    parts = ["", *_JOINT.split(text)]
    for joint, piece in zip(parts[::2], parts[1::2], strict=True):
        before = found[-1] if found else ("", "")
        if joint == _AND and not has_thing(before[1]) and piece.split(" ")[0] not in COUNTS:
            found[-1] = (before[0], before[1] + _AND + piece)
        else:
            found.append((joint, piece))
    return found


def _is_setting(piece: str, has_thing: Callable[[str], bool]) -> bool:
    return piece.split(" ")[0] in _SETTINGS and not has_thing(piece)


def _is_new(piece: str, last: _Said, joint: str, has_thing: Callable[[str], bool]) -> bool:
    """Whether a thing begins here, rather than that more is said of the last one."""
    words = piece.split(" ")
    if words[0] in COUNTS or words[0].isdecimal():
        return joint == _AND or last.text.split(" ")[0] not in PLACES or last.is_setting
    if not has_thing(piece) or PLACES.intersection(words):
        return last.is_setting and joint != _AND
    return last.is_setting or has_thing(last.text)


def _in_a_row(things: Iterable[str]) -> list[str]:
    *first, last = [*things] or [""]
    joint = ", " if _AND in last else _AND
    row = joint.join([", ".join(first), last]) if first else last
    return [row] if row else []
