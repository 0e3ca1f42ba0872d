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
from lumina.training.sources import Sample
from lumina.worlds.tabletop.scenes import FRAMES

KINDS = ("captions", "edits")


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


def read_rejected(folder: Path, kind: str) -> list[Rejected]:
    """All rejected drawings of a kind, in order."""
    found: list[Rejected] = []
    for file in sorted(folder.glob(f"{kind}-*.npz")):
        with np.load(file) as arrays:
            rows = zip(json.loads(str(arrays["instructions"])), arrays["codes"], arrays["nats"], strict=True)
            found += [Rejected(text, codes.astype(np.int64), float(nats)) for text, codes, nats in rows]
    return found


class RejectedDrawings:
    """Draws samples of rejected drawings of one kind; see Source."""

    def __init__(self, rejected: Sequence[Rejected], text: TextTokenizer, given: bool) -> None:
        self._rejected, self._text, self.given = rejected, text, given
        rows, cols = rejected[0].codes.shape
        width, height = FRAMES[0]
        self.size = (width, height * rows // cols)

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        one = self._rejected[int(rng.integers(len(self._rejected)))]
        return Sample(self._text.encode(one.instruction), one.codes, nats=one.nats)


def check_rejected(folder: Path) -> None:
    """Raises InputError where the folder holds no rejected drawings."""
    if not any(read_rejected(folder, kind) for kind in KINDS):
        raise InputError(f"{folder} holds no rejected drawings; run `lumina train attempts` first.")


def rejected_sources(folder: Path, text: TextTokenizer) -> list[Weighted]:
    """What the folder holds of each kind, as often as there is of it; raises InputError for nothing."""
    check_rejected(folder)
    found = ((kind, read_rejected(folder, kind)) for kind in KINDS)
    return [(RejectedDrawings(some, text, kind == "edits"), float(len(some))) for kind, some in found if some]
