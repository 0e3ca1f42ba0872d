"""From the command to the picture, by number of threads: a program of its own is started for each."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from lumina.errors import ModelError
from lumina.json_types import JsonObject
from lumina.steps import Progress, Steps

ROWS = 4  # of codes: two threads beside a busy program take half a minute for a whole picture
THREADS = (1, 2)


def run(model: str, threads: Sequence[int] = THREADS, rows: int = ROWS) -> Steps[Progress, JsonObject]:
    """Draw the first ``rows`` rows with ``lumina generate``; yields after each number of threads."""
    found: JsonObject = {}
    for done, count in enumerate(threads, start=1):
        found[str(count)] = _started(model, count, rows)
        yield Progress(done, len(threads), unit="starts")
    return found


def _started(model: str, threads: int, rows: int) -> JsonObject:
    with tempfile.TemporaryDirectory() as folder:
        command = ["generate", "text_to_image", "--prompt", "a red cube", "--seed", "0", "--json"]
        command += ["--stop-row", str(rows), "--model", model, "--out", folder]
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "lumina", *command],
            env={**os.environ, "LUMINA_THREADS": str(threads)},
            capture_output=True,
            text=True,
        )
        whole = time.perf_counter() - begun
    if done.returncode:
        raise ModelError(f"`lumina generate` failed: {done.stderr.strip()}")
    told = json.loads(done.stdout)
    return {
        "seconds": round(whole, 3),
        "seconds_before_drawing": round(whole - told["seconds"], 3),
        "ms_per_forward": round(1000 * told["seconds"] / max(told["forwards"], 1), 3),
    }
