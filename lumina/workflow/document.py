"""The workflow document, version 1, as classes: known keys are checked, x-… keys are kept."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    StrictFloat,
    StrictInt,
    StringConstraints,
    Tag,
)

MAX_NODES = 64
MAX_ENTRIES = 64  # of any other list or object of the document
MAX_WORKFLOWS = 16  # that one document holds for its nodes, those within others included
MAX_DEPTH = 4  # of workflows within each other

NAME = r"[a-z][a-z0-9_]*"
Name = Annotated[str, StringConstraints(pattern=f"^{NAME}$", max_length=64)]
NameOrNone = Annotated[str, StringConstraints(pattern=f"^({NAME})?$", max_length=64)]
LinkTarget = Annotated[str, StringConstraints(pattern=rf"^{NAME}\.{NAME}$", max_length=130)]
SettledKey = Annotated[str, StringConstraints(pattern=rf"^{NAME}(/{NAME})*\.{NAME}$", max_length=400)]
ExtensionKey = Annotated[str, StringConstraints(pattern=r"^x-")]
ModelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+(@[A-Za-z0-9._-]+)?$", max_length=100)]
Place2d = Annotated[list[StrictInt | StrictFloat], Field(min_length=2, max_length=2)]


def _is_version_one(value: Any) -> Any:
    if isinstance(value, bool) or value != 1:  # true equals 1 in Python
        raise ValueError("must be 1; there is no other version yet")
    return 1  # also of 1.0: JSON has one kind of number


def _kind(value: Any) -> str:
    is_link = isinstance(value, Link) or (isinstance(value, dict) and list(value) == ["from"])
    return "link" if is_link else "literal"


class Link(BaseModel):
    """Takes a value from elsewhere: from an input of the workflow, or from an output of another node."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    target: LinkTarget = Field(alias="from", description='"inputs.NAME" or "NODE.OUTPUT"')

    @property
    def ends(self) -> tuple[str, str]:
        """Where it comes from, a node or "inputs", and the name that it has there."""
        source, _, output = self.target.partition(".")
        return source, output


# An object with the single key "from" is a link, everything else is a literal.
Value = Annotated[Annotated[Link, Tag("link")] | Annotated[JsonValue, Tag("literal")], Discriminator(_kind)]


class Element(BaseModel):
    """A piece of the document: known keys are checked, x-… keys are kept, any other key is a problem."""

    model_config = ConfigDict(frozen=True, extra="allow", serialize_by_alias=True)
    __pydantic_extra__: dict[ExtensionKey, JsonValue]


class Input(Element):
    """A value that is filled in when the workflow is run."""

    type: Literal["text", "integer", "number", "boolean", "choice", "image"]
    label: str = ""
    description: str = ""
    choices: list[JsonValue] | None = None
    default: JsonValue = None


class Node(Element):
    """One task, or one of the document's workflows, with its inputs.

    A muted node is left out with all that rests on it; a bypassed one hands on the first link of its
    output's type.
    """

    task: NameOrNone = ""
    workflow: NameOrNone = Field("", description='in place of a task: the name of one of the "workflows"')
    inputs: dict[Name, Value] = Field(default_factory=dict, max_length=MAX_ENTRIES)
    settled: dict[SettledKey, JsonValue] = Field(
        default_factory=dict,
        max_length=MAX_ENTRIES,
        description="of a workflow, by NODE.INPUT: what is left open in it, random seeds and choices",
    )
    mode: Literal["run", "mute", "bypass"] = "run"


class Frame(Element):
    """A titled, coloured rectangle behind the nodes of the canvas: what lies in it moves along with it."""

    title: Annotated[str, StringConstraints(max_length=120)] = ""
    colour: Literal["grey", "red", "amber", "green", "blue", "violet"] = "grey"
    place: Place2d
    size: Place2d


class Workflow(Element):
    """A workflow.

    Its title, layout (node to [x, y] on the canvas) and frames change nothing of what is computed. What
    stands in its ``workflows`` can be a node of it: their inputs are its inputs, their outputs its outputs.
    """

    lumina: Annotated[Literal[1], BeforeValidator(_is_version_one)]
    title: str = ""
    model: ModelName | None = None
    inputs: dict[Name, Input] = Field(default_factory=dict, max_length=MAX_ENTRIES)
    nodes: dict[Name, Node] = Field(min_length=1, max_length=MAX_NODES)
    outputs: dict[Name, Link] = Field(default_factory=dict, max_length=MAX_ENTRIES)
    layout: dict[Name, Place2d] = Field(default_factory=dict, max_length=MAX_ENTRIES)
    frames: dict[Name, Frame] = Field(default_factory=dict, max_length=MAX_ENTRIES)
    workflows: "dict[Name, Workflow]" = Field(default_factory=dict, max_length=MAX_WORKFLOWS)
