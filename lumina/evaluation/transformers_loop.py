"""transformers' own ``generate()`` with guidance, for comparison: as published programs call it, and better.

Its model is a Llama of the same sizes with random weights: the same products, without the norms of queries
and keys. Only its pace is of use.
"""

import time
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Any, Literal

import torch
from torch import Tensor

from lumina.json_types import JsonObject
from lumina.model.config import TransformerConfig
from lumina.model.layout import TokenLayout

TOKENS = 24  # drawn and timed
SCALE = 4.0

Way = Literal["growing", "static"]
"""A second forward by itself with a growing cache, or both as one batch with a cache of fixed size."""


class _Marks:
    """A logits processor that allows codes alone and notes when each token is reached."""

    def __init__(self, codes: slice) -> None:
        self.codes = codes
        self.times: list[float] = []
        self.worked: list[float] = []

    def __call__(self, ids: Tensor, scores: Tensor) -> Tensor:
        guided = self.guided(ids, scores)
        allowed = torch.full_like(guided, -torch.inf)
        allowed[:, self.codes] = guided[:, self.codes]
        if ids.is_cuda:
            torch.cuda.synchronize(ids.device)
        self.times.append(time.perf_counter())
        self.worked.append(time.process_time())
        return allowed

    def guided(self, ids: Tensor, scores: Tensor) -> Tensor:
        """The scores [rows, vocabulary] with guidance."""
        raise NotImplementedError


def _pace(marks: Sequence[float]) -> float:
    """Median seconds a token, the first one not counted."""
    return median(later - earlier for earlier, later in pairwise(marks[1:]))


class _Alone(_Marks):
    """Runs the unconditional pass itself, with a cache of its own."""

    def __init__(self, codes: slice, model: Any, image: Tensor) -> None:
        super().__init__(codes)
        self.model, self.image = model, image
        self.cache: Any = None

    def guided(self, ids: Tensor, scores: Tensor) -> Tensor:
        new = self.image if self.cache is None else ids[:, -1:]
        out = self.model(input_ids=new, past_key_values=self.cache, use_cache=True)
        self.cache = out.past_key_values
        other = out.logits[:, -1].float()
        guided: Tensor = other + SCALE * (scores - other)
        return guided


class _Paired(_Marks):
    """Takes the unconditional row from the batch, and gives both rows the same scores and noise."""

    def guided(self, ids: Tensor, scores: Tensor) -> Tensor:
        guided = torch.lerp(scores[1:], scores[:1], SCALE)
        noise = -torch.log(-torch.log(torch.rand_like(guided).clamp_(1e-10, 1 - 1e-7)))
        return (guided + noise).expand(2, -1).contiguous()


def loop_seconds(
    config: TransformerConfig,
    layout: TokenLayout,
    words: int,
    dtype: torch.dtype,
    device: torch.device,
    way: Way = "growing",
) -> JsonObject:
    """Milliseconds a token in the middle of a picture, and what a whole picture would take at that pace."""
    try:
        model = _model(config, dtype, device)
    except ImportError:
        return {"skipped": "transformers is not installed; run `pip install transformers`."}
    half = layout.encode(torch.zeros(layout.rows // 2, layout.cols, dtype=torch.long))[None].to(device)
    prompt = torch.cat((torch.arange(3, 3 + words, device=device)[None], half), dim=1)
    marks = _generate(model, prompt, half, layout, way)
    pace = _pace(marks.times)
    return {
        "ms_per_token": round(1000 * pace, 3),
        "processor_ms_per_token": round(1000 * _pace(marks.worked), 3),
        "seconds_per_image": round(pace * layout.length, 2),
    }


def _generate(model: Any, prompt: Tensor, image: Tensor, layout: TokenLayout, way: Way) -> _Marks:
    codes, seen = layout.vocabulary.codes, torch.ones_like(prompt)
    marks: _Marks = _Alone(codes, model, image)
    choice: JsonObject = {"do_sample": True, "top_k": min(4096, layout.vocabulary.num_codes)}
    if way == "static":
        marks, prompt = _Paired(codes), prompt.repeat(2, 1)
        unseen = seen.clone()
        unseen[:, : -image.shape[1]] = 0
        seen = torch.cat((seen, unseen))
        choice = {"do_sample": False, "cache_implementation": "static", "disable_compile": True}
    with torch.inference_mode():
        model.generate(
            prompt,
            attention_mask=seen,
            max_new_tokens=TOKENS + 1,
            min_new_tokens=TOKENS + 1,
            logits_processor=[marks],
            pad_token_id=0,
            **choice,
        )
    return marks


def _model(config: TransformerConfig, dtype: torch.dtype, device: torch.device) -> Any:
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
