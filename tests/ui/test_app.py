"""The page as it is served: no foreign hosts, private events, and the endpoint for programs."""

import asyncio
import base64
import inspect
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio.utils import get_function_description
from PIL import Image

from lumina import images
from lumina.runtime.fake import FakePipeline
from lumina.server.zerogpu import Workshop
from lumina.settings import Settings
from lumina.tasks import DRAWN
from lumina.tasks.base import DrawingTask
from lumina.ui.api import endpoint
from lumina.ui.app import build, launch_options
from lumina.ui.easel import STATIC
from lumina.workflow.schema import load, task_of
from tests.serving import served


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        served(0, tmp_path_factory.mktemp("studio")) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def call(studio: httpx.Client, endpoint: str = "text_to_image", **inputs: Any) -> tuple[str, Any]:
    """The last event of a call and its data, as a program gets them: two requests, by name."""
    begun = studio.post(f"/gradio_api/call/v2/{endpoint}", json=inputs).raise_for_status().json()
    answer = studio.get(f"/gradio_api/call/v2/{endpoint}/{begun['event_id']}").raise_for_status().text
    event, data = re.findall(r"event: (\w+)\ndata: (.*)", answer)[-1]
    return event, json.loads(data)


def test_programs_see_one_endpoint_for_each_task_one_for_workflows_and_nothing_else(
    studio: httpx.Client,
) -> None:
    named = studio.get("/gradio_api/info").json()["named_endpoints"]
    assert list(named) == ["/text_to_image", "/run_workflow"]
    names = [parameter["parameter_name"] for parameter in named["/text_to_image"]["parameters"]]
    assert names[:4] == ["prompt", "width", "height", "seed"]
    assert "variations" not in names and "rerolls" not in names


def test_the_endpoint_returns_the_picture_and_the_seed(studio: httpx.Client) -> None:
    event, (file, seed) = call(studio, prompt="a blue cone", seed=7, width=160, height=96)
    assert (event, seed) == ("complete", 7)
    png = studio.get(file["url"]).raise_for_status().content
    assert images.open_image(png).size == (160, 96)
    recipe = images.read_recipe(png)
    assert recipe is not None and task_of(load(recipe)).model_dump()["prompt"] == "a blue cone"


def test_the_endpoint_chooses_a_seed_and_tells_it(studio: httpx.Client) -> None:
    event, (_, seed) = call(studio, prompt="a blue cone")
    assert event == "complete" and isinstance(seed, int)


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"prompt": " "}, "prompt: must not be empty; say what to draw."),
        ({"prompt": "x", "width": 64, "height": 1024}, "Tabletop cannot draw 64x1024 pixels"),
    ],
)
def test_the_endpoint_refuses_in_one_sentence(
    studio: httpx.Client, inputs: dict[str, Any], sentence: str
) -> None:
    event, data = call(studio, **inputs)
    assert event == "error" and sentence in json.dumps(data)


WORKFLOW = """{"lumina": 1,
  "inputs": {"idea": {"type": "text"}, "photo": {"type": "image"}},
  "nodes": {"draw": {"task": "text_to_image", "inputs": {"prompt": {"from": "inputs.idea"}, "seed": [1, 2]}},
    "lines": {"task": "edges", "inputs": {"image": {"from": "inputs.photo"}}}},
  "outputs": {"drawn": {"from": "draw.image"}, "lines": {"from": "lines.image"}}}"""


VALUES = json.dumps(
    {
        "idea": "a red cone",
        "photo": base64.b64encode(images.png_bytes(Image.new("RGB", (64, 48), "red"))).decode(),
    }
)


def test_a_workflow_runs_with_values_and_gives_its_results_by_name(studio: httpx.Client) -> None:
    event, (results,) = call(studio, "run_workflow", document=WORKFLOW, values=VALUES)
    assert event == "complete" and {name: len(each) for name, each in results.items()} == {
        "drawn": 2,
        "lines": 1,
    }
    pngs = [
        studio.get(file["url"]).raise_for_status().content for file in results["drawn"] + results["lines"]
    ]
    assert [images.open_image(png).size for png in pngs] == [(128, 128), (128, 128), (64, 48)]
    recipe = load(images.read_recipe(pngs[1]) or "")
    assert list(recipe.nodes) == ["draw", "lines"] and recipe.inputs["idea"].default == "a red cone"


@pytest.mark.parametrize(
    ("document", "values", "sentence"),
    [
        ("{", "{}", "JSON"),
        (WORKFLOW.replace("text_to_image", "text_to_imag"), "{}", "names no task"),
        (WORKFLOW.replace('"lumina": 1,', '"lumina": 1, "model": "omni",'), VALUES, "draws with tabletop"),
        (WORKFLOW, "[]", "values: send a JSON object"),
        (WORKFLOW, '{"title": 1}', 'There is no input \\"title\\"'),
        (WORKFLOW, '{"idea": "a cone"}', "photo"),
        (WORKFLOW, '{"idea": "a cone", "photo": "?"}', "not a picture in base64"),
    ],
)
def test_a_workflow_that_cannot_run_is_refused_in_one_sentence(
    studio: httpx.Client, document: str, values: str, sentence: str
) -> None:
    event, data = call(studio, "run_workflow", document=document, values=values)
    assert event == "error" and sentence in json.dumps(data) and "Traceback" not in json.dumps(data)


def test_what_the_page_sends_with_an_event_is_never_put_off(tmp_path: Path) -> None:
    """Gradio repeats an event that it has put off with what came with the one before."""

    async def built() -> gr.Blocks:
        return build(Workshop(FakePipeline), Settings(results=tmp_path))

    with ThreadPoolExecutor(1) as thread:
        page = thread.submit(lambda: asyncio.run(built())).result()
    carrying = [
        fn
        for fn in page.fns.values()
        if fn.fn is not None
        and any(each.annotation is gr.EventData for each in inspect.signature(fn.fn).parameters.values())
    ]
    assert carrying and not [fn.name for fn in carrying if fn.trigger_mode == "always_last"]


def test_nothing_about_the_server_is_open(studio: httpx.Client) -> None:
    assert studio.get("/monitoring/summary").status_code == 403
    config = studio.get("/config").text
    assert str(Path.home()) not in config and str(STATIC) not in config


def test_the_styles_and_scripts_name_no_other_host() -> None:
    texts = [path.read_text(encoding="utf-8") for path in STATIC.iterdir()]
    texts.append(launch_options()["theme"]._get_theme_css())
    urls = {url for text in texts for url in re.findall(r"https?://[^\s\"')]+", text)}
    assert urls <= {"http://www.w3.org/2000/svg"}


def test_nothing_is_told_to_anyone() -> None:
    options = launch_options()
    for name in ("ssr_mode", "show_error", "run_history", "enable_monitoring"):
        assert options[name] is False


@pytest.mark.parametrize("is_there", [True, False])
def test_the_endpoints_are_tools_where_the_optional_package_is_there(
    monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    monkeypatch.setattr("lumina.ui.app.find_spec", lambda name: object() if is_there else None)
    assert launch_options()["mcp_server"] is is_there


@pytest.mark.parametrize("task", DRAWN, ids=lambda task: task.name)
def test_a_tools_description_says_what_each_parameter_is(task: type[DrawingTask]) -> None:
    made = endpoint(task, Workshop(FakePipeline), "")
    assert made.__name__ == task.name
    about, parameters, returns = get_function_description(made)
    assert about.startswith((inspect.getdoc(task) or "").split(".")[0])
    assert parameters.keys() == inspect.signature(made).parameters.keys() and all(parameters.values())
    assert len(returns) == 2
