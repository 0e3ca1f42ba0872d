"""The studio in a process of its own: ``python -m tests.serving ROW_SECONDS|None TASK…``."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from lumina.model.config import MODELS
from lumina.process_end import ends_on_sigterm, leaving_at_once
from lumina.runtime.fake import FakePipeline
from lumina.server import gradio_stubs
from lumina.settings import Settings

ROOT = Path(__file__).parents[1]


@contextmanager
def served(
    row_seconds: float | None,
    folder: Path,
    tasks: Sequence[str] = ("text_to_image",),
    port: int | None = None,
) -> Iterator[str]:
    """The address of a running studio whose fake pipeline takes ``row_seconds`` for a row of these tasks.

    With None, it draws with the embedded model; without a port it takes a free one.
    """
    with started(row_seconds, folder, tasks, port) as (address, _):
        yield address


@contextmanager
def started(
    row_seconds: float | None,
    folder: Path,
    tasks: Sequence[str] = ("text_to_image",),
    port: int | None = None,
    **settings: object,
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """As :func:`served`, with the process; ``settings`` are those of the studio by name."""
    surroundings = os.environ | {
        "PYTHONUNBUFFERED": "1",
        "GRADIO_TEMP_DIR": str(folder),
        "HF_HUB_OFFLINE": "1",
        "LUMINA_RESULTS": str(folder / "results"),
        "GRADIO_SERVER_PORT": str(port or free_port()),
        **{f"LUMINA_{name.upper()}": str(value) for name, value in settings.items()},
    }
    with (
        (folder / "server.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.serving", str(row_seconds), *tasks],
            cwd=ROOT,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            yield _address(process, folder / "server.log"), process
        finally:
            process.kill()


def free_port() -> int:
    """One at which no other studio looks for a place, so that none answers for one that has ended."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _address(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise RuntimeError(f"The studio did not start:\n{log.read_text()}")


def main(row_seconds: float | None, *tasks: str) -> None:
    """Serve until killed."""
    gradio_stubs.spare()
    from lumina.ui.app import serve

    MODELS["tabletop"] = replace(MODELS["tabletop"], tasks=tasks)
    load = None if row_seconds is None else partial(FakePipeline, row_seconds=row_seconds)
    serve(Settings.from_environment(), load=load, server_name="127.0.0.1")


if __name__ == "__main__":
    ends_on_sigterm()
    with leaving_at_once():
        main(None if sys.argv[1] == "None" else float(sys.argv[1]), *sys.argv[2:])
