"""The catalogue that a canvas is drawn from says what the tasks say."""

import json

from lumina.model.config import spec_of
from lumina.tasks import TASKS
from lumina.workflow.catalogue import catalogue
from lumina.workflow.validation import check


def test_every_task_is_described_as_plain_json() -> None:
    found = json.loads(json.dumps(catalogue(spec_of("tabletop"))))
    assert list(found["nodes"]) == list(TASKS)
    for name, node in found["nodes"].items():
        assert node["title"] and node["docs"] and node["group"] in {"draw", "tools"}, name
        for socket in (*node["inputs"].values(), *node["outputs"].values()):
            assert socket["type"] in {*found["types"], "json"}, name
            assert socket["title"], name


def test_an_input_says_its_type_limits_and_default() -> None:
    inputs = catalogue()["nodes"]["text_to_image"]["inputs"]
    assert inputs["prompt"]["type"] == "text" and inputs["prompt"]["required"]
    assert inputs["prompt"]["limits"] == {"max_length": 2000}
    assert inputs["width"]["limits"] == {"min": 32, "max": 4096, "step": 32}
    assert (inputs["seed"]["type"], inputs["seed"]["words"]) == ("integer", ["random"])
    assert inputs["seed"]["limits"] == {"min": 0, "max": 2**63 - 1}
    assert inputs["dtype"]["choices"] == ["float32", "bfloat16", "float64"] and inputs["dtype"]["advanced"]
    assert (inputs["rerolls"]["type"], inputs["rerolls"]["link"]) == ("json", False)


def test_outputs_have_types() -> None:
    image = catalogue()["nodes"]["text_to_image"]["outputs"]["image"]
    assert (image["type"], image["many"]) == ("image", True)


def test_kinds_are_those_that_the_model_knows() -> None:
    spec = spec_of("tabletop")
    nodes = catalogue(spec)["nodes"]
    assert nodes["control"]["inputs"]["kind"]["choices"] == list(spec.kinds)
    assert "openpose" in catalogue()["nodes"]["control"]["inputs"]["kind"]["choices"]
    assert nodes["edges"]["inputs"]["kind"] == catalogue()["nodes"]["edges"]["inputs"]["kind"]


def test_a_kind_that_the_model_does_not_know_is_a_problem_before_anything_runs() -> None:
    inputs = {"condition": {"image": "sha256:" + "0" * 64}, "kind": ["depth", "openpose"], "prompt": "a cube"}
    text = json.dumps({"lumina": 1, "nodes": {"draw": {"task": "control", "inputs": inputs}}})
    (found,) = check(text, spec_of("tabletop")).problems
    assert found["pointer"] == "/nodes/draw/inputs/kind" and "openpose" in found["message"]
    assert check(text).problems == []


def test_tasks_the_model_cannot_do_are_marked() -> None:
    nodes = catalogue(spec_of("tabletop"))["nodes"]
    assert nodes["text_to_image"]["available"]
