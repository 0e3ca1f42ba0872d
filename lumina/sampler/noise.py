"""Gumbel noise that belongs to (seed, position, code) and to nothing else: a counter-based integer hash."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import torch
from torch import Tensor

WORD = 0xFFFFFFFF
# Multipliers of a low-bias 32-bit hash (C. Wellons, "Prospecting for hash functions", 2018), signed.
FIRST, SECOND = 0x7FEB352D, 0x846CA68B - 2**32


def gumbel(seed: int, positions: Tensor, num_codes: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Standard Gumbel noise [n, num_codes] for ``positions`` [n], on their device.

    argmax(logits + gumbel) is an exact sample of softmax(logits) (Gumbel-max trick). The integers are equal
    on every device; the logarithms agree to rounding, and float64 agrees with float32 likewise.
    """
    keys = _seed_words(seed)
    spots = positions.to(torch.int32)
    early = _mix(_mix(spots + keys[0]) + keys[1])[:, None]
    late = _mix(_mix(spots + keys[2]) + keys[3])[:, None]
    bits = _code_words(num_codes, positions.device) + early  # [n, num_codes]
    bits ^= _shift(bits, 16)
    bits *= FIRST
    bits ^= _shift(bits, 15)
    bits += late
    bits *= SECOND
    bits ^= _shift(bits, 16)
    # 31 bits in (0, 1). Small values, which give the largest noise, keep their full precision in float32.
    uniform = bits.bitwise_and_(0x7FFFFFFF).to(dtype).add_(0.5).mul_(2.0**-31).clamp_max_(1 - 2.0**-24)
    return uniform.neg_().log1p_().neg_().log_().neg_()


class NoiseWindow:
    """The noise of one image, computed once for each code and held while a moving window needs it."""

    def __init__(self, seeds: Sequence[int], positions: Tensor, num_codes: int, dtype: torch.dtype) -> None:
        """``seeds``: one for each row; ``positions`` [codes]: where the codes stand, row by row."""
        rows, cols = len(seeds), len(positions) // len(seeds)
        starts = [row for row in range(rows) if row == 0 or seeds[row] != seeds[row - 1]]
        self.parts = [(a * cols, b * cols, seeds[a]) for a, b in pairwise([*starts, rows])]
        self.positions, self.num_codes, self.dtype = positions, num_codes, dtype
        self.first = self.last = 0
        self.held = torch.empty(0, num_codes, dtype=dtype, device=positions.device)

    def take(self, first: int, last: int) -> Tensor:
        """The noise [last - first, num_codes] of these codes; ``first`` may not go back."""
        held = self.held[first - self.first :]
        fresh = self._compute(max(first, self.last), last)
        self.held = torch.cat((held, *fresh)) if fresh else held
        self.first, self.last = first, max(last, self.last)
        return self.held[: last - first]

    def _compute(self, first: int, last: int) -> list[Tensor]:
        spans = [(max(a, first), min(b, last), seed) for a, b, seed in self.parts]
        return [
            gumbel(seed, self.positions[a:b], self.num_codes, self.dtype) for a, b, seed in spans if a < b
        ]


@lru_cache(maxsize=8)
def _code_words(num_codes: int, device: torch.device) -> Tensor:
    """A well mixed word for every code: [num_codes]."""
    return _mix(torch.arange(num_codes, dtype=torch.int32, device=device) + 1)


def _mix(words: Tensor) -> Tensor:
    """A bijection of 32-bit words (int32, wrapping) in which every input bit reaches every output bit."""
    words = words ^ _shift(words, 16)
    words = words * FIRST
    words = words ^ _shift(words, 15)
    words = words * SECOND
    return words ^ _shift(words, 16)


def _shift(words: Tensor, by: int) -> Tensor:
    """Shift right as unsigned words; torch shifts int32 with its sign."""
    return (words >> by).bitwise_and_(WORD >> by)


def _seed_words(seed: int) -> tuple[int, int, int, int]:
    """Four signed words of a 64-bit seed, by two steps of SplitMix64 (Steele et al. 2014)."""
    words: list[int] = []
    for step in (1, 2):
        state = (seed + step * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 31
        words += [state & WORD, state >> 32]
    first, second, third, fourth = (word - 2**32 if word >= 2**31 else word for word in words)
    return first, second, third, fourth
