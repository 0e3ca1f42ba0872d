"""The canvas as files, and a run as it is told to the page."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import httpx
from PIL import Image

from lumina import images
from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.tasks import DRAWN
from lumina.tasks.image_input import ImageInput
from lumina.tasks.instructions import Kind
from lumina.ui import canvas, scripts
from lumina.ui.canvas.view import CanvasRun
from lumina.ui.messages.base import Data
from lumina.ui.sessions import MOST_PICTURES, MOST_VISITORS, Sessions
from lumina.ui.templates import templates
from lumina.workflow.events import RunStarted
from lumina.workflow.executor import Resources, run
from lumina.workflow.image_lookup import find
from lumina.workflow.schema import load
from tests.serving import served

TEXT = """{"lumina": 1, "nodes": {
  "draft": {"task": "text_to_image", "inputs": {"prompt": "a red cube", "stop_row": 3}},
  "lines": {"task": "edges", "inputs": {"image": {"from": "draft.image"}}},
  "bad": {"task": "crop", "inputs": {"image": {"from": "draft.image"}, "width": 4096, "height": 8}},
  "after": {"task": "resize", "inputs": {"image": {"from": "bad.image"}, "width": 8, "height": 8}}}}"""


def test_the_bundle_is_current() -> None:
    """``make web`` builds it anew after a change of the sources."""
    assert (scripts.BUNDLES / "sources.sha256").read_text().strip() == scripts.sources_digest()


def test_the_bundle_is_small_and_says_whose_work_it_holds() -> None:
    assert sum(len(scripts.bundled(name)) for name in ("canvas.js", "canvas.css")) <= 600_000
    licences = scripts.bundled("LICENSES.txt").decode()
    assert all(name in licences for name in ("react 19", "react-dom 19", "@xyflow/react 12", "MIT", "ISC"))


def test_the_lock_file_names_no_address() -> None:
    assert '"resolved"' not in (scripts.WEB / "package-lock.json").read_text(encoding="utf-8")


def test_the_page_fetches_the_built_files(tmp_path: Path) -> None:
    with served(0, tmp_path) as address:
        answer = httpx.get(f"{address}/lumina/canvas.js", params={"v": canvas.version()})
        assert answer.content == scripts.bundled("canvas.js")
        assert "immutable" in answer.headers["cache-control"]
        assert (
            httpx.get(f"{address}/lumina/view.py").content
            != (scripts.BUNDLES.parent / "canvas" / "view.py").read_bytes()
        )
        assert str(scripts.BUNDLES) not in httpx.get(f"{address}/config").text


def views(text: str) -> tuple[list[Data], dict[str, str]]:
    """All views of a run, and the recipe of each saved picture."""
    saved: dict[str, str] = {}

    def save(image: Image.Image, recipe: str, name: str) -> str:
        saved[name] = recipe
        return name

    view = CanvasRun("key", load(text), save, MODELS["tabletop"])
    events = run(load(text), Resources(FakePipeline()))
    return [view.take(event) for event in events], saved


def test_a_run_is_told_row_by_row_with_small_pictures() -> None:
    seen, saved = views(TEXT)
    rows = [view["nodes"]["draft"] for view in seen if view["nodes"].get("draft", {}).get("done")]
    drawing = [node for node in rows if node["state"] == "running"]
    assert [node["done"] for node in drawing] == [1, 2, 3, 3]
    assert [len(node["pictures"][0].get("strips", [])) for node in drawing] == [1, 2, 3, 0]
    assert [strip["bottom"] for strip in drawing[2]["pictures"][0]["strips"]] == [8, 16, 24]
    last = drawing[3]["pictures"][0]["url"]
    assert last.startswith("data:image/webp;base64,") and len(last) < 20_000
    assert seen[-1]["nodes"]["draft"]["pictures"][0]["url"] == "draft-1.png"
    recipe = load(saved["lines-1.png"])
    assert list(recipe.nodes) == ["draft", "lines", "bad", "after"]
    assert recipe.nodes["draft"].inputs["seed"] == seen[-1]["seeds"]["draft.seed"]


def test_only_templates_that_the_model_can_run_are_offered() -> None:
    spec = MODELS["tabletop"]
    every = replace(spec, tasks=tuple(task.name for task in DRAWN), kinds=get_args(Kind))
    assert [each["name"] for each in templates(replace(spec, tasks=("text_to_image",)))] == ["prompt-grid"]
    assert len(templates(every)) == 10


def test_a_failed_node_says_why_and_the_others_go_on() -> None:
    seen, _ = views(TEXT)
    last = seen[-1]
    states = {name: node["state"] for name, node in last["nodes"].items()}
    assert states == {"draft": "done", "lines": "done", "bad": "error", "after": "skipped"}
    assert "make it smaller" in last["nodes"]["bad"]["message"]
    assert last["state"] == "failed" and "1 failed, 1 skipped" in last["message"]


def test_a_choice_shows_what_there_is_to_pick() -> None:
    text = """{"lumina": 1, "nodes": {
      "draft": {"task": "text_to_image", "inputs": {"prompt": "a cone", "variations": 3, "seed": 1}},
      "best": {"task": "pick", "inputs": {"images": {"from": "draft.image"}}}}}"""
    last = views(text)[0][-1]
    assert last["state"] == "choice" and last["nodes"]["best"]["state"] == "choice"
    assert len(last["nodes"]["best"]["pictures"]) == 3


def test_what_there_is_to_say_beside_pictures_is_told_of_who_drew_them() -> None:
    draft = {"task": "text_to_image", "inputs": {"prompt": "a cone", "width": 96, "height": 96}}
    nodes = {
        "draft": draft,
        "copy": {"task": "pick", "inputs": {"images": {"from": "draft.image"}, "choice": 1}},
        "usual": {"task": "text_to_image", "inputs": {"prompt": "a cone"}},
        "scene": {"workflow": "inner"},
    }
    document = {"lumina": 1, "nodes": nodes, "workflows": {"inner": {"lumina": 1, "nodes": {"far": draft}}}}
    told = {
        name: node.get("remark", "") for name, node in views(json.dumps(document))[0][-1]["nodes"].items()
    }
    said = told["draft"]
    assert "96x96" in said and told == {
        "draft": said, "copy": "", "usual": "", "scene": f"“far” inside: {said}",
    }  # fmt: skip


def test_random_seeds_of_lists_and_of_inputs_are_told_too() -> None:
    document = json.loads(TEXT)
    document["nodes"]["draft"]["inputs"]["seed"] = ["random", 5]
    document["inputs"] = {"luck": {"type": "integer", "default": "random"}}
    view = CanvasRun("key", load(json.dumps(document)), lambda *_: "", MODELS["tabletop"])
    document["nodes"]["draft"]["inputs"]["seed"] = [3, 5]
    document["inputs"]["luck"]["default"] = 9
    seeds = view.take(RunStarted(json.dumps(document), ("draft",)))["seeds"]
    assert seeds["draft.seed"] == [3, 5] and seeds["inputs.luck"] == 9


def test_seeds_beyond_javascripts_whole_numbers_travel_as_text() -> None:
    view = CanvasRun("key", load(TEXT), lambda *_: "", MODELS["tabletop"])
    recipe = TEXT.replace('"stop_row": 3', f'"seed": {2**62 + 1}')
    assert view.take(RunStarted(recipe, ("draft",)))["seeds"] == {"draft.seed": str(2**62 + 1)}


INSIDE = """{"lumina": 1,
  "workflows": {"scene": {"lumina": 1, "inputs": {"words": {"type": "text"}}, "nodes": {
  "draft": {"task": "text_to_image", "inputs": {"prompt": {"from": "inputs.words"}, "variations": 2}},
  "best": {"task": "pick", "inputs": {"images": {"from": "draft.image"}}},
  "lines": {"task": "edges", "inputs": {"image": {"from": "best.image"}, "kind": "canny"}}},
  "outputs": {"lines": {"from": "lines.image"}, "words": {"from": "inputs.words"}}}},
  "nodes": {
    "one": {"workflow": "scene", "inputs": {"words": "a cone"},
      "settled": {"best.choice": 2, "draft.seed": 1}},
    "two": {"workflow": "scene", "inputs": {"words": "a cube"}},
    "bad": {"task": "crop", "inputs": {
      "image": {"from": "one.lines"}, "left": 4000, "width": 64, "height": 64}}}}"""


def test_a_workflow_as_a_node_is_one_card_that_says_what_runs_inside() -> None:
    seen, saved = views(INSIDE)
    assert {name for view in seen for name in view["nodes"]} == {"one", "two", "bad"}
    told = [view["nodes"]["one"] for view in seen if "one" in view["nodes"]]
    assert told[0] == {"state": "queued"}
    working = [card for card in told if card["state"] == "running" and card.get("done")]
    assert working[0]["inside"] == "draft, 1 of 3" and (working[0]["done"], working[0]["total"]) == (1, 32)
    assert {len(card["pictures"]) for card in working} >= {1, 2}, "what is being made is seen"
    nodes = seen[-1]["nodes"]
    assert nodes["one"]["state"] == "done" and [each["file"] for each in nodes["one"]["pictures"]] == [
        "one-lines-1.png"
    ]
    assert (
        load(saved["one-lines-1.png"]).nodes["two"].settled["draft.seed"]
        == seen[-1]["seeds"]["two/draft.seed"]
    )
    asked = nodes["two"]
    assert (asked["state"], asked["asks"], len(asked["pictures"])) == ("choice", "best.choice", 2)
    assert seen[-1]["message"] == "Pick a picture in two, then run again."


def test_the_card_of_a_workflow_says_which_node_inside_failed() -> None:
    document = json.loads(INSIDE)
    scene = document["workflows"]["scene"]
    inputs = document["nodes"]["bad"]["inputs"] | {"image": {"from": "best.image"}}
    scene["nodes"]["lines"] = {"task": "crop", "inputs": inputs}
    failed = views(json.dumps(document))[0][-1]["nodes"]
    assert failed["one"]["state"] == "error" and failed["one"]["message"].startswith("“lines” inside: ")
    assert failed["bad"]["state"] == "skipped"


class Nobody:
    """A workshop without work."""

    painter: Any = None


def test_a_visitor_finds_every_picture_that_a_template_names() -> None:
    image_sources = Sessions(Nobody()).resources("a" * 32).image_sources  # type: ignore[arg-type]
    texts = [template["text"] for template in templates(MODELS["tabletop"])]
    names = {name for text in texts for name in re.findall(r'"image": ?"([^"]+\.png)"', text)}
    assert {"table.png", "sketch.png"} <= names
    assert [name for name in names if find(name, image_sources) is None] == []


def test_visitors_do_not_see_each_others_pictures_and_few_are_kept() -> None:
    sessions = Sessions(Nobody())  # type: ignore[arg-type]
    first, second = "a" * 32, "b" * 32
    kept = sessions.keep(first, ImageInput.of(Image.new("RGB", (32, 32), "red")))
    assert sessions.resources(first).image_sources[0].find(kept.name) is not None
    assert sessions.resources(second).image_sources[0].find(kept.name) is None
    assert sessions.resources("no name").image_sources[0].find(kept.name) is None
    assert sessions.resources(first).store is sessions.resources(first).store
    for shade in range(MOST_PICTURES):
        sessions.keep(first, ImageInput.of(Image.new("RGB", (32, 32), (0, 0, shade))))
    assert sessions.resources(first).image_sources[0].find(kept.name) is None
    images_of = [Image.new("RGB", (5000, 5000), (0, shade, 0)) for shade in (1, 2)]
    large = [sessions.keep(first, ImageInput.opened(images.png_bytes(each))) for each in images_of]
    found = [sessions.resources(first).image_sources[0].find(each.name) for each in large]
    assert found == [None, large[1]]
    store = sessions.resources(first).store
    for number in range(MOST_VISITORS):
        sessions.resources(f"{number:032x}")
    assert sessions.resources(first).store is not store
