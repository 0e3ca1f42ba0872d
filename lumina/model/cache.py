"""What a forward knows about positions: the KV cache, the rotation angles, who may look at whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn

from lumina.errors import ModelError
from lumina.model.attention import can_fuse
from lumina.model.config import TransformerConfig


class KVCache:
    """Keys and values of the tokens read so far, preallocated for ``length`` slots a row.

    Each row has read its own number of tokens, ``used``; a token's slot is its position. What lies beyond is
    never looked at, so that a number alone rewinds a row, and rows of one batch may differ in length: a
    forward appends equally many tokens to each, of which the last may be padding, to be rewound over.
    """

    def __init__(
        self,
        config: TransformerConfig,
        rows: int,
        length: int,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        # Zeros, not empty: a slot that is masked out is multiplied by 0, and 0 × NaN is NaN.
        shape = (2, config.num_hidden_layers, rows, length, config.num_key_value_heads, config.head_dim)
        self.slots = torch.zeros(shape, dtype=dtype, device=device)
        self.used = [0] * rows

    @property
    def capacity(self) -> int:
        """Slots a row."""
        return self.slots.shape[3]

    def rewind(self, used: Sequence[int]) -> None:
        """From now on each row has read its first ``used`` tokens; the next forward overwrites the others."""
        self.used = list(used)

    def part(self, first: int, last: int) -> Self:
        """The rows ``first`` to ``last`` - 1, as a cache that shares this one's memory."""
        part = object.__new__(type(self))
        part.slots, part.used = self.slots[:, :, first:last], self.used[first:last]
        return part

    def copy(self, source: int, target: int, used: int) -> None:
        """Give row ``target`` the first ``used`` tokens that row ``source`` has read."""
        self.used[target] = used
        self.slots[:, :, target, :used] = self.slots[:, :, source, :used]

    def grow(self, rows: int, length: int) -> None:
        """Have room for so many rows and slots at least."""
        self.slots = _grown(self.slots, rows, length)
        self.used += [0] * (self.slots.shape[2] - len(self.used))

    def memories(self, tokens: int, where: Tensor | None) -> "Sequence[Memory | Int8Memory]":
        """For each layer, where the next ``tokens`` of each row go and what is there by then.

        ``where`` [rows × tokens] are their places among all slots, row by row; None where all rows are
        equally long.
        """
        new, seen = _parts(self.slots, self.used, tokens, where)
        return [Memory(where, *parts) for parts in zip(*new, *seen, strict=True)]


class Int8Cache(KVCache):
    """A cache of 8-bit integers with one scale for each token and head: half of bfloat16's memory.

    What is read is made whole again layer by layer, so it saves memory and not time.
    """

    def __init__(
        self,
        config: TransformerConfig,
        rows: int,
        length: int,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        super().__init__(config, rows, length, torch.int8, device)
        self.scales = torch.zeros(*self.slots.shape[:-1], 1, dtype=dtype, device=device)

    def part(self, first: int, last: int) -> Self:
        """See KVCache."""
        part = super().part(first, last)
        part.scales = self.scales[:, :, first:last]
        return part

    def copy(self, source: int, target: int, used: int) -> None:
        """See KVCache."""
        super().copy(source, target, used)
        self.scales[:, :, target, :used] = self.scales[:, :, source, :used]

    def grow(self, rows: int, length: int) -> None:
        """See KVCache."""
        super().grow(rows, length)
        self.scales = _grown(self.scales, rows, length)

    def memories(self, tokens: int, where: Tensor | None) -> "Sequence[Memory | Int8Memory]":
        """See KVCache."""
        new, seen = _parts(self.scales, self.used, tokens, where)
        plain = super().memories(tokens, where)
        return [
            Int8Memory(Memory(*memory), Memory(where, *scales))
            for memory, scales in zip(plain, zip(*new, *seen, strict=True), strict=True)
        ]


class Memory(NamedTuple):
    """One layer's part of the cache in one forward.

    ``keys`` and ``values`` [rows, kv heads, slots, channels] are those of all slots used by then. The new
    ones are [rows, tokens, kv heads, channels], or with ``where`` [rows × all slots, kv heads × channels].
    """

    where: Tensor | None
    new_keys: Tensor
    new_values: Tensor
    keys: Tensor
    values: Tensor

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write those of the new tokens [rows, tokens, kv heads, channels]; return those of all slots."""
        for new, part in ((self.new_keys, keys), (self.new_values, values)):
            if self.where is None:
                new.copy_(part)
            else:
                new.index_copy_(0, self.where, part.reshape(len(self.where), -1))
        return self.keys, self.values


class Int8Memory(NamedTuple):
    """One layer's part of an Int8Cache: the integers and their scales, which have one channel."""

    whole: Memory
    scales: Memory

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """See Memory."""
        scales = [part.abs().amax(dim=-1, keepdim=True).clamp_min(1e-6) / 127 for part in (keys, values)]
        scales = [scale.to(self.scales.keys.dtype) for scale in scales]
        found = self.whole.extend(*(_rounded(*pair) for pair in zip((keys, values), scales, strict=True)))
        key_scale, value_scale = self.scales.extend(*scales)
        return found[0] * key_scale, found[1] * value_scale


@dataclass(frozen=True)
class Span:
    """What all layers of one forward share: the angles of its positions and who may look at whom."""

    cos: Tensor  # [rows or 1, tokens, 1, channels]
    sin: Tensor  # the same; its first half is negative, so that a swap of halves completes the rotation
    mask: Tensor | None = None  # [rows or 1, 1, tokens, slots], 0 or -inf
    causal: bool = False
    lengths: Tensor | None = None  # [rows], int32, the new tokens included: for the fused kernel
    memory: Sequence[Memory | Int8Memory] | None = None


class Rotary(nn.Module):
    """Tables of the rotation angles (rotate-half form; Su et al. 2021, arXiv 2104.09864)."""

    cos: Tensor
    sin: Tensor

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        # An explicit device: the tables must exist even when the weights are built on "meta".
        exponents = torch.arange(0, config.head_dim, 2, device="cpu").float() / config.head_dim
        positions = torch.arange(config.max_position_embeddings, device="cpu").float()
        angles = torch.outer(positions, config.rope_theta**-exponents)
        sin = angles.sin()
        self.register_buffer("cos", angles.cos().repeat(1, 2), persistent=False)
        self.register_buffer("sin", torch.cat((-sin, sin), dim=1), persistent=False)

    def span(self, ids: Tensor, cache: KVCache | None) -> Span:
        """The shared part of a forward over ``ids`` [rows, tokens] behind what ``cache`` holds."""
        tokens = ids.shape[1]
        used = cache.used if cache else [0]
        end = max(used) + tokens
        if end > (cache.capacity if cache else len(self.cos)):
            raise ModelError(
                f"The sequence has {end} tokens, more than there is room for; ask for fewer pixels."
            )
        if cache is None:
            return Span(self.cos[None, :tokens, None], self.sin[None, :tokens, None], causal=True)
        if min(used) == max(used):
            return self._even(cache, used[0], end)
        return self._ragged(cache, tokens, end)

    def _even(self, cache: KVCache, first: int, end: int) -> Span:
        """All rows are equally long."""
        cos, sin = (table[None, first:end, None] for table in (self.cos, self.sin))
        memory = cache.memories(end - first, None)
        if can_fuse(cos.device, cos.dtype):
            lengths = torch.full((len(cache.used),), end, dtype=torch.int32, device=cos.device)
            return Span(cos, sin, memory=memory, lengths=lengths)
        if first == 0 or end - first == 1:
            return Span(cos, sin, causal=first == 0, memory=memory)
        positions = torch.arange(first, end, device=cos.device)[None]
        return Span(cos, sin, mask=visible(positions, end, cos.dtype), memory=memory)

    def _ragged(self, cache: KVCache, tokens: int, end: int) -> Span:
        """Every row goes on at its own position."""
        device = self.cos.device
        used = torch.tensor(cache.used, device=device)[:, None]
        positions = used + torch.arange(tokens, device=device)  # [rows, tokens]
        where = positions + cache.capacity * torch.arange(len(used), device=device)[:, None]
        known = positions.clamp_max(len(self.cos) - 1)  # padding may lie beyond
        cos, sin = (table[known][:, :, None] for table in (self.cos, self.sin))
        memory = cache.memories(tokens, where.flatten())
        if can_fuse(device, cos.dtype):
            return Span(cos, sin, memory=memory, lengths=(used[:, 0] + tokens).int())
        return Span(cos, sin, mask=visible(positions, end, cos.dtype), memory=memory)


def visible(positions: Tensor, end: int, dtype: torch.dtype) -> Tensor:
    """The mask of ``positions`` [rows, tokens] over the slots up to ``end``: [rows, 1, tokens, end].

    0 where a slot is seen, which is up to the position itself, and -inf where not.
    """
    hidden = torch.arange(end, device=positions.device) > positions[:, None, :, None]
    return torch.zeros(hidden.shape, dtype=dtype, device=hidden.device).masked_fill_(hidden, -torch.inf)


def _parts(
    slots: Tensor, used: Sequence[int], tokens: int, where: Tensor | None
) -> tuple[tuple[Sequence[Tensor], ...], tuple[Sequence[Tensor], ...]]:
    """By layer: keys and values to be written, and keys and values seen by then. See Memory."""
    end = max(used) + tokens
    new = slots[:, :, :, used[0] : end] if where is None else slots.flatten(4).flatten(2, 3)
    seen = slots[:, :, :, :end].transpose(3, 4)
    return tuple(each.unbind(0) for each in new), tuple(each.unbind(0) for each in seen)


def _grown(slots: Tensor, rows: int, length: int) -> Tensor:
    """``slots`` with at least so many rows and slots a row, the new ones zeros."""
    shape = [*slots.shape]
    shape[2:4] = max(rows, shape[2]), max(length, shape[3])
    if shape == [*slots.shape]:
        return slots
    larger = slots.new_zeros(shape)
    larger[:, :, : slots.shape[2], : slots.shape[3]] = slots
    return larger


def _rounded(part: Tensor, scale: Tensor) -> Tensor:
    return (part / scale).round().clamp(-127, 127).to(torch.int8)  # a rounded scale may lead beyond
