"""TypeScript interfaces from the JSON Schemas of pydantic models."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from lumina.ui.messages import MESSAGES
from lumina.ui.scripts import WEB

GENERATED = WEB / "src" / "messages.gen.ts"
HEAD = """// Written by `make web` from lumina/ui/messages/; changes belong there.

/** A number that JavaScript would round is read as a bigint. */
export type JsonValue =
  | null | boolean | number | bigint | string | JsonValue[] | { [key: string]: JsonValue };
"""
PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}

Schema = Mapping[str, Any]


def interfaces(models: Sequence[type[BaseModel]]) -> str:
    """One exported interface for each model and for each model that it holds, in the order of their names."""
    _, schema = models_json_schema([(model, "validation") for model in models])
    named = {name: each for name, each in sorted(schema["$defs"].items()) if name != "JsonValue"}
    return "\n".join([HEAD, *(_interface(name, each) for name, each in named.items())])


def _interface(name: str, schema: Schema) -> str:
    about = str(schema.get("description", name)).replace("\n\n", " ").replace("\n", " ")
    required = schema.get("required", ())
    lines = [_field(key, each, key in required) for key, each in schema.get("properties", {}).items()]
    if isinstance(schema.get("additionalProperties"), Mapping):  # a document keeps what others have added
        lines.append("  [extension: `x-${string}`]: JsonValue | undefined;")
    return "\n".join([f"/** {about} */", f"export interface {name} {{", *lines, "}\n"])


def _field(key: str, schema: Schema, is_required: bool) -> str:
    # a constant is always there, whether or not Python has to name it
    mark = "" if is_required or "const" in schema else "?"
    about = f" // {schema['description']}" if "description" in schema else ""
    return f"  {key}{mark}: {type_of(schema)};{about}"


def type_of(schema: Schema) -> str:
    """The type of what a schema describes; raises KeyError for a kind of schema that no message has."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(map(json.dumps, schema["enum"]))
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(dict.fromkeys(map(type_of, schema[union])))
    if schema["type"] == "array":
        return _list(schema)
    if schema["type"] == "object":
        values = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
        return f"Record<string, {type_of(values[0])}>"
    return PLAIN[schema["type"]]


def _list(schema: Schema) -> str:
    item, size = type_of(schema["items"]), schema.get("maxItems")
    if size is not None and size == schema.get("minItems"):
        return f"[{', '.join([item] * size)}]"
    return f"({item})[]" if " " in item else f"{item}[]"


def write(path: Path = GENERATED) -> None:
    """Write the types of all messages."""
    path.write_text(interfaces(MESSAGES), encoding="utf-8")


if __name__ == "__main__":
    write()
