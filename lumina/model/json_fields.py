"""Values from JSON files, each checked for being there and of the type that is wanted."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from lumina.errors import CheckpointMismatch
from lumina.json_types import JsonObject


class Dataclass(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Config = TypeVar("Config", bound=Dataclass)


def read_json(path: Path) -> JsonObject:
    """The object in a JSON file; raises CheckpointMismatch naming the file if there is none."""
    if path.exists() and not path.is_file():
        raise CheckpointMismatch(f"{path} is no file; download the model again.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointMismatch(f"{path} is missing; download the model again.") from error
    except (OSError, ValueError) as error:
        raise CheckpointMismatch(f"{path} is damaged; download the model again.") from error
    if not isinstance(content, dict):
        raise CheckpointMismatch(f"{path} does not hold a JSON object; download the model again.")
    return content


def read_fields(cls: type[Config], values: Mapping[str, Any], file: str) -> Config:
    """A ``cls`` of those ``values`` that it has a field for, each of the field's type; none may be lacking.

    Raises CheckpointMismatch, which names ``file``.
    """
    known: JsonObject = {}
    for field in fields(cls):
        if field.name in values:
            known[field.name] = values[field.name]
            if not _fits(values[field.name], field.type):
                raise CheckpointMismatch(
                    f"{file} sets {field.name} to {values[field.name]!r}, which cannot be."
                )
        elif field.default is MISSING:
            raise CheckpointMismatch(f"{file} lacks {field.name}.")
    return cls(**known)


def _fits(value: Any, kind: Any) -> bool:
    if kind is bool:
        return isinstance(value, bool)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    numbers = [value] if kind is int else value
    return isinstance(numbers, list | tuple) and all(type(number) is int and number > 0 for number in numbers)
