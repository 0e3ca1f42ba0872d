"""A scene of a small world as a node: rendered, not drawn, so that its maps are the truth to compare with."""

from typing import ClassVar

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from lumina.tasks.image_input import ImageField, ImageInput
from lumina.tasks.utility.tool import Tool
from lumina.worlds import SCENES, world_of
from lumina.worlds.pixels import Pixels


class SceneMaps(BaseModel):
    """The output of a rendered scene."""

    model_config = ConfigDict(frozen=True)

    image: ImageField = Field(title="Picture")
    depth: ImageField = Field(title="Depth")
    normal: ImageField = Field(title="Normal")
    segmentation: ImageField = Field(title="Segmentation")
    canny: ImageField = Field(title="Edges")
    caption: str = Field(title="Caption")


class RenderScene(Tool):
    """Render a scene of a small world with its exact maps, at random or as a sentence says."""

    name: ClassVar[str] = "scene"
    title: ClassVar[str] = "Rendered scene"
    spoken: ClassVar[str | None] = "prompt"
    version: ClassVar[int] = 2  # since only spheres are of metal
    Output: ClassVar[type[BaseModel]] = SceneMaps

    prompt: str = Field(
        "", title="Prompt", description="What the scene shows; empty for a random one.", max_length=2000
    )
    seed: int = Field(0, title="Seed", description="Another number, another scene.", ge=0, le=2**63 - 1)
    width: int = Field(128, title="Width", description="In pixels.", ge=96, le=512, multiple_of=32)
    height: int = Field(128, title="Height", description="In pixels.", ge=96, le=512, multiple_of=32)

    def result(self) -> SceneMaps:
        """The picture, its maps and a caption; raises InputError for words that the world does not know."""
        world = world_of(SCENES)
        assert world is not None
        found = world.scene(self.prompt, self.seed, self.width, self.height)
        maps = {kind: _image(found.maps[kind]) for kind in ("depth", "normal", "segmentation", "canny")}
        return SceneMaps(image=_image(found.picture), caption=found.caption, **maps)


def _image(pixels: Pixels) -> ImageInput:
    return ImageInput.of(Image.fromarray(pixels))
