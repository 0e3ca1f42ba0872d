"""The images that one transformer draws at once: a forward moves all of them on, each at its own place."""

from collections.abc import Sequence
from time import perf_counter

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from lumina.model.cache import KVCache
from lumina.model.draft_table import DraftTable
from lumina.model.transformer import Transformer
from lumina.runtime.sequence import ImageSequence, Stretch
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.jacobi import accept
from lumina.sampler.logits import entropy, guide, nll, warp

NO_DRAFT = -1  # equals no code
# A CPU takes as long for a code of one image as for one of another, and those far ahead are seldom right:
# 8 images at once are drawn fastest with 8 codes each (docs/decoding.md). A GPU reads its weights meanwhile.
CODES_AT_ONCE, SHORTEST = 64, 8
WEIGHED_AT_ONCE = 1024  # codes whose logits are held while an image is read for its likelihood


class SequenceBatch:
    """Images under way side by side. Which ones they are changes nothing in any of them (contract C1).

    The rows of the cache belong to the images in turn: one that reads the prompt, and for a guided image a
    second one that does not. There are no gaps: when an image leaves, those behind it move up.
    """

    def __init__(
        self, transformer: Transformer, small_cache: bool = False, tables: Sequence[DraftTable] = ()
    ) -> None:
        """``small_cache`` keeps what was read as 8-bit integers; the ``tables`` guess codes."""
        self.transformer, self.small_cache, self._tables = transformer, small_cache, tables
        self.sequences = list[ImageSequence]()
        self._cache: KVCache | None = None

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.transformer.lm_head.weight.device

    def sequence(self, request: TokenRequest, former: Tensor | None = None) -> ImageSequence:
        """An image that may join; ``former`` codes are likely to come again."""
        precise = self.transformer.lm_head.weight.dtype == torch.float64
        dtype = torch.float64 if precise else torch.float32
        return ImageSequence(request, self.device, dtype, former, self._tables)

    def cache_bytes(self, newcomer: ImageSequence | None = None) -> int:
        """What the cache takes, or would take with another image."""
        rows, slots = _size([*self.sequences, newcomer] if newcomer else self.sequences)
        config, weight = self.transformer.config, self.transformer.lm_head.weight
        channels = 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim
        return rows * slots * channels * (1 if self.small_cache else weight.element_size())

    def join(self, sequence: ImageSequence) -> None:
        """Read all that is known of an image; from now on it moves on with the others."""
        begun = perf_counter()
        rows, slots = _size([*self.sequences, sequence])
        if self._cache is None:
            self._cache = self.transformer.cache(slots, rows, self.small_cache)
        self._cache.grow(rows, slots)
        first = rows - _rows(sequence)
        neighbour = next((each for each in self.sequences if sequence.begins_like(each)), None)
        if neighbour is None:
            self.read(sequence, self._cache.part(first, rows))
        else:
            source = self._first_row(neighbour)
            sequence.begin(neighbour.read)
            for row, used in enumerate(_used(sequence, sequence.read)):
                self._cache.copy(source + row, first + row, used)
        self.sequences.append(sequence)
        sequence.prefills += 1
        sequence.seconds += perf_counter() - begun

    def read(self, sequence: ImageSequence, cache: KVCache) -> None:
        """One forward over the prompt and what is known of an image, and without the prompt beside it."""
        sequence.begin()
        prompt = torch.tensor(sequence.request.prompt, dtype=torch.long, device=self.device)
        known = sequence.ids[: sequence.read]
        cache.rewind([0] * _rows(sequence))
        rows = [torch.cat((prompt, known)), known][: _rows(sequence)]
        self.transformer.hidden(_padded(rows, sequence.layout.vocabulary.new_line), cache, len(prompt))

    def weigh(self, sequence: ImageSequence) -> None:
        """Read the rows that were there already for their likelihood, in pieces: their logits take memory."""
        cache = self.transformer.cache(sequence.length, small=self.small_cache)
        codes = sequence.layout.vocabulary.codes
        prompt = torch.tensor(sequence.request.prompt, dtype=torch.long, device=self.device)
        sequence.begin(0)
        ids = torch.cat((prompt, sequence.ids))[None]
        begin = 0
        for first in range(sequence.first_drawn, sequence.done, WEIGHED_AT_ONCE):
            part = slice(first, min(first + WEIGHED_AT_ONCE, sequence.done))
            spots = sequence.positions[part] + len(prompt) - 1  # the tokens before these codes
            end = int(spots[-1]) + 1
            hidden = self.transformer.hidden(ids[:, begin:end], cache, max(len(prompt) - begin, 0))
            logits = self.transformer.logits(hidden[:, spots - begin], codes)[0]
            _note(sequence, part, logits)
            begin = end

    def leave(self, sequence: ImageSequence) -> None:
        """Free the rows of an image, whose codes so far stay in it."""
        assert self._cache is not None
        row, gap = self._first_row(sequence), _rows(sequence)
        for other in self.sequences[self.sequences.index(sequence) + 1 :]:
            for used in _used(other, other.read):
                self._cache.copy(row + gap, row, used)
                row += 1
        self.sequences.remove(sequence)
        if not self.sequences:
            self._cache = None

    def forget(self) -> None:
        """Let all images go, without any work of the device."""
        self.sequences.clear()
        self._cache = None

    def parts(self, most: int) -> list[list[ImageSequence]]:
        """The images in at most so many parts of neighbours, which may step at the same time."""
        whole, count = len(self.sequences), min(most, len(self.sequences))
        return [self.sequences[whole * part // count : whole * (part + 1) // count] for part in range(count)]

    @torch.inference_mode()
    def step(self, sequences: Sequence[ImageSequence] | None = None) -> None:
        """One forward for all images, or for neighbours among them; each settles one code at least."""
        begun = perf_counter()
        sequences = self.sequences if sequences is None else sequences
        most = self._window(len(sequences))
        stretches = [each.ahead(most) for each in sequences]
        logits = self._logits(sequences, stretches)
        scores = _warped(_guided(logits, sequences, stretches), sequences)
        noise = _padded([each.noise(stretch) for each, stretch in zip(sequences, stretches, strict=True)])
        sampled = (scores + noise).argmax(dim=-1)  # [images, codes]
        drafts = [each.codes[part.first : part.last] for each, part in zip(sequences, stretches, strict=True)]
        counts = accept(sampled, _padded(drafts, NO_DRAFT)).tolist()
        counts = [min(count, part.codes) for count, part in zip(counts, stretches, strict=True)]
        most = max(counts)
        found = nll(scores[:, :most], sampled[:, :most])
        for index, (sequence, stretch) in enumerate(zip(sequences, stretches, strict=True)):
            sequence.settle(stretch, sampled[index, : stretch.codes], found[index], counts[index])
        _weigh(logits, sequences, stretches, counts)
        seconds = perf_counter() - begun
        for sequence in sequences:
            sequence.seconds += seconds

    def _window(self, images: int) -> int:
        """Codes of an image that are worth checking at once, where many compute side by side."""
        return max(SHORTEST, CODES_AT_ONCE // images) if self.device.type == "cpu" else CODES_AT_ONCE

    def _logits(self, sequences: Sequence[ImageSequence], stretches: Sequence[Stretch]) -> Tensor:
        """Logits [rows, codes, ids] of every code given all before it."""
        assert self._cache is not None
        first = self._first_row(sequences[0])
        cache = self._cache.part(first, first + sum(_rows(each) for each in sequences))
        pairs = [*zip(sequences, stretches, strict=True)]
        cache.rewind([used for each, part in pairs for used in _used(each, part.begin)])
        padding = sequences[0].layout.vocabulary.new_line
        ids = _padded([each.ids[part.begin : part.end] for each, part in pairs], padding)
        rows = [index for index, each in enumerate(sequences) for _ in range(_rows(each))]
        hidden = self.transformer.hidden(_beside(ids, rows), cache)
        if any(part.end - part.begin != part.codes for part in stretches):
            spots = _padded(
                [each.positions[part.first : part.last] - (part.begin + 1) for each, part in pairs]
            )
            spots = _beside(spots, rows)[..., None]
            hidden = hidden.gather(1, spots.expand(-1, -1, hidden.shape[-1]))
        return self.transformer.logits(hidden, sequences[0].layout.vocabulary.codes)

    def _first_row(self, sequence: ImageSequence) -> int:
        """Of the cache."""
        return sum(_rows(each) for each in self.sequences[: self.sequences.index(sequence)])


def _note(sequence: ImageSequence, part: slice, logits: Tensor) -> None:
    """How likely these codes are by their ``logits`` [codes, ids], and what was to be expected."""
    sequence.log_p[part] = -nll(logits, sequence.codes[part]).float()
    sequence.expected[part] = -entropy(logits).float()


def _weigh(
    logits: Tensor, sequences: Sequence[ImageSequence], stretches: Sequence[Stretch], counts: Sequence[int]
) -> None:
    """Note how likely the codes are that were settled, ``counts`` of each; ``logits`` [rows, codes, ids]."""
    row = 0
    for sequence, stretch, count in zip(sequences, stretches, counts, strict=True):
        if sequence.request.is_compared:
            part = slice(stretch.first, stretch.first + count)
            _note(sequence, part, logits[row, :count])
        row += _rows(sequence)


def _rows(sequence: ImageSequence) -> int:
    return 2 if sequence.is_guided else 1


def _size(sequences: Sequence[ImageSequence]) -> tuple[int, int]:
    """Rows, and slots a row, of a cache that holds these images.

    Each step reads as much for all of them as for the one with the longest stretch, also beyond their ends.
    """
    slots = max((each.length for each in sequences), default=0)
    slots += max((each.longest_stretch for each in sequences), default=0)
    return sum(_rows(each) for each in sequences), slots


def _used(sequence: ImageSequence, read: int) -> tuple[int, ...]:
    """How many tokens the rows of an image have read, ``read`` of which are the image's."""
    return (len(sequence.request.prompt) + read, read)[: _rows(sequence)]


def _beside(each: Tensor, rows: Sequence[int]) -> Tensor:
    """[images, …] → [rows, …], where ``rows`` are the images' numbers."""
    if len(rows) == len(each):
        return each
    return each.repeat_interleave(2, 0) if len(rows) == 2 * len(each) else each[list(rows)]


def _padded(parts: Sequence[Tensor], value: int = 0) -> Tensor:
    """The parts [n, …] of each image as one tensor [images, most, …]."""
    if len(parts) == 1:
        return parts[0][None]
    if len({len(part) for part in parts}) == 1:
        return torch.stack(list(parts))
    return pad_sequence(list(parts), batch_first=True, padding_value=value)


def _guided(logits: Tensor, sequences: Sequence[ImageSequence], stretches: Sequence[Stretch]) -> Tensor:
    """Logits [rows, codes, ids] → [images, codes, ids], guided where there are two rows."""
    guided = [index for index, each in enumerate(sequences) if each.is_guided]
    if not guided:
        return logits
    scale = _scale([sequences[index] for index in guided], [stretches[index] for index in guided], logits)
    if len(logits) == 2 * len(sequences):
        return guide(logits[0::2], logits[1::2], scale)
    firsts = [0]
    for each in sequences[:-1]:
        firsts.append(firsts[-1] + _rows(each))
    out = logits[firsts]
    out[guided] = guide(out[guided], logits[[firsts[index] + 1 for index in guided]], scale)
    return out


def _scale(sequences: Sequence[ImageSequence], stretches: Sequence[Stretch], like: Tensor) -> float | Tensor:
    """One number where all agree, else [images, codes, 1]."""
    scales = [each.scale(stretch) for each, stretch in zip(sequences, stretches, strict=True)]
    first = scales[0]
    if isinstance(first, float) and all(scale is first or scale == first for scale in scales):
        return first
    whole = like.new_zeros(len(scales), like.shape[1], 1)
    for index, (scale, stretch) in enumerate(zip(scales, stretches, strict=True)):
        whole[index, : stretch.codes, 0] = scale
    return whole


def _warped(logits: Tensor, sequences: Sequence[ImageSequence]) -> Tensor:
    """Each image's own temperature and filters."""
    options = [each.request.options for each in sequences]
    kinds = [(each.temperature, each.top_k, each.top_p) for each in options]
    if len(set(kinds)) == 1:
        return warp(logits, options[0])
    out = torch.empty_like(logits)
    for kind in set(kinds):
        alike = [index for index, each in enumerate(kinds) if each == kind]
        out[alike] = warp(logits[alike], options[alike[0]])
    return out
