"""Where every token of an image stands, as data: which are codes, which are forced, and by what id."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from lumina.errors import InvalidImage, InvalidSize

SIZE_PIXELS = 32  # a size token counts cells of this many pixels
HEADER = 3  # image start, height, width


@dataclass(frozen=True)
class Vocabulary:
    """The token ids that have a role. ``sizes[n]`` stands for n × 32 pixels, code c is ``first_code + c``."""

    bos: int
    separator: int
    image_start: int
    image_end: int
    new_line: int
    sizes: tuple[int, ...]
    first_code: int
    num_codes: int

    @property
    def codes(self) -> slice:
        """The ids of the codes: the part of the head that drawing needs."""
        return slice(self.first_code, self.first_code + self.num_codes)

    @property
    def image(self) -> slice:
        """The smallest range of ids that holds every token an image may have."""
        last = self.first_code + self.num_codes - 1
        ids = (self.image_start, self.image_end, self.new_line, *self.sizes, self.first_code, last)
        return slice(min(ids), max(ids) + 1)


@dataclass(frozen=True)
class TokenLayout:
    """The tokens of one image of ``rows`` × ``cols`` codes.

    start, height, width, then for each row its codes and a newline, then end. Positions count from the
    start token. ``codes_per_size`` codes make 32 pixels. Raises InvalidSize where no size token fits.
    """

    rows: int
    cols: int
    vocabulary: Vocabulary
    codes_per_size: int = 4

    def __post_init__(self) -> None:
        limit = len(self.vocabulary.sizes) - 1
        for codes, name in ((self.cols, "width"), (self.rows, "height")):
            cells, rest = divmod(codes, self.codes_per_size)
            if rest or not 1 <= cells <= limit:
                raise InvalidSize(
                    f"A {name} of {codes * SIZE_PIXELS // self.codes_per_size} pixels cannot be drawn; "
                    f"choose a multiple of {SIZE_PIXELS} up to {limit * SIZE_PIXELS}."
                )

    @classmethod
    def of_size(
        cls, width: int, height: int, vocabulary: Vocabulary, codes_per_size: int = 4
    ) -> "TokenLayout":
        """The layout of a picture of ``width`` × ``height`` pixels, multiples of 32."""
        for pixels, name in ((width, "width"), (height, "height")):
            if pixels < SIZE_PIXELS or pixels % SIZE_PIXELS:
                raise InvalidSize(
                    f"A {name} of {pixels} pixels cannot be drawn; choose a multiple of {SIZE_PIXELS}."
                )
        rows, cols = (pixels // SIZE_PIXELS * codes_per_size for pixels in (height, width))
        return cls(rows, cols, vocabulary, codes_per_size)

    @property
    def length(self) -> int:
        """Tokens of the whole image, start and end included."""
        return self.position(self.rows, 0) + 1

    @property
    def header(self) -> tuple[int, int, int]:
        """The ids of start, height and width."""
        sizes = self.vocabulary.sizes
        return (
            self.vocabulary.image_start,
            sizes[self.rows // self.codes_per_size],
            sizes[self.cols // self.codes_per_size],
        )

    def position(self, row: int, col: int) -> int:
        """Where the code of (row, col) stands; (rows, 0) is the position of the end token."""
        return HEADER + row * (self.cols + 1) + col

    @cached_property
    def code_positions(self) -> Tensor:
        """The positions of all codes in drawing order: [rows × cols]."""
        return (self.forced() < 0).nonzero()[:, 0]

    def forced(self) -> Tensor:
        """[length]: the id of every position that has only one, and -1 where a code stands."""
        ids = torch.full((self.length,), -1)
        ids[:HEADER] = torch.tensor(self.header)
        ids[HEADER + self.cols : -1 : self.cols + 1] = self.vocabulary.new_line
        ids[-1] = self.vocabulary.image_end
        return ids

    def encode(self, codes: Tensor) -> Tensor:
        """The ids of the first k rows of codes [k, cols]: header, rows with newlines, end if k = rows."""
        if codes.ndim != 2 or codes.shape[1] != self.cols or len(codes) > self.rows:
            raise InvalidSize(
                f"Codes of shape {list(codes.shape)} do not fit {self.rows} rows and {self.cols} columns."
            )
        if codes.numel() and not 0 <= int(codes.min()) <= int(codes.max()) < self.vocabulary.num_codes:
            raise InvalidImage(f"Codes must lie between 0 and {self.vocabulary.num_codes - 1}.")
        ids = self.forced()
        ids[self.code_positions[: codes.numel()]] = codes.flatten().cpu() + self.vocabulary.first_code
        return ids if len(codes) == self.rows else ids[: self.position(len(codes), 0)]

    def decode(self, ids: Tensor) -> Tensor:
        """The codes [k, cols] of the k whole rows in ``ids``; the inverse of ``encode``."""
        rows = min((len(ids) - HEADER) // (self.cols + 1), self.rows)
        forced = self.forced()[: len(ids)]
        codes = ids[self.code_positions[: max(rows, 0) * self.cols]] - self.vocabulary.first_code
        if len(ids) > self.length or not torch.equal(ids[forced >= 0], forced[forced >= 0]):
            raise InvalidImage(
                f"The tokens are not those of an image of {self.rows} rows and {self.cols} columns."
            )
        if codes.numel() and not 0 <= int(codes.min()) <= int(codes.max()) < self.vocabulary.num_codes:
            raise InvalidImage("The tokens hold something other than codes where codes must stand.")
        return codes.view(-1, self.cols)


@dataclass(frozen=True, eq=False)
class ImageTokens:
    """An image as codes [rows, cols]; a dual panel is one image with one panel above the other."""

    codes: Tensor

    def above(self, other: "ImageTokens") -> "ImageTokens":
        """This image on top of ``other``, which must be as wide."""
        if self.codes.shape[1] != other.codes.shape[1]:
            raise InvalidSize("Two panels must be equally wide; resize one of them.")
        return ImageTokens(torch.cat((self.codes, other.codes)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ImageTokens) and torch.equal(self.codes, other.codes)

    __hash__ = None  # type: ignore[assignment]
