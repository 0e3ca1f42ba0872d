"""What all messages have in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict

Data = dict[str, Any]
"""A message as plain data, as Gradio takes it."""


class Message(BaseModel):
    """What Python tells the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def data(self) -> Data:
        """Only what was set, so that what is not known is not there."""
        return self.model_dump(mode="json", exclude_unset=True)


class Told(BaseModel):
    """What the page tells Python: checked like any other input, and more than is asked for is let go."""

    model_config = ConfigDict(frozen=True, extra="ignore")
