"""What the canvas is told and tells: kinds of nodes, runs of a workflow, what is wrong with a document."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, JsonValue, TypeAdapter, ValidationError, field_validator

from lumina.ui.messages.base import Message, Told
from lumina.ui.messages.easel import Strip

SocketType = Literal["text", "integer", "number", "boolean", "choice", "image", "json"]


class Limits(Message):
    """What a value must keep to."""

    min: int | float | None = None
    max: int | float | None = None
    step: int | float | None = None
    max_length: int | None = None


class Port(Message):
    """An input or output of a task."""

    type: SocketType
    title: str
    docs: str = ""
    required: bool = False
    default: JsonValue = None
    choices: list[JsonValue] = Field(default=[])
    words: list[str] = Field(
        [], description='that stand beside the type\'s own values, as "random" for a seed'
    )
    limits: Limits = Limits()
    advanced: bool = False
    many: bool = Field(
        False, description="a list; for any other input a list runs the node once for each value"
    )
    link: bool = Field(True, description="whether a wire may lead here")


class TaskInfo(Message):
    """A kind of node."""

    title: str
    docs: str
    version: int = 1
    group: str
    available: bool = Field(description="to the model that is loaded")
    asks: str | None = Field(description="the input that a click on one of its pictures fills")
    slots: str | None = Field(None, description="the input whose {names} are inputs too")
    inputs: dict[str, Port]
    outputs: dict[str, Port]


class Fit(Message):
    """A type of socket: the letter it shows, and the inputs it may fill."""

    letter: str
    fits: list[SocketType]


class DocumentLimits(Message):
    """How large a document may be."""

    nodes: int
    bytes: int
    values: int


class Catalogue(Message):
    """All kinds of nodes, types of sockets, and limits."""

    nodes: dict[str, TaskInfo]
    types: dict[str, Fit]
    limits: DocumentLimits


class Template(Message):
    """A workflow that comes with the studio."""

    name: str
    title: str
    text: str
    picture: str = Field("", description="its address")


class ShownPicture(Message):
    """A picture of a node."""

    url: str = Field(description="its address; empty while rows are drawn")
    width: int
    height: int
    file: str = Field("", description="the name to save it under; a picture in the making has none")
    strips: list[Strip] = Field(default=[], description="of a picture whose rows are drawn")


class NodeView(Message):
    """What a node of a run is doing."""

    state: Literal["idle", "queued", "running", "done", "cached", "stopped", "error", "skipped", "choice"]
    done: int = Field(0, description="rows")
    total: int = 0
    pictures: list[ShownPicture] = Field(default=[])
    text: str = ""
    seconds: float = 0
    message: str = ""
    remark: str = Field("", description="what there is to say beside its pictures")
    inside: str = Field("", description='of a workflow what is at work in it: "draft, 2 of 3"')
    asks: str = Field("", description="of a workflow what a choice settles in it: NODE.INPUT")


class DrawnRows(Told):
    """The rows of a picture as they came, as far as they are drawn."""

    cols: int = Field(ge=1, le=4096)
    codes: list[str] = Field(max_length=4096, description="as in a sheet")


class RunView(Message):
    """A run of a workflow, whole each time."""

    run: str = Field(description="its key")
    state: Literal["running", "done", "failed", "choice"]
    message: str = ""
    nodes: dict[str, NodeView]
    seeds: dict[str, JsonValue] = Field(
        default={},
        description='by inputs.NAME, NODE.INPUT or NODE/INNER.INPUT, what "random" became; text where beyond '
        "JavaScript's numbers",
    )
    drawn: dict[str, list[DrawnRows]] = Field(
        default={}, description="by the key of a call its pictures: what it takes to go on in another studio"
    )


class Problem(Message):
    """What is wrong with a document, where (RFC 6901), and what to do."""

    pointer: str
    message: str
    fix: str


class PlanView(Message):
    """What a run would do."""

    of: str = Field(description="signature of the document it was made for")
    line: str = Field("", description='"2 of 5 steps will run, about 6 s"')
    faults: dict[str, str] = Field(default={}, description="by node, why it cannot run")
    problems: list[Problem] = Field(default=[])
    missing: list[str] = Field(
        default=[], description="names of a visitor's pictures that are not here (any more)"
    )
    again: str = Field(
        "", description="there is more to know soon, because the model is loading; new each time"
    )


class Brought(Message):
    """The name of a picture that was brought, the text of a document, or why it cannot be used.

    Of a file of another program a sentence that says what it is, and its prompt.
    """

    ticket: str
    image: str = ""
    thumbnail: str = Field("", description="its address")
    document: str = ""
    sentence: str = ""
    prompt: str = ""
    error: str = ""


class Execute(Told):
    """Run a document, up to a node if one is named."""

    document: str = ""
    target: str | None = None
    drawn: dict[str, list[DrawnRows]] = Field(
        default={}, description="of a run that is gone on with, as in RunView"
    )
    visitor: str = ""

    @field_validator("drawn", mode="before")
    @classmethod
    def _undamaged(cls, drawn: Any) -> Any:
        """What is damaged is let go, and drawn anew."""
        pictures = drawn.items() if isinstance(drawn, Mapping) else ()
        return {key: rows for key, rows in pictures if _are_rows(rows)}


def _are_rows(pictures: Any) -> bool:
    try:
        TypeAdapter(list[DrawnRows]).validate_python(pictures)
    except ValidationError:
        return False
    return True


class Review(Told):
    """Plan the run of a document with this signature."""

    document: str = ""
    of: str = Field("", max_length=40)
    visitor: str = ""


class Bring(Told):
    """Keep a picture for this visitor, or read a file, whatever it is; either in base64."""

    picture: str = ""
    file: str = ""
    ticket: str = Field("", max_length=40)
    visitor: str = ""
