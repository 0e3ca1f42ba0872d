"""Fixed-noise Jacobi decoding: a whole window of drafts is checked by one forward, with the same result.

Since the noise of a position is fixed, a code is a function of the codes before it. Sampling a window of
drafts at once therefore gives the true code wherever all earlier drafts of the window were true, and the
first one always is. What a draft was guessed from changes the speed only.

Several images that differ in their noise alone move on together: as far as the slowest of them is sure. What
the others know beyond that stays as drafts, which are true already and so cost them nothing later.
"""

from collections.abc import Iterator

from torch import Tensor

from lumina.sampler.logits import nll
from lumina.sampler.sequential import Accepted, Slot


def accept(sampled: Tensor, drafts: Tensor) -> Tensor:
    """How many leading codes of ``sampled`` [..., window] are final: [...], from 1 to window.

    Code i is final if the drafts before it were equal to the samples before it.
    """
    right = (sampled[..., :-1] == drafts[..., :-1]).long()
    return right.cumprod(dim=-1).sum(dim=-1) + 1


def draft(codes: Tensor, first: int, last: int, cols: int) -> None:
    """Guess codes ``first`` to ``last`` - 1 of [..., codes]: as in the row above, or as the last code."""
    while first < last:
        if first < cols:
            end = min(last, cols)
            codes[..., first:end] = codes[..., first - 1 : first] if first else 0
        else:
            end = min(last, first + cols)
            codes[..., first:end] = codes[..., first - cols : end - cols]
        first = end


def jacobi(slot: Slot, first: int, last: int, window: int, cols: int) -> Iterator[Accepted]:
    """Draw the codes ``first`` to ``last`` - 1, up to ``window`` of them for each forward."""
    drafted = first
    while first < last:
        end = min(first + window, last)
        draft(slot.codes, drafted, end, cols)
        drafted = end
        scores = slot.scores(first, end)
        sampled = (scores + slot.noise(first, end)).argmax(dim=-1)
        count = int(accept(sampled, slot.codes[..., first:end]).min())
        slot.codes[..., first:end] = sampled  # the final ones, and better drafts behind them
        yield Accepted(first, first + count, nll(scores[..., :count, :], sampled[..., :count]))
        first += count
