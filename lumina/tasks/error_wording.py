"""Says in plain words what is wrong with a value, where pydantic speaks to programmers."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

# Keyed by pydantic's error type; {…} are the limits it reports.
_PHRASES = {
    "missing": "is missing",
    "extra_forbidden": "is not an input here",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "finite_number": "must be a finite number",
    "literal_error": "must be {expected}",
    "string_type": "must be text",
    "string_unicode": "must be readable text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have at least {min_length} entries",
}
# Of what a text must look like, by its pattern: no pattern reaches a person.
_FORMS = {
    "^[a-z][a-z0-9_]*$": "must be lower-case letters, digits and _, a letter first",
    "^([a-z][a-z0-9_]*)?$": "must be lower-case letters, digits and _, a letter first",
    r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$": 'must be "inputs.NAME" or "NODE.OUTPUT"',
    r"^[A-Za-z0-9._-]+(@[A-Za-z0-9._-]+)?$": 'must be the name of a model, such as "tabletop"',
    "^x-": "must match ^x-",  # that an unknown key is no note; lumina.workflow.parsing says it
}
_WITHOUT_VALUE = {"missing", "extra_forbidden", "string_unicode", "too_long", "too_short"}


def phrases(error: ValidationError) -> list[tuple[tuple[str | int, ...], str]]:
    """Each fault once, as (place, what it must be instead), in the order of the fields."""
    found: dict[tuple[str | int, ...], str] = {}
    for details in error.errors(include_url=False):
        place, phrase = details["loc"], _phrase(details)
        if details["type"] == "missing" and isinstance(place[-1], int):  # of a list
            place, phrase = place[:-1], "has too few entries"
        found.setdefault(place, phrase)
    return list(found.items())


def sentence(places_and_phrases: Iterable[tuple[tuple[str | int, ...], str]]) -> str:
    """``prompt: is missing; width: must be at least 32, not 0.``"""
    parts = (
        f"{'.'.join(map(str, place))}: {re.sub('^This ', 'this ', phrase)}" if place else phrase
        for place, phrase in places_and_phrases
    )
    return "; ".join(parts) + "."


def _phrase(details: Mapping[str, Any]) -> str:
    kind, context, value = details["type"], details.get("ctx", {}), details["input"]
    if kind == "value_error":  # raised by our own validators, whose words are meant for people
        return str(context["error"])
    if kind == "string_too_long":
        return f"must have at most {context['max_length']:,} characters, this has {len(value):,}"
    if kind == "string_too_short" or (kind == "too_short" and context.get("min_length") == 1):
        return "must not be empty"
    if kind == "string_pattern_mismatch":
        form = _FORMS.get(context["pattern"], "must be written in another form")
        return f"{form}, not {shortened(value)}"
    phrase = _PHRASES.get(kind, "must be another kind of value")
    limits = {name: f"{limit:,}" if isinstance(limit, int) else limit for name, limit in context.items()}
    return phrase.format(**limits) + ("" if kind in _WITHOUT_VALUE else f", not {shortened(value)}")


def shortened(value: Any) -> str:
    """``value`` as a person would write it, cut to 40 characters."""
    if isinstance(value, Mapping | list | tuple):
        return "an object" if isinstance(value, Mapping) else "a list"
    plain = value is None or isinstance(value, bool | float)
    text = json.dumps(value) if plain else repr(value) if isinstance(value, str | int) else "this"
    return text if len(text) <= 40 else text[:39] + "…"
