"""Each node once, in order, from the cache where nothing has changed; failures stop only what follows."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lumina.errors import InputError, InvalidWorkflow, ModelError
from lumina.model.config import MODELS
from lumina.runtime.events import Begun
from lumina.runtime.fake import FakePipeline
from lumina.settings import Settings
from lumina.tasks.image_input import ImageInput
from lumina.workflow import events
from lumina.workflow.cache import DiskStore, MemoryStore
from lumina.workflow.document import Workflow
from lumina.workflow.executor import Resources, run
from lumina.workflow.image_lookup import MemoryImages
from lumina.workflow.planning import plan
from lumina.workflow.schema import load
from lumina.workflow.timings import Timings
from tests.workflow.conftest import Ran


def draw(prompt: Any = "a cone", seed: Any = 7, **more: Any) -> dict[str, Any]:
    return {"task": "text_to_image", "inputs": {"prompt": prompt, "seed": seed, **more}}


def predict(image: str, **more: Any) -> dict[str, Any]:
    return {"task": "predict", "inputs": {"image": {"from": image}, "seed": 1, **more}}


def control(condition: str, **more: Any) -> dict[str, Any]:
    inputs = {"condition": {"from": condition}, "prompt": "two cubes", "seed": 2, **more}
    return {"task": "control", "inputs": inputs}


CHAIN: dict[str, Any] = {
    "redo": control("depth.image"), "depth": predict("draft.image"), "draft": draw(),
}  # fmt: skip


def kinds(found: Sequence[events.Event]) -> list[str]:
    return [
        f"{type(e).__name__} {getattr(e, 'node', '')}".strip()
        for e in found
        if not isinstance(e, events.NodeProgress)
    ]


def test_nodes_run_in_order_and_tell_it(ran: Ran) -> None:
    found, last = ran({"nodes": CHAIN, "outputs": {"picture": {"from": "redo.image"}}})
    assert kinds(found) == [
        "RunStarted", "NodeQueued draft", "NodeQueued depth", "NodeQueued redo",
        "NodeStarted draft", "NodeDone draft",
        "NodeStarted depth", "NodeDone depth", "NodeStarted redo", "NodeDone redo", "RunFinished",
    ]  # fmt: skip
    steps = [e for e in found if isinstance(e, events.NodeProgress) and e.node == "redo"]
    assert [e.step.done for e in steps][-1] == steps[-1].step.total and isinstance(steps[0].step, Begun)
    assert (last.status, last.executed, last.cached) == ("done", ("draft", "depth", "redo"), ())
    assert list(last.outputs) == ["picture"] and last.sources == {"picture": "redo.image"}
    assert last.outputs["picture"][0].image.size == (128, 128)


def test_a_second_run_does_nothing_and_a_change_only_what_rests_on_it(ran: Ran) -> None:
    document = {"nodes": CHAIN | {"other": draw("a cube", 3)}}
    _, first = ran(document)
    found, again = ran(document)
    assert again.executed == () and set(again.cached) == {"draft", "depth", "redo", "other"}
    assert [e.node for e in found if isinstance(e, events.NodeCached)] == list(again.cached)
    assert again.outputs["redo_image"][0].drawing.digest == first.outputs["redo_image"][0].drawing.digest
    last = {"nodes": document["nodes"] | {"redo": control("depth.image", seed=9)}}
    assert ran(last)[1].executed == ("redo",)
    changed = {"nodes": document["nodes"] | {"draft": draw(seed=8)}}
    assert ran(changed)[1].executed == ("draft", "depth", "redo")


def test_layout_title_and_speed_change_nothing(ran: Ran) -> None:
    ran({"nodes": {"a": draw()}})
    same = {
        "title": "New",
        "layout": {"b": [1, 2]},
        "frames": {"f": {"title": "Both", "place": [0, 0], "size": [900, 600]}},
        "nodes": {"b": draw(window=4, dtype="float64") | {"x-n": 1}},
    }
    assert ran(same)[1].cached == ("b",)


def test_the_model_and_its_revision_are_part_of_the_key(
    ran: Ran, able: FakePipeline, resources: Resources
) -> None:
    ran({"nodes": {"a": draw(), "t": {"task": "text", "inputs": {"text": "b"}}}})
    other = FakePipeline(able.spec)
    other.model = "tabletop@other"
    moved = replace(resources, painter=other)
    assert ran({"nodes": {"a": draw(), "t": {"task": "text", "inputs": {"text": "b"}}}}, resources=moved)[
        1
    ].executed == ("a",)


def test_weights_that_are_shrunk_give_results_of_their_own(
    ran: Ran, able: FakePipeline, resources: Resources
) -> None:
    document = {"nodes": {"a": draw()}}
    ran(document)
    small = FakePipeline(able.spec, Settings(quant="int8"))
    assert ran(document, resources=replace(resources, painter=small))[1].executed == ("a",)
    assert ran(document)[1].cached == ("a",)


def test_random_seeds_are_settled_before_the_run_and_written_down(ran: Ran) -> None:
    document = {
        "inputs": {"luck": {"type": "integer", "default": "random"}},
        "nodes": {
            "a": draw(seed="random"),
            "b": draw(seed=["random", 3]),
            "c": draw(seed={"from": "inputs.luck"}),
        },
    }
    found, last = ran(document)
    assert isinstance(found[0], events.RunStarted) and found[0].recipe == last.recipe
    recipe = json.loads(last.recipe)
    seeds = (
        recipe["nodes"]["a"]["inputs"]["seed"],
        *recipe["nodes"]["b"]["inputs"]["seed"],
        recipe["inputs"]["luck"]["default"],
    )
    assert all(type(seed) is int for seed in seeds) and seeds[2] == 3
    assert recipe["model"] == "tabletop@fake"
    assert recipe["nodes"]["a"]["inputs"]["guidance_scale"] == MODELS["tabletop"].guidance_scale
    assert last.outputs["a_image"][0].task.seed == seeds[0]
    assert ran(recipe)[1].executed == ()
    assert ran(document)[1].executed == ("a", "b", "c")


def test_a_failing_node_stops_only_what_rests_on_it(ran: Ran) -> None:
    wrong = draw(width=4096, height=4096)
    found, last = ran({"nodes": CHAIN | {"draft": wrong, "other": draw("a cube")}})
    failed = next(e for e in found if isinstance(e, events.NodeFailed))
    assert failed.node == "draft" and "cannot draw 4096x4096" in failed.message and failed.is_input
    skipped = {e.node: e for e in found if isinstance(e, events.NodeSkipped)}
    assert set(skipped) == {"depth", "redo"} and skipped["redo"].message == '"draft" failed.'
    assert (last.status, last.executed, last.failed) == ("failed", ("other",), ("draft",))
    assert set(last.outputs) == {"other_image"}


def test_a_broken_node_is_our_fault_and_told_in_one_sentence(
    ran: Ran, resources: Resources, able: FakePipeline
) -> None:
    class Broken(FakePipeline):
        def draw(self, requests: Any) -> Any:
            raise ZeroDivisionError

    found, last = ran({"nodes": {"a": draw()}}, resources=replace(resources, painter=Broken(able.spec)))
    failed = next(e for e in found if isinstance(e, events.NodeFailed))
    assert not failed.is_input and "Something broke" in failed.message and last.status == "failed"


def test_run_to_here_runs_only_what_is_needed(ran: Ran) -> None:
    _, last = ran({"nodes": CHAIN | {"other": draw("a cube")}}, until="depth")
    assert last.executed == ("draft", "depth") and set(last.outputs) == {"image"}
    with pytest.raises(InputError, match='no node "nothing"'):
        ran({"nodes": CHAIN}, until="nothing")


def test_lists_make_a_grid_and_lists_of_one_origin_go_together(ran: Ran) -> None:
    nodes = {
        "words": {"task": "text", "inputs": {"text": ["a cone", "a cube", "a sphere"]}},
        "draft": draw({"from": "words.text"}, [1, 2]),
        "depth": predict("draft.image"),
        "both": {
            "task": "compare", "inputs": {"left": {"from": "draft.image"}, "right": {"from": "depth.image"}},
        },
        "sheet": {"task": "grid", "inputs": {"images": {"from": "both.image"}, "columns": 2}},
    }  # fmt: skip
    found, _ = ran({"nodes": nodes})
    done = {e.node: e for e in found if isinstance(e, events.NodeDone)}
    assert [len(done[name].outputs["image"]) for name in ("draft", "depth", "both", "sheet")] == [6, 6, 6, 1]
    asked = [(p.task.prompt, p.task.seed) for p in done["draft"].outputs["image"]]
    assert asked == [(words, seed) for words in ("a cone", "a cube", "a sphere") for seed in (1, 2)]
    started = [(e.item, e.items) for e in found if isinstance(e, events.NodeStarted) and e.node == "draft"]
    assert started == [(index, 6) for index in range(6)]
    nodes["words"]["inputs"]["text"] = ["a cone", "a torus", "a sphere"]
    found, _last = ran({"nodes": nodes})
    assert [e.item for e in found if isinstance(e, events.NodeStarted) and e.node == "draft"] == [2, 3]


def test_variations_run_what_follows_once_each(ran: Ran) -> None:
    nodes = {"draft": draw(variations=3), "depth": predict("draft.image")}
    found, _ = ran({"nodes": nodes})
    done = {e.node: e for e in found if isinstance(e, events.NodeDone)}
    assert [p.task.seed for p in done["draft"].outputs["image"]] == [7, 8, 9]
    assert len(done["depth"].outputs["image"]) == 3


def test_a_choice_ends_the_run_and_the_next_goes_on_from_the_cache(ran: Ran) -> None:
    nodes = {
        "draft": draw(variations=3),
        "best": {"task": "pick", "inputs": {"images": {"from": "draft.image"}}},
        "redo": control("best.image"),
    }
    found, last = ran({"nodes": nodes})
    asked = next(e for e in found if isinstance(e, events.ChoiceNeeded))
    assert (asked.node, asked.input, len(asked.pictures)) == ("best", "choice", 3)
    assert (last.status, last.needs_choice, last.skipped) == ("needs choice", ("best",), ("redo",))
    nodes["best"]["inputs"]["choice"] = 2
    found, last = ran({"nodes": nodes})
    assert (last.status, last.cached, last.executed) == ("done", ("draft",), ("best", "redo"))
    done = {e.node: e for e in found if isinstance(e, events.NodeDone)}
    assert done["best"].outputs["image"][0].task.seed == 8
    picked, redone = done["best"].outputs["image"][0], done["redo"].outputs["image"][0]
    assert redone.task.condition == ImageInput.of(picked.image)
    nodes["best"]["inputs"] = {"images": {"from": "draft.image"}, "scorer": "likelihood"}
    assert ran({"nodes": nodes})[1].status == "done"


def test_muted_nodes_are_left_out_and_bypassed_ones_hand_on(ran: Ran) -> None:
    nodes = CHAIN | {"depth": predict("draft.image") | {"mode": "mute"}}
    found, last = ran({"nodes": nodes})
    assert last.executed == ("draft",) and last.skipped == ("depth", "redo") and last.status == "done"
    nodes = CHAIN | {"depth": predict("draft.image") | {"mode": "bypass"}}
    found, last = ran({"nodes": nodes})
    assert last.executed == ("redo",)
    draft = next(e for e in found if isinstance(e, events.NodeCached)).outputs["image"][0]
    given = last.outputs["image"][0].task.condition
    assert given == ImageInput.of(draft.image)


def test_closing_keeps_the_rows_and_the_next_run_goes_on_below_them(
    ran: Ran, resources: Resources, able: FakePipeline
) -> None:
    document = {"lumina": 1, "nodes": {"a": draw(variations=2)}}
    steps = run(Workflow.model_validate(document), resources)
    for event in steps:
        if isinstance(event, events.NodeProgress) and event.step.done == 21:
            break
    steps.close()
    found, last = ran(document)
    rows = [e.step.done for e in found if isinstance(e, events.NodeProgress)]
    assert rows[0] == 21 and rows[-1] == 32
    unbroken = Resources(able)
    _, whole = ran(document, resources=unbroken)
    assert [p.drawing.digest for p in last.outputs["image"]] == [
        p.drawing.digest for p in whole.outputs["image"]
    ]


@pytest.mark.parametrize("problem", [ModelError("Time is up."), RuntimeError("broken"), KeyboardInterrupt()])
def test_whatever_ends_a_run_its_rows_are_kept(
    ran: Ran, able: FakePipeline, resources: Resources, problem: BaseException
) -> None:
    class Ending(FakePipeline):
        def draw(self, requests: Any) -> Any:
            for event in super().draw(requests):
                yield event
                if event.done == 5:
                    raise problem

    document = {"lumina": 1, "nodes": {"a": draw()}}
    with suppress(KeyboardInterrupt):
        list(run(Workflow.model_validate(document), replace(resources, painter=Ending(able.spec))))
    found, last = ran(document)
    rows = [e.step.done for e in found if isinstance(e, events.NodeProgress)]
    assert rows[:2] == [5, 6] and last.status == "done"


def test_invalid_documents_and_empty_inputs_are_refused_before_anything_runs(ran: Ran) -> None:
    with pytest.raises(InvalidWorkflow, match="/nodes/a/inputs/width"):
        ran({"nodes": {"a": draw(width=3), "b": draw()}})
    document = {
        "inputs": {"idea": {"type": "text"}},
        "nodes": {"a": draw({"from": "inputs.idea"}), "b": draw()},
    }
    with pytest.raises(InvalidWorkflow, match='"idea" is not filled'):
        ran(document)
    assert ran(document, until="b")[1].executed == ("b",)


def test_too_many_values_are_an_error_of_the_node(ran: Ran) -> None:
    nodes = {"a": draw(["a"] * 20, variations=4), "b": predict("a.image"), "c": predict("a.image")}
    with pytest.raises(InvalidWorkflow, match=r"/nodes/b: Its lists ask for 80 runs"):
        ran({"nodes": nodes})


def test_pictures_are_found_by_name_or_are_an_error(ran: Ran, resources: Resources) -> None:
    image_source = MemoryImages()
    image_source.add(ImageInput.of(Image.new("RGB", (64, 64), "red")), "photo.png")
    nodes = {"a": {"task": "predict", "inputs": {"image": {"image": "photo.png"}, "seed": 1}}}
    found, last = ran({"nodes": nodes})
    assert last.failed == ("a",)
    assert '"photo.png" is not here' in next(e for e in found if isinstance(e, events.NodeFailed)).message
    ready = replace(resources, image_sources=[image_source])
    assert ran({"nodes": nodes}, resources=ready)[1].executed == ("a",)
    by_digest = {
        "a": {
            "task": "predict",
            "inputs": {"image": {"image": image_source.find("photo.png").name}, "seed": 1},
        }
    }  # type: ignore[union-attr]
    assert ran({"nodes": by_digest}, resources=ready)[1].cached == ("a",), "the key is of the pixels"


def test_results_outlive_the_process(ran: Ran, resources: Resources, tmp_path: Path) -> None:
    first = replace(resources, store=DiskStore(tmp_path))
    scene = {"task": "scene", "inputs": {"seed": 4}}
    document = {
        "nodes": CHAIN
        | {"pair": {"task": "image_pair", "inputs": {"prompt": "a cone", "seed": 1}}, "scene": scene}
    }
    _, before = ran(document, resources=first)
    _, after = ran(document, resources=replace(resources, store=DiskStore(tmp_path)))
    assert after.executed == () and len(after.cached) == 5
    for name, values in before.outputs.items():
        for old, new in zip(values, after.outputs[name], strict=True):
            assert getattr(old, "image", old) == getattr(new, "image", new), name


def test_a_plan_says_what_will_run_and_how_long(ran: Ran, resources: Resources, tmp_path: Path) -> None:
    document: dict[str, Any] = {"lumina": 1, "nodes": CHAIN | {"note": {"task": "note", "inputs": {}}}}
    timed = replace(resources, timings=Timings(tmp_path / "times.json"))
    asked = plan(Workflow.model_validate(document), timed)
    assert [(step.node, step.state) for step in asked.steps] == [
        ("draft", "run"),
        ("depth", "run"),
        ("redo", "run"),
    ]
    assert asked.line == "3 of 3 steps will run" and asked.steps[0].seconds is None
    ran(document, resources=timed)
    assert plan(Workflow.model_validate(document), timed).line == "Nothing has to run."
    document["nodes"] = CHAIN | {"depth": predict("draft.image", kind="normal")}
    again = replace(timed, timings=Timings(tmp_path / "times.json"))
    line = plan(Workflow.model_validate(document), again).line
    assert line == "2 of 3 steps will run, about 1 s"


def test_a_plan_counts_each_value_and_stops_at_a_choice(ran: Ran, resources: Resources) -> None:
    document = {
        "lumina": 1,
        "nodes": {
            "draft": draw(["a", "b"], variations=2),
            "best": {"task": "pick", "inputs": {"images": {"from": "draft.image"}}},
            "redo": control("best.image"),
            "depth": predict("draft.image"),
        },
    }
    steps = {step.node: step for step in plan(Workflow.model_validate(document), resources).steps}
    assert (steps["draft"].runs, steps["depth"].runs) == (2, 4)
    assert (steps["best"].state, steps["redo"].state) == ("choice", "skipped")
    ran(document)
    after = plan(Workflow.model_validate(document), resources)
    assert {step.node: step.state for step in after.steps} == {
        "draft": "cached", "best": "choice", "redo": "skipped", "depth": "cached",
    }  # fmt: skip
    assert after.line == '"best" waits for a choice.'


def test_the_recipe_of_a_run_is_a_valid_document(ran: Ran) -> None:
    _, last = ran({"nodes": CHAIN, "x-mine": 1})
    assert ran(json.loads(last.recipe))[1].executed == ()
    assert load(last.recipe).model == "tabletop@fake"


def test_without_a_model_only_tools_run(ran: Ran) -> None:
    bare = Resources(store=MemoryStore())
    nodes = {"a": {"task": "text", "inputs": {"text": "b"}}, "b": draw({"from": "a.text"})}
    _found, last = ran({"nodes": nodes}, resources=bare)
    assert last.executed == ("a",) and last.failed == ("b",)
