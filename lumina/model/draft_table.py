"""What code usually comes beside which neighbours, counted from pictures: n-grams in two dimensions.

A code follows closely from the one above, the one to its left and the one above to its right. The table
guesses it from them; what guesses are worth changes the speed of drawing, and nothing else.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from lumina.errors import CheckpointMismatch
from lumina.files import whole
from lumina.model.manifest import DRAFTS

MOST = 8  # codes that are kept for the same neighbours
LEAST = 2  # times that neighbours must have been met
SHARPNESS = 2.0
PARTS = ("keys", "ends", "codes", "log_p")  # arrays of a table
OUTSIDE = -1  # where the picture has no neighbour
Codes = NDArray[np.integer]


class DraftTable:
    """Guesses for neighbours (above, left, above right); where these were not met for (above, left), then for
    the one above alone."""

    def __init__(
        self, num_codes: int, keys: Codes, ends: Codes, codes: Codes, log_p: NDArray[np.floating]
    ) -> None:
        """``keys`` [n] stand for neighbours, see `_keys`; up to ``ends`` [n] go their ``codes`` [m], the
        likeliest first, with the logarithm of their share."""
        self.num_codes, self._keys = num_codes, keys
        self._ends, self._codes = ends.tolist(), codes.astype(np.int64)
        self._scores = SHARPNESS * log_p.astype(np.float32)
        self._places = dict(zip(keys.tolist(), range(len(keys)), strict=True))

    def __len__(self) -> int:
        return len(self._keys)

    def guess(self, above: int, left: int, right: int, noise: NDArray[np.floating]) -> int:
        """The code of the highest score under ``noise`` [codes], the same that drawing adds to its logits.

        Neighbours outside of the picture are `OUTSIDE`. Where nothing is known it is the one above.
        """
        for key in _keys(self.num_codes, above, left, right):
            at = self._places.get(key)
            if at is not None:
                codes = self._codes[self._ends[at - 1] if at else 0 : self._ends[at]]
                if len(codes) == 1:
                    return int(codes[0])
                scores = self._scores[self._ends[at - 1] if at else 0 : self._ends[at]]
                return int(codes[(scores + noise[codes]).argmax()])
        return max(above, 0)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What it is made of, as it lies on disk."""
        ends, codes = np.array(self._ends, np.int32), self._codes.astype(np.int32)
        log_p = (self._scores / SHARPNESS).astype(np.float16)
        return {"keys": self._keys, "ends": ends, "codes": codes, "log_p": log_p}

    @classmethod
    def counted(cls, images: Iterable[Codes], num_codes: int) -> "DraftTable":
        """Of images, each [n, rows, cols]."""
        found = [_met(codes.astype(np.int64), num_codes) for codes in images]
        met, counts = np.unique(np.concatenate([keys for keys, _ in found]), return_inverse=True)
        times = np.bincount(counts, weights=np.concatenate([count for _, count in found])).astype(np.int64)
        neighbours, codes = np.divmod(met, num_codes)
        order = np.lexsort((-times, neighbours))
        return cls(num_codes, *_kept(neighbours[order], codes[order], times[order]))


def save_tables(tables: Sequence[DraftTable], folder: Path) -> None:
    """Write them into a model folder: that of pictures, that of maps."""
    arrays: dict[str, Any] = {"num_codes": np.array([table.num_codes for table in tables])}
    for at, table in enumerate(tables):
        arrays |= {f"{name}_{at}": array for name, array in table.arrays.items()}
    with whole(folder / DRAFTS) as part, part.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def load_tables(folder: Path, num_codes: int) -> tuple[DraftTable, ...]:
    """Those of a model folder, if there are any; raises CheckpointMismatch where they are another model's."""
    path = folder / DRAFTS
    if not path.exists():
        return ()
    try:
        with np.load(path) as file:
            known = file["num_codes"].tolist()
            parts = [[file[f"{name}_{at}"] for name in PARTS] for at in range(len(known))]
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise CheckpointMismatch(f"{path} is damaged; download the model again.") from error
    if any(count != num_codes for count in known):
        raise CheckpointMismatch(f"{path} knows other codes than the model; download the model again.")
    return tuple(DraftTable(num_codes, *arrays) for arrays in parts)


def _keys(num_codes: int, above: int, left: int, right: int) -> Sequence[int]:
    """What stands for neighbours, the most special first; ``num_codes`` stands for any."""
    base, anything = num_codes + 2, num_codes + 1
    first = (above + 1) * base
    return (
        (first + left + 1) * base + right + 1,
        (first + left + 1) * base + anything,
        (first + anything) * base + anything,
    )


def _met(codes: Codes, num_codes: int) -> tuple[Codes, Codes]:
    """Neighbours with the code beside them, as one number, and how often they were met in ``codes``
    [n, rows, cols]."""
    framed = np.pad(codes, ((0, 0), (1, 0), (1, 1)), constant_values=OUTSIDE)
    above, left, right = framed[:, :-1, 1:-1], framed[:, 1:, :-2], framed[:, :-1, 2:]
    keys = [key * num_codes + codes for key in _keys(num_codes, above, left, right)]  # type: ignore[arg-type]
    return np.unique(np.concatenate([key.ravel() for key in keys]), return_counts=True)


def _kept(neighbours: Codes, codes: Codes, times: Codes) -> tuple[Codes, Codes, Codes, NDArray[np.floating]]:
    """The parts of a table, of what was met, in order: rare neighbours and rare codes are left out."""
    starts = np.flatnonzero(np.diff(neighbours, prepend=-1))
    sizes = np.diff(starts, append=len(neighbours))
    totals = np.add.reduceat(times, starts)
    place = np.arange(len(neighbours)) - np.repeat(starts, sizes)
    is_kept = (place < MOST) & np.repeat(totals >= LEAST, sizes)
    kept = np.bincount(np.repeat(np.arange(len(starts)), sizes)[is_kept], minlength=len(starts))
    log_p = np.log(times / np.repeat(totals, sizes))[is_kept]
    return neighbours[starts][kept > 0], kept[kept > 0].cumsum(), codes[is_kept], log_p
