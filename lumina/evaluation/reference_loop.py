"""The published program's way of drawing, for comparison: two forwards a token, caches that are copied whole.

A port of its loop and of its network's forward, made from what they are known to do. Where the original
leaves a choice to chance that can end in an error (the image start and both sizes are sampled), the port
takes the right token, at the same cost; everything else is as slow as it is there:

- guidance runs the network twice for every token, one after the other, each time with a cache of its own;
- every layer's keys and values are copied whole for every token (``torch.cat``);
- every projection is a product of its own, norms and angles are float32 steps one by one;
- the whole vocabulary gets logits in float32, and all filters work on all of them;
- a token that is forced anyway, such as a newline, costs as much as any other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lumina.errors import InputError
from lumina.model.layout import HEADER
from lumina.model.transformer import HEAD_NORM_EPS, Attention, HeadNorm, Layer, Transformer
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.guidance import reference_scales
from lumina.sampler.logits import keep_top_k
from lumina.sampler.noise import gumbel

Choose: TypeAlias = Callable[[Tensor, int], Tensor]
"""The next token [1, 1] from final scores [1, vocabulary] at a position of the image."""


@dataclass
class GrowingCache:
    """Keys and values [1, heads, tokens, channels] of each layer, made anew for every token."""

    layers: dict[int, tuple[Tensor, Tensor]] = field(default_factory=dict)
    length: int = 0

    def extend(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """All there are by now."""
        if layer in self.layers:
            old_keys, old_values = self.layers[layer]
            keys, values = torch.cat((old_keys, keys), dim=2), torch.cat((old_values, values), dim=2)
        self.layers[layer] = keys, values
        return keys, values


def draw(transformer: Transformer, request: TokenRequest, choose: Choose | None = None) -> Tensor:
    """The codes [rows, cols] of a whole picture; by chance, if nobody says how to ``choose``.

    ``transformer`` must hold its whole vocabulary. Raises InputError for what the original cannot do.
    """
    options, layout = request.options, request.layout
    if options.top_p < 1 or request.kept is not None or request.stop_row is not None:
        raise InputError("The published program has no top-p and draws whole pictures; leave these out.")
    choose = choose or by_chance(options.seed)
    device = transformer.lm_head.weight.device
    forced, scales = layout.forced().tolist(), _scales(request)
    ids = torch.tensor(request.prompt, device=device)[None]
    new, conditional, unconditional = ids, GrowingCache(), GrowingCache()
    with torch.inference_mode():
        for position in range(layout.length):
            scores = forward(transformer, new, conditional)[:, -1]
            if position >= HEADER and options.guidance_scale != 1:
                image = ids[:, len(request.prompt) :] if position == HEADER else new
                other = forward(transformer, image, unconditional)[:, -1]
                scores = other + scales[position] * (scores - other)
            scores = _allowed(scores, forced[position], layout.vocabulary.codes)
            if options.top_k:
                scores = keep_top_k(scores, options.top_k)
            new = choose(scores / options.temperature, position)
            ids = torch.cat((ids, new), dim=1)
    return layout.decode(ids[0, len(request.prompt) :].cpu())


def by_chance(seed: int) -> Choose:
    """Samples as the published program does, with torch's generator."""
    generator = torch.Generator().manual_seed(seed)

    def choose(scores: Tensor, _: int) -> Tensor:
        chances = scores.softmax(dim=-1).cpu()
        return torch.multinomial(chances, 1, generator=generator).to(scores.device)

    return choose


def with_noise_of(request: TokenRequest) -> Choose:
    """Samples with the noise that belongs to each code of this request: then both ways draw the same."""
    codes, seed = request.layout.vocabulary.codes, request.options.seed
    count = request.layout.vocabulary.num_codes

    def choose(scores: Tensor, position: int) -> Tensor:
        noise, spot = torch.zeros_like(scores), torch.tensor([position], device=scores.device)
        noise[:, codes] = gumbel(seed, spot, count, scores.dtype)
        return (scores + noise).argmax(dim=-1, keepdim=True)

    return choose


def forward(transformer: Transformer, ids: Tensor, cache: GrowingCache) -> Tensor:
    """Logits [1, tokens, vocabulary], at least float32, of ``ids`` [1, tokens] behind the ``cache``."""
    stack, config = transformer.model, transformer.config
    if stack.embed_tokens.words is not None or config.swin_norm:
        raise InputError("The comparison needs a model with its whole vocabulary, as it was published.")
    x = F.embedding(ids, stack.embed_tokens.weight)
    angles = _angles(config.head_dim, config.rope_theta, cache.length, ids.shape[1], x.device)
    for layer in stack.layers:
        assert isinstance(layer, Layer)
        x = x + _attended(layer.self_attn, _normed(layer.input_layernorm, x), angles, cache)
        h = _normed(layer.post_attention_layernorm, x)
        x = x + layer.mlp.down_proj(F.silu(layer.mlp.gate_proj(h)) * layer.mlp.up_proj(h))
    cache.length += ids.shape[1]
    logits: Tensor = transformer.lm_head(_normed(stack.norm, x))
    return logits if logits.dtype == torch.float64 else logits.float()


def _attended(block: Attention, x: Tensor, angles: tuple[Tensor, Tensor], cache: GrowingCache) -> Tensor:
    q, k, v = (
        project(x).view(1, x.shape[1], -1, block.head_dim)
        for project in (block.q_proj, block.k_proj, block.v_proj)
    )
    q, k = _head_normed(block.q_norm, q), _head_normed(block.k_norm, k)
    q, k, v = (part.transpose(1, 2) for part in (q, k, v))
    q, k = _rotated(q, angles), _rotated(k, angles)
    k, v = cache.extend(block.layer, k, v)
    grouped = q.shape[1] != k.shape[1]
    out = F.scaled_dot_product_attention(q, k, v, is_causal=x.shape[1] > 1, enable_gqa=grouped)
    attended: Tensor = block.o_proj(out.transpose(1, 2).reshape(1, x.shape[1], -1))
    return attended


def _head_normed(norm: HeadNorm, x: Tensor) -> Tensor:
    scale, shift = norm.spread(x.shape[2])
    return F.layer_norm(x, (x.shape[-1],), eps=HEAD_NORM_EPS) * scale + shift


def _normed(norm: nn.RMSNorm, x: Tensor) -> Tensor:
    wide = x if x.dtype == torch.float64 else x.float()
    wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + (norm.eps or 0.0))
    return norm.weight * wide.to(x.dtype)


def _angles(
    channels: int, theta: float, first: int, count: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """cos and sin [count, channels] in float32, computed anew for every forward."""
    exponents = torch.arange(0, channels, 2, device=device).float() / channels
    turns = torch.outer(torch.arange(first, first + count, device=device).float(), theta**-exponents)
    both = torch.cat((turns, turns), dim=-1)
    return both.cos(), both.sin()


def _rotated(x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
    cos, sin = (part.to(x.dtype) for part in angles)
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-right, left), dim=-1) * sin


def _scales(request: TokenRequest) -> list[float]:
    """The guidance scale of every position."""
    scale, layout = request.options.guidance_scale, request.layout
    if request.options.compat == "reference":
        return reference_scales(scale, layout, layout.position(0, 0))
    return [scale] * layout.length


def _allowed(scores: Tensor, forced: int, codes: slice) -> Tensor:
    """-inf for everything but the token that is ``forced``, or but the codes."""
    part = codes if forced < 0 else slice(forced, forced + 1)
    mask = torch.full_like(scores, -torch.inf)
    mask[:, part] = 0
    return scores + mask
