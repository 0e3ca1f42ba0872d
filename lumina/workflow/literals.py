"""Which literals an input takes: values that its task accepts, lists of them, and names of pictures."""

import re
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from pydantic import ValidationError

from lumina.json_types import JsonObject
from lumina.tasks.base import Task
from lumina.tasks.image_input import NAME, wrong_name
from lumina.workflow.document import Input
from lumina.workflow.parsing import Place, Problem, place_of, problem, problems_of
from lumina.workflow.sockets import Socket
from lumina.workflow.values import MAX_VALUES

IMAGE = "image"
_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "choice": (str,),
}  # fmt: skip


_READ = {
    "text": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "choice": "a text",
}  # fmt: skip


def picture_name(value: Any) -> str | None:
    """The name in ``{"image": …}``: a digest or the name of a file, never a path or an address."""
    name = value.get(IMAGE) if isinstance(value, dict) and list(value) == [IMAGE] else None
    return name if isinstance(name, str) and re.fullmatch(NAME, name) else None


def as_list(value: Any, socket: Socket) -> list[Any] | None:
    """The values of a list that runs its node several times, None for a single value."""
    is_fan = isinstance(value, list) and not socket.many and socket.type != "json"
    return value if is_fan else None


def literal_problems(
    place: Place, task: type[Task], values: Mapping[str, Any], sockets: Mapping[str, Socket]
) -> Iterator[Problem]:
    """What is wrong with the literals of a node; ``place`` is where its inputs are. Missing ones included."""
    plain: JsonObject = {}
    for name, value in values.items():
        if found := list(list_problems((*place, name), value, sockets[name])) if name in sockets else []:
            yield from found
        else:
            plain[name] = value
    refused = values.keys() - plain.keys()
    for item in _value_problems(place, task, plain, sockets):
        if not refused & set(place_of(item["pointer"])[len(place) : len(place) + 1]):
            yield item


def list_problems(place: Place, value: Any, socket: Socket) -> Iterator[Problem]:
    """What is wrong with the length of a list that runs its node several times."""
    fan = as_list(value, socket)
    if fan is not None and not 0 < len(fan) <= MAX_VALUES:
        yield problem(place, f"is a list of {len(fan)} values", _list_fix(len(fan)))


def input_problems(place: Place, given: Input) -> Iterator[Problem]:
    """What is wrong with an input of the workflow: its default, its choices."""
    if given.type == "choice" and not given.choices:
        yield problem((*place, "choices"), "is missing", "list the choices as texts")
    if given.choices is not None and not all(isinstance(choice, str) for choice in given.choices):
        yield problem((*place, "choices"), "must be a list of texts", "write each choice as text")
    if given.default is None:
        return
    for value in given.default if isinstance(given.default, list) else [given.default]:
        if (wrong := wrong_value(given, value)) is not None:
            message, _, advice = wrong.partition("; ")
            yield problem((*place, "default"), message, advice or "correct it, or leave the default out")
            return


def wrong_value(given: Input, value: Any) -> str | None:
    """Why ``value`` cannot fill an input of the workflow, None if it can."""
    if given.type == IMAGE:
        name = value.get(IMAGE) if isinstance(value, dict) else None
        is_name = picture_name(value) is not None
        return None if is_name else (isinstance(name, str) and wrong_name(name)) or "must name a picture"
    if given.type == "integer" and isinstance(value, float) and value.is_integer():
        return None
    is_bool = isinstance(value, bool)
    if not isinstance(value, _TYPES[given.type]) or (is_bool and given.type != "boolean"):
        is_random = given.type == "integer" and value == "random"
        return None if is_random else f"must be {_READ[given.type]}"
    if given.type == "choice" and value not in (given.choices or []):
        return f"must be one of: {', '.join(map(str, (given.choices or [])[:10]))}"
    return None


def _value_problems(
    place: Place, task: type[Task], values: Mapping[str, Any], sockets: Mapping[str, Socket]
) -> Iterator[Problem]:
    fans = {
        name: fan
        for name, value in values.items()
        if name in sockets and (fan := as_list(value, sockets[name])) is not None
    }
    first = {name: fans[name][0] if name in fans else value for name, value in values.items()}
    if prod(map(len, fans.values())) > MAX_VALUES:  # refused elsewhere
        fans = {}
    for item in _faults(place, task, first):
        name = item["pointer"].rpartition("/")[2]
        yield item | {"pointer": item["pointer"] + "/0"} if name in fans else item
    for name, fan in fans.items():
        at = problem((*place, name), "", "")["pointer"]
        for index, value in enumerate(fan[1:], start=1):
            faults = _faults(place, task, first | {name: value}) if value != first[name] else []
            yield from (item | {"pointer": f"{at}/{index}"} for item in faults if item["pointer"] == at)


def _faults(place: Place, task: type[Task], values: Mapping[str, Any]) -> list[Problem]:
    try:
        task.model_validate(dict(values))
    except ValidationError as error:
        return problems_of(error, below=place)
    return []


def _list_fix(count: int) -> str:
    return f"keep it within {MAX_VALUES} values" if count else "give at least one value"
