"""Control: a map says where things are, a sentence says what they are."""

from typing import ClassVar

from pydantic import Field

from lumina.tasks import instructions
from lumina.tasks.fields import Prompt
from lumina.tasks.image_input import ImageField
from lumina.tasks.panels import PanelTask


class Control(PanelTask):
    """Draw a picture that follows a map: depth, edges, normals, segments or a scribble."""

    name: ClassVar[str] = "control"
    title: ClassVar[str] = "Control"
    given: ClassVar[str] = "condition"

    condition: ImageField = Field(title="Condition", description="The map that the picture follows.")
    kind: instructions.Kind = Field("depth", title="Kind", description="What the map shows.")
    prompt: Prompt = Field(title="Prompt", description="What to draw, in plain English.")

    def words(self, width: int, height: int) -> str:
        """See PanelTask."""
        return instructions.control(self.kind, self.prompt, width, height)
