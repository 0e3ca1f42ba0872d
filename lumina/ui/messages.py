"""Every message between the page and Python; the page's types are generated from these classes.

After a change, ``make web`` writes ``web/src/messages.gen.ts`` anew. What a class says here is what the
page's scripts are checked against.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from lumina.workflow.document import Workflow

Data = dict[str, Any]
"""A message as plain data, as Gradio takes it."""

MAX_INPUTS = 100_000  # characters
MAX_CODES = 65_536  # of one picture; the largest published size has 9,216


class Message(BaseModel):
    """What Python tells the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def data(self) -> Data:
        """Only what was set, so that what is not known is not there."""
        return self.model_dump(mode="json", exclude_unset=True)


class Told(BaseModel):
    """What the page tells Python: checked like any other input, and more than is asked for is let go."""

    model_config = ConfigDict(frozen=True, extra="ignore")


# The easel


class RecipeSheet(Message):
    """What the recipe of a picture tells of it."""

    key: str
    model: str
    task: str
    inputs: str = Field(description="as text, because seeds go beyond JavaScript's whole numbers")
    prompt: str
    kind: str = Field(description='of map, or "picture"')
    seed: str
    file: str = Field(description="the name to save it under")
    identity: str = Field(description="the same for two tasks that ask for the same picture")
    digest: str = Field(description="of the codes")
    panels: int
    rows: int
    drawn: int = Field(description="rows so far")
    cols: int
    codes: str = Field(description="uint32 of each code, in base64")


class Strip(Message):
    """The newest pixels of a picture in the making."""

    bottom: int = Field(description="pixels of the picture down to its lower edge")
    pixels: str = Field(description="a WebP in base64 that ends there; empty without previews")


class Rows(Strip):
    """New rows of a picture in the making."""

    codes: str = Field(description="as in a sheet")
    nll: str = Field(description="as in a sheet")
    accepted: list[int] = Field(description="codes of each forward pass since the rows before")
    seconds: float = Field(description="since drawing began")


class Sheet(RecipeSheet):
    """A picture, whole or in the making, with all it takes to show it, to save it, and to go on from it."""

    width: int = Field(description="pixels")
    height: int
    png: str = Field(description="in base64; empty while the picture is in the making")
    id: str = Field("", description="of its file in the gallery")
    strips: list[Rows] = Field(
        [], description="of a picture drawn in this run: its rows as they came, which nothing else repeats"
    )
    score: float | None
    nll: str = Field(description="one byte a code, in base64")
    accepted: list[int] = Field(description="codes of each of the last forward passes")
    forwards: int
    tokens: int
    seconds: float


class EaselView(Message):
    """A run as the easel shows it; of what it holds, only what is new travels."""

    run: str = Field(description="its key")
    onto: str = Field(description="key of the picture that is drawn on")
    state: Literal["waiting", "drawing", "done", "failed"]
    count: int = Field(description="pictures there will be")
    sheets: list[Sheet]
    message: str = ""
    done: int = Field(0, description="rows of all pictures")
    total: int = 0
    left: float | None = Field(None, description="seconds")
    seconds: float = Field(0.0, description="spent drawing; candidates are drawn side by side")


class Settled(Message):
    """A picture that was stopped, with its file."""

    state: Literal["settled"] = "settled"
    sheet: Sheet


class Restored(Message):
    """The settings of a picture are back in the form."""

    state: Literal["restored"] = "restored"
    message: str
    sheet: RecipeSheet
    ticket: str


class Refusal(Message):
    """A picture whose settings cannot be brought back, and why."""

    state: Literal["refused"] = "refused"
    message: str
    ticket: str


class Use(Message):
    """Another tab that takes a picture from the easel."""

    task: str
    title: str
    part: Literal["upper", "lower"] = Field(description="the panel of a pair that it takes")


class Unknown(Message):
    """A word that the model does not know, and known ones to write instead."""

    word: str
    known: list[str]
    note: str = Field("", description="why it is not drawn, of what is known or no word")


class PromptPart(Message):
    """A part of a prompt, and the words that may stand in its place."""

    text: str
    others: list[str]


class Format(Message):
    """A kind of file: the pattern of its first bytes, and why it cannot be used, if so."""

    pattern: str
    refusal: str


class Asked(Told):
    """What a picture was asked for, as it comes back from a page."""

    task: str = Field(max_length=100)
    inputs: str = Field(max_length=MAX_INPUTS)
    given: dict[str, str] = Field(
        default={}, max_length=4, description="pictures it was given, by field, in base64"
    )


class Continued(Asked):
    """The part of a sheet that comes back from a page, to go on from its codes."""

    key: str = ""
    model: str = Field(max_length=200)
    codes: str = Field(max_length=4 * MAX_CODES)
    cols: int = Field(ge=1, le=4096)


class Rerolled(Continued):
    """The same, to keep the rows above one and draw the others anew, once or four times over."""

    row: int
    four: bool


class Reworded(Asked):
    """The same picture with another word in place of a part of its prompt."""

    at: int = Field(description="number of the part")
    word: str = Field(max_length=200)


class Follow(Told):
    """The picture is to follow a drawing, all of whose pictures are one series."""

    series: str = Field("", max_length=60)


class Look(Asked):
    """The picture that is looked at, to be compared with what it was made from."""

    model: str = Field(max_length=200)
    png: str


class Prepare(Told):
    """A picture to be saved in another way than it is."""

    ticket: str = Field("", max_length=40)
    png: str
    file: str = Field("", max_length=200, description="the name to save the picture itself under")
    way: Literal["2x", "4x", "cut-out", "film"]
    rows: int = Field(1, ge=1, le=4096, description="of codes, that a film paints one by one")
    prompt: str = ""


class Saved(Message):
    """The file, in base64, or why there is none."""

    ticket: str
    message: str = ""
    file: str = Field("", description="the name to save it under")
    kind: str = ""
    content: str = ""


# The gallery


class Card(Message):
    """What the gallery shows of a picture."""

    id: str
    made: float = Field(description="seconds since 1970")
    title: str
    size: str
    image: str = Field(description="its address")
    recipe: str
    starred: bool
    panels: int
    kind: str = Field(description='of map, "picture", or empty for what a workflow has made')
    tab: str = Field(description="its address; empty for what a workflow has made")


class Cards(Message):
    """An answer to what the gallery asked for."""

    ticket: str
    cards: list[Card]
    message: str = ""
    words: str = Field("", description="that were searched for")
    more: bool = False
    full: bool = Field(False, description="whether no more are shown on one page")
    promise: str = Field("", description="what is kept; empty where the message says that nothing is")


class Wish(Told):
    """What is to be done with pictures of a visitor's gallery."""

    act: Literal["list", "picture", "zip", "star", "unstar", "share", "delete"] = Field(
        description="a list is of the latest"
    )
    visitor: str = Field(max_length=40)
    ids: list[str] = Field(max_length=1000)


class Handed(Message):
    """A picture of the gallery for the tab of a task, or the text of a workflow."""

    ticket: str
    message: str = ""
    png: str = ""
    task: str = ""
    text: str = ""


# The canvas

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


class Review(Told):
    """PlanView the run of a document with this signature."""

    document: str = ""
    of: str = Field("", max_length=40)
    visitor: str = ""


class Bring(Told):
    """Keep a picture for this visitor, or read a file, whatever it is; either in base64."""

    picture: str = ""
    file: str = ""
    ticket: str = Field("", max_length=40)
    visitor: str = ""


MESSAGES: tuple[type[BaseModel], ...] = (
    EaselView,
    Restored,
    Settled,
    Refusal,
    Use,
    Unknown,
    PromptPart,
    Format,
    Continued,
    Rerolled,
    Reworded,
    Follow,
    Look,
    Prepare,
    Saved,
    Cards,
    Wish,
    Handed,
    Catalogue,
    Template,
    RunView,
    PlanView,
    Brought,
    Execute,
    Review,
    Bring,
    Workflow,
)
