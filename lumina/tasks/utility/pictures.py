"""Pictures as nodes: one from a file, another size, a part, its edges."""

from typing import Any, ClassVar, Literal

import numpy as np
from PIL import Image
from pydantic import BaseModel, Field

from lumina.errors import InputError
from lumina.images import cover
from lumina.tasks.image_input import ImageField
from lumina.tasks.utility.tool import OneImage, Tool, one_image

MAX_SIDE = 4096


def _side(title: str) -> Any:
    return Field(title=title, description="In pixels.", ge=8, le=MAX_SIDE)


class ImageFile(Tool):
    """A picture of your own, for several nodes."""

    name: ClassVar[str] = "image_file"
    title: ClassVar[str] = "Picture"
    Output: ClassVar[type[BaseModel]] = OneImage

    image: ImageField = Field(title="Picture", description="A PNG, JPEG, WebP, GIF or BMP file.")

    def result(self) -> OneImage:
        """The picture itself."""
        return OneImage(image=self.image)


class Resize(Tool):
    """A picture in another size: filled and cut, whole on white, or stretched."""

    name: ClassVar[str] = "resize"
    title: ClassVar[str] = "Resize"
    Output: ClassVar[type[BaseModel]] = OneImage

    image: ImageField = Field(title="Picture", description="What to resize.")
    width: int = _side("Width")
    height: int = _side("Height")
    fit: Literal["cover", "contain", "stretch"] = Field(
        "cover", title="Fit", description="Cut what is too much, leave white borders, or stretch."
    )

    def result(self) -> OneImage:
        """The picture at exactly this size."""
        image, size = self.image.image, (self.width, self.height)
        if self.fit == "cover":
            return one_image(cover(image, *size))
        image = cover(image, *image.size)  # on white
        if self.fit == "stretch":
            return one_image(image.resize(size, Image.Resampling.LANCZOS))
        scale = min(self.width / image.width, self.height / image.height)
        small = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
        page = Image.new("RGB", size, "white")
        page.paste(small, ((self.width - small.width) // 2, (self.height - small.height) // 2))
        return one_image(page)


class Crop(Tool):
    """A part of a picture."""

    name: ClassVar[str] = "crop"
    title: ClassVar[str] = "Crop"
    Output: ClassVar[type[BaseModel]] = OneImage

    image: ImageField = Field(title="Picture", description="What to cut from.")
    left: int = Field(0, title="Left", description="Pixels left of the part.", ge=0, le=100_000)
    top: int = Field(0, title="Top", description="Pixels above the part.", ge=0, le=100_000)
    width: int = _side("Width")
    height: int = _side("Height")

    def result(self) -> OneImage:
        """The part; raises InputError where it reaches beyond the picture."""
        image = self.image.image
        right, bottom = self.left + self.width, self.top + self.height
        if right > image.width or bottom > image.height:
            raise InputError(
                f"The part reaches to ({right}, {bottom}), but the picture has {image.width}x{image.height} "
                "pixels; make it smaller or move it."
            )
        return one_image(image.crop((self.left, self.top, right, bottom)))


class Edges(Tool):
    """The edges of a picture, to draw another one along them: thin lines or soft ones."""

    name: ClassVar[str] = "edges"
    title: ClassVar[str] = "Edges"
    Output: ClassVar[type[BaseModel]] = OneImage

    image: ImageField = Field(title="Picture", description="Whose edges to find.")
    kind: Literal["canny", "hed"] = Field("canny", title="Kind", description="Thin lines, or soft edges.")

    def result(self) -> OneImage:
        """White edges on black, as large as the picture."""
        from lumina.edges import edge_picture, soft_edges_of  # loads scipy, which takes longest

        image = self.image.image
        image = image if image.mode == "RGB" else cover(image, *image.size)
        if self.kind == "hed":
            return one_image(soft_edges_of(image))
        return one_image(Image.fromarray(edge_picture(np.asarray(image))))
