"""Trains the transformer on captioned scenes to predict the next code, with Muon and AdamW."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lumina.model.checkpoint import load_transformer
from lumina.model.config import TransformerConfig
from lumina.model.layout import Vocabulary
from lumina.model.text import TextTokenizer
from lumina.model.transformer import Transformer
from lumina.steps import Progress, Steps
from lumina.training.kernels import causal_attention, cross_entropy
from lumina.training.muon import Muon
from lumina.training.parallel import Group, together
from lumina.training.record import Record, learning_rate
from lumina.training.sequences import Batch, Sequences, read_coded

TABLETOP_SIZES: dict[str, Any] = {
    "hidden_size": 256, "intermediate_size": 704, "num_hidden_layers": 8, "num_attention_heads": 4,
    "num_key_value_heads": 4, "max_position_embeddings": 1024,
}  # fmt: skip
HELD_BACK = 200  # scenes at the end of each frame's pool that only measure


@dataclass(frozen=True)
class ModelTraining:
    """Settings of a run; the learning rates cool over the given minutes of training."""

    scenes: Path
    codes: Path  # what `encode_shards` wrote
    tokenizer: Path  # folder with tokenizer.json
    out: Path
    minutes: float = 75.0
    batch: int = 24
    muon_rate: float = 2e-3
    adam_rate: float = 2e-3
    processes: int = 2
    seed: int = 1
    start_from: Path | None = None  # a model folder whose weights to begin with, with a fresh optimiser


def tabletop_config(vocab_size: int) -> TransformerConfig:
    """The embedded model's sizes for a vocabulary."""
    return TransformerConfig(vocab_size=vocab_size, **TABLETOP_SIZES)


def code_loss(model: Transformer, batch: Batch, vocabulary: Vocabulary) -> Tensor:
    """Mean cross-entropy in nats over the codes; forced positions and text are not trained on."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model.hidden(batch.ids)
        picked = hidden.gather(1, batch.before[..., None].expand(-1, -1, hidden.shape[-1]))
        logits = F.linear(picked, model.lm_head.weight[vocabulary.codes])
    return cross_entropy(logits.flatten(0, 1), batch.codes.flatten())


def optimizers(model: Transformer, settings: ModelTraining, group: Group) -> list[torch.optim.Optimizer]:
    """Muon for the layers' matrices, AdamW for embeddings, head and norms."""
    matrices = [p for p in model.model.layers.parameters() if p.ndim == 2 and min(p.shape) > 64]
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    return [
        Muon(matrices, lr=settings.muon_rate, weight_decay=0.05, group=group),
        torch.optim.AdamW(others, lr=settings.adam_rate, betas=(0.9, 0.95), weight_decay=0.01),
    ]


@dataclass
class _Run:
    """The parts of a run that change while it trains."""

    model: Transformer
    optimizers: list[torch.optim.Optimizer]
    step: int = 0
    trained: float = 0.0  # seconds
    tokens: int = 0

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(), "optimizers": [o.state_dict() for o in self.optimizers],
            "step": self.step, "trained": self.trained, "tokens": self.tokens,
        }  # fmt: skip

    def load(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.step, self.trained, self.tokens = state["step"], state["trained"], state["tokens"]


def train(settings: ModelTraining) -> Steps[Transformer]:
    """Train, or go on from the checkpoint in `settings.out`; progress counts seconds of training."""
    with together(_train, settings, settings.processes) as group:
        return (yield from _train(settings, group))


def _train(settings: ModelTraining, group: Group) -> Steps[Transformer]:
    text = TextTokenizer.load(settings.tokenizer)
    vocabulary = text.vocabulary()
    model = Transformer(tabletop_config(vocabulary.first_code + vocabulary.num_codes))
    model.initialise(settings.seed)
    for layer in model.model.layers:
        layer.self_attn.attend = causal_attention
    run = _Run(model, optimizers(model, settings, group))
    record = Record(settings.out)
    _begin(run, record, settings)
    pools = read_coded(settings.scenes, settings.codes)
    training = Sequences({frame: pool.part(None, -HELD_BACK) for frame, pool in pools.items()}, text)
    measuring = Sequences({frame: pool.part(-HELD_BACK, None) for frame, pool in pools.items()}, text)
    budget = settings.minutes * 60
    for batch in training.batches(settings.batch // settings.processes, settings.seed, group.rank, run.step):
        if run.trained >= budget:
            break
        start = time.monotonic()
        loss = _step(run, batch, vocabulary, group, _rates(settings, run.trained, budget))
        run.step += 1
        run.tokens += batch.ids.numel() * settings.processes
        run.trained += group.mean_of(time.monotonic() - start)
        if group.leads and run.step % 20 == 0:
            record.append(run.step, loss=loss, trained=run.trained, tokens=run.tokens)
            yield Progress(int(run.trained), int(budget), unit="seconds", partial={"loss": loss})
        if group.leads and run.step % 200 == 0:
            _report(run, record, _measure(model, measuring, vocabulary))
    if group.leads:
        _report(run, record, _measure(model, measuring, vocabulary))
    return model


def _begin(run: _Run, record: Record, settings: ModelTraining) -> None:
    """Go on from this run's checkpoint, or start from another run's weights if asked to."""
    if (state := record.resume()) is not None:
        run.load(state)
    elif settings.start_from is not None:
        run.model.load_state_dict(load_transformer(settings.start_from).state_dict())


def _rates(settings: ModelTraining, trained: float, budget: float) -> tuple[float, float]:
    return (
        learning_rate(trained, budget, settings.muon_rate),
        learning_rate(trained, budget, settings.adam_rate),
    )


def _step(run: _Run, batch: Batch, vocabulary: Vocabulary, group: Group, rates: Iterable[float]) -> float:
    loss = code_loss(run.model, batch, vocabulary)
    for optimizer in run.optimizers:
        optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    parameters = [p for p in run.model.parameters() if p.grad is not None]
    group.mean(p.grad for p in parameters if p.grad is not None)
    nn.utils.clip_grad_norm_(parameters, 1.0)
    for optimizer, rate in zip(run.optimizers, rates, strict=True):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
    return loss.item()


@torch.no_grad()
def _measure(model: Transformer, sequences: Sequences, vocabulary: Vocabulary) -> float:
    """Loss on scenes held back, the same samples every time."""
    batches = sequences.batches(16, seed=99)
    return float(np.mean([code_loss(model, next(batches), vocabulary).item() for _ in range(4)]))


def _report(run: _Run, record: Record, held_back_loss: float) -> None:
    record.append(run.step, held_back=held_back_loss)
    record.save(run.state())
    record.draw_curves("loss", "held_back")
