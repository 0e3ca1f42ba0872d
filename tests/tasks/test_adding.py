"""The task that docs/adding-a-task.md writes down works as it stands there, everywhere a task is met."""

import asyncio
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from lumina.cli import generate, main
from lumina.cli.console import Commands
from lumina.images import read_recipe
from lumina.model.config import MODELS
from lumina.pipeline.fake import FakePipeline
from lumina.server.zerogpu import Workshop
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks import TASKS
from lumina.tasks.base import Task, read
from lumina.ui.app import build
from lumina.workflow.catalogue import catalogue
from lumina.workflow.events import RunFinished
from lumina.workflow.executor import Resources, run
from lumina.workflow.schema import load, recipe_of, task_of
from lumina.workflow.validation import problems

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-task.md"
IMPORTS = """
from typing import ClassVar, Literal
from pydantic import Field
from lumina.pipeline.drawing import Motif
from lumina.tasks.base import DrawingTask
"""


TOOL_IMPORTS = """
from typing import ClassVar
from PIL import ImageOps
from pydantic import BaseModel, Field
from lumina.tasks.image_input import ImageField
from lumina.tasks.utility.tool import OneImage, Tool, one_image
"""


@pytest.fixture
def portrait(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Task]]:
    """The documented class, named in TASKS and among what the model can do; nothing else is done for it."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {"__name__": "documented"}
    exec(IMPORTS + code, names)
    task: type[Task] = names["Portrait"]
    monkeypatch.setitem(TASKS, "portrait", task)
    spec = replace(MODELS["tabletop"], tasks=("text_to_image", "portrait"))
    monkeypatch.setitem(MODELS, "tabletop", spec)
    yield task


ADA = {"person": "Ada", "style": "pencil"}


def test_the_documented_task_draws(portrait: type[Task]) -> None:
    output = finish(read(portrait, ADA).run(FakePipeline()))
    assert output.image[0].drawing.is_complete


def test_it_is_a_command(portrait: type[Task], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: FakePipeline())
    app = typer.Typer(cls=Commands)
    generate.add_commands(app)
    arguments = ["portrait", "--person", "Ada", "--style", "pencil", "--out", str(tmp_path), "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    (file,) = json.loads(result.stdout)["files"]
    assert json.loads(read_recipe(Path(file)) or "")["nodes"]["portrait"]["inputs"]["person"] == "Ada"
    refused = CliRunner().invoke(app, ["portrait", "--person", "Ada", "--style", "crayon"])
    assert refused.exit_code == 2 and "style: must be 'pencil' or 'oil'" in refused.stderr


def test_it_has_a_schema(portrait: type[Task]) -> None:
    result = CliRunner().invoke(main.app, ["tasks", "--json"])
    inputs = json.loads(result.stdout)["portrait"]["inputs"]
    assert inputs["properties"]["style"]["enum"] == ["pencil", "oil"] and inputs["required"] == ["person"]


def test_it_is_a_node_of_a_workflow(portrait: type[Task]) -> None:
    document = {"lumina": 1, "nodes": {"a": {"task": "portrait", "inputs": ADA | {"seed": 3}}}}
    task = task_of(load(json.dumps(document)))
    assert isinstance(task, portrait)
    picture = finish(task.run(FakePipeline())).image[0]
    assert task_of(recipe_of(picture.task, "tabletop@fake")) == picture.task
    wrong = {"lumina": 1, "nodes": {"a": {"task": "portrait", "inputs": {"style": "crayon"}}}}
    assert [item["pointer"] for item in problems(load(json.dumps(wrong)))] == [
        "/nodes/a/inputs/person", "/nodes/a/inputs/style"
    ]  # fmt: skip


def test_it_is_a_tab_with_a_form_and_an_endpoint(portrait: type[Task]) -> None:
    def layout() -> Any:
        return build(Workshop(FakePipeline), Settings()).get_config_file()

    with ThreadPoolExecutor(1) as thread:  # outside of a loop Gradio opens several and never closes them
        config = thread.submit(lambda: asyncio.run(_in_loop(layout))).result()
    tabs = [part["props"]["label"] for part in config["components"] if part["type"] == "tabitem"]
    assert tabs[-3:] == ["Portrait", "Workflow", "Gallery"]
    labels = {part["props"].get("label") for part in config["components"]}
    assert {"Person", "Style"} <= labels
    assert "portrait" in {event["api_name"] for event in config["dependencies"]}


def test_the_documented_tool_is_a_node(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python tool\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {"__name__": "documented"}
    exec(TOOL_IMPORTS + code, names)
    monkeypatch.setitem(TASKS, "mirror", names["Mirror"])
    nodes = {
        "scene": {"task": "scene", "inputs": {"seed": 1}},
        "turned": {"task": "mirror", "inputs": {"image": {"from": "scene.image"}}},
        "back": {"task": "mirror", "inputs": {"image": {"from": "turned.image"}}},
    }
    *_, last = run(load(json.dumps({"lumina": 1, "nodes": nodes})), Resources())
    assert isinstance(last, RunFinished) and last.executed == ("scene", "turned", "back")
    assert catalogue()["nodes"]["mirror"]["group"] == "tools"


async def _in_loop(work: Any) -> Any:
    return work()
