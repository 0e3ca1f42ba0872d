"""What the model itself drew and the judge rejected, on disk: what the next training makes less likely."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lumina.errors import InputError
from lumina.files import whole
from lumina.model.text import TextTokenizer
from lumina.training.mixture import Weighted
from lumina.training.samples import Sample
from lumina.worlds.curriculum import Frame


@dataclass(frozen=True, eq=False)
class Rejected:
    """One drawing that is not what was asked for: the sentence, the whole image's codes [rows, cols], and
    -log p of the drawn ones in nats by the model that drew them."""

    instruction: str
    codes: NDArray[np.int64]
    nats: float


def save_rejected(file: Path, rejected: Sequence[Rejected]) -> None:
    """Write one file, whole or not at all."""
    with whole(file) as part, part.open("wb") as target:
        np.savez_compressed(
            target,
            instructions=np.array(json.dumps([one.instruction for one in rejected])),
            codes=np.array([one.codes for one in rejected], np.int16),
            nats=np.array([one.nats for one in rejected], np.float32),
        )


def read_rejected(folder: Path, kind: str = "*") -> list[Rejected]:
    """All rejected drawings of a kind, or of every kind, in order."""
    found: list[Rejected] = []
    for file in sorted(folder.glob(f"{kind}-*.npz")):
        with np.load(file) as arrays:
            rows = zip(json.loads(str(arrays["instructions"])), arrays["codes"], arrays["nats"], strict=True)
            found += [Rejected(text, codes.astype(np.int64), float(nats)) for text, codes, nats in rows]
    return found


class RejectedDrawings:
    """Draws samples of rejected drawings of one size; see Source."""

    def __init__(self, rejected: Sequence[Rejected], text: TextTokenizer, frame: Frame) -> None:
        """``frame``: of one panel; an image twice as high has a given one above."""
        self._rejected, self._text = rejected, text
        rows, cols = rejected[0].codes.shape
        self.size = (frame[0], frame[0] * rows // cols)
        self.given = self.size[1] > frame[1]

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        one = self._rejected[int(rng.integers(len(self._rejected)))]
        return Sample(self._text.encode(one.instruction), one.codes, nats=one.nats)


def check_rejected(folder: Path) -> None:
    """Raises InputError where the folder holds no rejected drawings."""
    if not read_rejected(folder):
        raise InputError(f"{folder} holds no rejected drawings; run `lumina train reject` first.")


def rejected_sources(folder: Path, text: TextTokenizer, frame: Frame) -> list[Weighted]:
    """What the folder holds of each size, as often as there is of it; raises InputError for nothing."""
    check_rejected(folder)
    sizes: dict[tuple[int, ...], list[Rejected]] = {}
    for one in read_rejected(folder):
        sizes.setdefault(one.codes.shape, []).append(one)
    return [(RejectedDrawings(some, text, frame), float(len(some))) for some in sizes.values()]
