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
from lumina.images import open_image, read_recipe
from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.server.workshop import Workshop
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks import TASKS
from lumina.tasks.base import Task, read
from lumina.ui.app import build
from lumina.ui.comparison import comparison_of
from lumina.ui.examples import examples_of
from lumina.ui.gallery import title_of
from lumina.ui.picture_messages import identity_of, sheet_of
from lumina.workflow.catalogue import catalogue
from lumina.workflow.events import RunFinished
from lumina.workflow.executor import Resources, run
from lumina.workflow.image_lookup import ASSETS, shipped
from lumina.workflow.schema import dump, load, recipe_of, task_of
from lumina.workflow.validation import problems

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-task.md"
IMPORTS = """
from collections.abc import Mapping
from typing import Any, ClassVar, Literal
from pydantic import Field
from lumina.tasks.image_input import ImageField
from lumina.tasks.panels import PanelTask
"""


TOOL_IMPORTS = """
from typing import ClassVar
from PIL import ImageOps
from pydantic import BaseModel, Field
from lumina.tasks.image_input import ImageField
from lumina.tasks.utility.tool import OneImage, Tool, one_image
"""


@pytest.fixture
def colouring(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Task]]:
    """The documented class, named in TASKS and among what the model can do; nothing else is done for it."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {"__name__": "documented"}
    exec(IMPORTS + code, names)
    task: type[Task] = names["Colouring"]
    monkeypatch.setitem(TASKS, "colouring", task)
    spec = replace(MODELS["tabletop"], tasks=("text_to_image", "colouring"))
    monkeypatch.setitem(MODELS, "tabletop", spec)
    yield task


SKETCH = ASSETS / "pictures" / "sketch.png"
WORDS = {"colours": "all red", "style": "shaded"}


def test_the_documented_task_draws(colouring: type[Task]) -> None:
    output = finish(read(colouring, {**WORDS, "drawing": open_image(SKETCH)}).run(FakePipeline()))
    assert output.image[0].drawing.is_complete


def test_it_is_a_command(colouring: type[Task], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: FakePipeline())
    app = typer.Typer(cls=Commands)
    generate.add_commands(app)
    given = ["colouring", "--drawing", str(SKETCH), "--colours", "all red", "--style"]
    result = CliRunner().invoke(app, [*given, "shaded", "--out", str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    (file,) = json.loads(result.stdout)["files"]
    assert json.loads(read_recipe(Path(file)) or "")["nodes"]["colouring"]["inputs"]["colours"] == "all red"
    refused = CliRunner().invoke(app, [*given, "crayon"])
    assert refused.exit_code == 2 and "style: must be 'flat' or 'shaded'" in refused.stderr


def test_it_has_a_schema(colouring: type[Task]) -> None:
    result = CliRunner().invoke(main.app, ["tasks", "--json"])
    inputs = json.loads(result.stdout)["colouring"]["inputs"]
    assert inputs["properties"]["style"]["enum"] == ["flat", "shaded"]
    assert inputs["required"] == ["drawing", "colours"]


def test_it_is_a_node_of_a_workflow(colouring: type[Task]) -> None:
    inputs = {**WORDS, "drawing": {"image": "sketch.png"}, "seed": 3}
    workflow = load(json.dumps({"lumina": 1, "nodes": {"a": {"task": "colouring", "inputs": inputs}}}))
    assert isinstance(task_of(workflow), colouring)
    *_, last = run(workflow, Resources(FakePipeline(), image_sources=[shipped()]))
    assert isinstance(last, RunFinished) and last.executed == ("a",)
    wrong = {"lumina": 1, "nodes": {"a": {"task": "colouring", "inputs": {"style": "crayon"}}}}
    assert [item["pointer"] for item in problems(load(json.dumps(wrong)))] == [
        "/nodes/a/inputs/drawing", "/nodes/a/inputs/colours", "/nodes/a/inputs/style"
    ]  # fmt: skip


def test_it_is_a_tab_with_a_form_and_an_endpoint(colouring: type[Task]) -> None:
    def layout() -> Any:
        return build(Workshop(FakePipeline), Settings("tabletop")).get_config_file()

    with ThreadPoolExecutor(1) as thread:  # outside of a loop Gradio opens several and never closes them
        config = thread.submit(lambda: asyncio.run(_in_loop(layout))).result()
    tabs = [part["props"]["label"] for part in config["components"] if part["type"] == "tabitem"]
    assert tabs[-3:] == ["Colouring", "Workflow", "Gallery"]
    labels = {part["props"].get("label") for part in config["components"]}
    assert {"Colours", "Style", "Drawing | picture"} <= labels
    wells = [part["props"]["props"] for part in config["components"] if "props" in part["props"]]
    assert "Drawing" in {well.get("title") for well in wells}
    assert "colouring" in {event["api_name"] for event in config["dependencies"]}


def test_its_tab_compares_offers_its_example_and_shows_its_words(colouring: type[Task]) -> None:
    (example,) = examples_of(colouring, MODELS["tabletop"])
    assert example.label == "everything in red" and example.values["drawing"].startswith("iVBOR")
    task = read(colouring, {**WORDS, "drawing": open_image(SKETCH), "seed": 3})
    picture = finish(task.run(FakePipeline())).image[0]
    sheet = sheet_of(picture, "tabletop@fake", "a").data()
    assert sheet["prompt"] == title_of(dump(recipe_of(picture.task, "tabletop@fake"))) == "all red"
    assert identity_of(picture.task.model_copy(update={"window": 1})) == sheet["identity"]
    found = comparison_of({**sheet, "given": {"drawing": example.values["drawing"]}}, MODELS["tabletop"])
    assert found.given is not None and not found.is_map


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
