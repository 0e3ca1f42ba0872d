"""Peak memory while a checkpoint is read, measured in a process of its own on random weights."""

import json
import subprocess
import sys
from pathlib import Path

import torch

from lumina.errors import ModelError
from lumina.json_types import JsonObject
from lumina.model.checkpoint import random_transformer, save_transformer
from lumina.model.config import TransformerConfig
from lumina.steps import Progress, Steps

# Runs alone, so that nothing else counts; imports are not the checkpoint's memory.
MEASURE = """
import json, os, resource, sys, time
import torch
from lumina.model.checkpoint import load_transformer
torch.zeros(8) @ torch.zeros(8)
def peak():
    if os.path.exists("/proc/self/status"):  # the other figure would begin with the parent's
        lines = open("/proc/self/status").read().split()
        return int(lines[lines.index("VmHWM:") + 1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before, begun = peak(), time.perf_counter()
model = load_transformer(sys.argv[1], getattr(torch, sys.argv[2]))
seconds = time.perf_counter() - begun
size = sum(weight.nbytes for weight in model.parameters())
print(json.dumps({"weights": size, "before": before, "peak": peak(), "seconds": round(seconds, 2)}))
"""


def checkpoint_of(gigabytes: float, folder: Path) -> Path:
    """A bfloat16 checkpoint of about this size with the 7B model's switches, in large shards."""
    layers, width = 8, 2048
    per_layer = 4 * width**2 + 3 * width * 8192
    layers = max(1, round((gigabytes * 5e8 - 2 * 32000 * width) / per_layer))
    config = TransformerConfig(
        vocab_size=32000, hidden_size=width, intermediate_size=8192, num_hidden_layers=layers,
        num_attention_heads=16, num_key_value_heads=16,
    )  # fmt: skip
    save_transformer(random_transformer(config, torch.bfloat16), folder, shard_bytes=500_000_000)
    return folder


def run(folder: Path, gigabytes: float = 1.5, dtype: str = "bfloat16") -> Steps[Progress, JsonObject]:
    """Write a checkpoint to ``folder`` and read it in another process: its peak for each byte of weights."""
    yield Progress(0, 2, unit="steps")
    checkpoint_of(gigabytes, folder)
    yield Progress(1, 2, unit="steps")
    command = [sys.executable, "-c", MEASURE, str(folder), dtype]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    if done.returncode:
        raise ModelError(f"The checkpoint could not be read: {done.stderr.strip().splitlines()[-1]}")
    found: dict[str, float] = json.loads(done.stdout)
    added = found["peak"] - found["before"]
    yield Progress(2, 2, unit="steps")
    return {**found, "peak_per_weights": round(added / found["weights"], 3), "dtype": dtype}
