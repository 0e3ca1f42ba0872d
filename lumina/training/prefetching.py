"""Batches made ahead by other processes, so that a GPU need not wait until words are composed."""

import multiprocessing
from collections.abc import Iterator

from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from lumina.training.sequences import Sequences, TrainingBatch

AHEAD = 4  # batches of each process


def made_ahead(
    sequences: Sequences, size: int, place: tuple[int, int, int], helpers: int
) -> Iterator[TrainingBatch]:
    """Endless batches by so many processes; by none of them exactly those of `Sequences.batches`.

    ``place``: seed, rank and first step. As many helpers give the same batches for a step, wherever the
    training was interrupted.
    """
    if not helpers:
        return sequences.batches(size, *place)
    can_fork = "fork" in multiprocessing.get_all_start_methods()  # and share what the sources hold
    return iter(
        DataLoader(
            Streams(sequences, size, place),
            batch_size=None,
            num_workers=helpers,
            prefetch_factor=AHEAD,
            multiprocessing_context="fork" if can_fork else "spawn",
        )
    )


class Streams(IterableDataset[TrainingBatch]):
    """The batches of one helper: every which step's, drawn with a seed of its own; steps take turns."""

    def __init__(self, sequences: Sequences, size: int, place: tuple[int, int, int]) -> None:
        self._sequences, self._size = sequences, size
        self._seed, self._rank, self._first = place

    def __iter__(self) -> Iterator[TrainingBatch]:
        info = get_worker_info()
        assert info is not None
        turn, stream = divmod(self._first + info.id, info.num_workers)
        return self._sequences.batches(self._size, 1000 * self._seed + stream, self._rank, turn)
