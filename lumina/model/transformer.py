"""The decoder-only transformer, in the published checkpoints' own key names."""

import copy
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lumina.errors import InputError
from lumina.model.attention import attend
from lumina.model.cache import Int8Cache, KVCache, Rotary, Span
from lumina.model.config import TransformerConfig
from lumina.model.frozen_linear import PACKED, Product, product
from lumina.model.fused_linear import FusedLinear, Shrink

HEAD_NORM_EPS = 1e-5  # fixed in the published model, whatever rms_norm_eps is


class HeadNorm(nn.Module):
    """Scale and shift of a head's LayerNorm; the heads form ``groups`` that share them."""

    def __init__(self, groups: int, head_dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(groups, head_dim))
        self.bias = nn.Parameter(torch.zeros(groups, head_dim))

    def spread(self, heads: int) -> tuple[Tensor, Tensor]:
        """Scale and shift for each head: [heads, head_dim] twice."""
        times = heads // self.weight.shape[0]
        return self.weight.repeat_interleave(times, 0), self.bias.repeat_interleave(times, 0)


class Attention(FusedLinear):
    """Causal self-attention with LayerNorm on each head's query and key before the rotation."""

    first, last = ("q_proj", "k_proj", "v_proj"), "o_proj"

    def __init__(self, config: TransformerConfig, layer: int) -> None:
        super().__init__()
        self.layer, self.head_dim = layer, config.head_dim
        self.heads, self.kv_heads = config.num_attention_heads, config.num_key_value_heads
        width, bias = config.hidden_size, config.attention_bias
        self.q_proj = nn.Linear(width, self.heads * self.head_dim, bias)
        self.k_proj = nn.Linear(width, self.kv_heads * self.head_dim, bias)
        self.v_proj = nn.Linear(width, self.kv_heads * self.head_dim, bias)
        self.o_proj = nn.Linear(self.heads * self.head_dim, width, bias)
        self.q_norm = HeadNorm(config.model_parallel_size, self.head_dim)
        self.k_norm = HeadNorm(config.model_parallel_size, self.head_dim)
        self.norms: tuple[Tensor, Tensor] | None = None
        self.attend: Callable[[Tensor, Tensor, Tensor], Tensor] | None = None  # in training: causal, no cache

    def forward(self, x: Tensor, span: Span) -> Tensor:
        """[batch, tokens, width] → the same shape."""
        both = self.heads + self.kv_heads
        qkv = self.enter(x).view(*x.shape[:2], -1, self.head_dim)  # [batch, tokens, heads, channels]
        qk, v = torch.split(qkv, [both, self.kv_heads], dim=2)
        qk = self.rotate(qk, span).to(v.dtype)
        q, k = torch.split(qk, [self.heads, self.kv_heads], dim=2)
        if span.memory is not None:
            k, v = span.memory[self.layer].extend(k, v)  # [batch, kv heads, slots, channels] from here on
        else:
            k, v = k.transpose(1, 2), v.transpose(1, 2)
        q = q.transpose(1, 2)
        if self.attend is not None:
            out = self.attend(q, k, v)
        else:
            out = attend(q, k, v, span.mask, span.causal, span.lengths)
        return self.leave(out.transpose(1, 2).flatten(2))

    def rotate(self, qk: Tensor, span: Span) -> Tensor:
        """Normalise each head of queries and keys together, then turn them by their position's angle."""
        scale, shift = self.norms or self._norms()
        qk = torch.addcmul(shift, F.layer_norm(qk, (self.head_dim,), eps=HEAD_NORM_EPS), scale)
        left, right = qk.chunk(2, dim=-1)
        return torch.addcmul(qk * span.cos, torch.cat((right, left), dim=-1), span.sin)

    def join(self, shrink: Shrink | None = None, packed: bool = False) -> None:
        """See FusedLinear; the norms of queries and keys are joined too."""
        super().join(shrink, packed)
        scale, shift = self._norms()
        self.norms = scale.detach(), shift.detach()

    def _norms(self) -> tuple[Tensor, Tensor]:
        q_scale, q_shift = self.q_norm.spread(self.heads)
        k_scale, k_shift = self.k_norm.spread(self.kv_heads)
        return torch.cat((q_scale, k_scale)), torch.cat((q_shift, k_shift))

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "Attention":
        self.norms = None
        super()._apply(fn, recurse)
        return self


class MLP(FusedLinear):
    """SwiGLU: down(silu(gate(x)) · up(x)) (Shazeer 2020, arXiv 2002.05202)."""

    first, last = ("gate_proj", "up_proj"), "down_proj"

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        width, inner, bias = config.hidden_size, config.intermediate_size, config.mlp_bias
        self.gate_proj = nn.Linear(width, inner, bias)
        self.up_proj = nn.Linear(width, inner, bias)
        self.down_proj = nn.Linear(inner, width, bias)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, tokens, width] → the same shape."""
        gate, up = self.enter(x).chunk(2, dim=-1)
        inner = F.silu(gate)
        return self.leave(inner.mul_(up) if self.products else inner * up)  # trained, it needs both apart


class Layer(nn.Module):
    """Attention and MLP around residual branches; the norms come first, or with ``swin_norm`` last."""

    def __init__(self, config: TransformerConfig, index: int) -> None:
        super().__init__()
        self.swin_norm, self.dropout = config.swin_norm, config.dropout
        self.self_attn = Attention(config, index)
        self.mlp = MLP(config)
        self.input_layernorm = nn.RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.post_attention_layernorm = nn.RMSNorm(config.hidden_size, config.rms_norm_eps)

    def forward(self, x: Tensor, span: Span) -> Tensor:
        """[batch, tokens, width] → the same shape."""
        if self.swin_norm:
            x = x + self.drop(self.input_layernorm(self.self_attn(x, span)))
            return x + self.drop(self.post_attention_layernorm(self.mlp(x)))
        x = x + self.drop(self.self_attn(self.input_layernorm(x), span))
        return x + self.drop(self.mlp(self.post_attention_layernorm(x)))

    def drop(self, branch: Tensor) -> Tensor:
        """Dropout of a residual branch, in training only."""
        return F.dropout(branch, self.dropout) if self.training and self.dropout else branch


class Embedding(nn.Embedding):
    """A row for each id. A model that only draws keeps the rows of images here and all others on the CPU."""

    words: Tensor | None

    def __init__(self, ids: int, width: int) -> None:
        # Given its memory, since filling a table on "meta" costs torch half a second and 70 MB of imports.
        super().__init__(ids, width, _weight=torch.empty(ids, width))
        if not self.weight.is_meta:
            self.reset_parameters()
        self.first = 0  # the id of the first row of ``weight``
        self.register_buffer("words", None, persistent=False)  # [vocabulary, width], if it is kept apart

    def forward(self, ids: Tensor, words: int = 0) -> Tensor:
        """Rows [batch, tokens, width] of ids [batch, tokens], whose first ``words`` are not of an image."""
        if self.words is None:
            return F.embedding(ids, self.weight)
        rows = F.embedding(ids[:, words:] - self.first, self.weight)
        if not words:
            return rows
        text = F.embedding(ids[:, :words].to(self.words.device), self.words)
        return torch.cat((text.to(rows.device), rows), dim=1)


class DecoderStack(nn.Module):
    """Embedding, layers and final norm: the part published under ``model.``"""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.embed_tokens = Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config, index) for index in range(config.num_hidden_layers))
        self.norm = nn.RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.rotary = Rotary(config)

    def forward(self, ids: Tensor, cache: KVCache | None, words: int = 0) -> Tensor:
        """ids [batch, tokens] → hidden states [batch, tokens, width] after the final norm."""
        span = self.rotary.span(ids, cache)
        x = self.embed_tokens(ids, words)
        for layer in self.layers:
            x = layer(x, span)
        if cache is not None:
            cache.rewind([used + ids.shape[1] for used in cache.used])
        out: Tensor = self.norm(x)
        return out


class Transformer(nn.Module):
    """The whole network: token ids in, logits out."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.model = DecoderStack(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.first_head = 0  # the id of the head's first row; a model that only draws has those of codes
        self.heads: dict[tuple[int, int], Product] | None = None  # when joined: parts of the head, by ids

    def hidden(self, ids: Tensor, cache: KVCache | None = None, words: int = 0) -> Tensor:
        """Hidden states after the final norm [batch, tokens, width] for ``ids`` [batch, tokens].

        Without a cache this is a plain causal pass. With one, the ids follow what the cache holds, and the
        cache then holds them too. The first ``words`` ids are text. Raises ModelError if they do not fit.
        """
        hidden: Tensor = self.model(ids, cache, words)
        return hidden

    def logits(self, hidden: Tensor, code_slice: slice | None = None) -> Tensor:
        """Logits of the whole vocabulary, or of the ids in ``code_slice``; never below float32."""
        out = self._head(code_slice)(hidden) if code_slice else self.lm_head(hidden)
        return out if out.dtype == torch.float64 else out.float()

    def _head(self, part: slice) -> Product:
        weight = self.lm_head.weight[part.start - self.first_head : part.stop - self.first_head]
        if self.heads is None:
            return lambda hidden: F.linear(hidden, weight)
        if (part.start, part.stop) not in self.heads:
            self.heads[part.start, part.stop] = product(weight, packed=self.is_small)
        return self.heads[part.start, part.stop]

    def forward(
        self, ids: Tensor, *, cache: KVCache | None = None, code_slice: slice | None = None
    ) -> Tensor:
        """Logits [batch, tokens, vocabulary or codes] for ``ids`` [batch, tokens]; see ``hidden``."""
        return self.logits(self.hidden(ids, cache), code_slice)

    def cache(self, length: int, rows: int = 1, small: bool = False) -> KVCache:
        """An empty cache of ``length`` slots a row, in the weights' dtype and place.

        A ``small`` one holds 8-bit integers.
        """
        weight, kind = self.lm_head.weight, Int8Cache if small else KVCache
        return kind(self.config, rows, length, weight.dtype, weight.device)

    def join(self) -> "Transformer":
        """Ready for inference: evaluation mode, no gradients, sibling projections as one product."""
        self.requires_grad_(False).eval()
        for block in self.modules():
            if isinstance(block, FusedLinear) and block.products is None:
                block.join(packed=self.is_small)
        self.heads = {} if self.heads is None else self.heads
        return self

    @property
    def is_small(self) -> bool:
        return sum(weight.numel() for weight in self.parameters()) <= PACKED

    def converted(self, dtype: torch.dtype) -> "Transformer":
        """A copy that computes in ``dtype``; raises InputError if the weights are too large or shrunk."""
        own = self.lm_head.weight.dtype
        if any(weight.is_meta for weight in self.parameters()) or not self.is_small:
            raise InputError(
                f"This model computes in {str(own).removeprefix('torch.')} here; "
                "set LUMINA_DTYPE and load it anew for another precision."
            )
        model: Transformer = copy.deepcopy(self).to(dtype)
        model.model.rotary = Rotary(self.config).to(self.lm_head.weight.device, dtype)  # not the rounded one
        return model.join()

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "Transformer":
        self.heads = None
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        return self

    def initialise(self, seed: int) -> "Transformer":
        """Random weights to train from: normal with ``initializer_range``, less for the branches' outputs."""
        generator = torch.Generator().manual_seed(seed)
        depth = (2 * self.config.num_hidden_layers) ** -0.5
        for name, weight in self.named_parameters():
            if weight.ndim == 2 and "_norm." not in name:
                scale = depth if "o_proj" in name or "down_proj" in name else 1.0
                nn.init.normal_(weight, std=self.config.initializer_range * scale, generator=generator)
            elif name.endswith("_proj.bias"):
                nn.init.zeros_(weight)
        return self
