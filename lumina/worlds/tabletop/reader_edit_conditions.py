"""On what condition something is ordered: "if it is blue" tells which solid is meant and is no change."""

from collections.abc import Callable, Sequence

from lumina.worlds.reading.signs import Sign
from lumina.worlds.tabletop.captions import PLURALS
from lumina.worlds.tabletop.reader_edit_said import VERBS
from lumina.worlds.tabletop.reader_edit_told import of_told
from lumina.worlds.tabletop.reader_edit_words import IF, UNLESS
from lumina.worlds.tabletop.reader_lexicon import QUALITIES
from lumina.worlds.tabletop.reader_wish import Left, means_something
from lumina.worlds.tabletop.reader_words import NOUNS

NO_CONDITION = "the words are read without the picture: whether it is so is not looked at"
_ORDERS = VERBS - {"=want"}
_TELLS = frozenset(["a", "the", "it", "=make"])  # beside a noun and its qualities: "if its colour is blue"


def unconditional(
    signs: Sequence[Sign], is_wish: Callable[[Sequence[Sign]], bool]
) -> tuple[list[Sign], list[Left]]:
    """An order that says of which solid it is, without its condition; and the condition that tells none."""
    at = next((at for at, sign in enumerate(signs) if sign in (IF, UNLESS)), None)
    if at is None:
        return list(signs), []
    end = _end(signs, at)
    condition, other = _joined(signs[at + 1 : end])
    order = [*signs[:at], *signs[end:]]
    while order and order[-1] in (",", "and"):
        order = order[:-1]
    if not means_something(condition):  # "if you like"
        return order, []
    unmet: list[Left] = [(other, NO_CONDITION)] if other else []
    if signs[at] == UNLESS:
        unmet = [(signs[at:end], NO_CONDITION)]
        condition = [sign for sign in condition if sign not in QUALITIES]
    told = [_told(condition, order), _named_there(condition, order)]
    if found := next((each for each in told if each is not None and is_wish(each)), None):
        return found, unmet
    if is_wish(order) or any(sign in _ORDERS for sign in order):
        return order, [(signs[at:end], NO_CONDITION)]
    return [sign for sign in signs if sign not in (IF, UNLESS)], []  # "what if the cube were red"


def _end(signs: Sequence[Sign], at: int) -> int:
    """Where a condition ends: at a comma, or where the order begins."""
    for end in range(at + 1, len(signs)):
        is_order = signs[end] == "and" and any(sign in _ORDERS for sign in signs[end + 1 : end + 2])
        after = next((sign for sign in signs[end:] if sign not in (",", "and")), "")
        if (signs[end] == "," and after != IF) or is_order or (at == 0 and signs[end] in _ORDERS):
            return end
    return len(signs)


def _joined(condition: Sequence[Sign]) -> tuple[list[Sign], Sequence[Sign]]:
    """Conditions of the first solid as one, "if it is blue and if it is small"; and those of another one."""
    nouns = [at for at, sign in enumerate(condition) if sign in NOUNS]
    parts = [at for at, sign in enumerate(condition) if sign in (",", "and", IF)]
    end = max((at for at in parts if len(nouns) > 1 and nouns[0] < at < nouns[1]), default=len(condition))
    return [sign for sign in condition[:end] if sign not in (",", "and", IF)], condition[end + 1 :]


def _named_there(condition: Sequence[Sign], order: Sequence[Sign]) -> list[Sign] | None:
    """An order of "it" with the solid that the condition names; None where nothing is in its place."""
    found = of_told(condition, [*order], len(order)) if any(sign in NOUNS for sign in condition) else [*order]
    return found if found != order else None


def _told(condition: Sequence[Sign], order: Sequence[Sign]) -> list[Sign] | None:
    """An order with what the condition says of its solid before the noun; None where that is not all."""
    nouns = [PLURALS.get(sign, str(sign)) for sign in condition if sign in NOUNS]
    said = [sign for sign in condition if sign in QUALITIES]
    is_clear = all(sign in _TELLS or sign in NOUNS or sign in QUALITIES for sign in condition)
    places = [at for at, sign in enumerate(order) if sign in NOUNS and (not nouns or sign == nouns[0])]
    if not (is_clear and said and places and len(nouns) < 2):
        return None
    return [*order[: places[0]], *said, *order[places[0] :]]
