"""Hugging Face's ZeroGPU: there ``spaces.GPU`` runs the model's work in a forked process that owns a GPU.

Everywhere else work is called as it is. Import this module before torch.
"""

import os
from collections.abc import Callable, Generator
from functools import partial
from math import ceil
from typing import TypeAlias

from lumina.runtime.events import DrawEvent, Refused
from lumina.runtime.request import DrawRequest
from lumina.server.cost import CostModel

ON_ZEROGPU = os.environ.get("SPACES_ZERO_GPU", "").lower() in {"1", "t", "true"}
if ON_ZEROGPU:
    import spaces

LEAST_RESERVED = 10  # seconds, for a worker that has yet to take up the weights
SECONDS_PER_PICTURE = 30  # what ZeroGPU reserves; only the time really used is charged

Message: TypeAlias = DrawEvent | Refused
Work: TypeAlias = Callable[[tuple[DrawRequest, ...]], Generator[Message, None, None]]


def on_gpu(work: Work, cost: CostModel) -> Work:
    """The same work with a GPU where ZeroGPU lends them."""
    if not ON_ZEROGPU:
        return work
    decorated: Work = spaces.GPU(work, duration=partial(reservation, cost))
    return decorated


def reservation(cost: CostModel, requests: tuple[DrawRequest, ...]) -> int:
    """Seconds of GPU time to ask for: half as many again as such drawings took, or a guess for the first."""
    guess = SECONDS_PER_PICTURE * len(requests)
    known = cost.of(requests)
    return guess if known is None else min(guess, max(LEAST_RESERVED, ceil(1.5 * known)))
