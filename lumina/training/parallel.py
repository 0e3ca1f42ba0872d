"""Several training processes that keep one model: each takes its own batches, gradients are averaged.

One process with one thread for each core trains faster than one process with many threads, and suffers
less from other work on the machine. GPUs have one process each.
"""

import math
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from lumina.allocator import keep_memory
from lumina.training.device import CPU, device_of_rank
from lumina.training.workers import deaf_to_ctrl_c


@dataclass(frozen=True)
class Group:
    """This process's place among `size` processes, and what it computes on."""

    rank: int = 0
    size: int = 1
    device: torch.device = CPU

    @property
    def leads(self) -> bool:
        """True for the one process that logs, saves and reports."""
        return self.rank == 0

    def mean(self, tensors: Iterable[Tensor]) -> None:
        """Replace every tensor by its mean over the processes, in place and in one exchange."""
        tensors = list(tensors)
        if self.size == 1 or not tensors:
            return
        flat = torch.cat([t.detach().flatten() for t in tensors])
        dist.all_reduce(flat)
        flat /= self.size
        for tensor, part in zip(tensors, torch.split(flat, [t.numel() for t in tensors]), strict=True):
            tensor.detach().copy_(part.view_as(tensor))

    def share(self, tensors: Iterable[Tensor]) -> None:
        """Give all processes the leader's values."""
        if self.size > 1:
            for tensor in tensors:
                dist.broadcast(tensor.detach(), 0)

    def mean_of(self, value: float) -> float:
        """The mean of a number over the processes; the same on all of them."""
        tensor = torch.tensor([value], dtype=torch.float64, device=self.device)
        self.mean([tensor])
        return float(tensor)

    def worked(self) -> float:
        """Seconds of work so far, of which only differences mean something.

        Of a processor they are its own: other programs make a training longer, not less. Of a GPU they are
        the clock's.
        """
        if self.device.type == "cuda":
            return time.monotonic()
        return time.process_time() / torch.get_num_threads()

    def has_come(self, deadline: float) -> bool:
        """Whether `time.monotonic` has reached the deadline, for all processes alike."""
        return deadline < math.inf and self.mean_of(time.monotonic()) >= deadline


def _follow(run: Callable[[Any, Group], Iterable[Any]], settings: Any, group: Group, meeting: str) -> None:
    keep_memory()
    _join(group, meeting)
    for _ in run(settings, group):
        pass


def _join(group: Group, meeting: str) -> None:
    """Take a place in the group, whose processes meet at an address."""
    torch.set_num_threads(1)
    if group.device.type == "cuda":
        torch.cuda.set_device(group.device)
    library = "nccl" if group.device.type == "cuda" else "gloo"
    dist.init_process_group(library, init_method=meeting, rank=group.rank, world_size=group.size)


@contextmanager
def together(
    run: Callable[[Any, Group], Iterable[Any]], settings: Any, processes: int, device: torch.device = CPU
) -> Iterator[Group]:
    """Start the other processes on `run(settings, group)` until the block ends; the caller is the leader."""
    keep_memory()
    first, *followers = (Group(rank, processes, device_of_rank(device, rank)) for rank in range(processes))
    if not followers:
        yield first
        return
    with tempfile.TemporaryDirectory() as folder:
        meeting = f"file://{Path(folder) / 'meeting'}"
        spawn = multiprocessing.get_context("spawn")
        others = [
            spawn.Process(target=_follow, args=(run, settings, group, meeting), daemon=True)
            for group in followers
        ]
        with deaf_to_ctrl_c():
            for other in others:
                other.start()
        _join(first, meeting)
        patience = 0.0  # after an interruption nobody waits for the others
        try:
            yield first
            patience = 5.0
        finally:
            for other in others:
                other.join(timeout=patience)
                other.kill()
            dist.destroy_process_group()


@contextmanager
def launched(device: torch.device) -> Iterator[Group]:
    """This process's place among those that torchrun started; without torchrun it is alone."""
    size, rank = (
        int(os.environ.get(name, default)) for name, default in (("WORLD_SIZE", "1"), ("RANK", "0"))
    )
    group = Group(rank, size, device_of_rank(device, int(os.environ.get("LOCAL_RANK", "0"))))
    keep_memory()
    if size == 1:
        yield group
        return
    _join(group, "env://")
    try:
        yield group
    finally:
        dist.destroy_process_group()
