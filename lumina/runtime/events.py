"""What happens while pictures are drawn: frozen values, each with only what is new."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lumina import errors
from lumina.errors import LuminaError, ModelError
from lumina.runtime.drawing import Codes, Drawing
from lumina.steps import Progress

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False, kw_only=True)
class PictureEvent(Progress):
    """Something that happened to the picture of request ``index``.

    ``done`` of ``total`` counts over all pictures: a row of one of them is one, and so is a score.
    """

    index: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Begun(PictureEvent):
    """A picture of ``width`` × ``height`` pixels and ``rows`` rows of codes is begun.

    ``kept`` [k, cols] are the rows that exist already.

    ``pixels`` [h, width, 3] show the kept rows, or nothing where there are no previews.
    """

    width: int
    height: int
    rows: int
    kept: Codes
    pixels: Pixels


@dataclass(frozen=True, eq=False, kw_only=True)
class RowDrawn(PictureEvent):
    """The rows from ``row`` on are new: their ``codes`` and ``nll`` [n, cols], and their ``pixels``.

    ``nll`` is −log p of each code in nats. ``pixels`` [h, width, 3] end with these rows and are a
    preview, which the finished picture replaces: of the rows above, those that the new ones complete are
    shown anew. ``accepted``: codes settled by each forward pass since the last event. ``seconds`` counts from
    the beginning.
    """

    row: int
    codes: Codes
    nll: NDArray[np.float32]
    pixels: Pixels
    accepted: tuple[int, ...]
    seconds: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Finished(PictureEvent):
    """All rows that were asked for are drawn: the picture, decoded whole."""

    drawing: Drawing


@dataclass(frozen=True, eq=False, kw_only=True)
class Scored(PictureEvent):
    """The picture has a score; more is better."""

    score: float


DrawEvent: TypeAlias = Begun | RowDrawn | Finished | Scored


@dataclass(frozen=True)
class Refused:
    """What goes wrong beyond a border, where no exception can cross: the kind of error and its sentence."""

    code: str
    message: str

    @classmethod
    def of(cls, error: LuminaError) -> "Refused":
        """The message that says this error."""
        return cls(type(error).__name__, str(error))

    def error(self) -> LuminaError:
        """The error, to be raised on this side."""
        kind = getattr(errors, self.code, ModelError)
        is_plain = isinstance(kind, type) and issubclass(kind, LuminaError)
        try:
            found: LuminaError = kind(self.message) if is_plain else ModelError(self.message)
        except (TypeError, ValueError):  # an error that needs more than a sentence
            return ModelError(self.message)
        return found
