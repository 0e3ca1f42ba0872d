"""Fixed-noise Jacobi decoding: a whole window of drafts is checked by one forward, with the same result.

Since the noise of a position is fixed, a code is a function of the codes before it. Sampling a window of
drafts at once therefore gives the true code wherever all earlier drafts of the window were true, and the
first one always is. What a draft was guessed from changes the speed only.
A window of one code is sequential decoding, the plain definition.
"""

from torch import Tensor


def accept(sampled: Tensor, drafts: Tensor) -> Tensor:
    """How many leading codes of ``sampled`` [..., window] are final: [...], from 1 to window.

    Code i is final if the drafts before it were equal to the samples before it.
    """
    right = (sampled[..., :-1] == drafts[..., :-1]).long()
    return right.cumprod(dim=-1).sum(dim=-1) + 1


def draft(codes: Tensor, first: int, last: int, back: int) -> None:
    """Guess codes ``first`` to ``last`` - 1 of [..., codes] as those ``back`` codes before; where there are
    none, as the last code."""
    while first < last:
        if first < back:
            end = min(last, back)
            codes[..., first:end] = codes[..., first - 1 : first] if first else 0
        else:
            end = min(last, first + back)
            codes[..., first:end] = codes[..., first - back : end - back]
        first = end
