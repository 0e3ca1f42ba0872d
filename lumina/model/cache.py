"""What a forward knows about positions: the KV cache, the rotation angles, who may look at whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from lumina.errors import ModelError
from lumina.model.attention import can_fuse
from lumina.model.config import TransformerConfig


class KVCache:
    """Keys and values of the tokens read so far, preallocated for ``length`` slots a row.

    Every row of the batch fills the same slots. A row with fewer tokens than the longest starts later
    (``start``): its earlier slots are never looked at and its positions count from its start.
    """

    def __init__(
        self,
        config: TransformerConfig,
        batch: int,
        length: int,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        start: tuple[int, ...] | None = None,
    ) -> None:
        shape = (config.num_hidden_layers, batch, config.num_key_value_heads, length, config.head_dim)
        # Zeros, not empty: a slot that is masked out is multiplied by 0, and 0 × NaN is NaN.
        self.keys = torch.zeros(
            shape, dtype=dtype, device=device
        )  # [layers, batch, kv heads, slots, channels]
        self.values = torch.zeros_like(self.keys)
        self.slots = torch.arange(length, device=device)
        self.ragged = start is not None and any(start)
        self.start = torch.tensor(start or (0,) * batch, device=device)[:, None]  # [batch, 1]
        self.used = 0

    @property
    def capacity(self) -> int:
        """Slots a row."""
        return self.keys.shape[3]

    def rewind(self, used: int) -> None:
        """Forget all but the first ``used`` slots; the next forward overwrites them."""
        self.used = min(self.used, used)

    def repeat(self, times: int) -> None:
        """From now on ``times`` rows for each row, all with what it has read: [a, b] → [a, a, b, b]."""
        self.keys, self.values = (part.repeat_interleave(times, 1) for part in (self.keys, self.values))
        self.start = self.start.repeat_interleave(times, 0)

    def memories(self, tokens: int) -> "Sequence[Memory | Int8Memory]":
        """For each layer, where the next ``tokens`` go and what is there by then."""
        end = self.used + tokens
        new = (whole[:, :, :, self.used : end].unbind(0) for whole in (self.keys, self.values))
        seen = (whole[:, :, :, :end].unbind(0) for whole in (self.keys, self.values))
        return [Memory(*parts) for parts in zip(*new, *seen, strict=True)]


class Int8Cache(KVCache):
    """A cache of 8-bit integers with one scale for each token and head: half of bfloat16's memory.

    What is read is made whole again layer by layer, so it saves memory and not time.
    """

    def __init__(
        self,
        config: TransformerConfig,
        batch: int,
        length: int,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        start: tuple[int, ...] | None = None,
    ) -> None:
        super().__init__(config, batch, length, torch.int8, device, start)
        self.scales = torch.zeros(2, *self.keys.shape[:-1], 1, dtype=dtype, device=device)

    def repeat(self, times: int) -> None:
        """See KVCache."""
        super().repeat(times)
        self.scales = self.scales.repeat_interleave(times, 2)

    def memories(self, tokens: int) -> "Sequence[Memory | Int8Memory]":
        """See KVCache."""
        end = self.used + tokens
        plain = super().memories(tokens)
        return [
            Int8Memory(
                memory.new_keys,
                memory.new_values,
                memory.keys,
                memory.values,
                scales[:, :, :, self.used : end],
                scales[:, :, :, :end],
            )
            for memory, scales in zip(plain, self.scales.unbind(1), strict=True)
        ]


class Memory(NamedTuple):
    """One layer's part of the cache in one forward: [batch, kv heads, tokens or slots, channels] each."""

    new_keys: Tensor
    new_values: Tensor
    keys: Tensor
    values: Tensor

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write the new tokens' keys and values; return those of all slots used by then."""
        self.new_keys.copy_(keys)
        self.new_values.copy_(values)
        return self.keys, self.values


class Int8Memory(NamedTuple):
    """One layer's part of an Int8Cache: as Memory, and scales [keys or values, batch, kv heads, …, 1]."""

    new_keys: Tensor
    new_values: Tensor
    keys: Tensor
    values: Tensor
    new_scales: Tensor
    scales: Tensor

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """See Memory."""
        for new, scale, part in zip(
            (self.new_keys, self.new_values), self.new_scales, (keys, values), strict=True
        ):
            scale.copy_(part.abs().amax(dim=-1, keepdim=True).clamp_min(1e-6) / 127)
            new.copy_((part / scale).round().clamp(-127, 127))  # a rounded scale may lead beyond
        return self.keys * self.scales[0], self.values * self.scales[1]


@dataclass(frozen=True)
class Span:
    """What all layers of one forward share: the angles of its positions and who may look at whom."""

    cos: Tensor  # [batch or 1, tokens, 1, channels]
    sin: Tensor  # the same; its first half is negative, so that a swap of halves completes the rotation
    mask: Tensor | None = None  # [batch, 1, tokens, slots], 0 or -inf
    causal: bool = False
    starts: Tensor | None = None  # [batch], int32: for the fused kernel, which needs no mask
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
        """The shared part of a forward over ``ids`` [batch, tokens] behind what ``cache`` holds."""
        first = cache.used if cache else 0
        end = first + ids.shape[1]
        if end > (cache.capacity if cache else len(self.cos)):
            raise ModelError(
                f"The sequence has {end} tokens, more than there is room for; ask for fewer pixels."
            )
        memory = cache.memories(ids.shape[1]) if cache else None
        cos, sin = self._angles(cache, first, end)
        if cache is None:
            return Span(cos, sin, causal=True)
        if can_fuse(cos.device, cos.dtype):
            return Span(cos, sin, memory=memory, starts=cache.start[:, 0].int())
        if not cache.ragged and first == 0:
            return Span(cos, sin, causal=True, memory=memory)
        if not cache.ragged and ids.shape[1] == 1:
            return Span(cos, sin, memory=memory)
        return Span(cos, sin, mask=visible(cache, end, cos.dtype), memory=memory)

    def _angles(self, cache: KVCache | None, first: int, end: int) -> tuple[Tensor, Tensor]:
        """cos and sin of the slots from ``first`` to ``end``: [batch or 1, tokens, 1, channels]."""
        if cache is None or not cache.ragged:
            return self.cos[None, first:end, None], self.sin[None, first:end, None]
        positions = (cache.slots[first:end] - cache.start).clamp_min(0)  # [batch, tokens]
        return self.cos[positions][:, :, None], self.sin[positions][:, :, None]


def visible(cache: KVCache, end: int, dtype: torch.dtype) -> Tensor:
    """The mask of the slots from ``cache.used`` to ``end``: [batch, 1, tokens, end], 0 or -inf.

    A slot sees its row's own start up to itself. It always sees itself, also before the start, where
    the softmax would otherwise have nothing to sum over.
    """
    slots = cache.slots[:end]
    queries = slots[cache.used :, None]
    hidden = (slots > queries) | ((slots < cache.start[:, :, None]) & (slots != queries))
    return torch.zeros(hidden.shape, dtype=dtype, device=slots.device).masked_fill_(hidden, -torch.inf)[
        :, None
    ]
