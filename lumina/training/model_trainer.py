"""Training of the transformer on all tasks: predict the next code, with Muon and AdamW."""

import math
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from lumina.errors import InputError
from lumina.model.checkpoint import load_transformer
from lumina.model.config import MoVQConfig, TransformerConfig
from lumina.model.json_fields import read_json
from lumina.model.layout import Vocabulary
from lumina.model.text import TextTokenizer
from lumina.model.transformer import Transformer
from lumina.steps import Progress, Steps
from lumina.training.auxiliary_head import AuxiliaryHead
from lumina.training.curricula import transformer_config
from lumina.training.device import CPU
from lumina.training.kernels import hasten
from lumina.training.losses import code_losses, loss_of, told_apart, unlikelier
from lumina.training.mixture import Pools, sources
from lumina.training.muon import Muon
from lumina.training.own_pictures import own_sources, read_own
from lumina.training.parallel import Group, together
from lumina.training.prefetching import made_ahead
from lumina.training.record import Record, learning_rate
from lumina.training.rejected_drawings import rejected_sources
from lumina.training.sequences import Sequences, TrainingBatch
from lumina.worlds.curriculum import Curriculum

MEASURE_EVERY = 400  # steps
MEASURED = 4  # batches of 16 for each task
WORTH_COMPILING = 5.0  # minutes of training
CONTRAST = 2.0  # weight of telling words apart beside the cross-entropy of a whole image
REJECTED = 2.0  # and of making what was drawn and rejected less likely
CHANGES = 2.0  # weight of what given codes tell beside the cross-entropy of a code
ANSWERS = 0.3  # and of what drawn codes tell
RATE = 2e-3  # the usual peak of the learning rates, of matrices and all else


@dataclass(frozen=True)
class ModelTraining:
    """Settings of a run; the learning rates cool over the given minutes of training."""

    scenes: Path
    codes: Path  # what `encode_shards` wrote
    tokenizer: Path  # folder with tokenizer.json
    out: Path
    minutes: float = 75.0
    batch: int = 16
    rate: float = RATE
    processes: int = 2
    seed: int = 1
    start_from: Path | None = None  # a model folder whose weights to begin with, with a fresh optimiser
    curriculum: Curriculum | None = (
        None  # none: `scenes` is a folder of a person's own pictures with captions
    )
    tasks: tuple[str, ...] = ()
    rejected: Path | None = None  # a folder of drawings that the judge rejected, see rejected_drawings.py
    helpers: int = 0  # processes of each that make batches ahead
    device: torch.device = CPU
    deadline: float = math.inf  # of `time.monotonic`, at which to stop for now


def optimizers(
    model: Transformer, head: AuxiliaryHead, settings: ModelTraining, group: Group
) -> list[torch.optim.Optimizer]:
    """Muon for the layers' matrices, AdamW for embeddings, heads and norms."""
    matrices = [p for p in model.model.layers.parameters() if p.ndim == 2 and min(p.shape) > 64]
    chosen = {id(p) for p in matrices}
    others = [p for p in (*model.parameters(), *head.parameters()) if id(p) not in chosen]
    return [
        Muon(matrices, lr=settings.rate, weight_decay=0.05, group=group),
        torch.optim.AdamW(others, lr=settings.rate, betas=(0.9, 0.95), weight_decay=0.01, fused=True),
    ]


@dataclass
class _Run:
    """The parts of a run that change while it trains."""

    model: Transformer
    head: AuxiliaryHead
    optimizers: list[torch.optim.Optimizer]
    origin: list[str]  # what it was begun with; a checkpoint goes on with nothing else
    step: int = 0
    trained: float = 0.0  # seconds
    tokens: int = 0

    def state(self) -> dict[str, Any]:
        return {
            "origin": self.origin, "model": self.model.state_dict(), "head": self.head.state_dict(),
            "optimizers": [o.state_dict() for o in self.optimizers],
            "step": self.step, "trained": self.trained, "tokens": self.tokens,
        }  # fmt: skip

    def load(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.head.load_state_dict(state["head"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.step, self.trained, self.tokens = state["step"], state["trained"], state["tokens"]


def train(settings: ModelTraining) -> Steps[Progress, Transformer]:
    """Train, or go on from the checkpoint in `settings.out`; progress counts seconds of training."""
    with together(_train, settings, settings.processes, settings.device) as group:
        return (yield from _train(settings, group))


def _train(settings: ModelTraining, group: Group) -> Steps[Progress, Transformer]:
    text = TextTokenizer.load(settings.tokenizer)
    vocabulary, rejected = text.vocabulary(), _rejected(settings, text)
    model = Transformer(_config(settings, vocabulary)).initialise(settings.seed).to(group.device)
    hasten(model, settings.minutes >= WORTH_COMPILING, group.device)
    curriculum = settings.curriculum
    head = AuxiliaryHead(model, curriculum.targets if curriculum else {}).to(group.device)
    origin = [str(settings.scenes.resolve()), str(settings.start_from and settings.start_from.resolve())]
    run = _Run(model, head, optimizers(model, head, settings, group), origin)
    record = Record(settings.out)
    _begin(run, record, settings)
    training, measuring = _sequences(settings, text)
    budget, size = settings.minutes * 60, settings.batch // settings.processes
    place = settings.seed, group.rank, run.step
    wrong = rejected.batches(max(size // 4, 1), *place) if rejected else repeat(None)
    contrast_from = curriculum.contrast_from if curriculum else 0.0
    batches, stops = made_ahead(training, size, place, settings.helpers), False
    for batch, others in zip(batches, wrong, strict=False):
        if run.trained >= budget or stops:
            break
        start = group.worked()
        if run.trained < contrast_from * budget:
            batch = batch.true_alone()
        rate = learning_rate(run.trained, budget, settings.rate)
        loss, change, answers, unlike = _step(run, batch, others, vocabulary, group, rate)
        run.step += 1
        run.tokens += batch.ids.numel() * settings.processes
        run.trained += group.mean_of(group.worked() - start)
        stops = group.has_come(settings.deadline)
        if not group.leads:
            continue
        if run.step % 20 == 0:
            losses = {"loss": loss, "changes": change, "answers": answers, "rejected": unlike}
            record.append(run.step, **losses, trained=run.trained, tokens=run.tokens)
            yield Progress(int(run.trained), int(budget), unit="seconds", figures={"loss": loss})
        if run.step % MEASURE_EVERY == 0:
            record.append(run.step, **_measure(model, measuring, vocabulary))
        if record.due:
            _report(run, record)
    if group.leads:
        record.append(run.step, **_measure(model, measuring, vocabulary))
        _report(run, record)
    return model


def _config(settings: ModelTraining, vocabulary: Vocabulary) -> TransformerConfig:
    """The sizes of the model to start from, or the embedded model's."""
    if settings.start_from is None:
        return transformer_config(settings.curriculum, vocabulary.first_code + vocabulary.num_codes)
    return TransformerConfig.from_dict(read_json(settings.start_from / "config.json"))


def _own_sequences(settings: ModelTraining, text: TextTokenizer) -> tuple[Sequences, dict[str, Sequences]]:
    """A person's own pictures; there are too few to hold some back, so the loss is measured on the same."""
    movq = MoVQConfig.from_dict(read_json(settings.tokenizer / "movq_config.json"))
    pools = read_own(settings.scenes, settings.codes, movq.downsampling)
    sequences = Sequences(own_sources(pools, text), text.vocabulary())
    return sequences, {"own": sequences}


def _sequences(settings: ModelTraining, text: TextTokenizer) -> tuple[Sequences, dict[str, Sequences]]:
    """What is trained on, and by task what only measures; raises InputError where nothing is encoded."""
    curriculum = settings.curriculum
    if curriculum is None:
        return _own_sequences(settings, text)
    tasks = settings.tasks or tuple(curriculum.tasks)
    learned, held_back = Pools.read(settings.scenes, settings.codes, curriculum, tasks).split()
    weighted = [pair for group in sources(learned, text, curriculum, tasks).values() for pair in group]
    if not weighted:
        raise InputError(f"{settings.codes} holds no codes for {', '.join(tasks)}; encode some data.")
    measuring = sources(held_back, text, curriculum, tasks)
    vocabulary, targets = text.vocabulary(), len(curriculum.targets)
    return Sequences(weighted, vocabulary, targets, corrupts=True), {
        task: Sequences(group, vocabulary, targets) for task, group in measuring.items()
    }


def _rejected(settings: ModelTraining, text: TextTokenizer) -> Sequences | None:
    if settings.rejected is None or settings.curriculum is None:
        return None
    frame = next(iter(settings.curriculum.frames))
    return Sequences(rejected_sources(settings.rejected, text, frame), text.vocabulary())


def _begin(run: _Run, record: Record, settings: ModelTraining) -> None:
    """Go on from this run's checkpoint, or start from another run's weights if asked to."""
    if (state := record.resume()) is not None:
        if state.get("origin", run.origin) != run.origin:
            raise InputError(
                f"{settings.out.parent} was begun with other data or another model; choose another --out."
            )
        run.load(state)
    elif settings.start_from is not None:
        run.model.load_state_dict(load_transformer(settings.start_from).state_dict())


def _step(
    run: _Run,
    batch: TrainingBatch,
    rejected: TrainingBatch | None,
    vocabulary: Vocabulary,
    group: Group,
    rate: float,
) -> tuple[float, float, float, float]:
    batch = batch.to(group.device)
    loss, contrast = loss_of(code_losses(run.model, batch, vocabulary), batch.untrue, batch.weights)
    for optimizer in run.optimizers:
        optimizer.zero_grad(set_to_none=True)
    change, answers = run.head.losses(batch)
    contrasted = CONTRAST / batch.codes.shape[1] * contrast
    unlike = loss.new_zeros(())
    if rejected is not None:
        rejected = rejected.to(group.device)
        losses = code_losses(run.model, rejected, vocabulary)
        unlike = unlikelier(losses, rejected.nats)
        contrasted += REJECTED / losses.shape[1] * unlike
    (loss + contrasted + CHANGES * change + ANSWERS * answers).backward()  # type: ignore[no-untyped-call]
    parameters = [p for p in (*run.model.parameters(), *run.head.parameters()) if p.grad is not None]
    group.mean(p.grad for p in parameters if p.grad is not None)
    nn.utils.clip_grad_norm_(parameters, 1.0)
    for optimizer in run.optimizers:
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
    return loss.item(), change.item(), answers.item(), unlike.item()


@torch.no_grad()
def _measure(model: Transformer, tasks: dict[str, Sequences], vocabulary: Vocabulary) -> dict[str, float]:
    """Of each task, on what is held back and the same samples every time: its loss, and the share of images
    that true words make likelier than untrue ones; and the mean loss."""
    device = model.lm_head.weight.device
    losses: dict[str, float] = {}
    apart: dict[str, float] = {}
    for task, sequences in tasks.items():
        batches = (batch.to(device) for batch in islice(sequences.batches(16, seed=99), MEASURED))
        found = [(code_losses(model, batch, vocabulary), batch.untrue) for batch in batches]
        losses[f"held_back_{task}"] = float(np.mean([loss_of(*one)[0].item() for one in found]))
        nats = torch.cat([told_apart(*one) for one in found])
        if len(nats):
            apart[f"told_apart_{task}"] = (nats > 0).float().mean().item()
    return {"held_back": float(np.mean(list(losses.values()))), **losses, **apart}


def _report(run: _Run, record: Record) -> None:
    record.save(run.state())
    measured = next((row for row in reversed(record.rows()) if "held_back" in row), {})
    names = [name for name in measured if name.startswith("held_back_")]
    record.draw_curves("loss", *(names if len(names) > 1 else ("held_back",)))
