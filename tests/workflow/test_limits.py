"""What a document may order and hold: small files that ask for everything are refused in one sentence."""

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lumina.errors import InvalidWorkflow
from lumina.server.guard import ONE_RUN
from lumina.tasks.image_input import ImageInput
from lumina.workflow import events
from lumina.workflow.executor import Resources, run
from lumina.workflow.graph import order_of
from lumina.workflow.image_lookup import MemoryImages
from lumina.workflow.limits import RunLimits
from lumina.workflow.ordering import RunOrder, order_problems, orders
from lumina.workflow.schema import load
from lumina.workflow.validation import check
from tests.workflow.conftest import Ran

MEGABYTE = 1_000_000


def draw(**inputs: Any) -> dict[str, Any]:
    return {"task": "text_to_image", "inputs": {"prompt": "a cone", "seed": 1, **inputs}}


def failures(found: list[events.Event]) -> list[str]:
    return [event.message for event in found if isinstance(event, events.NodeFailed)]


def text(nodes: dict[str, Any]) -> str:
    return json.dumps({"lumina": 1, "nodes": nodes})


LARGE = {"large": draw(prompt=[f"a {n}" for n in range(8)], seed=list(range(8)), variations=4, best_of=16)}


def test_chained_templates_do_not_multiply_their_text(ran: Ran) -> None:
    nodes: dict[str, Any] = {"t0": {"task": "text", "inputs": {"text": "x" * 2000}}}
    for number in (1, 2, 3):
        slot = {"from": f"t{number - 1}.text"}
        inputs = {"template": "{a}" * 666, "a": slot}
        nodes[f"t{number}"] = {"task": "prompt_template", "inputs": inputs}
    assert check(text(nodes)).problems == []
    tracemalloc.start()
    found, _ = ran({"nodes": nodes})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * MEGABYTE
    assert failures(found) == [
        "The text would have 1,332,000 characters with its slots filled, and 2,000 are the most; "
        "fill them with shorter texts."
    ]


def test_a_run_holds_only_so_many_pixels(resources: Resources) -> None:
    picture = ImageInput.of(Image.new("RGB", (800, 500)))
    small = replace(resources, image_sources=[MemoryImages([picture])], limits=RunLimits(pixels=2_000_000))
    inputs = {"image": {"image": picture.name}, "kind": ["canny", "hed"]}
    several = {f"e{n}": {"task": "edges", "inputs": inputs} for n in range(3)}
    found = list(run(load(text(several)), small))
    assert failures(found) == [
        "The pictures of this run have over 2 million pixels together; make them smaller, or shorten a list."
    ]
    again = list(run(load(text(several)), small))  # with results of before, which count as well
    assert len(failures(again)) == 1


def test_sizes_are_counted_before_anything_runs(resources: Resources) -> None:
    sizes = [4096 - 8 * n for n in range(32)]
    inputs = {"image": {"image": "a.png"}, "width": 4096, "height": sizes}
    document = text({"big": {"task": "resize", "inputs": inputs}})
    assert len(document) < 400
    (problem,) = check(document).problems
    assert problem["pointer"] == "/nodes/big"
    assert "million pixels of this run, and 400 are the most" in problem["message"]
    assert problem["fix"] == "make its pictures smaller, or shorten a list"
    shorter = load(document.replace(json.dumps(sizes), json.dumps(sizes[:5])))
    with pytest.raises(InvalidWorkflow, match="75 are the most"):
        run(shorter, replace(resources, limits=ONE_RUN))


def test_pictures_are_counted_before_anything_runs(resources: Resources) -> None:
    nodes = {f"n{n}": LARGE["large"] for n in range(2)}
    assert check(text(LARGE)).problems == []  # 4,096: all that lists, variations and best of allow one node
    (problem,) = check(text(nodes)).problems
    assert problem == {
        "pointer": "/nodes/n0",
        "message": "asks for 4,096 of the 8,192 pictures of this run, and 4,096 are the most",
        "fix": "lower variations or best_of, or shorten a list",
    }
    with pytest.raises(InvalidWorkflow, match="4,096 of the 4,096 pictures of this run, and 256 are"):
        run(load(text(LARGE)), replace(resources, limits=ONE_RUN))


def test_orders_follow_links_lists_and_modes() -> None:
    nodes = {
        "draft": draw(variations=[2, 3], best_of=2),
        "depth": {"task": "predict", "inputs": {"image": {"from": "draft.image"}, "kind": "depth"}},
        "left_out": {**draw(variations=4), "mode": "mute"},
        "after": {"task": "edit", "inputs": {"image": {"from": "left_out.image"}, "instruction": "blue"}},
        "tall": {"task": "scene", "inputs": {"width": 96, "height": 128}},
    }
    workflow = load(text(nodes))
    found = orders(workflow, order_of(workflow))
    assert found.keys() == {"draft", "depth", "tall"}
    assert (found["draft"].pictures, found["depth"].pictures) == (10, 5)
    assert found["tall"] == RunOrder(0, 5 * 96 * 128)
    assert order_problems(workflow, order_of(workflow), RunLimits(pictures=15)) == []
    assert order_problems(workflow, order_of(workflow), RunLimits(pictures=14)) != []
    assert order_problems(workflow, ["tall"], RunLimits(pictures=0)) == []


@pytest.mark.parametrize("path", sorted(Path("workflows").glob("*.json")), ids=lambda path: path.stem)
def test_every_template_is_far_within_what_a_visitor_may_order(path: Path) -> None:
    workflow = load(path.read_text(encoding="utf-8"))
    half = RunLimits(ONE_RUN.pictures // 8, ONE_RUN.pixels // 8)
    assert order_problems(workflow, order_of(workflow), half) == []
