"""Where a training computes: on the processor, or in one process for each GPU."""

import math
import time
from typing import TypedDict

import torch
from torch import Tensor

from lumina.errors import InputError
from lumina.runtime.memory_plan import open_device

CPU = torch.device("cpu")


class Where(TypedDict):
    """Settings that every training has: how many processes train, on what, and till when by the clock."""

    processes: int
    device: torch.device
    deadline: float  # of `time.monotonic`


def where(processes: int, device: str, stop_after: float | None) -> Where:
    """On the device of this name, for so many minutes from now; raises InputError if there is no such device.

    Of the processes all train on a processor, one on each GPU; the others only prepare what is trained on.
    """
    chosen = chosen_device(device)
    deadline = math.inf if stop_after is None else time.monotonic() + 60 * stop_after
    return Where(processes=training_processes(chosen, processes), device=chosen, deadline=deadline)


def chosen_device(name: str) -> torch.device:
    """The device called ``name`` (cpu, cuda, cuda:1, auto); raises InputError if there is none."""
    name = name.lower()
    if name == "cuda" and torch.cuda.is_available():
        return torch.device("cuda")  # not opened: another process may take another GPU
    device = open_device(name, "give --device")
    if device.type not in ("cpu", "cuda"):
        raise InputError(f"Nothing is trained on the device {name!r}; give --device auto, cpu or cuda.")
    return device if ":" in name else torch.device(device.type)


def training_processes(device: torch.device, processes: int) -> int:
    """How many of so many processes train: all on a processor, one a GPU; the others only prepare."""
    if device.type == "cpu":
        return processes
    return 1 if device.index is not None else min(processes, torch.cuda.device_count())


def device_of_rank(device: torch.device, rank: int) -> torch.device:
    """The device of one of several processes: each has its own GPU."""
    if device.type == "cpu" or device.index is not None:
        return device
    return torch.device(device.type, rank)


def moved(tensor: Tensor, device: torch.device) -> Tensor:
    """A tensor of this machine on the device; a GPU fetches it by itself, and nobody waits for that."""
    return tensor if device.type == "cpu" else tensor.pin_memory().to(device, non_blocking=True)
