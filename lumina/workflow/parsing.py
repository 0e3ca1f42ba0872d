"""Reads a stranger's JSON within limits, and says what is wrong in a document, where, and the fix."""

import json
import math
import re
import unicodedata
from typing import Any

from pydantic import JsonValue, ValidationError

from lumina.errors import InvalidWorkflow
from lumina.json_types import JsonObject
from lumina.tasks.error_wording import phrases
from lumina.workflow.other_names import key_meant, object_meant, type_meant

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32  # of nested lists and objects

LONGEST = 300  # digits of a number

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NOTE = re.compile(r"(?:[_$#@]|//|x-)+(.*)")  # a key that programs and people keep for themselves
_HALF = ("holds half a character", "write the whole one; an editor left a lone surrogate there")

Place = tuple[str | int, ...]
Problem = dict[str, str]


def parse(text: str | bytes, most: int = MAX_BYTES) -> Any:
    """JSON of at most ``most`` bytes and 32 levels, without repeated keys, NaN or unreadable text.

    Raises InvalidWorkflow.
    """
    plain = _decoded(text, most)
    try:
        document = json.loads(
            plain,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_number,
            parse_int=_whole,
        )
        if _SURROGATE.search(plain):  # lone ones could not be written again
            json.dumps(document, ensure_ascii=False).encode()
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        is_ended = error.msg == "Extra data"
        raise _unreadable(*_broken(plain, error.pos, is_ended)) from None
    except UnicodeEncodeError:
        raise _unreadable(*_HALF) from None
    check_depth(document)
    return document


def check_depth(document: Any) -> None:
    """Raise InvalidWorkflow where lists and objects stand within each other at more than 32 levels."""
    if is_deeper(document, MAX_DEPTH):
        raise _too_deep()


def check_keys(text: bytes) -> None:
    """Raise InvalidWorkflow where a key stands twice in an object of a JSON text, which may be of any size.

    What is no JSON is left to those who read it.
    """
    try:
        json.loads(text, object_pairs_hook=_unique)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        return


def parse_document(text: str | bytes, most: int = MAX_BYTES) -> Any:
    """As :func:`parse`; of a text that was encoded twice what it holds. Raises InvalidWorkflow."""
    found = parse(text, most)
    try:
        inner = parse(found, most) if isinstance(found, str) else found
    except InvalidWorkflow:
        return found
    return inner if isinstance(inner, dict) else found


def _decoded(text: str | bytes, most: int) -> str:
    """The text of a file in UTF-8, UTF-16 or UTF-32, with or without a byte-order mark."""
    try:
        data = text.encode() if isinstance(text, str) else text
        if len(data) > most:
            raise _unreadable(f"has {len(data):,} bytes", f"keep it within {most:,} bytes")
        plain = data.decode(json.detect_encoding(data))
    except UnicodeEncodeError:
        raise _unreadable(*_HALF) from None
    except UnicodeDecodeError:
        raise _unreadable("is not readable text", "save it as UTF-8") from None
    if not plain.strip():
        raise _unreadable("is empty", "choose a file with a workflow in it")
    return plain


def _broken(text: str, at: int, is_ended: bool) -> tuple[str, str]:
    """What is wrong with a text that is no JSON, and the fix; ``is_ended``: with what stands after it."""
    where = f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"
    before, rest = text[:at].rstrip(), text[at:].lstrip()
    if not rest:
        return "is not valid JSON: it ends too early", "write the rest of it"
    if rest.startswith(("//", "/*", "#")):
        return f"is not valid JSON: it has a comment at {where}", "remove it"
    if (before + rest[:1])[-2:] in (",}", ",]") or re.match(r",\s*[}\]]", rest):
        return f"is not valid JSON: it has a comma too many at {where}", "remove it"
    if rest[0] in "'‘’“”„«»":
        kind = "single" if rest[0] == "'" else "curly"
        return f"is not valid JSON: it has {kind} quotes at {where}", 'write "…"'
    if rest.startswith("```"):
        return f"is not valid JSON: it has a fence of ``` at {where}", "remove it"
    if text[at] in "\r\n\t":  # between two values they are allowed
        return f"is not valid JSON: it has a line break or tab in a text at {where}", "write \\n or \\t"
    if unicodedata.category(text[at]) in ("Cc", "Cf", "Zs"):
        return f"is not valid JSON: it has a sign that cannot be seen at {where}", "remove it"
    if is_ended:
        return f"is not valid JSON at {where}, after its end", "remove what follows"
    if not before:  # words, or a file of another kind
        fix = "remove what stands before" if "{" in rest else "write JSON, or choose a file that holds it"
        return f"is not valid JSON at {where}: it does not begin with {{", fix
    return f"is not valid JSON at {where}", "correct the text there"


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
    if place and place[-1] == "[key]" and "settled" in steps[-2:]:
        return problem(steps, "must be NODE.INPUT, or NODE/INNER.INPUT", 'write it as "draft.seed"')
    if place and place[-1] == "[key]" and steps[-2:-1] == ("inputs",) and (note := _NOTE.fullmatch(last)):
        way = f'remove it, or call it "x-{_plain(note[1]) or "note"}" and put it beside "inputs"'
        return problem(steps, "is a note, and here are inputs only", way)
    if place and place[-1] == "[key]":
        return problem(steps, "must be lower-case letters, digits and _, a letter first", _name_fix(last))
    if "^x-" in phrase and (meant := key_meant(steps)):
        return problem(steps, "is not a key that is known here", meant)
    if "^x-" in phrase:
        if steps[:1] == ("nodes",) and len(steps) == 3 and last == last.lower():
            way = 'put it into "inputs" if it is an input of the task'
            return problem(steps, "is not a key that is known here", f'{way}, or call it "x-{last}"')
        way = f'remove "{last}"' if last == last.lower() else f'call it "{last.lower()}"'
        fix = f'{way}, or call it "x-{last}" to keep it as a note'
        return problem(steps, "is not a key that is known here", fix)
    message, _, advice = phrase.partition("; ")
    if message.startswith("must not be empty"):
        advice = advice or "put something in it"
    return problem(steps, message, advice or _meant(steps, message) or _fix(last, phrase))


def _meant(steps: Place, message: str) -> str | None:
    """The fix for a value that others write so."""
    if message.startswith("must be an object"):
        return object_meant(steps)
    value = message.rpartition(", not ")[2].strip("'")
    if steps[:1] == ("inputs",) and steps[2:] == ("type",):
        return f'write "{meant}"' if (meant := type_meant(value)) else None
    is_task = steps[:1] == ("nodes",) and steps[2:] == ("task",) and message.startswith("must be lower-case")
    return f'write "{_plain(value)}"' if is_task and _plain(value) else None


def _without_marks(place: Place) -> Place:
    """Without the steps that pydantic adds for a key, or for the kind of a value."""
    steps = place[:-1] if place and place[-1] == "[key]" else place
    if steps[:1] == ("workflows",):
        return (*steps[:2], *_without_marks(steps[2:]))
    if steps[:1] == ("layout",):
        return steps[:3]
    if steps[:1] == ("frames",):
        return steps[:4]
    has_kind = len(steps) > 4 and steps[0] == "nodes" and steps[2] == "inputs"
    return (*steps[:4], *steps[5:]) if has_kind else steps


def _unreadable(message: str, fix: str) -> InvalidWorkflow:
    return InvalidWorkflow([problem((), message, fix)])


def _too_deep() -> InvalidWorkflow:
    return _unreadable("is nested too deeply", f"keep it within {MAX_DEPTH} levels")


def _unique(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        raise _unreadable(f'has the key "{max(names, key=names.count)[:64]}" twice', "keep one of them")
    return values


def _no_constant(name: str) -> None:
    raise _unreadable(f"holds {name}, which is no number of JSON", "write a number, or leave it out")


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _unreadable(f"holds a number that is too large, {digits[:20]}", "write a smaller one")
    return number


def _whole(digits: str) -> int:
    if len(digits) > LONGEST:
        raise _unreadable(f"holds a number of {len(digits):,} digits", "write a shorter one")
    return int(digits)


def is_deeper(document: Any, most: int) -> bool:
    """Whether lists and objects stand within each other at more than ``most`` levels."""
    level = [document]
    for _ in range(most):
        inner = [value for value in level if isinstance(value, dict | list)]
        level = [item for value in inner for item in (value.values() if isinstance(value, dict) else value)]
    return bool(level)


def _name_fix(name: str) -> str:
    plain = _plain(name)
    return f'call it "{plain if plain[:1].isalpha() else f"a_{plain}".rstrip("_")}"'


def _plain(name: str) -> str:
    """A name in the signs that names have here, letters without their marks."""
    letters = "".join(
        sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign)
    )
    return re.sub(r"[^a-z0-9_]+", "_", letters).strip("_")[:60]


def _fix(name: str, phrase: str) -> str:
    if phrase.startswith("is missing"):
        return 'add "lumina": 1' if name == "lumina" else f'add "{name}"'
    if phrase.startswith("is not an input"):
        return f'remove "{name}"'
    wanted = phrase.split(", not ")[0].split(", this has ")[0]
    return f"let it {wanted[5:]}" if wanted.startswith("must have") else f"make it {wanted[8:]}"
