"""Training of the published architecture: every token of a picture, on one GPU or, with torchrun, on many."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from torch import Tensor, nn

from lumina.errors import InputError
from lumina.json_types import JsonObject
from lumina.model.cache import Rotary
from lumina.model.checkpoint import load_transformer, save_transformer, write_manifest
from lumina.model.checkpoint.saving import LARGE_SHARD_BYTES
from lumina.model.config import TransformerConfig
from lumina.model.manifest import read_manifest
from lumina.model.transformer import Transformer
from lumina.steps import Progress, Steps
from lumina.training.averaging import copy_tokenizers
from lumina.training.chunked_loss import CHUNK, IGNORED, SMALL_CHUNK
from lumina.training.device import CPU, moved
from lumina.training.lora import adapt, look_up_here, merge
from lumina.training.parallel import Group, launched
from lumina.training.record import Record
from lumina.training.sharding import Checkpoints, Objective, recompute, spread, whole_weights
from lumina.training.stages import Stage, stage_at
from lumina.training.token_shards import TokenSample, TokenShards

WARM_UP = 100  # steps
CLIP = 1.0  # norm of the gradients


@dataclass(frozen=True)
class PublishedTraining:
    """Settings of a run over stages of pictures."""

    data: Path  # a folder of shards for each stage, named by its pixels
    out: Path
    config: TransformerConfig
    stages: tuple[Stage, ...]
    steps: int  # in all
    start_from: Path | None = None  # a model folder whose weights to begin with
    lora: int = 0  # rank; 0 trains every weight
    rows: int = 1  # samples in one pass of one process
    z_weight: float = 1e-5
    weight_decay: float = 0.1
    save_every: int = 500
    seed: int = 1
    dtype: torch.dtype = torch.float32  # of the weights that are trained
    device: torch.device = CPU
    deadline: float = math.inf  # of `time.monotonic`, at which to stop for now

    @property
    def kept(self) -> torch.dtype:
        """The type of the weights: what is frozen needs no more than bfloat16."""
        return torch.bfloat16 if self.lora and self.dtype == torch.float32 else self.dtype

    @property
    def chunk(self) -> int:
        """Positions whose logits exist at once; there is less room beside a frozen model."""
        return SMALL_CHUNK if self.lora else CHUNK


@dataclass(frozen=True)
class TokenBatch:
    """Ids [rows, tokens], padded on the right, and the id that each shall foretell, or IGNORED."""

    ids: Tensor
    targets: Tensor


def joined(samples: Sequence[TokenSample]) -> TokenBatch:
    """Samples below each other; of each everything is learned that comes after its instruction."""
    longest = max(len(sample.ids) for sample in samples) - 1
    ids = np.zeros((len(samples), longest), np.int64)
    targets = np.full_like(ids, IGNORED)
    for row, sample in enumerate(samples):
        length, first = len(sample.ids) - 1, max(sample.given - 1, 0)
        ids[row, :length] = sample.ids[:-1]
        targets[row, first:length] = sample.ids[first + 1 :]
    return TokenBatch(torch.from_numpy(ids), torch.from_numpy(targets))


class _Data:
    """The shards of all stages."""

    def __init__(self, settings: PublishedTraining) -> None:
        self._stages, self._config = settings.stages, settings.config
        self._shards = {
            stage.pixels: TokenShards(settings.data / str(stage.pixels), settings.seed)
            for stage in settings.stages
        }

    @property
    def digests(self) -> JsonObject:
        return {str(pixels): shards.digest for pixels, shards in self._shards.items()}

    def batches(self, step: int, rows: int, group: Group) -> list[TokenBatch]:
        """One process's part of a step, so many rows at a time."""
        stage, number = stage_at(self._stages, step)
        samples = self._shards[stage.pixels].samples(
            number * stage.batch, stage.batch, group.rank, group.size
        )
        for sample in samples:
            self._check(sample)
        return [joined(samples[i : i + rows]) for i in range(0, len(samples), rows)]

    def _check(self, sample: TokenSample) -> None:
        most, ids = self._config.max_position_embeddings, self._config.vocab_size
        if len(sample.ids) > most + 1:
            raise InputError(
                f"A sample has {len(sample.ids)} tokens, and the model reads {most}; write shorter ones."
            )
        if sample.ids.max() >= ids:
            raise InputError(
                f"The shards hold the id {sample.ids.max()}, and the model has {ids}; they are of another."
            )


def train(settings: PublishedTraining) -> Steps[Progress, Path]:
    """Train, or go on from the checkpoint in `settings.out`, and write `out/model`; progress counts steps.

    Raises InputError where the data is missing or another's, or a batch cannot be shared evenly.
    """
    with launched(settings.device) as group:
        return (yield from _train(settings, group))


def _train(settings: PublishedTraining, group: Group) -> Steps[Progress, Path]:
    check_shares(settings.stages, group.size * settings.rows)
    data = _Data(settings)
    objective = _objective(settings, group)
    optimizer = _optimizer(objective, settings, group)
    checkpoints = Checkpoints(settings.out / "checkpoints", group, _origin(settings, data))
    record = Record(settings.out)
    step, stops = checkpoints.load(objective, optimizer), False
    while step < settings.steps and not stops:
        start = monotonic()
        figures = _step(objective, optimizer, data, settings, group, step)
        step += 1
        stops = step == settings.steps or group.has_come(settings.deadline)
        if group.leads:
            record.append(step, **figures, seconds=monotonic() - start)
            yield Progress(step, settings.steps, unit="steps", figures={"loss": figures["loss"]})
        if stops or step % settings.save_every == 0:
            checkpoints.save(step, objective, optimizer)
            if group.leads:
                record.draw_curves("loss")
    return _export(objective, settings, group)


def check_shares(stages: Sequence[Stage], parts: int) -> None:
    """Raises InputError for a batch that cannot be cut into so many equal parts."""
    for stage in stages:
        if stage.batch % parts:
            raise InputError(
                f"A batch of {stage.batch} cannot be shared out evenly by {parts} (processes times --rows); "
                f"give --batch a multiple of {parts}."
            )


def _origin(settings: PublishedTraining, data: _Data) -> JsonObject:
    """What must be the same for a training to go on; the number of processes need not."""
    return {
        "data": data.digests, "model": settings.config.to_dict(), "lora": settings.lora,
        "start_from": str(settings.start_from.resolve()) if settings.start_from else "",
        "stages": [asdict(stage) for stage in settings.stages], "seed": settings.seed,
    }  # fmt: skip


def _objective(settings: PublishedTraining, group: Group) -> Objective:
    """The network with its weights in place, on one GPU or shared out to many."""
    if group.size == 1:
        model = _begun(settings, group.device)
        recompute(model)
        return Objective(model, group.device, settings.chunk)
    outline = Objective(_outlined(settings), group.device, settings.chunk)
    weights = {}
    if group.leads:
        whole = Objective(_begun(settings, CPU), CPU)
        weights = whole.state_dict()
    recompute(outline.transformer)
    spread(outline, weights, group)
    return outline


def _begun(settings: PublishedTraining, device: torch.device) -> Transformer:
    """The weights to begin with: a finished model's, or random ones; with LoRA frozen, in bfloat16."""
    if settings.start_from is None:
        model = Transformer(settings.config).initialise(settings.seed).to(device, settings.kept)
    else:
        model = load_transformer(settings.start_from, settings.kept, device)
        model = model.to(device)  # apart again: nothing that is joined can be trained
    model.model.rotary = Rotary(settings.config).to(device, settings.kept)
    model.requires_grad_(True).train()
    if settings.lora:
        adapt(model, settings.lora, settings.seed)
        look_up_here(model, device)
    return model


def _outlined(settings: PublishedTraining) -> Transformer:
    """The same network without memory."""
    with torch.device("meta"):
        model = Transformer(settings.config).to(settings.kept).train()
        if settings.lora:
            adapt(model, settings.lora, settings.seed)
    return model


def _optimizer(objective: Objective, settings: PublishedTraining, group: Group) -> torch.optim.Optimizer:
    """AdamW as published; norms do not decay."""
    learned = [p for p in objective.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in learned if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in learned if p.ndim == 1], "weight_decay": 0.0},
    ]
    fused = True if group.device.type == "cuda" else None
    return torch.optim.AdamW([one for one in groups if one["params"]], lr=0.0, betas=(0.9, 0.95), fused=fused)


def _step(
    objective: Objective,
    optimizer: torch.optim.Optimizer,
    data: _Data,
    settings: PublishedTraining,
    group: Group,
    step: int,
) -> dict[str, float]:
    """One step; the mean over the whole batch of what is learned, in nats, whoever computed which part."""
    batches = data.batches(step, settings.rows, group)
    count = group.mean_of(sum(int((batch.targets != IGNORED).sum()) for batch in batches)) * group.size
    share = group.size / count  # gradients of a group are its mean
    sums = torch.zeros(2, dtype=torch.float64, device=group.device)
    for batch in batches:
        nll, z = objective(moved(batch.ids, group.device), moved(batch.targets, group.device))
        ((nll + settings.z_weight * z) * share).backward()
        sums += torch.stack((nll, z)).detach()
    norm = nn.utils.clip_grad_norm_([p for p in objective.parameters() if p.grad is not None], CLIP)
    stage, _ = stage_at(settings.stages, step)
    rate = stage.rate * min(1.0, (step + 1) / WARM_UP)
    for options in optimizer.param_groups:
        options["lr"] = rate
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    group.mean([sums])
    loss, z_loss = (sums * share).tolist()
    whole_norm = norm.full_tensor() if hasattr(norm, "full_tensor") else norm
    return {"loss": loss, "z": z_loss, "norm": float(whole_norm), "rate": rate, "pixels": stage.pixels}


def _export(objective: Objective, settings: PublishedTraining, group: Group) -> Path:
    """Write the model folder: bfloat16, as the published one."""
    folder = settings.out / "model"
    weights = whole_weights(objective)
    if not group.leads:
        return folder
    model = _outlined(settings)
    model.load_state_dict(weights, assign=True)
    merge(model)
    copy_tokenizers(settings.start_from or settings.data, folder)
    save_transformer(model, folder, torch.bfloat16, LARGE_SHARD_BYTES)
    spec = read_manifest(settings.start_from).spec if settings.start_from else None
    write_manifest(folder, spec)
    return folder
