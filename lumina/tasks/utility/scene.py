"""A tabletop scene as a node: rendered, not drawn, so that its maps are the truth to compare with."""

from typing import TYPE_CHECKING, Any, ClassVar

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from lumina.errors import InputError
from lumina.tasks.image_input import ImageField, ImageInput
from lumina.tasks.utility.tool import Tool

if TYPE_CHECKING:
    from lumina.worlds.tabletop.scenes import Scene

TRIES = 400  # places for the solids, before a description is given up


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
    """Render a scene of the tabletop world with its exact maps, at random or as a sentence says."""

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
        import numpy as np

        from lumina.worlds.tabletop.captions import describe, text_of
        from lumina.worlds.tabletop.maps import map_pictures
        from lumina.worlds.tabletop.render import render

        rng = np.random.default_rng(self.seed)
        scene = self._scene(rng)
        rendering = render(scene)
        maps = {kind: _image(pixels) for kind, pixels in map_pictures(rendering).items()}
        caption = self.prompt.strip() or text_of(describe(scene, rng))
        known = {kind: maps[kind] for kind in ("depth", "normal", "segmentation", "canny")}
        return SceneMaps(image=_image(rendering.picture), caption=caption, **known)

    def _scene(self, rng: Any) -> "Scene":
        from lumina.worlds.tabletop.captions import is_true, parse
        from lumina.worlds.tabletop.scenes import sample_scene

        frame = (self.width, self.height)
        if not self.prompt.strip():
            return sample_scene(rng, frame)
        claim = parse(self.prompt)
        if claim is None:
            raise InputError(
                'The scene cannot show this; write for example "two red cubes left of a blue sphere".'
            )
        for _ in range(TRIES):
            scene = _placed(claim, frame, rng)
            if scene is not None and is_true(claim, scene):
                return scene
        raise InputError("There is no room for all of this; name fewer things, or make the scene larger.")


def _placed(claim: Any, frame: tuple[int, int], rng: Any) -> "Scene | None":
    """The things of a claim at random places, with everything it leaves open chosen at random."""
    from lumina.worlds.tabletop import scenes

    solids = [
        scenes.Solid(
            shape=thing.shape,
            color=thing.color or str(rng.choice(scenes.COLORS)),
            material=thing.material or "matte",
            size=thing.size or str(rng.choice(scenes.SIZES)),
        )
        for thing in claim.things
        for _ in range(thing.count)
    ]
    placed = scenes.place(solids, *frame, rng)
    if placed is None:
        return None
    ground = claim.ground or str(rng.choice(scenes.GROUNDS))
    return scenes.Scene(placed, ground, claim.light or "daylight", *frame)


def _image(pixels: Any) -> ImageInput:
    return ImageInput.of(Image.fromarray(pixels))
