"""``lumina run`` and ``check`` on the shipped templates and on files of one's own."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from lumina.cli import generate
from lumina.cli.main import app
from lumina.errors import InputError
from lumina.images import AI_GENERATED, open_image, read_recipe
from lumina.runtime.fake import FakePipeline
from lumina.runtime.painter import Painter
from lumina.workflow.graph import order_of, with_needs
from lumina.workflow.resolving import resolved, with_values
from lumina.workflow.schema import load
from lumina.workflow.values import offered

TEMPLATES = sorted(path for path in (Path(__file__).parents[2] / "workflows").rglob("*") if not path.is_dir())


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, able: FakePipeline) -> None:
    def open_pipeline(model: str | None, previews: bool = False) -> Painter:
        return able

    monkeypatch.setattr(generate, "open_pipeline", open_pipeline)
    monkeypatch.setenv("LUMINA_RESULTS", str(tmp_path / "cache"))


def called(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def ran(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
    result = called("run", *arguments, "--json")
    assert result.exit_code == code, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def written(folder: Path, document: dict[str, Any]) -> Path:
    (folder / "w.json").write_text(json.dumps({"lumina": 1} | document))
    return folder / "w.json"


def draw(**inputs: Any) -> dict[str, Any]:
    return {"task": "text_to_image", "inputs": {"prompt": "a cone", "seed": 1} | inputs}


def test_there_are_templates_and_nothing_else() -> None:
    assert len(TEMPLATES) >= 8 and {path.suffix for path in TEMPLATES} == {".json"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_is_valid_runs_and_is_cached(path: Path, tmp_path: Path) -> None:
    assert json.loads(called("check", path, "--json").stdout) == {"ok": True, "problems": []}
    workflow = load(path.read_bytes())
    assert workflow.title and workflow.outputs and set(workflow.layout) == set(workflow.nodes)
    first = ran(path, "--out", tmp_path)
    nodes = [name for name in order_of(workflow) if workflow.nodes[name].task != "note"]
    assert (
        first["executed"] == nodes
        and first["cached"] == []
        and set(first["outputs"]) == set(workflow.outputs)
    )
    again = ran(path, "--out", tmp_path)
    assert again["executed"] == [] and again["cached"] == nodes and again["outputs"] == first["outputs"]
    for file in (file for files in first["outputs"].values() for file in files):
        assert open_image(Path(file)).width >= 64


def test_a_changed_node_runs_with_exactly_what_rests_on_it(tmp_path: Path) -> None:
    path = next(path for path in TEMPLATES if path.stem == "edit-chain")
    document = json.loads(path.read_text())
    ran(path, "--out", tmp_path)
    assert ran(path, "--set", "remove.seed=9", "--out", tmp_path)["executed"] == ["remove", "film"]
    del document["nodes"]["film"], document["outputs"]["before_and_after"]
    short = written(tmp_path, document)
    last = ran(short, "--set", "remove.seed=10", "--out", tmp_path)
    assert (last["executed"], last["cached"]) == (["remove"], ["draft", "recolour", "relight"])
    workflow = load(path.read_bytes())
    for name in workflow.nodes:
        if "seed" in workflow.nodes[name].inputs:
            changed = ran(path, "--set", f"{name}.seed=99", "--out", tmp_path)["executed"]
            assert set(changed) == {each for each in workflow.nodes if name in with_needs(workflow, [each])}


def test_a_picture_carries_the_whole_recipe_and_replays(tmp_path: Path) -> None:
    path = next(path for path in TEMPLATES if path.stem == "prompt-grid")
    report = ran(path, "--out", tmp_path / "a")
    (sheet,) = report["outputs"]["sheet"]
    recipe = json.loads(read_recipe(Path(sheet)) or "")
    assert set(recipe["nodes"]) == {"words", "draw", "sheet"} and recipe["title"] == "Prompt grid"
    assert recipe["x-result"] == {"from": "sheet.image", "item": 0}
    again = ran(sheet, "--out", tmp_path / "b")
    assert again["executed"] == []
    assert Path(again["outputs"]["sheet"][0]).read_bytes() == Path(sheet).read_bytes()
    assert json.loads(called("recipe", sheet).stdout) == recipe


def test_open_options_are_those_that_the_model_has_for_the_task(able: FakePipeline) -> None:
    painter = FakePipeline(replace(able.spec, guidance_scale=3.0, of_task={"predict": {"temperature": 0.2}}))
    photo = {"task": "predict", "inputs": {"image": {"image": "table.png"}, "kind": "depth"}}
    nodes = {"map": photo, "art": draw(), "own": draw(temperature=0.5)}
    settled = resolved(load(json.dumps({"lumina": 1, "nodes": nodes})), painter).nodes
    temperatures = {name: node.inputs["temperature"] for name, node in settled.items()}
    assert temperatures == {"map": 0.2, "art": painter.spec.temperature, "own": 0.5}
    assert all(node.inputs["guidance_scale"] == 3.0 for node in settled.values())


def test_one_of_several_pictures_is_known_again_by_its_codes(tmp_path: Path) -> None:
    file = written(
        tmp_path, {"nodes": {"a": draw(variations=3)}, "outputs": {"picture": {"from": "a.image"}}}
    )
    files = ran(file, "--out", tmp_path)["outputs"]["picture"]
    assert len(files) == 3
    assert [ran(each, "--out", tmp_path)["identical"] for each in files] == [True] * 3


def test_pictures_made_without_a_model_are_not_marked_as_made_by_one(tmp_path: Path) -> None:
    nodes = {"a": {"task": "scene", "inputs": {"seed": 1}}, "b": draw()}
    outputs = ran(written(tmp_path, {"nodes": nodes}), "--out", tmp_path)["outputs"]
    assert AI_GENERATED.encode() not in Path(outputs["a_depth"][0]).read_bytes()
    assert AI_GENERATED.encode() in Path(outputs["b_image"][0]).read_bytes()
    assert isinstance(outputs["a_caption"][0], str)


def test_a_choice_is_asked_for_and_made_by_number_or_scorer(tmp_path: Path) -> None:
    nodes = {"a": draw(variations=3), "best": {"task": "pick", "inputs": {"images": {"from": "a.image"}}}}
    file = written(tmp_path, {"nodes": nodes, "outputs": {"picture": {"from": "best.image"}}})
    report = ran(file, "--out", tmp_path, code=2)
    assert report["needs_choice"]["best"]["input"] == "choice"
    assert all(Path(each).is_file() for each in report["needs_choice"]["best"]["pictures"])
    with Image.open(report["needs_choice"]["best"]["sheet"]) as sheet:
        assert sheet.width > 2 * 128 and sheet.height > 2 * 128
    assert "--set best=NUMBER, from 1 to 3" in called("run", file, "--out", tmp_path).stderr
    for choice in ("best=2", "best.choice=2"):
        made = ran(file, "--set", choice, "--out", tmp_path)
        assert made["cached"][0] == "a" and len(made["outputs"]["picture"]) == 1
    assert ran(file, "--set", "best=likelihood", "--out", tmp_path)["executed"] == ["best"]


def test_a_workflow_as_a_node_is_set_planned_run_and_asked_of(tmp_path: Path) -> None:
    pick = {"task": "pick", "inputs": {"images": {"from": "a.image"}}}
    inputs = {"words": {"type": "text", "default": "a cone"}}
    drafts = {"task": "text_to_image", "inputs": {"prompt": {"from": "inputs.words"}, "variations": 3}}
    inner = {"lumina": 1, "inputs": inputs, "nodes": {"a": drafts, "best": pick}}
    file = written(tmp_path, {"workflows": {"w": inner}, "nodes": {"n": {"workflow": "w"}}})
    assert called("check", file).stdout == "No problems.\n"
    words = ("--set", "n.words=a cube")
    assert called("run", file, *words, "--dry-run").stdout.startswith("n/a: run\nn/best: choice\n")
    told = called("run", file, *words, "--out", tmp_path).stderr
    (options,) = re.findall(r"run again with (--set n/a\.seed=\d+) --set n/best=NUMBER, from 1 to 3", told)
    made = ran(file, *words, *options.split(), "--set", "n/best=2", "--out", tmp_path)
    assert (made["cached"], made["executed"]) == (["n/a"], ["n/best"])
    (picture,) = made["outputs"]["image"]
    replayed = ran(Path(picture), "--out", tmp_path)
    assert replayed["identical"] and replayed["outputs"]["image"] == [picture]
    assert json.loads(called("recipe", picture).stdout)["nodes"]["n"]["settled"]["best.choice"] == 2
    assert "--set n/best takes a number from 1 to 3" in called("run", file, "--set", "n/best=4").stderr


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("seed=x", 'a.seed: must be a whole number from 0 to 9223372036854775807 or "random".'),
        ("width=wide", "a.width: must be a whole number, not 'wide'."),
        ("width=64,33", "a.width: must be a multiple of 32, not 33."),
        ("prompt=", "a.prompt: must not be empty; say what to draw."),
    ],
)
def test_a_value_that_a_task_does_not_take_is_named_as_it_was_typed(
    given: str, sentence: str, tmp_path: Path
) -> None:
    file = written(tmp_path, {"nodes": {"a": draw()}})
    result = called("run", file, "--set", f"a.{given}", "--out", tmp_path)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, sentence)


@pytest.mark.parametrize("typed", ["seven", "6", "0", "-1", "", "1.5", "Likelihood", "[1, 2]", "none", "²"])
def test_a_mistyped_choice_is_told_every_way_to_choose(typed: str, tmp_path: Path) -> None:
    nodes = {"a": draw(variations=3), "best": {"task": "pick", "inputs": {"images": {"from": "a.image"}}}}
    file = written(tmp_path, {"nodes": nodes})
    ways = "--set best takes a number from 1 to 3, or 'likelihood', or 'judge', or 'verifiers', not "
    result = called("run", file, "--set", f"best={typed}", "--out", tmp_path)
    assert (result.exit_code, result.stderr) == (2, f"{ways}{typed!r}.\n")
    more = called("run", file, "--set", f"best={typed}", "--set", "a.variations=4").stderr
    assert more.startswith("--set best takes a number from 1 to 4, or ")
    assert 'did you mean "best"?' in called("run", file, "--set", f"bset={typed}").stderr


def test_how_many_there_are_to_choose_from_is_said_only_where_the_document_says_it() -> None:
    inputs = {"many": {"type": "integer", "default": 2}, "idea": {"type": "text", "default": ["a", "b"]}}
    of = {
        "variations": draw(variations=3, prompt={"from": "inputs.idea"}),
        "lists": draw(seed=[1, 2, 3]),
        "open": draw(variations={"from": "inputs.many"}),
    }
    picks = {f"of_{name}": {"task": "pick", "inputs": {"images": {"from": f"{name}.image"}}} for name in of}
    workflow = load(json.dumps({"lumina": 1, "inputs": inputs, "nodes": {**of, **picks}}))
    assert [offered(workflow, name) for name in picks] == [6, 3, None]
    with pytest.raises(
        InputError, match=r"^of_open takes the number of a picture, from 1, or 'likelihood', or"
    ):
        with_values(workflow, {"of_open": "seven"})
    assert with_values(workflow, {"of_lists": 3}).nodes["of_lists"].inputs["choice"] == 3


def test_pictures_are_found_beside_the_file_in_the_assets_or_named(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "mine.png")
    node = {"task": "resize", "inputs": {"image": {"image": "mine.png"}, "width": 32, "height": 32}}
    file = written(tmp_path, {"nodes": {"a": node}})
    ran(file, "--out", tmp_path / "out")
    (tmp_path / "other.jpg").write_bytes((tmp_path / "mine.png").read_bytes())
    Image.new("RGB", (64, 64), "blue").save(tmp_path / "blue.png")
    chosen = ran(file, "--set", f"a.image={tmp_path / 'blue.png'}", "--out", tmp_path / "out")
    assert open_image(Path(chosen["outputs"]["image"][0])).getpixel((0, 0)) == (0, 0, 255)
    assert '"gone.png" is not here' in called("run", file, "--set", "a.image=gone.png").stderr
    for name in ("../mine.png", "/etc/passwd", "http://example.com/a.png", "a/b.png", ".hidden.png"):
        node["inputs"]["image"] = {"image": name}  # type: ignore[index]
        result = called("run", written(tmp_path, {"nodes": {"a": node}}))
        assert result.exit_code == 2 and "/nodes/a/inputs/image" in result.stderr


def test_a_link_of_the_file_system_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "flow").mkdir()
    Image.new("RGB", (64, 64)).save(tmp_path / "secret.png")
    (tmp_path / "flow" / "link.png").symlink_to(tmp_path / "secret.png")
    node = {"task": "image_file", "inputs": {"image": {"image": "link.png"}}}
    assert "is not here" in called("run", written(tmp_path / "flow", {"nodes": {"a": node}})).stderr


def test_failures_and_dry_runs_are_told(tmp_path: Path) -> None:
    nodes = {
        "a": draw(width=2048, height=2048),
        "b": draw(),
        "c": {"task": "edges", "inputs": {"image": {"from": "a.image"}}},
    }
    file = written(tmp_path, {"nodes": nodes})
    plan = json.loads(called("run", file, "--dry-run", "--json").stdout)
    assert [step["state"] for step in plan["steps"]] == ["run", "run", "run"]
    assert "3 of 3 steps will run" in called("run", file, "--dry-run").stdout
    report = ran(file, "--out", tmp_path, code=2)
    assert (report["executed"], report["failed"], report["skipped"]) == (["b"], ["a"], ["c"])
    assert 'Node "a": Tabletop cannot draw' in called("run", file, "--out", tmp_path).stderr
    assert ran(file, "--until", "b", "--out", tmp_path)["cached"] == ["b"]


def test_a_choice_may_be_written_with_capitals_and_blanks() -> None:
    choice = {"type": "choice", "choices": ["canny", "hed"], "default": "hed"}
    found = load(json.dumps({"lumina": 1, "inputs": {"kind": choice}, "nodes": {"a": draw()}}))
    assert with_values(found, {"kind": "Canny "}).inputs["kind"].default == "canny"


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("idea", "NAME=VALUE"),
        ("colour=red", 'no input "colour"'),
        ("zzz=red", "; this workflow has: "),
        ("a.promt=a cone", 'did you mean "a.prompt"?'),
        ("prompt=a cone", 'did you mean "a.prompt"?'),
        ("nodes.a.inputs.seed=1", 'did you mean "a.seed"?'),
        ("a.colour=red", 'no input "a.colour"'),
        ("count=[]", "count: the list is empty"),
        ("count=[1,2", "count: the list '[1,2' is not closed; end it with ]."),
        ("a.seed=[1", "a.seed: the list '[1' is not closed"),
        ('idea=["a", "b"', 'idea: the list \'["a", "b"\' is not closed'),
        ("idea=", "idea is empty; write a text, or leave --set idea= out."),
        ("idea= ", "idea is empty; write a text"),
        ("a.prompt=", "a.prompt: must not be empty; say what to draw."),
        ("count=many", "count: must be a whole number, not 'many'"),
        ("kind=other", "kind: must be one of: canny, hed"),
        ("kind=", "kind: must be one of: canny, hed"),
    ],
)
def test_values_that_do_not_fit_are_refused(assignment: str, words: str, tmp_path: Path) -> None:
    inputs = {
        "idea": {"type": "text", "default": "a"},
        "count": {"type": "integer", "default": 1},
        "kind": {"type": "choice", "choices": ["canny", "hed"], "default": "hed"},
    }
    result = called("run", written(tmp_path, {"inputs": inputs, "nodes": {"a": draw()}}), "--set", assignment)
    assert result.exit_code == 2 and words in result.stderr and result.stdout == ""


@pytest.mark.parametrize("assignment", ["place=", "style=", "show.prompt=", "idea=[a cone", "idea=a ["])
def test_a_text_may_be_empty_where_it_may_say_nothing(assignment: str, tmp_path: Path) -> None:
    inputs = {
        "idea": {"type": "text", "default": "a"},
        "place": {"type": "text", "default": "a cone"},
        "style": {"type": "text", "default": ""},
    }
    nodes = {
        "show": {"task": "scene", "inputs": {"prompt": {"from": "inputs.place"}}},
        "words": {"task": "prompt_template", "inputs": {"template": "a {x}", "x": {"from": "inputs.style"}}},
    }
    file = written(tmp_path, {"inputs": inputs, "nodes": nodes})
    result = called("run", file, "--dry-run", "--set", assignment)
    assert result.exit_code == 0, result.output
