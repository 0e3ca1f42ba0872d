"""One model on several GPUs, each with a part of every weight (torch's FSDP2), and its checkpoints."""

import json
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.distributed.checkpoint import state_dict_loader, state_dict_saver
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_state_dict,
    set_model_state_dict,
    set_state_dict,
)
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch.utils.checkpoint import checkpoint

from lumina.errors import InputError
from lumina.files import write_whole
from lumina.json_types import JsonObject
from lumina.model.cache import Rotary
from lumina.model.json_fields import read_json
from lumina.model.transformer import Transformer
from lumina.training.chunked_loss import CHUNK, chunked_losses
from lumina.training.kernels import fast_products, fastest_type
from lumina.training.parallel import Group

LEARNED = StateDictOptions(ignore_frozen_params=True)
WHOLE = StateDictOptions(full_state_dict=True, cpu_offload=True)
FROM_LEADER = StateDictOptions(full_state_dict=True, broadcast_from_rank0=True)


class Objective(nn.Module):
    """A transformer and its loss as one module, so that no logits leave it and parts are gathered once."""

    def __init__(self, transformer: Transformer, device: torch.device, chunk: int = CHUNK) -> None:
        super().__init__()
        self.transformer, self._device, self._chunk = transformer, device, chunk

    def forward(self, ids: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """See `chunked_losses`, of ids and targets [rows, tokens]."""
        head = self.transformer.lm_head.weight  # made whole, and in the products' type, if it was shared out
        products = fast_products(self._device, keeps=False)
        with products if head.dtype == torch.float32 else nullcontext():
            return chunked_losses(self.transformer.hidden(ids), head, targets, self._chunk)


def recompute(transformer: Transformer) -> None:
    """Keep only what enters each layer for the gradients, and compute the rest of it again."""
    for layer in transformer.model.layers:
        layer.forward = partial(checkpoint, layer.forward, use_reentrant=False)


def spread(objective: Objective, weights: dict[str, Any], group: Group) -> None:
    """Share a network without memory out to the group; the leader's ``weights`` are everybody's."""
    transformer = objective.transformer
    mesh = init_device_mesh(group.device.type, (group.size,))
    policy = _policy(transformer, group.device)
    for part in (*transformer.model.layers, objective):
        shared = fully_shard(part, mesh=mesh, mp_policy=policy)
        if group.device.type == "cpu":  # whose exchange knows sums only
            shared.set_force_sum_reduction_for_comms(True)
    objective.to_empty(device=group.device)
    transformer.model.rotary = Rotary(transformer.config).to(group.device, transformer.lm_head.weight.dtype)
    set_model_state_dict(objective, weights, options=FROM_LEADER)


def _policy(transformer: Transformer, device: torch.device) -> MixedPrecisionPolicy:
    """Weights are gathered in the type of the products; gradients are summed in float32."""
    if transformer.lm_head.weight.dtype == torch.float64:
        return MixedPrecisionPolicy()
    return MixedPrecisionPolicy(fastest_type(device), torch.float32, cast_forward_inputs=False)


def whole_weights(objective: Objective) -> dict[str, torch.Tensor]:
    """All weights of the transformer on the leader's processor; the others help, and get nothing."""
    found = get_model_state_dict(objective, options=WHOLE)
    return {
        name.removeprefix("transformer."): value
        for name, value in found.items()
        if isinstance(value, torch.Tensor)
    }


class Checkpoints:
    """What a training goes on from, in a folder: each process writes its part, whatever their number."""

    def __init__(self, folder: Path, group: Group, origin: JsonObject) -> None:
        """``origin``: what the training is of; nothing else goes on from its checkpoints."""
        self._folder, self._group, self._origin = folder, group, origin
        self._note = folder / "checkpoint.json"

    def save(self, step: int, objective: Objective, optimizer: torch.optim.Optimizer) -> None:
        """Write the state after a step; the one before stays until this one is whole."""
        model, optimised = get_state_dict(objective, optimizer, options=LEARNED)
        target = self._folder / f"step-{step:08d}"
        with _unremarked():
            state_dict_saver.save({"model": model, "optimizer": optimised}, checkpoint_id=target)
        if self._group.leads:
            content = json.dumps({"step": step, "origin": self._origin}, indent=1)
            write_whole(self._note, content.encode())
            for other in self._folder.glob("step-*"):
                if other != target:
                    shutil.rmtree(other)

    def load(self, objective: Objective, optimizer: torch.optim.Optimizer) -> int:
        """Go on from the last state, if there is one: its step. Raises InputError for another training's."""
        if not self._note.exists():
            return 0
        note = read_json(self._note)
        if note.get("origin") != self._origin:
            raise InputError(
                f"{self._folder.parent} was begun with other data, sizes or settings; choose another --out."
            )
        step = note["step"]
        assert isinstance(step, int)
        model, optimised = get_state_dict(objective, optimizer, options=LEARNED)
        state = {"model": model, "optimizer": optimised}
        with _unremarked():
            state_dict_loader.load(state, checkpoint_id=self._folder / f"step-{step:08d}")
        set_state_dict(
            objective, optimizer, model_state_dict=model, optim_state_dict=optimised,
            options=StateDictOptions(ignore_frozen_params=True, strict=False),
        )  # fmt: skip
        return step


@contextmanager
def _unremarked() -> Iterator[None]:
    """Without torch's remark that one process writes a checkpoint by itself."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="torch.distributed is")
        yield
