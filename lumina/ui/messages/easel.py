"""What the easel is told and tells: pictures, how they are drawn, looked at, saved, and their words."""

from typing import Literal

from pydantic import Field

from lumina.ui.messages.base import Message, Told

MAX_INPUTS = 100_000  # characters
MAX_CODES = 65_536  # of one picture; the largest published size has 9,216


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


class Elsewhere(Message):
    """Another model that is here, which knows more of the words."""

    model: str
    title: str


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
