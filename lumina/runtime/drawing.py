"""A drawn picture, as plain arrays and pixels, and the sizes that can be drawn."""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumina.errors import InvalidSize
from lumina.model.config import ModelSpec

BACKGROUND = (127, 127, 127)  # what rows that are not drawn yet look like
SIZE_STEP = 32  # pixels; sizes are written in steps of 32
MOST_ASPECT = 4  # the longer side by the shorter

Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Drawing:
    """A picture, whole or drawn down to some row, and how it came about.

    ``image`` has the full size and shows exactly the k rows of ``codes`` [k, cols]; the rest of the
    ``rows`` is plain grey. ``nll`` [k, cols] is −log p of each code in nats, nan where it was kept
    and not drawn. ``tokens`` counts the codes drawn, ``accepted`` how many of them each forward pass gave.
    ``likelihood`` is log p of the codes and what it was expected to be, added, in nats a code, at
    temperature 1 and unguided; nan where nobody asked for it.
    """

    image: Image.Image
    codes: Codes
    rows: int
    seed: int
    forwards: int
    prefills: int
    tokens: int
    seconds: float
    nll: NDArray[np.float32]
    accepted: tuple[int, ...]
    likelihood: float = math.nan

    @property
    def digest(self) -> str:
        """``sha256:…`` of the codes; two drawings with one digest show the same picture."""
        shape = "x".join(str(side) for side in self.codes.shape)
        return "sha256:" + hashlib.sha256(shape.encode() + self.codes.astype("<i4").tobytes()).hexdigest()

    @property
    def is_complete(self) -> bool:
        """Whether every row is drawn."""
        return len(self.codes) == self.rows


def check_size(spec: ModelSpec, width: int, height: int, *, dual: bool = False) -> None:
    """Raise InvalidSize unless the model can draw ``width`` × ``height`` pixels, as a panel where ``dual``.

    Sides are multiples of 32, none more than four times the other, as in the published training; the area
    lies between a quarter of the smallest listed size and the largest.
    """
    sizes = spec.sizes_of(dual=dual)
    areas = [w * h for w, h in sizes]
    smallest, largest = min(areas) // 4, max(areas)
    is_stepped = min(width, height) >= SIZE_STEP and not (width % SIZE_STEP or height % SIZE_STEP)
    is_stepped = is_stepped and max(width, height) <= MOST_ASPECT * min(width, height)
    if is_stepped and smallest <= width * height <= largest:
        return
    known = ", ".join(f"{w}x{h}" for w, h in sizes)
    raise InvalidSize(
        f"{spec.title} cannot draw {width}x{height} pixels; use one of its sizes ({known}), or other "
        f"multiples of {SIZE_STEP} with {smallest:,} to {largest:,} pixels in all, at most {MOST_ASPECT}:1."
    )


def on_background(width: int, height: int, pixels: NDArray[np.uint8]) -> Image.Image:
    """``pixels`` [h, width, 3] at the top of a picture of ``width`` × ``height``, grey below them."""
    picture = Image.new("RGB", (width, height), BACKGROUND)
    if len(pixels):
        picture.paste(Image.fromarray(pixels))
    return picture
