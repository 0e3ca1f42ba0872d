"""Words as nodes: a text, a text with slots, a note."""

import re
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from lumina.errors import InputError
from lumina.tasks.base import slots_in
from lumina.tasks.fields import MAX_TEXT
from lumina.tasks.utility.tool import OneText, Tool


class Text(Tool):
    """A text for several nodes, or a list of texts that each of them runs for."""

    name: ClassVar[str] = "text"
    title: ClassVar[str] = "Text"
    spoken: ClassVar[str | None] = "text"
    primary: ClassVar[str] = "text"
    Output: ClassVar[type[BaseModel]] = OneText

    text: str = Field(title="Text", description="What other nodes are given.", max_length=MAX_TEXT)

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

    template: str = Field(title="Template", description="A text with slots in {braces}.", max_length=MAX_TEXT)

    def result(self) -> OneText:
        """The template with every slot filled; raises InputError for one that is not, and for a long text."""
        filled = self.__pydantic_extra__ or {}
        missing = [slot for slot in slots_in(self.template) if slot not in filled]
        if missing:
            raise InputError(f"The slot {{{missing[0]}}} is empty; write or link a text to it.")
        parts = re.split(r"\{(\w+)\}", self.template)  # a text, a slot, a text, and so on
        parts[1::2] = (filled.get(slot, f"{{{slot}}}") for slot in parts[1::2])
        if (length := sum(map(len, parts))) > MAX_TEXT:  # before it is put together: it may be immense
            raise InputError(
                f"The text would have {length:,} characters with its slots filled, and {MAX_TEXT:,} are the "
                "most; fill them with shorter texts."
            )
        return OneText(text="".join(parts))


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
