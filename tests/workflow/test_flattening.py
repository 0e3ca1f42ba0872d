"""A workflow as a node gives what its nodes give where they stand in the document themselves."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lumina.errors import InputError, InvalidWorkflow
from lumina.workflow import events
from lumina.workflow.batch import run_rows
from lumina.workflow.document import MAX_ENTRIES, MAX_NODES, Workflow
from lumina.workflow.executor import Resources, run
from lumina.workflow.files import result_files
from lumina.workflow.flattening import flatten
from lumina.workflow.limits import RunLimits
from lumina.workflow.node_sockets import node_outputs
from lumina.workflow.planning import plan
from lumina.workflow.resolving import with_values
from lumina.workflow.schema import dump, load
from lumina.workflow.tables import InputRow
from lumina.workflow.validation import check
from tests.workflow.conftest import Ran
from tests.workflow.test_executor import control, draw, predict


def workflow(
    inputs: dict[str, Any], nodes: dict[str, Any], outputs: dict[str, str], **more: Any
) -> dict[str, Any]:
    """A document, for a node or alone."""
    given = {name: kind if isinstance(kind, dict) else {"type": kind} for name, kind in inputs.items()}
    ends = {name: {"from": link} for name, link in outputs.items()}
    return {"lumina": 1, "inputs": given, "nodes": nodes, **({"outputs": ends} if ends else {}), **more}


def at(name: str) -> dict[str, str]:
    return {"from": name}


def of(name: str, **inputs: Any) -> dict[str, Any]:
    return {"workflow": name, "inputs": inputs}


REDRAWN = workflow(
    {"image": "image", "prompt": "text", "seed": {"type": "integer", "default": 2}},
    {
        "depth": predict("inputs.image"),
        "redo": control("depth.image", prompt=at("inputs.prompt"), seed=at("inputs.seed")),
        "unused": draw("nobody wants this"),
    },
    {"picture": "redo.image", "map": "depth.image"},
)


def both(prompt: Any = "two cubes", seed: Any = 5) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document with a workflow as a node, and the same written flat."""
    nodes = {"draft": draw(), "again": of("redrawn", image=at("draft.image"), prompt=prompt, seed=seed)}
    nested = {"workflows": {"redrawn": REDRAWN}, "nodes": nodes, "outputs": {"p": at("again.picture")}}
    flat = {
        "inputs": {
            "prompt": {"type": "text", "default": prompt},
            "seed": {"type": "integer", "default": seed},
        },
        "nodes": {
            "draft": draw(),
            "depth": predict("draft.image"),
            "redo": control("depth.image", prompt=at("inputs.prompt"), seed=at("inputs.seed")),
        },
        "outputs": {"p": at("redo.image")},
    }
    return nested, flat


def digests(last: events.RunFinished, output: str = "p") -> list[str]:
    return [value.drawing.digest for value in last.outputs[output]]


@pytest.mark.parametrize(
    "values",
    [("two cubes", 5), (["a cone", "a cube"], 5), ("a cone", [1, 2, 3]), (["a cone", "a cube"], [1, 2])],
)
def test_it_gives_what_the_same_gives_written_flat_and_shares_its_cache(
    values: tuple[Any, Any], ran: Ran
) -> None:
    nested, flat = both(*values)
    _, first = ran(flat)
    found, second = ran(nested)
    assert digests(second) == digests(first) and second.status == "done"
    assert second.executed == () and second.cached == ("draft", "again/depth", "again/redo")
    assert [e.node for e in found if isinstance(e, events.NodeQueued)] == list(second.cached)


def test_two_nodes_of_one_workflow_share_what_is_the_same(ran: Ran) -> None:
    nodes = {
        "draft": draw(),
        "one": of("redrawn", image=at("draft.image"), prompt="a cone"),
        "two": of("redrawn", image=at("draft.image"), prompt="a cube"),
    }
    _, last = ran({"workflows": {"redrawn": REDRAWN}, "nodes": nodes})
    assert list(last.outputs) == ["one_picture", "one_map", "two_picture", "two_map"]
    assert last.cached == ("two/depth",) and digests(last, "one_picture") != digests(last, "two_picture")


def test_a_list_is_one_list_for_all_nodes_inside(ran: Ran) -> None:
    pair = workflow(
        {"seed": "integer"},
        {"a": draw(seed=at("inputs.seed")), "b": draw("a cube", seed=at("inputs.seed")),
         "both": {"task": "compare", "inputs": {"left": at("a.image"), "right": at("b.image")}}},
        {"image": "both.image"},
    )  # fmt: skip
    _, last = ran({"workflows": {"pair": pair}, "nodes": {"p": of("pair", seed=[1, 2, 3])}})
    assert len(last.outputs["image"]) == 3  # and not nine
    found, last = ran({"workflows": {"pair": pair}, "nodes": {"p": of("pair", seed="random")}})
    seeds = {e.inputs["seed"] for e in found if isinstance(e, events.NodeDone) and "seed" in e.inputs}
    assert len(seeds) == 1 and json.loads(last.recipe)["nodes"]["p"]["inputs"]["seed"] in seeds


def test_workflows_within_each_other(ran: Ran) -> None:
    outer = workflow(
        {"prompt": {"type": "text", "default": "two cubes"}, "seed": {"type": "integer", "default": 5}},
        {
            "draft": draw(),
            "again": of("inner", image=at("draft.image"), prompt=at("inputs.prompt"), seed=at("inputs.seed")),
        },
        {"p": "again.picture"},
        workflows={"inner": REDRAWN},
    )  # fmt: skip
    _, first = ran(both()[1])
    _, last = ran({"workflows": {"outer": outer}, "nodes": {"all": of("outer")}})
    assert digests(last) == digests(first)
    assert last.cached == ("all/draft", "all/again/depth", "all/again/redo") and last.executed == ()
    prompts = ["a cone", "a cube"]
    assert digests(
        ran({"workflows": {"outer": outer}, "nodes": {"all": of("outer", prompt=prompts)}})[1]
    ) == digests(ran(both(prompts)[1])[1])


def test_what_it_hands_on_mute_and_bypass(ran: Ran) -> None:
    through = workflow(
        {"words": "text", "image": "image"},
        {"x": predict("inputs.image")},
        {"words": "inputs.words", "image": "x.image"},
    )
    nodes = {
        "draft": draw(),
        "t": of("through", words="a cube", image=at("draft.image")),
        "last": control("t.image", prompt=at("t.words")),
    }
    document = {"workflows": {"through": through}, "nodes": nodes, "outputs": {"p": at("last.image")}}
    flat = {
        "nodes": {"draft": draw(), "x": predict("draft.image"), "last": control("x.image", prompt="a cube")}
    }
    assert digests(ran(document)[1]) == digests(ran(flat | {"outputs": {"p": at("last.image")}})[1])

    muted = document | {"nodes": nodes | {"t": nodes["t"] | {"mode": "mute"}}}
    found, last = ran(muted)
    assert last.skipped == ("t", "last") and last.status == "done"
    assert [e.message for e in found if isinstance(e, events.NodeSkipped)] == ['"t" is muted.'] * 2

    given = nodes["t"]["inputs"] | {"words": at("inputs.w")}
    bypassed = document | {
        "inputs": {"w": {"type": "text", "default": "a cube"}},
        "nodes": nodes | {"t": {"workflow": "through", "inputs": given, "mode": "bypass"}},
    }
    direct = {"nodes": {"draft": draw(), "last": control("draft.image", prompt="a cube")}}
    assert digests(ran(bypassed)[1]) == digests(ran(direct | {"outputs": {"p": at("last.image")}})[1])
    (problem,) = check(
        json.dumps({"lumina": 1, **document, "nodes": nodes | {"t": nodes["t"] | {"mode": "bypass"}}})
    ).problems
    assert problem["pointer"] == "/nodes/t/mode" and '"words"' in problem["message"]


OPEN = workflow(
    {"prompt": {"type": "text", "default": "a cone"}},
    {
        "drafts": {"task": "text_to_image", "inputs": {"prompt": at("inputs.prompt"), "variations": 3}},
        "best": {"task": "pick", "inputs": {"images": at("drafts.image")}},
    },
    {"image": "best.image"},
)


def test_each_node_settles_its_own_seeds_and_choices(ran: Ran, resources: Resources) -> None:
    document = {"lumina": 1, "workflows": {"open": OPEN}, "nodes": {"a": of("open"), "b": of("open")}}
    found, last = ran(document)
    assert last.needs_choice == ("a/best", "b/best")
    recipe = json.loads(last.recipe)
    seeds = [recipe["nodes"][name]["settled"]["drafts.seed"] for name in "ab"]
    assert seeds[0] != seeds[1] and "seed" not in recipe["workflows"]["open"]["nodes"]["drafts"]["inputs"]
    chosen = with_values(load(last.recipe), {"a/best": "2", "b/best.choice": 3})
    *_, end = run(chosen, resources)
    assert (
        isinstance(end, events.RunFinished) and end.status == "done" and end.executed == ("a/best", "b/best")
    )
    drafts = {e.node: e.outputs["image"] for e in found if isinstance(e, events.NodeDone)}
    assert digests(end, "a_image") == [drafts["a/drafts"][1].drawing.digest]
    assert digests(end, "b_image") == [drafts["b/drafts"][2].drawing.digest]
    *_, again = run(load(end.recipe), resources)
    assert (
        isinstance(again, events.RunFinished)
        and again.executed == ()
        and dump(load(end.recipe)) == again.recipe
    )


def test_values_that_fit_nothing_are_refused_in_a_sentence() -> None:
    document = load(json.dumps({"lumina": 1, "workflows": {"open": OPEN}, "nodes": {"a": of("open")}}))
    for name, value, words in [
        (
            "a/best",
            "4",
            "a/best takes a number from 1 to 3, or 'likelihood', or 'judge', or 'verifiers', not '4'.",
        ),
        ("a/bets", "2", 'There is no input "a/bets"; did you mean "a/best"?'),
        ("a.promt", "a", 'There is no input "a.promt"; did you mean "a.prompt"?'),
    ]:
        with pytest.raises(InputError, match="^" + words.replace("?", r"\?").replace("(", r"\(")):
            with_values(document, {name: value})


def problems_of(nodes: dict[str, Any], **workflows: Any) -> list[str]:
    found = check(json.dumps({"lumina": 1, "workflows": workflows, "nodes": nodes})).problems
    return [f"{item['pointer']}: {item['message']}; {item['fix']}" for item in found]


def test_problems_are_told_where_a_person_can_mend_them() -> None:
    sized = workflow(
        {"width": "integer", "text": "text"}, {"d": draw(at("inputs.text"), width=at("inputs.width"))}, {}
    )
    assert problems_of(
        {
            "a": of("sized", width=7, text="a"),
            "b": of("sizzed"),
            "c": of("sized", width="wide", high=1, text="a"),
            "d": {"task": "edges", "inputs": {"image": at("a.picture")}},
            "e": of("sized", width=at("a.image")) | {"settled": {"d.top_k": 3}},
        },
        sized=sized,
    ) == [
        '/nodes/b/workflow: names no workflow: "sizzed"; did you mean "sized"?',
        "/nodes/c/inputs/width: must be a whole number; correct it",
        '/nodes/c/inputs/high: is not an input of the workflow "sized"; use one of: width, text',
        '/nodes/d/inputs/image: leads nowhere: "a.picture"; use one of: a.image',
        '/nodes/e/inputs/text: is missing; add "text"',
        "/nodes/e/settled/d.top_k: is nothing that is left open inside; remove it",
        '/nodes/e/inputs/width: takes the type integer, but "a.image" is of the type image; '
        "link it to an output of the type integer",
    ]  # fmt: skip
    assert problems_of({"a": of("sized", width=[64, 7], text="a")}, sized=sized) == [
        "/nodes/a/inputs/width/1: must be a multiple of 32, not 7; make it a multiple of 32"
    ]
    wrong = sized | {"nodes": {"d": draw(at("inputs.text"), width=7)}}
    assert problems_of({"a": of("w", width=64, text="a")}, w=wrong) == [
        "/workflows/w/nodes/d/inputs/width: must be a multiple of 32, not 7; make it a multiple of 32"
    ]
    settled = of("open") | {"settled": {"best.choice": 0}}
    assert problems_of({"a": settled}, open=OPEN) == [
        "/nodes/a/settled/best.choice: must be at least 1, not 0; make it at least 1"
    ]


def test_the_form_of_workflows_inside_is_checked_at_its_place() -> None:
    wrong = workflow(
        {}, {"a": {"task": "edges", "workflow": "b", "inputs": {}}, "b": {"inputs": {}}, "c": draw(x_y=1)}, {}
    )
    found = problems_of(
        {"n": of("w", prompt="a"), "t": {"task": "text", "inputs": {"text": at("n.any")}}},
        w=wrong | {"frmaes": {}},
    )
    assert [line.partition(":")[0] for line in found] == [
        "/workflows/w/frmaes",
        "/workflows/w/nodes/a/workflow",
        "/workflows/w/nodes/b/task",
        "/workflows/w/nodes/c/inputs/x_y",
    ]
    deep: dict[str, Any] = workflow({}, {"a": draw()}, {})
    for _ in range(5):
        deep = workflow({}, {"a": of("w")}, {}, workflows={"w": deep})
    (place,) = [item["pointer"] for item in check(json.dumps(deep)).problems]
    assert place == "/workflows/w" * 4 + "/workflows"


def test_as_many_nodes_as_a_document_may_have_and_no_more() -> None:
    ten = workflow({}, {f"n{i}": draw(seed=i) for i in range(10)}, {})
    nodes = {f"n{i}": of("ten") for i in range(6)}
    assert problems_of(nodes, ten=ten) == []
    (line,) = problems_of(nodes | {"more": of("ten")}, ten=ten)
    assert line.startswith(
        f"/nodes/n0: brings 10 of the 70 nodes that would run, and {MAX_NODES} are the most"
    )
    ends = {f"o{i}": f"n{i}.image" for i in range(10)}
    for _ in range(3):  # ten thousand nodes cost nothing to refuse
        ten = workflow(
            {}, ten["nodes"], ends, **({"workflows": ten["workflows"]} if "workflows" in ten else {})
        )
        ends = {f"o{i}": f"n{i}.o0" for i in range(10)}
        ten = workflow({}, {f"n{i}": of("ten") for i in range(10)}, ends, workflows={"ten": ten})
    assert "10,000 of the 10,000" in problems_of({"all": of("ten")}, ten=ten)[0]


def test_a_workflow_gives_no_more_than_it_could_name() -> None:
    many = workflow({}, {f"n{i}": {"task": "text", "inputs": {"text": "a"}} for i in range(64)}, {})
    for _ in range(3):  # of whose nodes nobody takes anything: 64 to the fourth, if all were given on
        many = workflow({}, {f"n{i}": of("many") for i in range(64)}, {}, workflows={"many": many})
    document = Workflow.model_validate({"lumina": 1, "workflows": {"many": many}, "nodes": {"a": of("many")}})
    assert len(node_outputs(document, document.nodes["a"])) == MAX_ENTRIES
    assert problems_of({"a": of("many")}, many=many)[-1] == (
        "/workflows/many: gives 4,096 results to a node, and 64 are the most; "
        'name some of them as its "outputs"'
    )


def test_what_it_orders_is_counted_and_planned(resources: Resources) -> None:
    document = load(
        json.dumps({"lumina": 1, "workflows": {"open": OPEN}, "nodes": {"a": of("open", prompt=["a", "b"])}})
    )
    with pytest.raises(InvalidWorkflow) as error:
        plan(document, replace(resources, limits=RunLimits(pictures=5)))
    (problem,) = error.value.problems
    assert problem["pointer"] == "/nodes/a" and problem["message"].startswith(
        '"drafts" inside: asks for 6 of the 6'
    )
    planned = plan(document, resources)
    assert [(step.node, step.state, step.runs) for step in planned.steps] == [
        ("a/drafts", "run", 2),
        ("a/best", "choice", 0),
    ]
    many = of("open", prompt=["a"] * 9) | {}
    line = problems_of({"s": many, "t": draw(at("s.image"))}, open=OPEN)[0]
    assert line.startswith("/nodes/t/inputs/prompt: takes the type text")


def test_a_part_of_it_fails_and_the_rest_goes_on(ran: Ran) -> None:
    crop = {"image": at("inputs.image"), "left": 4000, "top": 0, "width": 64, "height": 64}
    two = workflow(
        {"image": "image"},
        {"small": {"task": "crop", "inputs": crop}, "map": predict("inputs.image")},
        {"a": "small.image", "b": "map.image"},
    )
    _found, last = ran(
        {"workflows": {"two": two}, "nodes": {"d": draw(), "n": of("two", image=at("d.image"))}}
    )
    assert last.failed == ("n/small",) and list(last.outputs) == ["b"] and "n/map" in last.executed
    missing = {"workflows": {"two": two}, "nodes": {"n": of("two", image={"image": "photo.png"})}}
    (message,) = {e.message for e in ran(missing)[0] if isinstance(e, events.NodeFailed)}
    assert message.startswith('The picture "photo.png" is not here')


def test_until_a_workflow_runs_it_and_what_it_rests_on(ran: Ran) -> None:
    nested, _ = both()
    nested["nodes"]["after"] = predict("again.picture")
    _, last = ran(nested, until="again")
    assert last.executed == ("draft", "again/depth", "again/redo") and list(last.outputs) == [
        "picture",
        "map",
    ]
    with pytest.raises(InputError, match="There is no node"):
        ran(nested, until="again/redo")


def test_a_picture_carries_the_document_as_it_is(ran: Ran, resources: Resources) -> None:
    nested, _ = both(seed="random")
    _, last = ran(nested)
    assert last.sources == {"p": "again.picture"}
    recipe = load(last.recipe)
    assert recipe.nodes["again"].workflow == "redrawn" and len(recipe.nodes) == 2
    (png,) = result_files(last)["p"]
    assert isinstance(png, bytes)
    *_, again = run(recipe, resources)
    assert isinstance(again, events.RunFinished) and digests(again) == digests(last) and again.executed == ()
    assert [again.recipe] == [last.recipe]


def test_rows_of_a_table_fill_its_inputs(resources: Resources, tmp_path: Path) -> None:
    nested, _flat = both()
    document = Workflow.model_validate({"lumina": 1} | nested)
    rows = [InputRow(1, {"again.prompt": "a cone"}), InputRow(2, {"again.prompt": "a cube"})]
    running = run_rows(rows, lambda row: (with_values(document, row.values), resources), tmp_path)
    for _ in running:
        pass
    assert len(list(tmp_path.glob("[12]-p-*.png"))) == 2


def test_a_document_without_workflows_is_what_it_was() -> None:
    plain = Workflow.model_validate({"lumina": 1, "nodes": {"a": draw()}})
    assert flatten(plain).workflow is plain
