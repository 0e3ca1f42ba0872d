"""The document: nothing is lost, every problem is named with its place and its fix."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lumina.errors import InputError, InvalidWorkflow
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks.base import read
from lumina.tasks.text_to_image import TextToImage
from lumina.workflow.document import Link, Workflow
from lumina.workflow.schema import (
    codes_of,
    dump,
    load,
    recipe_of,
    schema_text,
    task_of,
)
from lumina.workflow.validation import check, problems

DESIGN = {
    "lumina": 1,
    "title": "Winter table ❄",
    "model": "tabletop",
    "inputs": {"idea": {"type": "text", "default": "a red cube", "x-hint": [1, {"from": "a.b"}]}},
    "nodes": {
        "draft": {"task": "text_to_image", "inputs": {"prompt": {"from": "inputs.idea"}, "seed": 7}},
        "depth": {"task": "predict", "inputs": {"image": {"from": "draft.image"}, "kind": "depth"}},
        "redo": {
            "task": "control",
            "inputs": {
                "condition": {"from": "depth.image"},
                "prompt": ["two", "three"],
                "odd": {"from": "a", "to": "b"},
            },
            "x-note": None,
        },
    },
    "outputs": {"picture": {"from": "redo.image"}},
    "layout": {"draft": [0, -12.5]},
    "frames": {"first": {"title": "Draft", "colour": "blue", "place": [-20, -60.5], "size": [360, 600]}},
    "x-editor": {"zoom": 1.5, "1e2": 1},
}  # fmt: skip
ONE = {"lumina": 1, "nodes": {"a": {"task": "text_to_image", "inputs": {"prompt": "a cone", "seed": 1}}}}

LINK = "/nodes/link/inputs/b/from"


def document(**changes: Any) -> str:
    return json.dumps(ONE | changes)


def node(**inputs: Any) -> str:
    return document(nodes={"a": {"task": "text_to_image", "inputs": inputs}})


def pointers(text: str) -> list[str]:
    try:
        return [item["pointer"] for item in problems(load(text))]
    except InvalidWorkflow as error:
        assert all(item["message"] and item["fix"] for item in error.problems)
        return [item["pointer"] for item in error.problems]


def test_the_documents_of_the_design_lose_nothing() -> None:
    text = json.dumps(DESIGN)
    workflow = load(text)
    assert json.loads(dump(workflow)) == DESIGN
    assert load(dump(workflow)) == workflow
    assert list(workflow.nodes) == ["draft", "depth", "redo"]


def test_links_and_literals_are_told_apart() -> None:
    nodes = load(json.dumps(DESIGN)).nodes
    link = nodes["draft"].inputs["prompt"]
    assert isinstance(link, Link) and link.target == "inputs.idea"
    assert nodes["redo"].inputs["odd"] == {"from": "a", "to": "b"}


def test_links_survive_the_way_through_python() -> None:
    """A union of link and literal, tried in pydantic's own order, would turn these links into literals."""
    workflow = load(json.dumps(DESIGN))
    for values in (workflow.model_dump(), workflow.model_dump(by_alias=True, exclude_unset=True)):
        again = Workflow.model_validate(values)
        assert isinstance(again.nodes["draft"].inputs["prompt"], Link)
        assert again == workflow


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 40 + "1" + "}" * 40, "nested too deeply"),
        ('{"lumina": 1, "lumina": 1}', 'the key "lumina" twice'),
        ('{"lumina": NaN}', "holds NaN"),
        ('{"lumina": 1e999}', "too large, 1e999"),
        ('{"lumina": "\\ud800"}', "half a character"),
        (b"\xff\xfe", "is empty"),
        ("1" * 5000, "5,000 digits"),
        ('"' + "x" * 262_144 + '"', "262,146 bytes"),
        ("[]", "must be an object"),
        ("null", "must be an object"),
    ],
)
def test_text_that_is_no_document_is_refused(text: str | bytes, message: str) -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        load(text)
    (problem,) = caught.value.problems
    assert problem["pointer"] == "" and message in problem["message"] and problem["fix"]


def test_a_document_that_was_encoded_twice_is_read() -> None:
    draw = {"task": "text_to_image", "inputs": {"prompt": "a cone"}}
    text = json.dumps({"lumina": 1, "title": "ü", "nodes": {"draw": draw}})
    assert load(json.dumps(text)) == load(text)
    assert not check(json.dumps(text)).problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (document(lumina=2), ["/lumina"]),
        (document(lumina=True), ["/lumina"]),
        (document(lumina=1.5), ["/lumina"]),
        (document(title=3), ["/title"]),
        (document(model="../../secret"), ["/model"]),
        (document(nodes={}), ["/nodes"]),
        (document(nodes={f"n{i}": ONE["nodes"]["a"] for i in range(65)}), ["/nodes"]),
        (document(nodes={"Bad name": {"task": "text_to_image", "inputs": {}}}), ["/nodes/Bad name"]),
        (document(nodes={"link": {"task": "a", "inputs": {"b": {"from": 3}}}}), [LINK]),
        (document(nodes={"a": {"inputs": {}}}), ["/nodes/a/task"]),
        (document(outputs={"picture": "a.image"}), ["/outputs/picture"]),
        (document(layout={"a": [1]}), ["/layout/a"]),
        (document(frames={"f": {"place": [0, "1"], "size": [9, 9]}}), ["/frames/f/place/1"]),
        (
            document(frames={"f": {"place": [0, 0], "colour": "mauve"}}),
            ["/frames/f/colour", "/frames/f/size"],
        ),
        (document(frames={"f": {"place": [0, 0], "size": [9, 9], "nodes": []}}), ["/frames/f/nodes"]),
        (document(layout={"a": ["1", True]}), ["/layout/a/0", "/layout/a/1"]),
        (document(inputs={"i": {"type": "picture"}}), ["/inputs/i/type"]),
        (document(**{"a/b~c": 1}), ["/a~1b~0c"]),
        (document(notes=1, title=3), ["/title", "/notes"]),
        (document(**{"x-notes": 1}), []),
    ],
)  # fmt: skip
def test_every_problem_of_form_has_its_pointer(text: str, expected: list[str]) -> None:
    assert pointers(text)[: len(expected)] == expected
    assert bool(pointers(text)) == bool(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (node(prompt="a cone"), []),
        (node(prompt={"from": "inputs.idea"}), ["/nodes/a/inputs/prompt"]),
        (node(prompt={"from": "b.image"}), ["/nodes/a/inputs/prompt"]),
        (node(), ["/nodes/a/inputs/prompt"]),
        (node(prompt="a", width=0, colour=1), ["/nodes/a/inputs/width", "/nodes/a/inputs/colour"]),
        (node(prompt="a", colour={"from": "b.image"}), ["/nodes/a/inputs/colour"]),
        (document(outputs={"p": {"from": "a.depth"}}), ["/outputs/p"]),
        (document(outputs={"p": {"from": "a.image"}}), []),
        (document(nodes={"a": {"task": "walk"}, "b": {"task": "fly"}}), ["/nodes/a/task", "/nodes/b/task"]),
    ],
)  # fmt: skip
def test_every_problem_of_the_nodes_has_its_pointer(text: str, expected: list[str]) -> None:
    assert pointers(text) == expected


def test_fixes_say_what_to_do() -> None:
    fixes = {item["pointer"]: item["fix"] for item in problems(load(document(
        nodes={"a": {"task": "text_to_imge"}, "b": {"task": "text_to_image", "inputs": {"width": 0}}},
        outputs={"p": {"from": "b.depth"}},
    )))}  # fmt: skip
    assert fixes == {
        "/nodes/a/task": 'did you mean "text_to_image"?',
        "/nodes/b/inputs/prompt": 'add "prompt"',
        "/nodes/b/inputs/width": "make it at least 32",
        "/outputs/p": "use one of: b.image",
    }


def test_a_recipe_gives_the_same_picture_again() -> None:
    pipeline = FakePipeline()
    task = read(TextToImage, {"prompt": "zwölf Kegel 🎲", "rerolls": [[4, 9]], "stop_row": 11})
    picture = finish(task.run(pipeline)).image[0]
    recipe = load(dump(recipe_of(picture.task, pipeline.model, picture.drawing.digest)))
    assert task_of(recipe) == picture.task
    assert (recipe.model, codes_of(recipe)) == ("tabletop@fake", picture.drawing.digest)
    assert problems(recipe) == []
    assert finish(task_of(recipe).run(pipeline)).image[0].drawing.digest == picture.drawing.digest
    node = recipe.nodes["text_to_image"]
    assert next(iter(node.inputs)) == "prompt" and node.inputs["dtype"] == "float32"


def test_inputs_are_filled_from_values_and_defaults() -> None:
    linked = {"prompt": {"from": "inputs.idea"}, "seed": {"from": "inputs.seed"}}
    text = document(
        inputs={"idea": {"type": "text", "default": "a cone"}, "seed": {"type": "integer"}},
        nodes={"a": {"task": "text_to_image", "inputs": linked}},
    )
    workflow = load(text)
    assert problems(workflow) == []
    task = task_of(workflow, {"seed": "5"})
    assert (task.prompt, task.seed) == ("a cone", 5)
    assert task_of(workflow, {"seed": 5, "idea": "a cube"}).prompt == "a cube"
    with pytest.raises(InvalidWorkflow) as caught:
        task_of(workflow)
    assert [item["pointer"] for item in caught.value.problems] == ["/nodes/a/inputs/seed"]
    with pytest.raises(InputError, match='no input "colour"; this workflow has: idea, seed'):
        task_of(workflow, {"colour": "red"})


def test_several_nodes_cannot_be_run_yet() -> None:
    two = {"a": ONE["nodes"]["a"], "b": ONE["nodes"]["a"]}
    with pytest.raises(InvalidWorkflow, match="only one can be run yet"):
        task_of(load(document(nodes=two)))


def test_a_list_of_values_is_no_single_task() -> None:
    node = {"task": "text_to_image", "inputs": {"prompt": "a cone", "seed": [3, 4]}}
    with pytest.raises(InputError, match="seed: must be a whole number"):
        task_of(load(document(nodes={"a": node})))


def test_the_published_schema_is_current() -> None:
    published = Path(__file__).parents[2] / "docs" / "workflow.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text(), "run `make docs`"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*DESIGN, "x-a", "other"]), json_values))
@example({"lumina": 1, "nodes": {"a": {"task": "text_to_image", "inputs": {"prompt": {"from": "a"}}}}})
def test_any_document_is_read_without_loss_or_refused(values: dict[str, Any]) -> None:
    text = json.dumps(ONE | values)
    try:
        workflow = load(text)
    except InvalidWorkflow as error:
        assert error.problems
        return
    assert json.loads(dump(workflow)) == ONE | values
    problems(workflow)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_changed_bytes_are_read_or_refused(place: int, value: int) -> None:
    data = bytearray(json.dumps(DESIGN).encode())
    data[place % len(data)] = value
    try:
        problems(load(bytes(data)))
    except InvalidWorkflow as error:
        assert error.problems
