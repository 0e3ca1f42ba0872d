"""The program ends at once and says so, also while something is being drawn."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DRAWING = """
import sys
from lumina import __main__ as main
from lumina.cli import generate
from lumina.runtime.fake import FakePipeline
generate.open_pipeline = lambda model, previews=False: FakePipeline(row_seconds=0.02)
sys.argv[1:] = ["generate", "text_to_image", "--prompt", "a cube", "--variations", "4", "--out", sys.argv[1]]
print("ready", flush=True)
main.main()
"""
WAITING = """
import threading, time
from lumina.process_end import ends_on_sigterm, leaving_at_once
ends_on_sigterm()
with leaving_at_once():
    threading.Thread(target=time.sleep, args=(60,)).start()
    print("ready", flush=True)
    time.sleep(60)
"""


def ended(code: str, number: int, *arguments: str, after: str = "") -> tuple[int, str, float]:
    """Exit code, stderr, and the seconds from the signal to the end, which waits for the files ``after``."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment,
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    while after and not list(Path(arguments[0]).glob(after)):
        time.sleep(0.01)
    begun = time.monotonic()
    process.send_signal(number)
    _, stderr = process.communicate(timeout=30)
    return process.returncode, stderr, time.monotonic() - begun


def test_ctrl_c_keeps_the_pictures_that_are_finished(tmp_path: Path) -> None:
    code, stderr, _ = ended(DRAWING, signal.SIGINT, str(tmp_path), after="*.png")
    kept = len(list(tmp_path.glob("*.png")))
    assert code == 130 and 1 <= kept < 4
    assert re.fullmatch(
        rf"Stopped; {kept} of 4 pictures (is|are) kept. "
        rf"Draw the rest with --seed \d+ --variations {4 - kept}.\n",
        stderr,
    )


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_no_thread_keeps_the_program_from_ending(number: int, expected: int) -> None:
    code, stderr, seconds = ended(WAITING, number)
    assert code == expected and stderr == "Stopped.\n" and seconds < 2


@pytest.mark.parametrize(
    "program",
    ["import lumina.__main__ as m; m.main()", "import runpy; runpy.run_path('app.py', run_name='__main__')"],
)
def test_ctrl_c_before_the_program_is_there_ends_it_without_a_traceback(program: str) -> None:
    slow = """
import builtins, time
known = builtins.__import__
def slow(name, *given, **named):
    if name in ("lumina.cli.main", "lumina.ui.app"):
        print("ready", flush=True)
        time.sleep(60)
    return known(name, *given, **named)
builtins.__import__ = slow
"""
    code, stderr, seconds = ended(slow + program, signal.SIGINT)
    assert code == 130 and stderr == "Stopped.\n" and seconds < 10


@pytest.mark.parametrize("program", ["lumina/__main__.py", "app.py"])
def test_ctrl_c_at_the_first_import_leaves_no_traceback(program: str) -> None:
    stopped = """
import builtins, runpy, sys
known = builtins.__import__
def stop(name, *given, **named):
    if name == "lumina.process_end":
        raise KeyboardInterrupt
    return known(name, *given, **named)
builtins.__import__ = stop
runpy.run_path(sys.argv[1], run_name="__main__")
"""
    command = [sys.executable, "-c", stopped, str(ROOT / program)]
    run = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (130, "")
