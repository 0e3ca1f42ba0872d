"""A picture as an input of a task: known by the hash of its pixels, so that documents can name it."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any

from PIL import Image
from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from lumina.errors import InputError, InvalidImage
from lumina.images import digest_of, open_image, usable

# The hash of a picture's pixels, or a file name: never a path, never an address.
NAME = r"^(sha256:[0-9a-f]{64}|[^\s./\\:][^/\\:\x00-\x1f]{0,99})$"
_FIX = 'must be a picture: an image file, or {"image": "sha256:…"} or {"image": "name.png"}'


@dataclass(frozen=True)
class ImageInput:
    """A picture by its ``name``, with its pixels once they are here; equal names are the same picture.

    Accepted are an open picture (PIL), the bytes of a file, anything with such an ``image`` (what another
    task drew), and the literal ``{"image": NAME}`` of a document, which has no pixels yet.
    """

    name: str
    pixels: Image.Image | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, image: Image.Image) -> "ImageInput":
        """A picture named by its pixels; raises InvalidImage if it is too small or too narrow."""
        image = usable(image)
        return cls(digest_of(image), image)

    @property
    def image(self) -> Image.Image:
        """The pixels, RGB or RGBA; raises InputError if the picture is not here."""
        if self.pixels is None:
            raise InputError(f'The picture "{self.name}" is not here; give the file itself.')
        return self.pixels


def _read(value: Any) -> ImageInput:
    try:
        if isinstance(value, bytes):
            return ImageInput.of(open_image(value, keep_alpha=True))
        if isinstance(value, ImageInput):
            return value
        image = value if isinstance(value, Image.Image) else getattr(value, "image", None)
        if isinstance(image, Image.Image):
            return ImageInput.of(image)
    except InvalidImage as error:
        raise ValueError(str(error).rstrip(".")) from None
    name = value.get("image") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(name, str) or not re.fullmatch(NAME, name):
        raise ValueError(_FIX)
    return ImageInput(name)


def _written(picture: ImageInput) -> dict[str, str]:
    return {"image": picture.name}


ImageField = Annotated[
    ImageInput,
    PlainValidator(_read),
    PlainSerializer(_written),
    WithJsonSchema(
        {
            "type": "object",
            "format": "image",
            "properties": {"image": {"type": "string", "pattern": NAME}},
            "required": ["image"],
            "additionalProperties": False,
        }
    ),
]
