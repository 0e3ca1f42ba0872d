"""The published program's way of drawing, for comparison: generate() with two unbatched forwards a token."""

import time
from statistics import median
from typing import Any

import torch
from torch import Tensor

from lumina.model.config import TransformerConfig
from lumina.model.layout import TokenLayout

TOKENS = 24  # drawn and timed


class _Guided:
    """A logits processor that runs the unconditional pass itself, with a cache of its own."""

    def __init__(self, model: Any, image: Tensor, codes: slice, scale: float) -> None:
        self.model, self.image, self.codes, self.scale = model, image, codes, scale
        self.cache: Any = None
        self.times: list[float] = []

    def __call__(self, ids: Tensor, scores: Tensor) -> Tensor:
        new = self.image if self.cache is None else ids[:, -1:]
        out = self.model(input_ids=new, past_key_values=self.cache, use_cache=True)
        self.cache = out.past_key_values
        other = out.logits[:, -1].float()
        guided = other + self.scale * (scores - other)
        allowed = torch.full_like(guided, -torch.inf)
        allowed[:, self.codes] = guided[:, self.codes]
        if ids.is_cuda:
            torch.cuda.synchronize(ids.device)
        self.times.append(time.perf_counter())
        return allowed


def loop_seconds(
    config: TransformerConfig, layout: TokenLayout, words: int, dtype: torch.dtype, device: torch.device
) -> dict[str, float | str]:
    """Milliseconds a token in the middle of a picture, and what a whole picture would take at that pace.

    Its model is transformers' own of the same sizes with random weights.
    """
    try:
        model = _model(config, dtype, device)
    except ImportError:
        return {"skipped": "transformers is not installed; run `pip install transformers`."}
    half = layout.encode(torch.zeros(layout.rows // 2, layout.cols, dtype=torch.long))[None].to(device)
    prompt = torch.cat((torch.arange(3, 3 + words, device=device)[None], half), dim=1)
    guided = _Guided(model, half, layout.vocabulary.codes, 4.0)
    with torch.inference_mode():
        model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=TOKENS + 1,
            min_new_tokens=TOKENS + 1,
            do_sample=True,
            top_k=min(4096, layout.vocabulary.num_codes),
            logits_processor=[guided],
            pad_token_id=0,
        )
    paces = [later - earlier for earlier, later in zip(guided.times[1:], guided.times[2:], strict=False)]
    pace = median(paces)
    return {"ms_per_token": round(1000 * pace, 3), "seconds_per_image": round(pace * layout.length, 2)}


def _model(config: TransformerConfig, dtype: torch.dtype, device: torch.device) -> Any:
    """A Llama of these sizes: the same products, without the norms of queries and keys."""
    from transformers import LlamaConfig, LlamaForCausalLM

    settings = LlamaConfig(
        vocab_size=config.vocab_size,
        hidden_size=config.hidden_size,
        intermediate_size=config.intermediate_size,
        num_hidden_layers=config.num_hidden_layers,
        num_attention_heads=config.num_attention_heads,
        num_key_value_heads=config.num_key_value_heads,
        max_position_embeddings=config.max_position_embeddings,
        bos_token_id=None,
        eos_token_id=None,
    )
    former = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            model: Any = LlamaForCausalLM(settings)
            return model.eval()
    finally:
        torch.set_default_dtype(former)
