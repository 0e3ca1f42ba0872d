"""A picture as an input of a task: known by the hash of its pixels, so that documents can name it."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from PIL import Image
from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from lumina.errors import InputError, InvalidImage
from lumina.images import (
    LARGE,
    MAX_BYTES,
    cover,
    digest_of,
    file_bytes,
    one_at_a_time,
    open_image,
    pixels_in,
    usable,
)

# The hash of a picture's pixels, or a file name: never a path, never an address.
NAME = r"^(sha256:[0-9a-f]{64}|[^\s./\\:][^/\\:\x00-\x1f]{0,99})$"
_SHAPE = 'must be a picture: an image file, or {"image": "sha256:…"} or {"image": "name.png"}'
_LONGEST = 100  # characters of a name


@dataclass(frozen=True)
class LargeFile:
    """A large picture as its file, which is much smaller than its pixels; upright ``width`` × ``height``."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True)
class ImageInput:
    """A picture by its ``name``, with its pixels once they are here; equal names are the same picture.

    Accepted are an open picture (PIL), the bytes of a file, anything with such an ``image`` (what another
    task drew), and the literal ``{"image": NAME}`` of a document, which has no pixels yet.
    """

    name: str
    pixels: Image.Image | LargeFile | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, image: Image.Image) -> "ImageInput":
        """A picture named by its pixels; raises InvalidImage if it is too small or too narrow."""
        image = usable(image)
        return cls(digest_of(image), image)

    @classmethod
    def opened(cls, source: bytes | str | Path, most: int = MAX_BYTES) -> "ImageInput":
        """The picture in a file of at most ``most`` bytes; a large one is decoded anew when it is looked at.

        Raises InvalidImage as :func:`open_image` and :meth:`of` do.
        """
        data = file_bytes(source, most)
        with one_at_a_time(pixels_in(data)):
            picture = cls.of(open_image(data, keep_alpha=True, most=most))
            if math.prod(picture.size) > LARGE:  # its pixels are let go of before the next one is opened
                picture = cls(picture.name, LargeFile(data, *picture.size))
        return picture

    @property
    def image(self) -> Image.Image:
        """The pixels, RGB or RGBA; raises InputError if the picture is not here."""
        pixels = self._here()
        if isinstance(pixels, LargeFile):
            return usable(open_image(pixels.data, keep_alpha=True, most=len(pixels.data)))
        return pixels

    @property
    def size(self) -> tuple[int, int]:
        """Width and height; raises InputError if the picture is not here."""
        pixels = self._here()
        return pixels.width, pixels.height

    def cut(self, width: int, height: int) -> Image.Image:
        """Its :func:`cover`; of large pictures one at a time is opened, made smaller and let go of."""
        with one_at_a_time(math.prod(self.size)):
            return cover(self.image, width, height)

    def _here(self) -> Image.Image | LargeFile:
        if self.pixels is None:
            raise InputError(f'The picture "{self.name}" is not here; give the file itself.')
        return self.pixels


def _read(value: Any) -> ImageInput:
    try:
        if isinstance(value, bytes):
            return ImageInput.opened(value)
        if isinstance(value, ImageInput):
            return value
        image = value if isinstance(value, Image.Image) else getattr(value, "image", None)
        if isinstance(image, Image.Image):
            return ImageInput.of(image)
    except InvalidImage as error:
        raise ValueError(str(error).rstrip(".")) from None
    name = value.get("image") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(name, str):
        is_name = isinstance(value, str) and re.fullmatch(NAME, value)
        raise ValueError(f'must be a picture; write {{"image": "{value}"}}' if is_name else _SHAPE)
    if (wrong := wrong_name(name)) is not None:
        raise ValueError(wrong)
    return ImageInput(name)


def wrong_name(name: str) -> str | None:
    """Why ``name`` names no picture, and what to write; None if it does."""
    if re.fullmatch(NAME, name):
        return None
    if not name.strip():
        return 'names no picture; write the name of a file beside the workflow, {"image": "name.png"}'
    if name[:5].lower() == "data:":
        return (
            'holds the picture itself; save it as a file beside the workflow and write {"image": "name.png"}'
        )
    written = f'beside the workflow and write {{"image": "{_last_part(name)}"}}'
    if re.match(r"(?!file:)[a-z][a-z0-9+.-]*:/", name, re.IGNORECASE):
        return f"is an address, and nothing is fetched; save the picture {written}"
    if name.startswith("sha256:"):
        return 'has no whole digest; write "sha256:" and its 64 signs, or the name of a file'
    if re.search(r"[/\\]|^[A-Za-z]:|^file:", name):
        return f"is a path, and only names are looked up; put the file {written}"
    if len(name) > _LONGEST:
        return f"is a name of {len(name)} characters; rename the file, to {_LONGEST} at most"
    return "has a sign that no name of a picture may have (a colon, a first dot or space); rename the file"


def _last_part(place: str) -> str:
    """The name of the file at the end of a path or an address."""
    last = re.split(r"[/\\:]", re.split(r"[?#]", place)[0])[-1]
    return last if re.fullmatch(NAME, last) else "name.png"


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
