"""The kinds of field that several tasks share: seeds, re-rolls, words, advanced options."""

import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.config import JsonDict

from lumina.sampler.options import MAX_SEED
from lumina.worlds.language import Kind


@dataclass(frozen=True)
class Words:
    """Marks a field whose text a model reads, where it draws a small world in that world's plain form."""

    kind: Kind


def _read_seed(value: Any) -> Any:
    if value == "random":
        return value
    number = int(value) if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20 else value
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_SEED:
        raise ValueError(f'must be a whole number from 0 to {MAX_SEED} or "random"')
    return number


def _filled(hint: str) -> AfterValidator:
    """Refuses text with nothing in it; ``hint`` says what belongs there."""

    def says_something(words: str) -> str:
        if not any(unicodedata.category(sign)[0] in "LNSM" for sign in words):
            raise ValueError(f"must not be empty; {hint}")
        return words

    return AfterValidator(says_something)


Seed = Annotated[
    Annotated[int, Field(ge=0, le=MAX_SEED)] | Literal["random"],
    BeforeValidator(_read_seed),
]
Reroll = tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0, le=MAX_SEED)]]
MAX_TEXT = 2000  # characters of what a person types

Prompt = Annotated[str, Field(max_length=MAX_TEXT), _filled("say what to draw"), Words("prompt")]
Instruction = Annotated[str, Field(max_length=MAX_TEXT), _filled("say what to change"), Words("instruction")]
Description = Annotated[str, Field(max_length=MAX_TEXT), _filled("say what it is"), Words("description")]


def option(title: str, description: str, default: Any = None, *, speed: bool = False, **limits: Any) -> Any:
    """A field that forms show among the advanced options; ``speed``: see :meth:`Task.speed_only`."""
    extra = ("advanced", "speed") if speed else ("advanced",)
    marks: JsonDict = dict.fromkeys(extra, True)
    return Field(default, title=title, description=description, json_schema_extra=marks, **limits)


def side(title: str, description: str = "In pixels.", *, advanced: bool = False) -> Any:
    """A width or height in pixels, which the model chooses where none is given."""
    return Field(
        None,
        title=title,
        description=description,
        ge=32,
        le=4096,
        multiple_of=32,
        json_schema_extra={"advanced": True} if advanced else {},
    )
