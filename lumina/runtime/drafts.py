"""What codes are guessed to be before a forward checks them: changes the speed, and nothing else."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lumina.model.draft_table import OUTSIDE, DraftTable
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.jacobi import draft

FADING = 0.7  # of how often a source has been right, with each step
EXPECTED = 1.0  # codes that a former image is taken to have right before it was asked


class Drafts:
    """Takes guesses from where they have been right most often of late.

    That is the same place of a ``former`` image [codes] drawn with the same noise, if there is one; what one
    of the model's ``tables`` says of a code's neighbours; for a model without any, the code so many codes
    ``back``: the same place of the given panel, or the row above, ``cols`` back.
    """

    def __init__(
        self,
        codes: Tensor,
        back: Sequence[int],
        cols: int,
        former: Tensor | None = None,
        tables: Sequence[DraftTable] = (),
    ) -> None:
        """``codes`` [codes] are the image's own, in which guesses are written."""
        self._codes, self._back, self._cols, self._tables = codes, list(back), cols, tables
        # guesses [codes] of sources that are not looked up in the image itself
        self._held = [torch.full_like(codes, OUTSIDE) for _ in tables]
        self._held += [] if former is None else [former]
        self._sought = [] if tables else self._back
        self._hits = [0.0] * (len(self._held) + len(self._sought))
        if former is not None:
            self._hits[len(tables)] = EXPECTED

    def guess(self, first: int, last: int, noise: Callable[[], Tensor]) -> None:
        """Write the codes from ``first`` to ``last`` - 1, under their ``noise`` [last - first, ids]."""
        if self._tables:
            known = noise().numpy(force=True)
            for held, table in zip(self._held, self._tables, strict=False):
                held[first:last] = torch.tensor(self._neighbourly(table, first, last, known))
        best = max(range(len(self._hits)), key=lambda at: self._hits[at])
        if best < len(self._held):
            self._codes[first:last] = self._held[best][first:last]
        else:
            draft(self._codes, first, last, self._sought[best - len(self._held)])

    def _neighbourly(
        self, table: DraftTable, first: int, last: int, noise: NDArray[np.floating]
    ) -> list[int]:
        """One after the other, for each is a neighbour of the next: as in the given panel where the
        neighbours are as there, and else what the table says."""
        cols, codes = self._cols, self._codes[:last].tolist()
        panel = self._back[0] if len(self._back) > 1 else last
        for at in range(first, last):
            column, above, there = at % cols, at - cols, at - panel
            beside = [1] * bool(column) + [cols] * (there >= cols)
            if there >= 0 and all(codes[at - back] == codes[there - back] for back in beside):
                codes[at] = codes[there]
                continue
            codes[at] = table.guess(
                codes[above] if above >= 0 else OUTSIDE,
                codes[at - 1] if column else OUTSIDE,
                codes[above + 1] if above >= 0 and column < cols - 1 else OUTSIDE,
                noise[at - first],
            )
        return codes[first:]

    def learn(self, first: int, last: int) -> None:
        """From codes that are certain now."""
        if len(self._hits) < 2:
            return
        new = self._codes[first:last]
        guesses = [held[first:last] for held in self._held]
        guesses += [self._codes[first - back : last - back] for back in self._sought]
        for at, guess in enumerate(guesses):
            right = int((new == guess).sum()) if len(guess) == len(new) else 0
            self._hits[at] = FADING * self._hits[at] + right


class FormerImages:
    """The codes of whole images that were drawn of late, by the noise they were drawn with.

    Whoever changes a word and keeps the seed gets much of the picture again.
    """

    def __init__(self, most: int) -> None:
        self._most, self._images, self._lock = most, OrderedDict[Hashable, Tensor](), Lock()

    def like(self, request: TokenRequest) -> Tensor | None:
        """The codes [codes] of the newest one drawn with this noise, in this size."""
        with self._lock:
            return self._images.get(_noise_of(request))

    def keep(self, request: TokenRequest, codes: Tensor) -> None:
        """Remember the codes [rows, cols] that a request gave, if they are all there."""
        if len(codes) < request.layout.rows:
            return
        with self._lock:
            self._images[_noise_of(request)] = codes.flatten()
            self._images.move_to_end(_noise_of(request))
            while len(self._images) > self._most:
                self._images.popitem(last=False)


def _noise_of(request: TokenRequest) -> Hashable:
    layout = request.layout
    return layout.cols, request.first_row, tuple(request.seed_of(row) for row in range(layout.rows))
