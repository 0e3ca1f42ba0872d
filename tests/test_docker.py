"""The container: its steps are replayed in a folder, and it is built and run where a docker is at work."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

import httpx
import pytest

from tests.serving import ROOT, free_port

TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")
STEPS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n\s*", "", TEXT).splitlines()
    if line and not line.startswith("#")
]
LAST = STEPS[max(number for number, (name, _) in enumerate(STEPS) if name == "FROM") :]


def of_last_stage(name: str) -> list[str]:
    return [rest for step, rest in LAST if step == name]


def healthy(address: str, seconds: float = 120) -> Mapping[str, str]:
    """What the studio says of itself once its model is there."""
    end, answer = time.monotonic() + seconds, dict[str, str]()
    while time.monotonic() < end and answer.get("status") != "ok":
        try:
            answer = httpx.get(f"{address}/healthz").json()
        except httpx.TransportError:
            time.sleep(0.2)
    return answer


def test_it_has_stages_and_does_not_run_as_root() -> None:
    assert [rest.split()[-1] for name, rest in STEPS if name == "FROM"] == ["build", "python:3.12-slim"]
    assert of_last_stage("USER") == ["studio"] and LAST[-1][0] == "CMD"
    steps = [name for name, _ in LAST]
    assert "ADD" not in steps and "RUN" not in steps[steps.index("USER") :]


def test_what_is_copied_is_there_and_let_through() -> None:
    let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")]
    for name, rest in STEPS:
        if name == "COPY" and not rest.startswith("--from"):
            for source in shlex.split(rest)[:-1]:
                assert (ROOT / source).exists() and any(fnmatch(source, each) for each in let_through)


def test_its_steps_give_a_studio_that_writes_to_its_volumes_alone(tmp_path: Path) -> None:
    app, port = tmp_path / "app", free_port()
    app.mkdir()
    for rest in of_last_stage("COPY"):
        *sources, target = shlex.split(rest)
        for source in [] if sources[0].startswith("--from") else sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, app / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(ROOT / source, app / target)
    before = {path: path.stat().st_mtime_ns for path in app.rglob("*")}
    stated = dict(each.split("=", 1) for rest in of_last_stage("ENV") for each in shlex.split(rest))
    folders = {name: re.sub("^(?=/(data|tmp))", str(tmp_path), text) for name, text in stated.items()}
    for name in ("data", "tmp"):
        (tmp_path / name).mkdir()
    surroundings = {**folders, "PATH": os.environ["PATH"], "TMPDIR": str(tmp_path / "tmp")}
    command = [sys.executable, *json.loads(of_last_stage("CMD")[0])[1:]]
    command = [str(port) if each == "7860" else each for each in command]
    with subprocess.Popen(command, cwd=app, env=surroundings, stdout=subprocess.DEVNULL) as process:
        try:
            assert healthy(f"http://127.0.0.1:{port}")["status"] == "ok"
        finally:
            process.terminate()
    assert process.returncode == 143
    assert {path: path.stat().st_mtime_ns for path in app.rglob("*")} == before


def docker(*command: str) -> str:
    return subprocess.run(
        ["docker", *command], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.slow
def test_it_is_built_and_runs_read_only() -> None:
    if shutil.which("docker") is None or subprocess.run(["docker", "info"], capture_output=True).returncode:
        pytest.skip("no docker is at work here")
    image = docker("build", "--quiet", ".")
    options = ("--rm", "--detach", "--read-only", "--tmpfs", "/tmp", "--publish", "127.0.0.1::7860")
    running = docker("run", *options, image)
    try:
        assert healthy(f"http://{docker('port', running, '7860')}")["status"] == "ok"
    finally:
        docker("kill", running)
