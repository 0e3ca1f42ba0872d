"""Refinement of the decoder alone: the codes stay what they are, so a trained transformer stays valid.

What it makes of codes shall look like the picture they stand for, and be encoded to the same codes again:
then a picture that was drawn can be given to the next task, file or not, as what it was drawn as.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from lumina.errors import InputError
from lumina.model.checkpoint import load_movqgan
from lumina.model.movqgan import MoVQGAN
from lumina.steps import Progress, Steps
from lumina.training.codes import DECODING
from lumina.training.device import moved
from lumina.training.kernels import fast_products
from lumina.training.parallel import Group, together
from lumina.training.record import Record, learning_rate
from lumina.training.tokenizer_trainer import (
    Batches,
    TokenizerTraining,
    optimizers,
    psnr,
    reconstruction_loss,
)

AGAIN = 0.02  # weight of being encoded to the same codes again, beside the reconstruction loss
TOLD_APART = 0.2  # of a code's distance to the nearest other: the margin that makes it e times as likely
LEAST_APART = 3e-5  # of that squared distance, as some codes are all but the same
WORST = 20.0  # nats of one code, so that a few hopeless ones do not outweigh the rest


@dataclass(frozen=True)
class DecoderTraining(TokenizerTraining):
    """Settings of a refinement that begins with the decoder in the folder `model`."""

    model: Path = Path()
    muon_rate: float = 1e-3
    adam_rate: float = 5e-4


def train(settings: DecoderTraining) -> Steps[Progress, MoVQGAN]:
    """Refine, or go on from the checkpoint in `settings.out`; progress counts seconds of training."""
    with together(_train, settings, settings.processes, settings.device) as group:
        return (yield from _train(settings, group))


def _train(settings: DecoderTraining, group: Group) -> Steps[Progress, MoVQGAN]:
    torch.manual_seed(settings.seed)
    record = Record(settings.out)
    model = load_movqgan(settings.model, device=group.device)  # nothing in it is trainable yet
    for part in (model.decoder, model.post_quant_conv):
        part.requires_grad_(True)
    chosen = optimizers(model, settings, group)
    step, trained = _resume(record, model, chosen)
    budget = settings.minutes * 60
    if trained >= budget:
        return model
    batches = iter(Batches(settings, group.rank, step))
    stops = False
    while not stops:
        start = group.worked()
        for optimizer, peak in zip(chosen, (settings.muon_rate, settings.adam_rate), strict=True):
            optimizer.param_groups[0]["lr"] = learning_rate(trained, budget, peak)
        figures = _step(model, chosen, moved(next(batches), group.device), group)
        step += 1
        trained += group.mean_of(group.worked() - start)
        stops = trained >= budget or group.has_come(settings.deadline)
        if group.leads and step % 50 == 0:
            record.append(step, **figures, trained=trained)
            yield Progress(int(trained), int(budget), unit="seconds", figures=figures)
        if group.leads and (record.due or stops):
            record.save(_state(model, chosen, step, trained))
            record.draw_curves("psnr", "same", "loss")
    return model


def _step(
    model: MoVQGAN, chosen: list[torch.optim.Optimizer], pixels: Tensor, group: Group
) -> dict[str, float]:
    with torch.no_grad():
        codes = model.encode(pixels)
    with fast_products(pixels.device):
        output = model.decode(codes)
    output = output.float()
    again, same = encoded_again(model, output, codes)
    loss = reconstruction_loss(output, pixels) + AGAIN * again
    for optimizer in chosen:
        optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    trainable = [p for p in model.parameters() if p.grad is not None]
    group.mean(p.grad for p in trainable if p.grad is not None)
    torch.nn.utils.clip_grad_norm_(trainable, 1.0)
    for optimizer in chosen:
        optimizer.step()
    return {"loss": loss.item(), "psnr": psnr(output, pixels), "same": same}


def encoded_again(model: MoVQGAN, output: Tensor, codes: Tensor) -> tuple[Tensor, float]:
    """How far the picture [batch, 3, h, w] made of `codes` [batch, rows, cols] is from being encoded to them
    again: a mean cross-entropy in nats of codes by their distances, and the share that are the same."""
    levels = (output.clamp(-1, 1) + 1) * 127.5
    rounded = levels + (levels.round() - levels).detach()  # as a file holds them
    distances = model.quantize.distances(model.latent(rounded / 127.5 - 1))
    right = codes.flatten()
    with torch.no_grad():
        same = (distances.argmin(1) == right).float().mean().item()
        book = model.quantize.embedding.weight
        apart = torch.cdist(book, book).fill_diagonal_(torch.inf).amin(1).square().clamp(min=LEAST_APART)
    nats = F.cross_entropy(-distances / (TOLD_APART * apart[right][:, None]), right, reduction="none")
    return nats.clamp(max=WORST).mean(), same


def _state(model: MoVQGAN, chosen: list[torch.optim.Optimizer], step: int, trained: float) -> dict[str, Any]:
    states = [optimizer.state_dict() for optimizer in chosen]
    return {"model": model.state_dict(), "optimizers": states, "step": step, "trained": trained}


def _resume(record: Record, model: MoVQGAN, chosen: list[torch.optim.Optimizer]) -> tuple[int, float]:
    """Load the run's checkpoint, if there is one: (steps, seconds) done."""
    if (state := record.resume()) is None:
        return 0, 0.0
    made = (name for name in model.state_dict() if not name.startswith(DECODING))
    if any(not torch.equal(model.state_dict()[name].cpu(), state["model"][name]) for name in made):
        raise InputError(
            f"{record.folder} refined another tokenizer; remove it, or give --out another folder."
        )
    model.load_state_dict(state["model"])
    for optimizer, saved in zip(chosen, state["optimizers"], strict=True):
        optimizer.load_state_dict(saved)
    return state["step"], state["trained"]
