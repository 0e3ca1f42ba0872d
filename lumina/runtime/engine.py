"""Draws requests in tokens with one transformer."""

import os
from collections.abc import Sequence
from contextlib import closing
from threading import Lock

import torch

from lumina.errors import InputError, ModelError
from lumina.model.draft_table import DraftTable
from lumina.model.layout import Vocabulary
from lumina.model.transformer import Transformer
from lumina.runtime.drafts import FormerImages
from lumina.runtime.scheduler import Scheduler
from lumina.runtime.sequence import ImageSequence
from lumina.runtime.sequence_batch import SequenceBatch
from lumina.runtime.tokens import Completed, Generation, RowSettled, TokenEvent, TokenRequest
from lumina.settings import SLOTS
from lumina.steps import Following, Steps

ROOM_ON_CPU = 2 * 2**30  # bytes for the caches of images that are drawn side by side
FILLED = 0.7  # of the free memory of a GPU
SLOTS_OF_LARGE = 2  # which compute at their best with few
LANES = 2  # of a small model; what more than two cores gain was not measured


def use_threads(count: int, transformer: Transformer) -> int:
    """Compute with ``count`` threads; 0 is one for a small model, and all cores but one for others.

    More threads than there are free cores are slower by far; the core that is left is for previews and for
    whoever serves them. Returns how many forwards may compute side by side: where nothing is said, a small
    model's images are shared out among the cores, a thread each.
    """
    cores = os.cpu_count() or 2
    torch.set_num_threads(count or (1 if transformer.is_small else max(1, cores - 1)))
    on_cpu = transformer.lm_head.weight.device.type == "cpu"
    return min(LANES, cores) if transformer.is_small and on_cpu and not count else 1


class Engine:
    """Draws in this process, whatever is under way at once side by side."""

    def __init__(
        self,
        transformer: Transformer,
        vocabulary: Vocabulary,
        small_cache: bool = False,
        slots: int = 0,
        remembered: int = 0,
        lanes: int = 1,
        tables: Sequence[DraftTable] = (),
    ) -> None:
        """``small_cache`` keeps what was read as 8-bit integers; ``slots`` images are drawn at once at most,
        by default as suits the size of the model, by forwards in so many ``lanes``. So many former images
        are ``remembered``, which makes those that are like them faster; the ``tables`` guess codes."""
        if vocabulary.codes.stop > transformer.config.vocab_size:
            raise ModelError(
                "tokenizer.json has more code tokens than the transformer; use files of one model."
            )
        self.vocabulary = vocabulary
        self.dtype, self._small_cache, self._tables = transformer.lm_head.weight.dtype, small_cache, tables
        self._batches = {self.dtype: SequenceBatch(transformer.join(), small_cache, tables)}
        self._converting = Lock()
        suited = SLOTS if transformer.is_small else SLOTS_OF_LARGE
        self._former = FormerImages(remembered)
        self._scheduler = Scheduler(slots or suited, self.has_room, lanes)

    def generate(self, request: TokenRequest) -> Steps[RowSettled, Generation]:
        """Draw one, row by row; raises InputError before the first step if it does not fit the model."""
        return _rows(self.generate_all([request]))

    def generate_all(self, requests: Sequence[TokenRequest]) -> Steps[TokenEvent, tuple[Generation, ...]]:
        """Draw these, as many at once as there are places.

        Each gives the codes that it gives alone. Raises InputError before the first step if one of them does
        not fit the model. ``close()`` frees their places within one step.
        """
        batches = [self._batch_for(request) for request in requests]
        return self._draw([*zip(batches, requests, strict=True)])

    def has_room(self, batch: SequenceBatch, sequence: ImageSequence) -> bool:
        """Whether there is memory for an image beside those that are under way."""
        device = batch.device
        free = torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else ROOM_ON_CPU
        used = sum(each.cache_bytes() for each in [*self._batches.values()])  # another thread may add one
        return batch.cache_bytes(sequence) <= FILLED * (free + used if device.type == "cuda" else free)

    def check(self, request: TokenRequest) -> None:
        """Raise InputError if the request does not fit the model."""
        self._batch_for(request)

    def _draw(
        self, asked: Sequence[tuple[SequenceBatch, TokenRequest]]
    ) -> Steps[TokenEvent, tuple[Generation, ...]]:
        generations: dict[int, Generation] = {}
        with torch.inference_mode():
            images = [
                (batch, batch.sequence(request, self._former.like(request))) for batch, request in asked
            ]
        with closing(self._scheduler.draw(images)) as events:
            for event in events:
                if isinstance(event, Completed):
                    generations[event.index] = event.generation
                    self._former.keep(asked[event.index][1], event.generation.codes)
                yield event
        return tuple(generations[index] for index in range(len(asked)))

    def _batch_for(self, request: TokenRequest) -> SequenceBatch:
        """Where an image is drawn; raises InputError if the request does not fit the model."""
        batch = self._batch(request.options.dtype)
        if request.layout.vocabulary != self.vocabulary:
            raise ModelError("The layout was made with another model's vocabulary.")
        room = batch.transformer.config.max_position_embeddings - request.layout.length
        if len(request.prompt) > room:
            raise InputError(
                f"The text has {len(request.prompt)} tokens, but beside a picture of this size there is room "
                f"for {max(room, 0)}; shorten it or choose a smaller size."
            )
        return batch

    def _batch(self, name: str | None) -> SequenceBatch:
        """That of the dtype called ``name``; another one than the model's own is converted once and kept."""
        dtype = self.dtype if name is None else getattr(torch, name)
        with self._converting:
            if dtype not in self._batches:
                converted = self._batches[self.dtype].transformer.converted(dtype)
                self._batches[dtype] = SequenceBatch(converted, self._small_cache, self._tables)
            return self._batches[dtype]


def _rows(steps: Steps[TokenEvent, tuple[Generation, ...]]) -> Steps[RowSettled, Generation]:
    with Following(steps) as run:
        for event in run:
            if isinstance(event, RowSettled):
                yield event
        return run.result[0]
