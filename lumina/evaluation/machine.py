"""The machine that speeds are measured on: its processor, its memory's speed, and how busy it is."""

import os
import platform
import time
from pathlib import Path
from statistics import median

import torch

from lumina.json_types import JsonObject

FEATURES = ("avx2", "avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16", "amx_int8", "asimd", "bf16", "i8mm")
COPIED = 2**28  # bytes moved back and forth to measure the memory's speed
GB = 1e9


def machine() -> JsonObject:
    """Everything that times depend on but the model: a new load average at every call."""
    model, flags = _processor()
    return {
        "processor": model,
        "features": [name for name in FEATURES if name in flags],
        "torch_uses": torch.backends.cpu.get_cpu_capability(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "copy_gb_per_second": round(copy_speed() / GB, 1),
    }


def copy_speed() -> float:
    """Bytes read and written by a plain copy in memory, in a second of the processor's time."""
    source = torch.zeros(COPIED, dtype=torch.uint8)
    target, times = torch.empty_like(source), []
    for _ in range(6):
        begun = time.process_time()
        target.copy_(source)
        times.append(time.process_time() - begun)
    return 2 * COPIED / median(times[1:])


def _processor() -> tuple[str, set[str]]:
    """Its name and what it can do, where the system tells."""
    known = Path("/proc/cpuinfo")
    fields: dict[str, str] = {}
    if known.exists():
        for line in known.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            fields.setdefault(name.strip(), value.strip())
    flags = fields.get("flags") or fields.get("Features") or ""
    return fields.get("model name") or platform.processor() or platform.machine(), set(flags.split())
