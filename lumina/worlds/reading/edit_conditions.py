"""On what condition something is ordered: "if it is blue" tells which thing is meant and is no change."""

from collections.abc import Callable, Sequence

from lumina.worlds.reading.edit_grammar import EditGrammar
from lumina.worlds.reading.edit_said import VERBS
from lumina.worlds.reading.edit_told import of_told
from lumina.worlds.reading.edit_wish import Left, means_something
from lumina.worlds.reading.edit_words import IF, UNLESS
from lumina.worlds.reading.signs import Sign

NO_CONDITION = "the words are read without the picture: whether it is so is not looked at"
_ORDERS = VERBS - {"=want"}
_TELLS = frozenset(["a", "the", "it", "=make"])  # beside a noun and its qualities: "if its colour is blue"


def unconditional(
    signs: Sequence[Sign], grammar: EditGrammar, is_wish: Callable[[Sequence[Sign]], bool]
) -> tuple[list[Sign], list[Left]]:
    """An order that says of which thing it is, without its condition; and the condition that tells none."""
    at = next((at for at, sign in enumerate(signs) if sign in (IF, UNLESS)), None)
    if at is None:
        return list(signs), []
    end = _end(signs, at)
    condition, other = _joined(signs[at + 1 : end], grammar)
    order = [*signs[:at], *signs[end:]]
    while order and order[-1] in (",", "and"):
        order = order[:-1]
    if not means_something(condition):  # "if you like"
        return order, []
    unmet: list[Left] = [(other, NO_CONDITION)] if other else []
    if signs[at] == UNLESS:
        unmet = [(signs[at:end], NO_CONDITION)]
        condition = [sign for sign in condition if sign not in grammar.scene.qualities]
    told = [_told(condition, order, grammar), _named_there(condition, order, grammar)]
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


def _joined(condition: Sequence[Sign], grammar: EditGrammar) -> tuple[list[Sign], Sequence[Sign]]:
    """Conditions of the first thing as one, "if it is blue and if it is small"; and those of another one."""
    nouns = [at for at, sign in enumerate(condition) if grammar.is_noun(sign)]
    parts = [at for at, sign in enumerate(condition) if sign in (",", "and", IF)]
    end = max((at for at in parts if len(nouns) > 1 and nouns[0] < at < nouns[1]), default=len(condition))
    return [sign for sign in condition[:end] if sign not in (",", "and", IF)], condition[end + 1 :]


def _named_there(condition: Sequence[Sign], order: Sequence[Sign], grammar: EditGrammar) -> list[Sign] | None:
    """An order of "it" with the thing that the condition names; None where nothing is in its place."""
    is_named = any(map(grammar.is_noun, condition))
    found = of_told(condition, [*order], len(order), grammar) if is_named else [*order]
    return found if found != order else None


def _told(condition: Sequence[Sign], order: Sequence[Sign], grammar: EditGrammar) -> list[Sign] | None:
    """An order with what the condition says of its thing before the noun; None where that is not all."""
    nouns = [grammar.one(sign) for sign in condition if grammar.is_noun(sign)]
    said = [sign for sign in condition if sign in grammar.scene.qualities]
    is_clear = all(sign in _TELLS or sign in said or grammar.is_noun(sign) for sign in condition)
    places = [
        at for at, sign in enumerate(order) if grammar.is_noun(sign) and (not nouns or sign == nouns[0])
    ]
    if not (is_clear and said and places and len(nouns) < 2):
        return None
    return [*order[: places[0]], *said, *order[places[0] :]]
