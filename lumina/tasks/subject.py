"""Subject: a thing from a picture appears in a new scene."""

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest
from lumina.tasks import instructions
from lumina.tasks.fields import Description, Prompt, option
from lumina.tasks.image_input import ImageField
from lumina.tasks.panels import PanelTask


class Subject(PanelTask):
    """Draw the thing that a picture shows in a new scene."""

    name: ClassVar[str] = "subject"
    title: ClassVar[str] = "Subject"
    spoken: ClassVar[str | None] = "prompt"
    other_wording: ClassVar[str | None] = "paper"

    image: ImageField = Field(title="Picture", description="The thing, best on a white ground.")
    subject: Description = Field(title="Subject", description="What the thing is, in a few words.")
    prompt: Prompt = Field(title="Prompt", description="The new scene, in plain English.")
    wording: instructions.Wording = option(
        "Wording", "How the model is told: as the published code or the paper has it.", "code"
    )

    def request(self, painter: Painter) -> DrawRequest:
        """See PanelTask; without a prompt to judge by, since tabletop's judge knows plain solids only."""
        return replace(super().request(painter), prompt="")

    def words(self, width: int, height: int) -> str:
        """See DrawingTask."""
        return instructions.subject(self.subject, self.prompt, width, height, self.wording)
