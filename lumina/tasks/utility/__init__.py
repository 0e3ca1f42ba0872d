"""Nodes that need no model: words, pictures from files, edges, sheets, a choice, scenes with exact maps."""

from lumina.tasks.utility.grids import Compare, Grid, Pick
from lumina.tasks.utility.pictures import Crop, Edges, ImageFile, Resize
from lumina.tasks.utility.scene import RenderScene
from lumina.tasks.utility.tool import Tool
from lumina.tasks.utility.words import Note, PromptTemplate, Text

TOOLS: tuple[type[Tool], ...] = (
    Text, PromptTemplate, ImageFile, Resize, Crop, Edges, Compare, Grid, Pick, RenderScene, Note,
)  # fmt: skip
