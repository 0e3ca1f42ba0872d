"""Runs the transformer for a request, or for several that differ in their seed, and yields row by row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter

import torch
from torch import Tensor

from lumina.errors import InputError, ModelError
from lumina.model.layout import Vocabulary
from lumina.model.transformer import Transformer
from lumina.runtime.tokens import Generation, SettledCodes, TokenRequest
from lumina.sampler.guidance import reference_scales
from lumina.sampler.jacobi import jacobi
from lumina.sampler.logits import entropy, guide, nll, warp
from lumina.sampler.noise import NoiseWindow
from lumina.sampler.sequential import Accepted, sequential
from lumina.steps import Steps, mapped

ROOM_ON_CPU = 2 * 2**30  # bytes for the caches of images that are drawn side by side
CODES_AT_ONCE = 1024  # whose logits are held while an image is scored


def use_threads(count: int) -> None:
    """Compute with ``count`` threads. More than there are free cores is slower by far."""
    torch.set_num_threads(count)


class Engine:
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

    def generate(self, request: TokenRequest) -> Steps[SettledCodes, Generation]:
        """Draw one; raises InputError before the first step if the request does not fit the model."""
        return mapped(self.generate_all([request]), lambda step: step, lambda generations: generations[0])

    def generate_all(self, requests: Sequence[TokenRequest]) -> Steps[SettledCodes, tuple[Generation, ...]]:
        """Draw requests that differ in seed and re-rolls alone, side by side behind one prefill.

        Each gives the codes that it gives alone. An event for every row that is settled in all of them.
        Raises InputError before the first step if the requests do not fit the model.
        """
        transformer = self._transformer_for(requests[0])
        return _draw(_Slot(transformer, requests, small_cache=self._small_cache))

    def log_likelihood(self, request: TokenRequest, codes: Tensor) -> tuple[float, float]:
        """log p(codes | prompt) in nats, at temperature 1, unguided, of the codes [k, cols] drawn; and what
        it was expected to be, at each of them given those before: minus the entropies."""
        unguided = request.options.model_copy(update={"guidance_scale": 1.0})
        request = replace(request, options=unguided)
        slot = _Slot(self._transformer_for(request), [request], small_cache=self._small_cache)
        with torch.inference_mode():
            return slot.log_likelihood(codes)

    def most_at_once(self, request: TokenRequest) -> int:
        """How many images like this one have room for their caches side by side; at least 1."""
        config, weight = self._transformers[self.dtype].config, self._transformers[self.dtype].lm_head.weight
        tokens = 2 * (len(request.prompt) + request.layout.length)
        channels = 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim
        free = torch.cuda.mem_get_info(weight.device)[0] if weight.is_cuda else ROOM_ON_CPU
        size = 1 if self._small_cache else weight.element_size()
        return max(1, int(0.7 * free / (tokens * channels * size)))

    def check(self, request: TokenRequest) -> None:
        """Raise InputError if the request does not fit the model."""
        self._transformer_for(request)

    def _transformer_for(self, request: TokenRequest) -> Transformer:
        """The network that a request asks for; raises InputError if the request does not fit it."""
        transformer = self._transformer(request.options.dtype)
        if request.layout.vocabulary != self.vocabulary:
            raise ModelError("The layout was made with another model's vocabulary.")
        room = transformer.config.max_position_embeddings - request.layout.length
        if len(request.prompt) > room:
            raise InputError(
                f"The text has {len(request.prompt)} tokens, but beside a picture of this size there is room "
                f"for {max(room, 0)}; shorten it or choose a smaller size."
            )
        return transformer

    def _transformer(self, name: str | None) -> Transformer:
        """The network in the dtype called ``name``; another one than its own is converted once and kept."""
        dtype = self.dtype if name is None else getattr(torch, name)
        if dtype not in self._transformers:
            self._transformers[dtype] = self._transformers[self.dtype].converted(dtype)
        return self._transformers[dtype]


class _Slot:
    """Images under way side by side: their tokens, one cache, their noise, and what they have cost.

    They share everything but their seeds. A ``small_cache`` holds 8-bit integers.
    """

    def __init__(
        self, transformer: Transformer, requests: Sequence[TokenRequest], small_cache: bool = False
    ) -> None:
        self.transformer, self.requests = transformer, requests
        request = self.request = requests[0]
        self.layout, count = request.layout, len(requests)
        weight = transformer.lm_head.weight
        kept = request.kept
        self.first = 0 if kept is None else kept.numel()
        self.last = request.last_row * self.layout.cols
        self.positions = self.layout.code_positions.to(weight.device)  # [codes]
        self.ids = self.layout.forced().to(weight.device).repeat(count, 1)  # [images, tokens of the image]
        self.codes = torch.zeros(count, len(self.positions), dtype=torch.long, device=weight.device)
        if kept is not None:
            self.codes[:, : self.first] = kept.flatten().to(weight.device)
        self.nll = torch.full(self.codes.shape, torch.nan, device=weight.device)
        # Slots of the cache count from the prompt's first token, so that both rows stand side by side.
        prompt = len(request.prompt)
        start = (0, prompt) if request.options.guidance_scale != 1 else (0,)
        self.cache = transformer.cache(prompt + self.layout.length, start, small_cache)
        self.upcoming = [self._noise_of(request) for request in requests]
        self.prefilled = self.layout.position(self.first // self.layout.cols, 0) - 1
        self.scales: Tensor | None = None  # [tokens of the image], where they differ
        self.prefills, self.seconds = 0, 0.0
        self.accepted: list[int] = []
        self.done = self.first

    def prefill(self) -> None:
        """One forward over the prompt and all that is known of the images but its last token."""
        self._write(0, self.first)
        self._read(self.ids[:1, : self.prefilled])
        if len(self.requests) > 1:
            self.cache.repeat(len(self.requests))
        self.prefills += 1

    def scores(self, first: int, last: int) -> Tensor:
        """See Slot. The forward also reads the forced tokens that stand between these codes."""
        cols = self.layout.cols
        begin = max(self.prefilled, self.layout.position((first - 1) // cols, (first - 1) % cols))
        end = self.layout.position((last - 1) // cols, (last - 1) % cols)
        self._write(max(first - 1, 0), last)
        self.cache.rewind(len(self.request.prompt) + begin)
        ids = self.ids[:, begin:end]
        hidden = self.transformer.hidden(ids.repeat(len(self.cache.start) // len(ids), 1), self.cache)
        if end - begin != last - first:
            hidden = hidden.index_select(1, self.positions[first:last] - (begin + 1))
        logits = self.transformer.logits(
            hidden, self.layout.vocabulary.codes
        )  # [images or twice, codes, ids]
        if len(logits) != len(ids):
            conditional, unconditional = logits.chunk(2)
            logits = guide(conditional, unconditional, self._scale(first, last))
        return warp(logits, self.request.options)

    def _scale(self, first: int, last: int) -> float | Tensor:
        """The guidance scale of these codes: one number, or [last - first, 1] of the reference's."""
        options = self.request.options
        if options.compat == "off":
            return options.guidance_scale
        if self.scales is None:
            given = self.request.given
            begin = self.layout.position(0 if given is None else len(given.codes), 0)
            scales = reference_scales(options.guidance_scale, self.layout, begin)
            dtype = self.upcoming[0].dtype  # float32 or float64, as the logits
            self.scales = torch.tensor(scales, dtype=dtype, device=self.ids.device)
        return self.scales[self.positions[first:last], None]

    def noise(self, first: int, last: int) -> Tensor:
        """See Slot."""
        return torch.stack([noise.take(first, last) for noise in self.upcoming])

    def settle(self, accepted: Accepted) -> None:
        """Take note of what a forward has settled."""
        self.nll[:, accepted.first : accepted.last] = accepted.nll
        self.accepted.append(accepted.last - accepted.first)
        self.done = accepted.last

    def log_likelihood(self, codes: Tensor) -> tuple[float, float]:
        """See Engine; reads ``codes`` in pieces, for the logits of a large image take much memory."""
        self.codes[0, : codes.numel()] = codes.flatten().to(self.codes.device)
        self._write(0, codes.numel())
        self._read(self.ids[:, : self.prefilled])
        total = torch.zeros(2, dtype=torch.float64, device=self.codes.device)
        for first in range(self.first, codes.numel(), CODES_AT_ONCE):
            spots = self.positions[first : min(first + CODES_AT_ONCE, codes.numel())]
            begin = self.cache.used - len(self.request.prompt)
            hidden = self.transformer.hidden(self.ids[:, begin : int(spots[-1])], self.cache)
            logits = self.transformer.logits(hidden[:, spots - begin - 1], self.layout.vocabulary.codes)
            found = nll(logits, self.codes[:, first : first + len(spots)])
            total -= torch.stack((found, entropy(logits))).double().flatten(1).sum(1)
        log_p, expected = total.tolist()
        return log_p, expected

    def wait(self) -> None:
        """Until a GPU has done what it was told, so that its time is counted."""
        if self.codes.is_cuda:
            torch.cuda.synchronize(self.codes.device)

    def settled(self, rows: int, told: int) -> SettledCodes:
        """The last of these rows; ``told`` forwards are known already."""
        part = slice((rows - 1) * self.layout.cols, rows * self.layout.cols)
        return SettledCodes(
            rows,
            self.request.last_row,
            codes=self.codes[:, part].to("cpu", copy=True),
            nll=self.nll[:, part].to("cpu", copy=True),
            accepted=tuple(self.accepted[told:]),
            forwards=len(self.accepted),
            seconds=self.seconds,
        )

    def generations(self, rows: int) -> tuple[Generation, ...]:
        """The first ``rows`` rows of each image."""
        return tuple(self._generation(index, rows) for index in range(len(self.requests)))

    def _generation(self, index: int, rows: int) -> Generation:
        cols = self.layout.cols
        return Generation(
            codes=self.codes[index, : rows * cols].view(rows, cols).to("cpu", copy=True),
            nll=self.nll[index, : rows * cols].view(rows, cols).to("cpu", copy=True),
            forwards=len(self.accepted),
            prefills=self.prefills,
            tokens=sum(self.accepted),
            seconds=self.seconds,
            accepted=tuple(self.accepted),
        )

    def _noise_of(self, request: TokenRequest) -> NoiseWindow:
        seeds = [request.seed_of(row) for row in range(self.layout.rows)]
        precise = self.transformer.lm_head.weight.dtype == torch.float64
        dtype = torch.float64 if precise else torch.float32
        return NoiseWindow(seeds, self.positions, self.layout.vocabulary.num_codes, dtype)

    def _read(self, image: Tensor) -> None:
        """One forward over the prompt and the tokens ``image`` [1, tokens] behind it."""
        prompt = torch.tensor(self.request.prompt, dtype=torch.long, device=self.ids.device)
        known = torch.cat((prompt, image[0]))
        self.transformer.hidden(known.expand(len(self.cache.start), -1), self.cache, len(prompt))

    def _write(self, first: int, last: int) -> None:
        """Copy codes to where they stand among the ids."""
        where = self.positions[first:last]
        self.ids.index_copy_(1, where, self.codes[:, first:last] + self.layout.vocabulary.first_code)


def _draw(slot: _Slot) -> Steps[SettledCodes, tuple[Generation, ...]]:
    if slot.first == slot.last:
        return slot.generations(slot.request.last_row)
    cols, window = slot.layout.cols, slot.request.options.window
    decoder: Iterator[Accepted] = (
        sequential(slot, slot.first, slot.last)
        if window == 1
        else jacobi(slot, slot.first, slot.last, window, cols)
    )
    _timed(slot, slot.prefill)
    shown, told = slot.first // cols, 0
    while slot.done < slot.last:
        _timed(slot, lambda: slot.settle(next(decoder)))
        if shown < slot.done // cols:
            _timed(slot, slot.wait)
        while shown < slot.done // cols:
            shown += 1
            yield slot.settled(shown, told)
            told = len(slot.accepted)
    return slot.generations(slot.request.last_row)


def _timed(slot: _Slot, work: Callable[[], None]) -> None:
    """Do ``work`` without gradients, and count its time. The mode ends with the step: no caller sees it."""
    began = perf_counter()
    with torch.inference_mode():
        work()
    slot.seconds += perf_counter() - began
