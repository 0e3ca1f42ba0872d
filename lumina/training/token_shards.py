"""Pictures with their instructions as token ids on disk, and the one order in which they are read."""

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lumina.errors import InputError
from lumina.files import whole
from lumina.training.samples import TEXT_DROP

SHARD_SAMPLES = 512
KEPT = 4  # shards in memory: a batch lies in one or two of them


@dataclass(frozen=True, eq=False)
class TokenSample:
    """The ids of an instruction, a picture and the separator; the first ``given`` are the instruction."""

    ids: NDArray[np.int32]
    given: int


def shard_path(folder: Path, number: int) -> Path:
    """Where a shard of tokens lies."""
    return folder / f"tokens-{number:05d}.npz"


def write_tokens(file: Path, samples: Sequence[TokenSample]) -> None:
    """Write one shard, whole or not at all."""
    with whole(file) as part, part.open("wb") as target:
        np.savez(
            target,
            ids=np.concatenate([sample.ids for sample in samples]).astype(np.int32),
            lengths=np.array([len(sample.ids) for sample in samples], np.int32),
            given=np.array([sample.given for sample in samples], np.int32),
        )


def read_tokens(file: Path) -> list[TokenSample]:
    """All samples of a shard; raises InputError naming a file that is none."""
    ids, lengths, given = _arrays(file, "ids", "lengths", "given")
    parts = np.split(ids, np.cumsum(lengths)[:-1])
    return [TokenSample(part, int(first)) for part, first in zip(parts, given, strict=True)]


def _arrays(file: Path, *names: str) -> list[NDArray[np.int32]]:
    try:
        with np.load(file) as arrays:
            return [np.asarray(arrays[name]) for name in names]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{file} is no whole shard of tokens; delete it and run `lumina train shards` again."
        ) from error


class TokenShards:
    """The samples of a folder in one endless order: in each epoch the shards shuffled, and the rows of each.

    The order depends on nothing but the files and the seed. A step takes the next samples of it, whoever
    reads them, so that a training goes on with the same ones on another number of processes.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        """Raises InputError if there are no shards, or one is damaged."""
        self._files, self._seed = sorted(folder.glob("tokens-*.npz")), seed
        if not self._files:
            raise InputError(f"{folder} holds no shards of tokens; write them with `lumina train shards`.")
        self._counts = [len(_arrays(file, "given")[0]) for file in self._files]
        self._total = sum(self._counts)
        self._read = lru_cache(KEPT)(read_tokens)
        self._epoch = lru_cache(2)(self._shuffled)

    def __len__(self) -> int:
        return self._total

    @property
    def digest(self) -> str:
        """What tells these shards from others: their names and how much they hold."""
        listed = [[file.name, count] for file, count in zip(self._files, self._counts, strict=True)]
        return hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:16]

    def place(self, position: int) -> tuple[int, int]:
        """The shard and the row in it of a position in the order."""
        epoch, rest = divmod(position, len(self))
        order, ends = self._epoch(epoch)
        turn = int(np.searchsorted(ends, rest, side="right"))
        shard = int(order[turn])
        rows = np.random.default_rng([self._seed, epoch, shard]).permutation(self._counts[shard])
        return shard, int(rows[rest - ends[turn] + self._counts[shard]])

    def sample(self, position: int) -> TokenSample:
        """The sample at a position; now and then without its words and the separator, for guidance."""
        shard, row = self.place(position)
        found = self._read(self._files[shard])[row]
        if found.given and np.random.default_rng([self._seed, position]).random() < TEXT_DROP:
            return TokenSample(found.ids[found.given : -1], 0)
        return found

    def samples(self, first: int, count: int, rank: int = 0, size: int = 1) -> list[TokenSample]:
        """One process's share of the ``count`` samples from position ``first`` on."""
        each = count // size
        return [self.sample(first + rank * each + i) for i in range(each)]

    def _shuffled(self, epoch: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The shards of an epoch in order, and where each of them ends."""
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self._files))
        return order, np.cumsum(np.array(self._counts)[order])
