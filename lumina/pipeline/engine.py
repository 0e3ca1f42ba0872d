"""Runs the transformer for one request at a time, and yields the image row by row."""

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Protocol

import torch
from torch import Tensor

from lumina.errors import InputError, ModelError
from lumina.model.layout import Vocabulary
from lumina.model.transformer import Transformer
from lumina.pipeline.request import Generation, GenerationRequest
from lumina.sampler.guidance import reference_scales
from lumina.sampler.jacobi import jacobi
from lumina.sampler.logits import guide, warp
from lumina.sampler.noise import NoiseWindow
from lumina.sampler.sequential import Accepted, sequential
from lumina.steps import Progress, Steps


class Engine(Protocol):
    """Whoever turns requests into codes."""

    vocabulary: Vocabulary

    def generate(self, request: GenerationRequest) -> Steps[Generation]:
        """Draw; yields Progress with a partial Generation at each finished row, and stops on ``close()``."""


def use_threads(count: int) -> None:
    """Compute with ``count`` threads. More than there are free cores is slower by far."""
    torch.set_num_threads(count)


class LocalEngine:
    """Draws in this process. Several requests may be under way at once; each has its own cache."""

    def __init__(self, transformer: Transformer, vocabulary: Vocabulary, small_cache: bool = False) -> None:
        """``small_cache`` keeps what was read as 8-bit integers."""
        if vocabulary.codes.stop > transformer.config.vocab_size:
            raise ModelError(
                "tokenizer.json has more code tokens than the transformer; use files of one model."
            )
        self.vocabulary = vocabulary
        self.dtype, self._small_cache = transformer.lm_head.weight.dtype, small_cache
        self._transformers = {self.dtype: transformer.join()}

    def generate(self, request: GenerationRequest) -> Steps[Generation]:
        """See Engine. Raises InputError before the first step if the request does not fit the model."""
        transformer = self._transformer(request.options.dtype)
        if request.layout.vocabulary != self.vocabulary:
            raise ModelError("The layout was made with another model's vocabulary.")
        room = transformer.config.max_position_embeddings - request.layout.length
        if len(request.prompt) > room:
            raise InputError(
                f"The text has {len(request.prompt)} tokens, but beside a picture of this size there is room "
                f"for {max(room, 0)}; shorten it or choose a smaller size."
            )
        return _draw(_Slot(transformer, request, self._small_cache))

    def _transformer(self, name: str | None) -> Transformer:
        """The network in the dtype called ``name``; another one than its own is converted once and kept."""
        dtype = self.dtype if name is None else getattr(torch, name)
        if dtype not in self._transformers:
            self._transformers[dtype] = self._transformers[self.dtype].converted(dtype)
        return self._transformers[dtype]


class _Slot:
    """One image under way: its tokens, its cache, its noise, and what it has cost."""

    def __init__(self, transformer: Transformer, request: GenerationRequest, small_cache: bool) -> None:
        self.transformer, self.request, self.layout = transformer, request, request.layout
        weight = transformer.lm_head.weight
        kept = request.kept
        self.first = 0 if kept is None else kept.numel()
        self.last = request.last_row * self.layout.cols
        self.positions = self.layout.code_positions.to(weight.device)  # [codes]
        self.ids = self.layout.forced().to(weight.device)  # [tokens of the image]
        self.codes = torch.zeros(len(self.positions), dtype=torch.long, device=weight.device)
        if kept is not None:
            self.codes[: self.first] = kept.flatten().to(weight.device)
        self.surprise = torch.full(self.codes.shape, torch.nan, device=weight.device)
        # Slots of the cache count from the prompt's first token, so that both rows stand side by side.
        prompt = len(request.prompt)
        start = (0,) if request.options.guidance_scale == 1 else (0, prompt)
        self.cache = transformer.cache(prompt + self.layout.length, start, small_cache)
        seeds = [request.seed_of(row) for row in range(self.layout.rows)]
        num_codes = self.layout.vocabulary.num_codes
        precision = torch.float64 if weight.dtype == torch.float64 else torch.float32
        self.upcoming = NoiseWindow(seeds, self.positions, num_codes, precision)
        self.prefilled = self.layout.position(self.first // self.layout.cols, 0) - 1
        self.scales: Tensor | None = None  # [tokens of the image], where they differ
        self.prefills, self.seconds = 0, 0.0
        self.accepted: list[int] = []
        self.done = self.first

    def prefill(self) -> None:
        """One forward over the prompt and all that is known of the image but its last token."""
        self._write(0, self.first)
        prompt = torch.tensor(self.request.prompt, dtype=torch.long, device=self.ids.device)
        known = torch.cat((prompt, self.ids[: self.prefilled]))
        self.transformer.hidden(known.expand(len(self.cache.start), -1), self.cache, len(prompt))
        self.prefills += 1

    def scores(self, first: int, last: int) -> Tensor:
        """See Slot. The forward also reads the forced tokens that stand between these codes."""
        cols = self.layout.cols
        begin = max(self.prefilled, self.layout.position((first - 1) // cols, (first - 1) % cols))
        end = self.layout.position((last - 1) // cols, (last - 1) % cols)
        self._write(max(first - 1, 0), last)
        self.cache.rewind(len(self.request.prompt) + begin)
        hidden = self.transformer.hidden(self.ids[begin:end].expand(len(self.cache.start), -1), self.cache)
        if end - begin != last - first:
            hidden = hidden.index_select(1, self.positions[first:last] - (begin + 1))
        logits = self.transformer.logits(hidden, self.layout.vocabulary.codes)  # [1 or 2, codes, num_codes]
        if len(logits) == 2:
            logits = guide(logits[0], logits[1], self._scale(first, last))[None]
        return warp(logits[0], self.request.options)

    def _scale(self, first: int, last: int) -> float | Tensor:
        """The guidance scale of these codes: one number, or [last - first, 1] of the reference's."""
        options = self.request.options
        if options.compat == "off":
            return options.guidance_scale
        if self.scales is None:
            given = self.request.given
            begin = self.layout.position(0 if given is None else len(given.codes), 0)
            scales = reference_scales(options.guidance_scale, self.layout, begin)
            dtype = self.upcoming.dtype  # float32 or float64, as the logits
            self.scales = torch.tensor(scales, dtype=dtype, device=self.ids.device)
        return self.scales[self.positions[first:last], None]

    def noise(self, first: int, last: int) -> Tensor:
        """See Slot."""
        return self.upcoming.take(first, last)

    def settle(self, accepted: Accepted) -> None:
        """Take note of what a forward has settled."""
        self.surprise[accepted.first : accepted.last] = accepted.surprise
        self.accepted.append(accepted.last - accepted.first)
        self.done = accepted.last

    def generation(self, rows: int) -> Generation:
        """The first ``rows`` rows."""
        cols = self.layout.cols
        return Generation(
            codes=self.codes[: rows * cols].view(rows, cols).to("cpu", copy=True),
            surprise=self.surprise[: rows * cols].view(rows, cols).to("cpu", copy=True),
            forwards=len(self.accepted),
            prefills=self.prefills,
            tokens=sum(self.accepted),
            seconds=self.seconds,
            accepted=tuple(self.accepted),
        )

    def _write(self, first: int, last: int) -> None:
        """Copy codes to where they stand among the ids."""
        where = self.positions[first:last]
        self.ids.index_copy_(0, where, self.codes[first:last] + self.layout.vocabulary.first_code)


def _draw(slot: _Slot) -> Steps[Generation]:
    if slot.first == slot.last:
        return slot.generation(slot.request.last_row)
    cols, window = slot.layout.cols, slot.request.options.window
    decoder: Iterator[Accepted] = (
        sequential(slot, slot.first, slot.last)
        if window == 1
        else jacobi(slot, slot.first, slot.last, window, cols)
    )
    _timed(slot, slot.prefill)
    shown = slot.first // cols
    while slot.done < slot.last:
        _timed(slot, lambda: slot.settle(next(decoder)))
        while shown < slot.done // cols:
            shown += 1
            yield Progress(shown, slot.request.last_row, partial=slot.generation(shown))
    return slot.generation(slot.request.last_row)


def _timed(slot: _Slot, work: Callable[[], None]) -> None:
    """Do ``work`` without gradients, and count its time. The mode ends with the step: no caller sees it."""
    began = perf_counter()
    with torch.inference_mode():
        work()
    slot.seconds += perf_counter() - began
