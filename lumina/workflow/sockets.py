"""Where links may go: the type of each input and output of a task, read from its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from lumina.json_types import JsonObject
from lumina.tasks.base import Picture, Task, is_advanced, slots_in
from lumina.tasks.image_input import ImageInput

LETTERS = {"text": "T", "integer": "N", "number": "N", "boolean": "B", "choice": "C", "image": "I"}
FITS = {  # type of an output or of a workflow's input: the inputs it may fill, besides its own
    "integer": ("number",),
    "choice": ("text",),
}
_PLAIN: dict[Any, str] = {str: "text", int: "integer", float: "number", bool: "boolean"}
_LIMITS = {"ge": "min", "le": "max", "multiple_of": "step", "max_length": "max_length"}


@dataclass(frozen=True)
class Socket:
    """One input or output. ``type`` is one of LETTERS, or "json" for what cannot be linked.

    ``many``: it holds a list; a list for any other input runs the node once for each value.
    """

    type: str
    many: bool = False
    is_required: bool = False
    choices: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # that stand beside the type's own values, as "random" for a seed

    def takes(self, source: "Socket") -> bool:
        """Whether a link may lead here from ``source``."""
        return self.type != "json" and self.type in (source.type, *FITS.get(source.type, ()))


SLOT = Socket("text", is_required=True)


def inputs_of(task: type[Task], values: Mapping[str, Any] | None = None) -> dict[str, Socket]:
    """The inputs of a task, in the order people meet them; slots in its literal ``values`` are inputs too."""
    return _own_inputs(task) | dict.fromkeys(slots_of(task, values or {}), SLOT)


def slots_of(task: type[Task], values: Mapping[str, Any]) -> list[str]:
    """The names in braces that are inputs of a node with these literals; of several templates, all."""
    template = values.get(task.slots) if task.slots else None
    several = template if isinstance(template, list) else [template]
    found = [slot for text in several if isinstance(text, str) for slot in slots_in(text)]
    return [name for name in dict.fromkeys(found) if name not in task.model_fields]


@cache
def _own_inputs(task: type[Task]) -> dict[str, Socket]:
    return {name: socket_of(field) for name, field in task.inputs().items()}


@cache
def outputs_of(task: type[Task]) -> dict[str, Socket]:
    """The outputs of a task."""
    return {name: socket_of(field) for name, field in task.Output.model_fields.items()}


def socket_of(field: FieldInfo) -> Socket:
    """The socket of one field."""
    kinds, words = _kinds(field.annotation), tuple[str, ...]()
    if kinds and all(_type(kind) == "image" for kind in kinds):
        kinds = kinds[:1]
    if len(kinds) > 1:  # a seed is a number or the word "random"
        words = tuple(word for kind in kinds for word in _choices(kind))
        kinds = [kind for kind in kinds if not _choices(kind)]
    if len(kinds) != 1:
        return Socket("json", is_required=field.is_required(), words=words)
    kind, many = _single(kinds[0])
    choices = _choices(kind)
    found = "choice" if choices else _type(kind)
    return Socket(found, many and found != "json", field.is_required(), choices, words)


def limits_of(field: FieldInfo) -> JsonObject:
    """The limits that a field states: min, max, step, max_length, as far as there are any."""
    found: JsonObject = {}
    for limit in (*field.metadata, *_metadata(field.annotation)):
        found |= {
            word: getattr(limit, name)
            for name, word in _LIMITS.items()
            if getattr(limit, name, None) is not None
        }
    return found


def described(field: FieldInfo) -> JsonObject:
    """A field as JSON for a front end."""
    socket = socket_of(field)
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    extra: Mapping[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return {
        "type": socket.type,
        "many": socket.many,
        "title": field.title or "",
        "docs": field.description or "",
        "required": socket.is_required,
        "default": list(default) if isinstance(default, tuple) else default,
        "choices": list(socket.choices),
        "words": list(socket.words),
        "limits": limits_of(field),
        "advanced": is_advanced(field),
        "link": socket.type != "json" and not extra.get("unlinked", False),
    }


def _kinds(annotation: Any) -> list[Any]:
    """The alternatives of a type, without None and without annotations."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [kind for part in get_args(annotation) for kind in _kinds(part)]
    return [] if annotation is NoneType else [annotation]


def _metadata(annotation: Any) -> list[Any]:
    """The limits inside a type."""
    if get_origin(annotation) is Annotated:
        inner, *limits = get_args(annotation)
        return [part for limit in limits for part in getattr(limit, "metadata", [limit])] + _metadata(inner)
    if get_origin(annotation) in (Union, UnionType):
        return [limit for part in get_args(annotation) for limit in _metadata(part)]
    return []


def _single(kind: Any) -> tuple[Any, bool]:
    """What a list holds, and whether it is one."""
    if get_origin(kind) is tuple and get_args(kind)[1:] == (Ellipsis,):
        inner = {_type(each): each for each in _kinds(get_args(kind)[0])}  # both kinds of image are one
        return (next(iter(inner.values())) if len(inner) == 1 else None), True
    return kind, False


def _choices(kind: Any) -> tuple[str, ...]:
    return tuple(str(choice) for choice in get_args(kind)) if get_origin(kind) is Literal else ()


def _type(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, ImageInput | Picture):
        return "image"
    return _PLAIN.get(kind, "json")
