"""Drawing one code at a time: the plain definition that every faster way must equal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from lumina.sampler.logits import nll


class Slot(Protocol):
    """Images being drawn side by side, as decoding sees them. Codes count in drawing order, row by row."""

    @property
    def codes(self) -> Tensor:
        """[images, codes of an image]: the drawn ones, behind them drafts; decoding writes here."""

    def scores(self, first: int, last: int) -> Tensor:
        """One forward: final logits [images, last - first, codes] of each code given all codes before it."""

    def noise(self, first: int, last: int) -> Tensor:
        """The Gumbel noise [images, last - first, codes] of these positions."""


@dataclass(frozen=True)
class Accepted:
    """What a forward has settled: codes ``first`` to ``last`` - 1 and their -log p [images, last - first]."""

    first: int
    last: int
    nll: Tensor


def sequential(slot: Slot, first: int, last: int) -> Iterator[Accepted]:
    """Draw the codes ``first`` to ``last`` - 1, one for each forward."""
    for index in range(first, last):
        scores = slot.scores(index, index + 1)
        code = (scores + slot.noise(index, index + 1)).argmax(dim=-1)
        slot.codes[..., index : index + 1] = code
        yield Accepted(index, index + 1, nll(scores, code))
