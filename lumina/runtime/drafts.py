"""What codes are guessed to be before a forward checks them: changes the speed, and nothing else."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock

from torch import Tensor

from lumina.runtime.tokens import TokenRequest
from lumina.sampler.jacobi import draft

FADING = 0.7  # of how often a source has been right, with each step


class Drafts:
    """Takes guesses from where they have been right most often of late.

    That is the same place of a ``former`` image [codes] drawn with the same noise, if there is one, or the
    code so many codes ``back``: the same place of the given panel, or the row above.
    """

    def __init__(self, back: Sequence[int], former: Tensor | None = None) -> None:
        self._former, self._back = former, list(back)
        self._hits = [0.0] * (len(self._back) + (former is not None))

    def guess(self, codes: Tensor, first: int, last: int) -> None:
        """Write ``codes`` [codes] from ``first`` to ``last`` - 1."""
        best = max(range(len(self._hits)), key=lambda at: self._hits[at])
        if self._former is None:
            draft(codes, first, last, self._back[best])
        elif best:
            draft(codes, first, last, self._back[best - 1])
        else:
            codes[first:last] = self._former[first:last]

    def learn(self, codes: Tensor, first: int, last: int) -> None:
        """From codes that are certain now."""
        if len(self._hits) < 2:
            return
        new = codes[first:last]
        guesses = [codes[first - back : last - back] for back in self._back]
        if self._former is not None:
            guesses.insert(0, self._former[first:last])
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
