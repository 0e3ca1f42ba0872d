"""Words as nodes: a text, a text with slots, a note."""

import re
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from lumina.errors import InputError
from lumina.tasks.base import slots_in
from lumina.tasks.utility.tool import OneText, Tool


class Text(Tool):
    """A text for several nodes, or a list of texts that each of them runs for."""

    name: ClassVar[str] = "text"
    title: ClassVar[str] = "Text"
    spoken: ClassVar[str | None] = "text"
    primary: ClassVar[str] = "text"
    Output: ClassVar[type[BaseModel]] = OneText

    text: str = Field(title="Text", description="What other nodes are given.", max_length=2000)

    def result(self) -> OneText:
        """The text itself."""
        return OneText(text=self.text)


class PromptTemplate(Tool):
    """A text with slots such as {colour}, each of which becomes an input."""

    name: ClassVar[str] = "prompt_template"
    title: ClassVar[str] = "Prompt template"
    Output: ClassVar[type[BaseModel]] = OneText
    slots: ClassVar[str | None] = "template"
    spoken: ClassVar[str | None] = "template"
    primary: ClassVar[str] = "text"
    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, str]

    template: str = Field(title="Template", description="A text with slots in {braces}.", max_length=2000)

    def result(self) -> OneText:
        """The template with every slot filled; raises InputError for one that is not."""
        filled = self.__pydantic_extra__ or {}
        missing = [slot for slot in slots_in(self.template) if slot not in filled]
        if missing:
            raise InputError(f"The slot {{{missing[0]}}} is empty; write or link a text to it.")
        words = re.sub(r"\{(\w+)\}", lambda slot: filled.get(slot[1], slot[0]), self.template)
        return OneText(text=words)


class Nothing(BaseModel):
    """The output of a node that gives nothing on."""


class Note(Tool):
    """Words beside the nodes for whoever reads the workflow; nothing is done with them."""

    name: ClassVar[str] = "note"
    title: ClassVar[str] = "Note"
    Output: ClassVar[type[BaseModel]] = Nothing

    text: str = Field("", title="Text", description="What to keep in mind.", max_length=10_000)

    def result(self) -> Nothing:
        """Nothing."""
        return Nothing()
