"""What the gallery is told and tells."""

from typing import Literal

from pydantic import Field

from lumina.ui.messages.base import Message, Told


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
