"""What one run may order and hold, so that no document eats the model's day or the memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from lumina.errors import InputError
from lumina.tasks.base import Picture
from lumina.tasks.image_input import ImageInput, LargeFile

_Pixels = Image.Image | LargeFile


@dataclass(frozen=True)
class RunLimits:
    """``pictures`` that a run has drawn, candidates included, and ``pixels`` that it holds at once."""

    pictures: int = 4096
    pixels: int = 400_000_000


class Budget:
    """Counts the pixels that a run holds: pictures it was given and those it has made, each once."""

    def __init__(self, limits: RunLimits) -> None:
        self._most, self._pixels = limits.pixels, 0
        self._held: dict[int, _Pixels] = {}

    def hold(self, values: Iterable[Any]) -> None:
        """Count the pictures among ``values``; raises InputError where there are too many pixels."""
        for image in _images(values):
            if id(image) not in self._held:
                self._pixels += image.width * image.height
                self._held[id(image)] = image
        if self._pixels > self._most:
            raise InputError(
                f"The pictures of this run have over {self._most // 1_000_000} million pixels together; "
                "make them smaller, or shorten a list."
            )


def _images(values: Iterable[Any]) -> Iterator[_Pixels]:
    for value in values:
        if isinstance(value, Picture):
            yield value.drawing.image
            yield from (one.drawing.image for one in value.candidates)
        elif isinstance(value, ImageInput) and value.pixels is not None:
            yield value.pixels
