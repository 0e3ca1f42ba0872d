"""Reads a stranger's JSON within limits, and says what is wrong in a document, where, and the fix."""

import json
import math
import re
from typing import Any

from pydantic import ValidationError

from lumina.errors import InvalidWorkflow
from lumina.tasks.wording import phrases

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32  # of nested lists and objects

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

Place = tuple[str | int, ...]
Problem = dict[str, str]


def parse(text: str | bytes) -> Any:
    """JSON of at most 256 KB and 32 levels, without repeated keys, NaN or unreadable text.

    Raises InvalidWorkflow.
    """
    try:
        data = text.encode() if isinstance(text, str) else text
        if len(data) > MAX_BYTES:
            raise _unreadable(f"has {len(data):,} bytes", f"keep it within {MAX_BYTES:,} bytes")
        document = json.loads(
            data, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
        if _SURROGATE.search(data):  # lone ones could not be written again
            json.dumps(document, ensure_ascii=False).encode()
    except RecursionError:
        raise _unreadable("is nested too deeply", f"keep it within {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise _unreadable(f"is not valid JSON ({error})", "correct the JSON text there") from None
    if _is_deeper(document, MAX_DEPTH):
        raise _unreadable("is nested too deeply", f"keep it within {MAX_DEPTH} levels")
    return document


def problem(place: Place, message: str, fix: str) -> Problem:
    """``{"pointer": "/nodes/a/task", "message": …, "fix": …}``; the pointer is RFC 6901."""
    pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in place)
    return {"pointer": pointer, "message": message, "fix": fix}


def place_of(pointer: str) -> Place:
    """The steps of a pointer; numbers of a list stay text."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def problems_of(error: ValidationError, below: Place = ()) -> list[Problem]:
    """Every fault pydantic found, as problems whose pointers start at the place ``below``."""
    found: dict[Place, Problem] = {}
    for place, phrase in phrases(error):
        steps = (*below, *_without_marks(place))
        found.setdefault(steps, _problem_at(steps, place, phrase))
    return list(found.values())


def _problem_at(steps: Place, place: Place, phrase: str) -> Problem:
    last = str(steps[-1]) if steps else ""
    if place and place[-1] == "[key]":
        return problem(steps, "must be lower-case letters, digits and _, a letter first", _name_fix(last))
    if "^x-" in phrase:
        fix = f'remove "{last}", or call it "x-{last}" to keep it as a note'
        return problem(steps, "is not a key that is known here", fix)
    return problem(steps, phrase, _fix(last, phrase))


def _without_marks(place: Place) -> Place:
    """Without the steps that pydantic adds for a key, or for the kind of a value."""
    steps = place[:-1] if place and place[-1] == "[key]" else place
    if steps[:1] == ("layout",):
        return steps[:3]
    has_kind = len(steps) > 4 and steps[0] == "nodes" and steps[2] == "inputs"
    return (*steps[:4], *steps[5:]) if has_kind else steps


def _unreadable(message: str, fix: str) -> InvalidWorkflow:
    return InvalidWorkflow([problem((), message, fix)])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {max(names, key=names.count)!r} is there twice")
    return values


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is too large")
    return number


def _is_deeper(document: Any, most: int) -> bool:
    """Whether lists and objects stand within each other at more than ``most`` levels."""
    level = [document]
    for _ in range(most):
        inner = [value for value in level if isinstance(value, dict | list)]
        level = [item for value in inner for item in (value.values() if isinstance(value, dict) else value)]
    return bool(level)


def _name_fix(name: str) -> str:
    plain = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:60]
    return f'call it "{plain if plain[:1].isalpha() else "a_" + plain}"'


def _fix(name: str, phrase: str) -> str:
    if phrase.startswith("is missing"):
        return f'add "{name}"'
    if phrase.startswith("is not an input"):
        return f'remove "{name}"'
    wanted = phrase.split(", not ")[0].split(", this has ")[0].split("; ")[0]
    return "make it " + wanted.removeprefix("must ").removeprefix("be ")
