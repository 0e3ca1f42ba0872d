"""With an engine the studio and the commands run where nothing of a model can be imported."""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from lumina import images
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask
from lumina.tasks.image_input import ImageInput
from lumina.tasks.text_to_image import TextToImage
from tests.engines import engine
from tests.security.test_killed import Page
from tests.serving import ROOT, free_port

TOKEN = "only-for-this-test"
WORKFLOWS = sorted((ROOT / "workflows").glob("*.json"))
PICTURE = images.png_bytes(
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (96, 160, 3), dtype=np.uint8))
)
WORDS: Mapping[str, Mapping[str, Any]] = {  # what each task needs, without its pictures
    "text_to_image": {"prompt": "a red cube"},
    "image_pair": {"prompt": "a red cube", "kind": "depth"},
    "edit": {"instruction": "make it blue"},
    "subject": {"subject": "green cylinder", "prompt": "a green cylinder on a white ground"},
    "control": {"prompt": "a red cube", "kind": "canny"},
    "predict": {"kind": "depth"},
}
DRAWING = [name for name, task in TASKS.items() if issubclass(task, DrawingTask)]


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("without")
    (folder / "picture.png").write_bytes(PICTURE)
    with engine(FakePipeline(), TOKEN) as (url, _):
        yield os.environ | {
            "LUMINA_ENGINE": url,
            "LUMINA_TOKEN": TOKEN,
            "LUMINA_RESULTS": str(folder / "results"),
            "LUMINA_OUTPUTS": str(folder / "pictures"),
            "GRADIO_TEMP_DIR": str(folder / "files"),
            "FOLDER": str(folder),
            "PYTHONUNBUFFERED": "1",
        }


@contextmanager
def running(surroundings: Mapping[str, str], *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.without_torch", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def given(name: str, picture: str) -> dict[str, Any]:
    fields = TASKS[name].model_fields.items()
    return {key: picture for key, field in fields if field.annotation is ImageInput and field.is_required()}


def test_commands_run(surroundings: dict[str, str]) -> None:
    folder = Path(surroundings["FOLDER"])
    (folder / "rows.jsonl").write_text('{"idea": "a red cube"}\n{"idea": "a cone"}\n')
    with running(surroundings) as child:
        assert child.stdin is not None and child.stdout is not None

        def lumina(*arguments: str) -> str:
            child.stdin.write(json.dumps(arguments) + "\n")  # type: ignore[union-attr]
            child.stdin.flush()  # type: ignore[union-attr]
            code, output, error = json.loads(child.stdout.readline())  # type: ignore[union-attr]
            assert code == 0, (arguments, output, error)
            return str(output)

        examined = json.loads(lumina("doctor", "--json"))
        assert "tabletop@fake at http://127.0.0.1" in examined["engine"]["found"]
        assert examined["torch"]["found"] == "not needed: an engine draws" and "model" not in examined
        for name in DRAWING:
            inputs = {**WORDS[name], **given(name, str(folder / "picture.png"))}
            options = [
                part for key, value in inputs.items() for part in (f"--{key.replace('_', '-')}", value)
            ]
            report = json.loads(lumina("generate", name, *options, "--seed", "3", "--json"))
            assert report["model"] == "tabletop@fake" and Path(report["files"][0]).is_file()
        for path in WORKFLOWS:
            json.loads(lumina("run", str(path), "--json"))
        chain, rows, out = ROOT / "workflows" / "edit-chain.json", folder / "rows.jsonl", folder / "batch"
        done = json.loads(lumina("batch", str(chain), "--inputs", str(rows), "--out", str(out), "--json"))
        assert done["done"] == 2
        assert '"tabletop"' in lumina("models", "--json")


@pytest.fixture(scope="module")
def studio(surroundings: dict[str, str]) -> Iterator[httpx.Client]:
    with running(surroundings, "ui", "--port", str(free_port())) as child:
        assert child.stdout is not None
        address = next(
            found[0]
            for line in child.stdout
            if (found := re.search(r"http://127\S+\d", line)) and "Studio" in line
        )
        with httpx.Client(base_url=address, timeout=120) as client:
            yield client


def called(studio: httpx.Client, name: str, inputs: Mapping[str, Any]) -> Any:
    begun = studio.post(f"/gradio_api/call/v2/{name}", json=dict(inputs)).raise_for_status()
    answer = studio.get(f"/gradio_api/call/v2/{name}/{begun.json()['event_id']}").text
    event, data = re.findall(r"event: (\w+)\ndata: (.*)", answer)[-1]
    assert event == "complete", (name, data)
    return json.loads(data)


def test_every_tab_draws_and_every_workflow_runs(studio: httpx.Client) -> None:
    assert studio.get("/healthz").json() == {"status": "ok", "model": "tabletop@fake"}
    picture = base64.b64encode(PICTURE).decode()
    for name in DRAWING:
        drawn = called(studio, name, {**WORDS[name], **given(name, picture), "seed": 3})
        assert Path(drawn[0]["path"]).is_file()
    for path in WORKFLOWS:
        called(studio, "run_workflow", {"document": json.loads(path.read_text())})


def test_the_page_shows_rows_and_the_picture_of_the_engine(studio: httpx.Client) -> None:
    heard = list[None]()
    page = Page(str(studio.base_url))
    shown = page.generate(5, lambda: heard.append(None))
    assert shown["state"] == "done" and len(heard) > 8
    (sheet,) = shown["sheets"]
    (whole,) = finish(TextToImage(prompt="a red cube", seed=5).run(FakePipeline())).image
    assert images.open_image(base64.b64decode(sheet["png"])).tobytes() == whole.image.tobytes()
