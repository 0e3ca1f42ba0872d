"""Edit: a picture is changed as a sentence says."""

from typing import ClassVar

from pydantic import Field

from lumina.tasks import instructions
from lumina.tasks.fields import Instruction
from lumina.tasks.image_input import ImageField
from lumina.tasks.panels import PanelTask


class Edit(PanelTask):
    """Change a picture by instruction. For another turn, give the result as the picture."""

    name: ClassVar[str] = "edit"
    title: ClassVar[str] = "Edit"
    spoken: ClassVar[str | None] = "instruction"
    turns: ClassVar[bool] = True

    image: ImageField = Field(title="Picture", description="What to change.")
    instruction: Instruction = Field(title="Instruction", description="How to change it, in plain English.")

    def words(self, width: int, height: int) -> str:
        """See DrawingTask."""
        return instructions.edit(self.instruction, width, height)
