"""The command line: its JSON, its exit codes, its sentences."""

import base64
import errno
import io
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from lumina import __version__
from lumina.cli import console, generate
from lumina.cli.main import app
from lumina.evaluation import benchmark
from lumina.faults import SMALL_MEMORY
from lumina.files import expanded, folder_named
from lumina.images import open_image, png_bytes, read_recipe
from lumina.model.checkpoint import hub
from lumina.model.checkpoint.files import write_manifest
from lumina.model.config import MODELS
from lumina.runtime.drawing import Drawing
from lumina.runtime.events import DrawEvent, Finished, RowDrawn
from lumina.runtime.fake import FakePipeline
from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest
from lumina.runtime.rewriter import Rewriter
from lumina.steps import Following, Progress, Steps
from lumina.tasks import TASKS
from lumina.tasks.image_input import ImageInput
from lumina.tasks.panels import CUT, UNCHANGED
from lumina.ui.page_pictures import picture_of
from lumina.worlds.language import NO_SETTINGS
from lumina.worlds.stickers.spec import SPEC
from tests.engines import engine
from tests.odd_pictures import PICTURES
from tests.test_terminal import Closed
from tests.tiny import write_tiny_model

ROOT = Path(__file__).parents[1]
PROMPT = ("--prompt", "two red spheres on a white ground")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LUMINA_RESULTS", str(tmp_path / "cache"))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_pipeline(model: str | None, previews: bool = False) -> Painter:
        return FakePipeline()

    monkeypatch.setattr(generate, "open_pipeline", open_pipeline)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def ran(*arguments: str | Path, remark: str = "") -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    assert (remark in result.stderr if remark else not result.stderr) and result.stdout.count("\n") == 1
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def test_unknown_words_are_said_on_stderr_and_in_the_report(tmp_path: Path) -> None:
    result = run("generate", "text_to_image", "--prompt", "A crimson dragon.", "--out", tmp_path, "--json")
    assert result.exit_code == 0
    assert result.stderr == 'Tabletop does not know: "crimson" (red?), "dragon".\n'
    found = json.loads(result.stdout)["unknown_words"]
    assert found == [{"word": "crimson", "known": ["red"]}, {"word": "dragon", "known": []}]


@pytest.mark.usefixtures("fake")
def test_free_wording_is_drawn_as_it_is_understood_or_as_written(
    tmp_path: Path,
) -> None:
    words = [
        "generate",
        "text_to_image",
        "--prompt",
        "there's a crimson ball, and Paris",
        "--out",
        str(tmp_path),
    ]
    result = run(*words, "--json")
    assert result.exit_code == 0
    assert result.stderr == 'Drawn as "a red sphere".\nTabletop does not know: "Paris".\n'
    report = json.loads(result.stdout)
    assert report["drawn_as"] == "a red sphere"
    assert report["unknown_words"] == [{"word": "Paris", "known": []}]
    stacked = run("generate", "text_to_image", "--prompt", "a cube on a ball", "--out", tmp_path, "--json")
    assert stacked.stderr.splitlines()[-1] == 'Not drawn: "on" (everything stands on the ground).'
    assert json.loads(stacked.stdout)["not_drawn"][0]["word"] == "on"
    assert '"prompt": "a red sphere"' in (read_recipe(Path(report["files"][0])) or "")
    result = run(*words, "--as-written")
    assert "Drawn as" not in result.stderr and '"crimson" (red?)' in result.stderr


def test_an_edit_in_free_wording_is_made_as_it_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeing = FakePipeline(replace(MODELS["tabletop"], tasks=tuple(TASKS), panel_sizes=()))
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: seeing)
    (tmp_path / "given.png").write_bytes(next(iter(PICTURES.values())))
    words = ["--image", tmp_path / "given.png", "--out", tmp_path, "--json"]
    result = run("generate", "edit", "--instruction", "put a box on the left", *words)
    assert result.stderr.startswith('Drawn as "add a cube".\nNot drawn: "on the left" (')
    report = json.loads(result.stdout)
    assert report["drawn_as"] == "add a cube" and report["not_drawn"][0]["word"] == "on the left"
    assert '"instruction": "add a cube"' in (read_recipe(Path(report["files"][0])) or "")
    subject = ["--subject", "a stripy ball", "--prompt", "a ball at dusk"]
    result = run("generate", "subject", *subject, *words)
    assert json.loads(result.stdout)["drawn_as"] == "striped sphere: a sphere at sunset"
    result = run("generate", "edit", "--instruction", "make it blue", "--as-written", *words)
    assert "Drawn as" not in result.stderr and 'Not drawn: "it" (say which solid' in result.stderr


def refused(*arguments: str | Path, code: int = 2) -> str:
    result = run(*arguments)
    assert result.exit_code == code and result.stdout == ""
    assert result.stderr.count("\n") == 1 and "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.usefixtures("fake")
def test_generate_writes_the_picture_and_one_json_object(tmp_path: Path) -> None:
    report = ran("generate", "text_to_image", *PROMPT, "--seed", "3", "--out", tmp_path)
    assert list(report) == ["files", "seed", "seconds", "tokens", "forwards", "tokens_per_forward", "model"]
    assert (report["seed"], report["tokens"], report["forwards"]) == (3, 256, 16)
    assert (report["tokens_per_forward"], report["model"]) == (16.0, "tabletop@fake")
    (file,) = report["files"]
    assert open_image(Path(file)).size == (128, 128)
    again = ran("generate", "text_to_image", *PROMPT, "--seed", "3", "--out", tmp_path / "b")
    assert Path(again["files"][0]).read_bytes() == Path(file).read_bytes()


@pytest.mark.usefixtures("fake")
def test_every_field_of_a_task_is_an_option(tmp_path: Path) -> None:
    options = ["--width", "96", "--height", "160", "--variations", "2", "--guidance-scale", "2.5"]
    options += [
        "--temperature",
        "0.5",
        "--top-k",
        "9",
        "--top-p",
        "0.5",
        "--window",
        "4",
        "--dtype",
        "float64",
    ]
    options += ["--rerolls", "[[3, 77]]", "--stop-row", "8"]
    report = ran("generate", "text_to_image", *PROMPT, *options, "--out", tmp_path)
    assert len(report["files"]) == 2
    recipe = json.loads(read_recipe(Path(report["files"][1])) or "")
    inputs = recipe["nodes"]["text_to_image"]["inputs"]
    assert inputs == {
        "prompt": PROMPT[1], "width": 96, "height": 160, "variations": 1, "seed": report["seed"] + 1,
        "guidance_scale": 2.5, "temperature": 0.5, "top_k": 9, "top_p": 0.5, "rerolls": [[3, 77]],
        "stop_row": 8, "window": 4, "dtype": "float64", "compat": "off", "best_of": 1, "scorer": "likelihood",
            "halving": False,
    }  # fmt: skip


@pytest.mark.usefixtures("fake")
def test_people_read_where_the_picture_is(tmp_path: Path) -> None:
    result = run("generate", "text_to_image", *PROMPT, "--seed", "3", "--out", tmp_path)
    assert result.exit_code == 0
    file, summary = result.stdout.splitlines()
    assert Path(file).exists() and summary.startswith("Seed 3, ")


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--prompt", ""], "prompt: must not be empty"),
        (["--prompt", "a" * 2001], "at most 2,000 characters"),
        ([], "prompt: is missing"),
        ([*PROMPT, "--width", "0"], "width: must be at least 32"),
        ([*PROMPT, "--width", "100000"], "width: must be at most 4,096"),
        ([*PROMPT, "--width", "1024", "--height", "1024"], "Tabletop cannot draw 1024x1024 pixels"),
        ([*PROMPT, "--guidance-scale", "nan"], "--guidance-scale: must be a finite number"),
        ([*PROMPT, "--seed", "-3"], "seed: must be a whole number"),
        ([*PROMPT, "--rerolls", "8:99"], "must be JSON such as [[8, 99]]"),
        ([*PROMPT, "--colour", "red"], "No such option"),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_2(arguments: list[str], words: str) -> None:
    assert words in refused("generate", "text_to_image", *arguments)


@pytest.mark.usefixtures("fake")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "cannot be written to" in refused("generate", "text_to_image", *PROMPT, "--out", tmp_path / "file")


def test_a_folder_that_cannot_be_written_is_named_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object, **__: object) -> None:
        raise AssertionError("a model was drawn with")

    monkeypatch.setattr("lumina.cli.generate.watched", late)
    monkeypatch.setattr("lumina.cli.workflow.watched", late)
    (tmp_path / "file").write_text("in the way")
    workflow = ROOT / "workflows" / "prompt-grid.json"
    for command in (["generate", "text_to_image", *PROMPT], ["run", workflow]):
        assert "cannot be written to" in refused(*command, "--out", tmp_path / "file")


@pytest.fixture
def able(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake of a model that can do every task."""
    spec = replace(MODELS["tabletop"], tasks=tuple(TASKS), panel_sizes=())
    monkeypatch.setitem(MODELS, "tabletop", spec)
    pipeline = FakePipeline(spec)
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: pipeline)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    Image.linear_gradient("L").resize((320, 192)).convert("RGB").save(path)
    return path


@pytest.mark.usefixtures("able")
@pytest.mark.parametrize(
    ("task", "given", "options"),
    [
        ("edit", "--image", ["--instruction", "make the cube blue"]),
        ("subject", "--image", ["--subject", "a cone", "--prompt", "a cone at night", "--wording", "paper"]),
        ("control", "--condition", ["--kind", "canny", "--prompt", "a red cube"]),
        ("predict", "--image", ["--kind", "normal"]),
    ],
)
def test_tasks_read_pictures_from_files(
    tmp_path: Path, photo: Path, task: str, given: str, options: list[str]
) -> None:
    report = ran("generate", task, given, photo, *options, "--seed", "3", "--out", tmp_path / "out")
    (file,) = report["files"]
    assert Path(file).name.startswith(f"{task}-3-") and open_image(Path(file)).size == (160, 96)
    recipe = json.loads(read_recipe(Path(file)) or "")
    inputs = recipe["nodes"][task]["inputs"]
    assert inputs[given[2:]] == {"image": ImageInput.of(open_image(photo)).name}


@pytest.mark.usefixtures("able")
def test_a_pair_is_two_files(tmp_path: Path) -> None:
    report = ran("generate", "image_pair", *PROMPT, "--kind", "depth", "--seed", "3", "--out", tmp_path)
    names = [Path(file).name.rpartition("-")[2] for file in report["files"]]
    assert names == ["upper.png", "lower.png"]
    assert [open_image(Path(file)).size for file in report["files"]] == [(128, 128)] * 2


@pytest.mark.usefixtures("able")
def test_the_best_of_several_tells_all_scores(tmp_path: Path) -> None:
    report = ran("generate", "text_to_image", *PROMPT, "--best-of", "3", "--seed", "5", "--out", tmp_path)
    ((first, *others),) = report["candidates"]
    assert len(report["files"]) == 1 and first["seed"] == report["seed"] and len(others) == 2
    assert first["score"] >= max(other["score"] for other in others)


@pytest.mark.usefixtures("able")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["edit", "--instruction", "a"], "image: is missing"),
        (["edit", "--instruction", "a", "--image", "gone.png"], "'gone.png' cannot be opened"),
        (["edit", "--instruction", "a", "--image", __file__], "This is text, not a picture"),
        (
            ["edit", "--instruction", " ", "--image", "PHOTO"],
            "instruction: must not be empty; say what to change",
        ),
        (["predict", "--image", "PHOTO", "--kind", "xray"], "kind: must be 'depth'"),
        (["predict", "--image", "PHOTO", "--kind", "openpose"], 'does not know the kind "openpose"'),
        (["predict", "--image", "PHOTO", "--width", "64", "--height", "320"], "Tabletop cannot draw 64x320"),
        (["control", "--condition", "PHOTO", "--prompt", ""], "prompt: must not be empty"),
        (["subject", "--image", "PHOTO", "--prompt", "a"], "subject: is missing"),
        (["predict", "--image", "PHOTO", "--best-of", "2", "--scorer", "judge"], "needs a prompt such as"),
    ],
)
def test_wrong_input_to_tasks_with_pictures(photo: Path, arguments: list[str], words: str) -> None:
    filled = [str(photo) if argument == "PHOTO" else argument for argument in arguments]
    assert words in refused("generate", *filled)


@pytest.mark.usefixtures("fake")
def test_a_task_that_the_model_cannot_do_says_so(photo: Path) -> None:
    arguments = ("generate", "edit", "--image", photo, "--instruction", "make the cone blue")
    if "edit" not in MODELS["tabletop"].tasks:
        assert "Tabletop cannot do edit; it can do: " in refused(*arguments)


def test_unknown_names_are_refused_before_anything_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    command = ("generate", "text_to_image", *PROMPT)
    monkeypatch.setenv("LUMINA_MODEL", '"gtp"')
    for asking in (command, ("templates",), ("eval", "tabletop")):
        assert refused(*asking).startswith('LUMINA_MODEL: There is no model "gtp"; choose one of: ')
    assert 'There is no model "gpt"; choose one of: tabletop, ' in refused(*command, "--model", "gpt")
    assert "generate --help` lists what there is" in refused("generate", "portrait")
    assert "--help` lists what there is" in refused("fly")
    assert "use `lumina generate edit`" in refused("edit", "--image", "a.png")
    spoken = refused("generate", "a red cube")
    assert "use `lumina generate text_to_image --prompt 'a red cube'`" in spoken


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("generate", "text_to_image", "a red cube"), '`--prompt "…"`'),
        (("generate", "edit", "make it red"), '`--instruction "…"`'),
        (
            ("generate", "edit", "--image", "my", "photo.png"),
            "--image takes one file; put a name with blanks",
        ),
        (("generate", "text_to_image", "—prompt", "a red cube"), "two hyphens before a name: `--prompt`"),
        (("generate", "text_to_image", "–seed=3"), "two hyphens before a name: `--seed`"),
        (("generate", "text_to_image", "--size", "128x128"), "use `--width` and `--height`"),
        (("generate", "text_to_image", "--promt", "a"), "No such option: --promt; use `--prompt`."),
        (("generate", "text_to_image", "--Seed", "3"), "use `--seed`"),
        (("generate", "text_to_image", "-p", "a"), "use `--prompt`"),
        (("generate", "text_to_image", "-prompt", "a"), "write two hyphens: `--prompt`"),
        (("generate", "text_to_image", "--output-dir", "a"), "use `--out`"),
        (("generate", "text_to_image", "--num-images", "2"), "use `--variations`"),
        (("generate", "text_to_image", "--cfg=7"), "use `--guidance-scale`"),
        (("generate", "text_to_image", "--ar", "16:9"), "use `--width` and `--height`"),
        (("generate", "text_to_image", "prompt=a red cube"), "as an option: `--prompt 'a red cube'`"),
        (
            ("generate", "text_to_image", "--prompt", "--seed", "3"),
            "--prompt takes a value, and --seed follows",
        ),
        (
            ("generate", "text_to_image", *PROMPT, "--out", "--json"),
            "--out takes a value, and --json follows",
        ),
        (("generate", "text_to_image", *PROMPT, "--rerolls", "[[8]]"), "--rerolls.0: has too few entries"),
        (("generate", "--prompt", "a"), "before it: `root generate text_to_image --prompt …`"),
        (("--prompt", "a"), "before it: `root generate text_to_image --prompt …`"),
        (("run", "a.json", "idea=a cone"), "after its option: `--set 'idea=a cone'`"),
        (("run", "a.json", "--idea", "a cone"), "an input is filled with `--set NAME=VALUE`"),
        (("batch", "a.json", "--table", "t.csv"), "use `--inputs`"),
        (("ui", "8000"), "write `--port 8000`"),
        (("generate", "edit", "--prompt", "a"), "use `--instruction`"),
        (("generate", "control", "--image", "a.png"), "use `--condition`"),
        (("generate", "predict", "--input", "a.png"), "use `--image`"),
        (("generate", "text_to_image", "--lora", "a"), "text_to_image --help` lists what there is"),
        (("recipe", "a.png", "b.png"), "one at a time"),
        (("batch", "-", "--inputs", "-", "--out", "o"), "cannot both come on stdin; name a file for one"),
        (("recipe",), "FILE is missing; write `root recipe FILE`."),
        (("batch", "a.json"), "--inputs is missing; write `root batch FILE --inputs TABLE --out DIR`."),
        (("generate", "text_to_image", *PROMPT, "--out"), "--out takes a value; write it after it."),
        (("generate", "predict", "--image", "tests/no/a.png"), "there is no folder 'tests/no'."),
        (("models", "tabletop"), "models --help` lists what there is"),
    ],
)
def test_a_command_line_that_cannot_be_says_what_to_write(typed: tuple[str, ...], told: str) -> None:
    said = refused(*typed)
    assert told in said and said.rstrip().endswith(".") and "argument" not in said


@pytest.mark.usefixtures("fake")
def test_what_is_given_twice_is_said(tmp_path: Path) -> None:
    twice = run("generate", "text_to_image", "--seed=1", "--prompt", "--x", "--seed", "2", "--out", tmp_path)
    assert twice.stderr.startswith("--seed is given more than once; the last one counts.\n")
    file = workflow(tmp_path, {"idea": {"type": "text"}}, prompt={"from": "inputs.idea"})
    said = run("run", file, "--set", "idea=a cone", "--set", "idea=a cube", "--dry-run").stderr
    assert said == "idea is set more than once; the last one counts, and several values are a JSON list.\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("photo.jpg", "did you mean 'photo.jpeg'?"),
        ("PHOTO.jpeg", "did you mean 'photo.jpeg'?"),
        ('"photo.jpeg"', "did you mean 'photo.jpeg'?"),
        ("other.png", "check its name."),
    ],
)
def test_a_file_that_is_called_nearly_so_is_named(typed: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "photo.jpeg").touch()
    for command in (("recipe",), ("check",), ("generate", "predict", "--image")):
        assert refused(*command, tmp_path / typed).endswith(f"cannot be opened; {said}\n")


def test_a_workflow_is_told_what_the_picture_that_it_names_is_called(tmp_path: Path) -> None:
    (tmp_path / "photo.jpeg").touch()
    (tmp_path / "others.json").touch()  # which is no picture
    inputs = {"type": "image", "default": {"image": "photo.jpg"}}
    for name, link in (
        ("a", {"image": "photo.jpg"}),
        ("b", {"from": "inputs.i"}),
        ("c", {"image": "others"}),
    ):
        node = {"task": "image_file", "inputs": {"image": link}}
        document = {"lumina": 1, "inputs": {"i": inputs} if name == "b" else {}, "nodes": {"a": node}}
        file = written(tmp_path, json.dumps(document))
        near = 'The picture "photo.jpg" is not here; did you mean "photo.jpeg"?\n'
        for command in (("check", file), ("run", file, "--out", tmp_path / "out")):
            assert run(*command).output.endswith(near) is (name != "c")
    table = tmp_path / "t.csv"
    table.write_text("a.image\nphoto.jpg\n")
    assert near in run("batch", file, "--inputs", table, "--out", tmp_path / "rows").output


@pytest.mark.parametrize("words", ["generate text_to_image --prompt ü", "run FILE --set idea=ü"])
def test_words_that_the_locale_cannot_read_say_what_to_set(words: str, tmp_path: Path) -> None:
    file = workflow(tmp_path, {"idea": {"type": "text"}}, prompt={"from": "inputs.idea"})
    typed = [sys.executable, "-m", "lumina", *words.replace("FILE", str(file)).split()]
    surroundings = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    said = subprocess.run(typed, env=surroundings, capture_output=True, text=True, check=False).stderr
    assert said.endswith("and in the locale LC_ALL=C it cannot be read; set PYTHONUTF8=1.\n")


@pytest.mark.usefixtures("fake")
def test_results_go_to_a_folder_and_not_to_one_called_like_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ("generate", "text_to_image", *PROMPT, "--seed", "1", "--out")
    assert "'bild.png' is the name of a file; name a folder, such as bild." in refused(*command, "x/bild.png")
    for out in ("table.CSV", "-", r"C:\pictures", r"pictures\today"):
        assert refused(*command, out).rstrip().endswith((".", "?"))
    assert [*tmp_path.iterdir()] == []
    (tmp_path / "v1.png").mkdir()
    assert run(*command, "v1.png").exit_code == run(*command, "v1.5").exit_code == 0


def test_a_document_comes_on_stdin(tmp_path: Path) -> None:
    document = json.dumps({"lumina": 1, "nodes": {}})
    found = CliRunner().invoke(app, ["check", "-"], input=document)
    assert (
        "'-'" not in found.output and found.exit_code == run("check", written(tmp_path, document)).exit_code
    )
    assert "not valid JSON" in CliRunner().invoke(app, ["check", "-"], input='{"a":').output


@pytest.mark.parametrize("asked", ["check -", "generate edit --instruction x --image -"])
def test_a_closed_stdin_is_one_sentence(asked: str) -> None:
    command = ["sh", "-c", f'exec "$0" -m lumina {asked} <&-', sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "Standard input is closed; name a file.\n")


def written(folder: Path, text: str) -> Path:
    (folder / "document.json").write_text(text, encoding="utf-8")
    return folder / "document.json"


@pytest.mark.usefixtures("fake")
def test_a_picture_replays_from_its_recipe(tmp_path: Path) -> None:
    (file,) = ran("generate", "text_to_image", *PROMPT, "--out", tmp_path)["files"]
    report = ran("run", file, "--out", tmp_path / "again")
    assert report["executed"] == ["text_to_image"] and report["cached"] == [] and report["identical"] is True
    (again,) = report["outputs"]["image"]
    assert Path(again).read_bytes() == Path(file).read_bytes()
    assert "identical" in run("run", file, "--out", tmp_path / "again").stdout
    document = json.loads(read_recipe(file) or "") | {"model": "mine@1234"}  # of somebody who has trained one
    (tmp_path / "mine.json").write_text(json.dumps(document))
    assert "no model" in refused("run", tmp_path / "mine.json")
    report = ran("run", tmp_path / "mine.json", "--model", "tabletop", "--out", tmp_path)
    assert Path(report["outputs"]["image"][0]).exists()


@pytest.mark.usefixtures("fake")
def test_a_workflow_runs_with_its_inputs_set(tmp_path: Path) -> None:
    file = workflow(tmp_path, inputs={"idea": {"type": "text"}}, prompt={"from": "inputs.idea"})
    assert "seconds" in ran("run", file, "--set", "idea=a cone, = two cones", "--out", tmp_path)
    assert 'The input "idea" is not filled' in refused("run", file)
    assert "NAME=VALUE" in refused("run", file, "--set", "idea")
    assert 'no input "colour"' in refused("run", file, "--set", "colour=red")


@pytest.mark.usefixtures("fake")
def test_a_remark_beside_a_picture_is_said_and_reported(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "photo.png")
    inputs = {"condition": {"image": "photo.png"}, "kind": "canny", "prompt": "a cone in Rome", "seed": 1}
    nodes = {"draw": {"task": "control", "inputs": inputs}}
    file = written(tmp_path, json.dumps({"lumina": 1, "nodes": nodes}))
    found = run("run", file, "--out", tmp_path, "--json")
    report = json.loads(found.stdout)
    assert (
        report["remark"].startswith("The condition looks like a photograph")
        and report["remark"] in found.stderr
    )
    assert "Rome" in [each["word"] for each in report["unknown_words"]]


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("name", ["idea", "draw.prompt"])
def test_one_text_with_commas_in_place_of_a_list_is_said(tmp_path: Path, name: str) -> None:
    file = tmp_path / "list.json"
    prompt: Any = {"from": "inputs.idea"} if name == "idea" else ["a cone", "a cube"]
    inputs = {"idea": {"type": "text", "default": ["a cone", "a cube"]}} if name == "idea" else {}
    nodes = {"draw": {"task": "text_to_image", "inputs": {"prompt": prompt, "seed": 1}}}
    file.write_text(json.dumps({"lumina": 1, "inputs": inputs, "nodes": nodes}))
    advice = f"{name}=" + '["a cone", "a sphere"]'
    for typed in ("a cone, a sphere", "['a cone', 'a sphere']", "[a cone,a sphere]"):
        said = run("run", file, "--dry-run", "--set", f"{name}={typed}").stderr
        assert said == f"{name} is one text; for several write --set '{advice}'.\n"
    for quiet in (advice, f"{name}=a cone"):
        assert run("run", file, "--dry-run", "--set", quiet).stderr == ""


@pytest.mark.usefixtures("fake")
def test_a_dry_run_is_refused_what_the_run_is(tmp_path: Path) -> None:
    file = workflow(
        tmp_path, {"wide": {"type": "integer", "default": 64}}, prompt="a cone", width={"from": "inputs.wide"}
    )
    (tmp_path / "taken").write_text("")
    for more in ((), ("--dry-run",)):
        assert refused("run", file, "--set", "wide=7", *more) == "wide: must be a multiple of 32, not 7.\n"
        assert "cannot be written to" in refused("run", file, "--out", tmp_path / "taken", *more)


@pytest.mark.usefixtures("fake")
def test_the_advice_for_a_choice_finds_the_pictures_that_were_shown(tmp_path: Path) -> None:
    file = tmp_path / "workflow.json"
    nodes = {
        "draft": {"task": "text_to_image", "inputs": {"prompt": "a cone", "variations": 2}},
        "best": {"task": "pick", "inputs": {"images": {"from": "draft.image"}}},
    }
    file.write_text(json.dumps({"lumina": 1, "nodes": nodes}))
    asked = run("run", file, "--out", tmp_path, "--json")
    shown = json.loads(asked.stdout)["needs_choice"]["best"]["pictures"]
    (advice,) = re.findall(r"run again with (.*)NUMBER", asked.stderr)
    report = ran("run", file, *shlex.split(f"{advice}2"), "--out", tmp_path)
    assert report["cached"] == ["draft"]
    assert open_image(Path(report["outputs"]["image"][0])) == open_image(Path(shown[1]))


def workflow(folder: Path, inputs: object = None, **values: object) -> Path:
    file = folder / "workflow.json"
    nodes = {"a": {"task": "text_to_image", "inputs": values}}
    file.write_text(json.dumps({"lumina": 1, "inputs": inputs or {}, "nodes": nodes}))
    return file


def test_check_names_every_problem(tmp_path: Path) -> None:
    good, bad = workflow(tmp_path, prompt="a cone"), tmp_path / "bad.json"
    assert ran("check", good) == {"ok": True, "problems": []}
    bad.write_text('{"lumina": 1, "nodes": {"a": {"task": "fly"}, "b": {"task": "flow"}}}')
    result = run("check", bad, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 2 and report["ok"] is False
    assert [item["pointer"] for item in report["problems"]] == ["/nodes/a/task", "/nodes/b/task"]
    assert set(report["problems"][0]) == {"pointer", "message", "fix"}
    assert run("check", bad).stdout.startswith("/nodes/a/task: names no task")
    assert "cannot be opened" in refused("check", tmp_path / "gone.json")
    said = run("check", workflow(tmp_path, prompt="a cone", width=7)).stdout
    assert said == "/nodes/a/inputs/width: must be a multiple of 32, not 7.\n"
    bad.write_text(
        '{"lumina": 1, "nodes": {"a": {"task": "image_file", "inputs": {"image": {"image": "b.png"}}}}}'
    )
    assert run("check", bad).stdout == (
        '/nodes/a/inputs/image: The picture "b.png" is not here; put it beside the workflow, or give it with '
        "--set a.image=FILE.\n"
    )


def test_recipe_prints_the_workflow_inside(tmp_path: Path) -> None:
    recipe = '{"lumina": 1, "nodes": {"a": {"task": "text_to_image", "inputs": {"prompt": "é"}}}}'
    (tmp_path / "a.png").write_bytes(png_bytes(Image.new("RGB", (8, 8)), recipe))
    assert json.loads(run("recipe", tmp_path / "a.png").stdout) == json.loads(recipe)
    (tmp_path / "b.png").write_bytes(png_bytes(Image.new("RGB", (8, 8))))
    assert "carries no recipe" in refused("recipe", tmp_path / "b.png")
    (tmp_path / "comfy.json").write_text(
        '{"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cone"}}}'
    )
    found = run("recipe", tmp_path / "comfy.json")
    assert (found.stdout, found.stderr) == (
        "a cone\n",
        "This is a file of ComfyUI; its prompt can be drawn here.\n",
    )
    (tmp_path / "c.png").write_bytes(png_bytes(Image.new("RGB", (8, 8)), "{}"))
    assert "The workflow is not valid" in refused("recipe", tmp_path / "c.png")


def test_lists_and_version() -> None:
    tasks = ran("tasks")
    assert tasks["text_to_image"]["outputs"] == ["image"]
    assert tasks["text_to_image"]["inputs"]["properties"]["prompt"]["maxLength"] == 2000
    assert ran("models")["tabletop"]["sizes"][0] == [128, 128]
    assert "text_to_image" in run("tasks").stdout and "tabletop" in run("models").stdout
    assert run("--version").stdout.strip() == __version__


def test_damaged_weights_are_one_sentence_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = write_tiny_model(tmp_path / "whole")
    command = ("generate", "text_to_image", *PROMPT, "--stop-row", "2", "--out", tmp_path)
    monkeypatch.setitem(MODELS, "tabletop", whole)
    assert ran(*command)["tokens"] == 32

    def damage(name: str, data: bytes | None) -> None:
        folder = tmp_path / name.replace(".", "-")
        shutil.copytree(tmp_path / "whole", folder, dirs_exist_ok=True)
        (folder / name).unlink()
        if data is not None:
            (folder / name).write_bytes(data)
        spec = type(whole)(**{**vars(whole), "source": str(folder)})
        monkeypatch.setitem(MODELS, "tabletop", spec)

    weights = (tmp_path / "whole" / "model.safetensors").read_bytes()
    damage("model.safetensors", weights[:1000])
    assert "model.safetensors" in refused(*command, code=1)
    damage("model.safetensors", weights[:-1] + b"\1")
    assert "sha256" in refused(*command, code=1)
    damage("movqgan.safetensors", None)
    assert "movqgan.safetensors is missing" in refused(*command, code=1)
    damage("tokenizer.json", b"{}")
    assert "tokenizer.json" in refused(*command, code=1)
    assert run("doctor").exit_code == 1


def test_a_recipe_of_other_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODELS, "tabletop", write_tiny_model(tmp_path / "model"))
    assert "tabletop@0000 " in refused(
        "generate", "text_to_image", *PROMPT, "--model", "tabletop@0000"
    ).replace(",", " ")


def test_the_module_starts_quickly_and_is_the_same_command() -> None:
    code = (
        "import sys, lumina.cli.main; sys.exit(bool({'torch', 'gradio', 'rich.progress'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    done = subprocess.run([sys.executable, "-m", "lumina", "tasks", "--json"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "" and "text_to_image" in json.loads(done.stdout)
    wrong = subprocess.run(
        [sys.executable, "-m", "lumina", "generate", "text_to_image", "--prompt", ""],
        capture_output=True, text=True,
    )  # fmt: skip
    assert wrong.returncode == 2 and wrong.stderr.count("\n") == 1


def test_training_says_what_is_missing(tmp_path: Path) -> None:
    command = ("train", "model", "--data", tmp_path, "--out", tmp_path)
    assert "run `lumina train tokenizer` first" in refused(*command)
    assert "give --device auto, cpu or cuda" in refused(*command, "--device", "abacus")
    assert "`lumina train shards`" in refused("train", "published", "--data", tmp_path / "none")


def test_the_memory_of_a_training_is_planned() -> None:
    planned = ran("train", "published", "--plan", "--lora", "16")
    assert list(planned) == ["256", "512", "768"] and planned["768"]["total"] < 24


@pytest.mark.usefixtures("fake")
def test_bench_reports_each_window() -> None:
    report = ran("bench", "--part", "windows", "--pictures", "2", "--window", "4")
    assert list(report["windows"]) == ["4"] and report["pictures"] == 2
    assert report["windows"]["4"]["tokens_per_forward"] == 16.0
    assert report["machine"]["cores"] >= 1
    assert "tokens per forward" in run("bench", "--part", "windows", "--pictures", "1").stdout
    assert "from 1 to 256" in refused("bench", "--window", "0")
    assert "choose some of: windows, contest" in refused("bench", "--part", "colours")


@pytest.mark.usefixtures("fake")
def test_bench_writes_a_table_and_a_chart(tmp_path: Path) -> None:
    told = ran("bench", "--part", "windows", "--pictures", "1", "--out", tmp_path)
    assert json.loads((tmp_path / "bench.json").read_text()) == told
    assert "| 16 |" in (tmp_path / "bench.md").read_text()
    with Image.open(tmp_path / "bench.png") as picture:
        assert picture.width == 900


@pytest.mark.usefixtures("fake")
def test_eval_shows_what_the_benchmark_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "There is no benchmark" in refused("eval", "tabletop", "--task", "fly", "--out", tmp_path)

    def found(
        pipeline: Painter, task: str | None, limit: int, out: Path, options: dict[str, Any]
    ) -> Steps[Progress, dict[str, Any]]:
        yield Progress(1, limit, unit="pictures")
        return {task or "text_to_image": {"overall": 0.5, **options}}

    monkeypatch.setattr(benchmark, "run", found)
    assert ran("eval", "tabletop", "--out", tmp_path) == {"text_to_image": {"overall": 0.5}}
    cooler = ran("eval", "tabletop", "--task", "edit", "--temperature", "0.5", "--out", tmp_path)
    assert cooler == {"edit": {"overall": 0.5, "temperature": 0.5}}
    assert run("eval", "tabletop", "--out", tmp_path).stdout.split() == ["text_to_image", "overall", "0.5"]
    assert ran("eval", "stickers", "--out", tmp_path) == {
        "text_to_image": {"overall": 0.5}
    }  # with its own model
    named = refused("eval", "stickers", "--model", "tabletop", "--out", tmp_path)
    assert "Tabletop is no model of stickers" in named


def test_ui_serves_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[dict[str, Any]] = []
    monkeypatch.setattr("lumina.ui.app.serve", lambda **options: served.append(options))
    assert run("ui", "--port", "7999", "--share").exit_code == 0
    assert served == [{"share": True, "server_name": None, "server_port": 7999}]


def test_a_published_pickle_becomes_safetensors(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "model")
    report = ran("convert", tmp_path / "model", "--out", tmp_path / "out")
    assert report["files"] == [str(tmp_path / "out" / "movqgan.safetensors")]
    assert "missing" in refused("convert", tmp_path / "nothing", "--out", tmp_path / "out")
    words = tmp_path / "model" / "words.txt"
    words.write_text("no weights")
    assert "words.txt is damaged" in refused("convert", words, "--out", tmp_path / "out", code=1)
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refused("convert", tmp_path / "model", "--out", tmp_path / "file")


def test_models_are_those_of_this_machine_while_an_engine_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    here = run("models").stdout
    monkeypatch.setenv("LUMINA_ENGINE", "http://localhost:1")
    result = run("models")
    assert (result.exit_code, result.stdout) == (0, here)
    assert result.stderr == (
        "These are the models of this machine. The engine at http://localhost:1 cannot be reached; start it "
        "there, or correct LUMINA_ENGINE.\n"
    )
    monkeypatch.setenv("LUMINA_ENGINE", "localhost:1")
    assert ran("models", remark="LUMINA_ENGINE must be an address such as http://")
    with engine(FakePipeline()) as (address, _):
        monkeypatch.setenv("LUMINA_ENGINE", address)
        said = f"These are the models of this machine; the engine at {address} draws with tabletop@fake."
        assert ran("models", remark=said)


def test_published_models_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "is_offline_mode", lambda: True)
    monkeypatch.setenv("LUMINA_MODELS", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert "HF_HUB_OFFLINE" in refused("download", "omni")
    assert "HF_HUB_OFFLINE" in refused("generate", "text_to_image", *PROMPT, "--model", "omni@0123abcd")
    assert "not downloaded" in refused("download", "tabletop")
    models = ran("models")
    assert "lumina download omni" in refused(
        "run", workflow(tmp_path, prompt="a cone"), "--model", "omni", "--dry-run"
    )
    assert list(models) == ["tabletop", "stickers", "lumina-mgpt-2.0", "omni", "lumina-2b"]
    assert models["tabletop"]["here"] and not models["omni"]["here"]


def test_a_folder_is_a_model(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "mine")
    command = ("generate", "text_to_image", *PROMPT, "--stop-row", "1", "--out", tmp_path / "out")
    report = ran(*command, "--model", tmp_path / "mine", "--cache", "int8", "--compat", "reference")
    assert report["model"].startswith("mine@")
    for option in ("--quant", "--cache"):
        said = refused(*command, "--model", tmp_path / "mine", option, "int2")
        assert f"{option} must be one of" in said and "LUMINA_" not in said


def test_a_model_of_stickers_draws_free_wording_as_it_is_understood(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "mine")
    write_manifest(tmp_path / "mine", SPEC)
    words = ["--prompt", "Drei rote Herzen in Paris!", "--stop-row", "1", "--out", tmp_path / "out", "--json"]
    result = run("generate", "text_to_image", *words, "--model", tmp_path / "mine")
    assert 'Drawn as "three red hearts".' in result.stderr and '"Paris"' in result.stderr
    assert json.loads(result.stdout)["drawn_as"] == "three red hearts"


def test_bench_of_random_weights_needs_known_sizes() -> None:
    assert "sizes" in refused("bench", "--random-weights", "--model", "tabletop")


@pytest.mark.usefixtures("fake")
def test_eval_draws_for_published_benchmarks(tmp_path: Path) -> None:
    prompts = tmp_path / "evaluation_metadata.jsonl"
    assert "cannot be read" in refused("eval", "geneval", "--prompts", prompts, "--out", tmp_path / "out")
    prompts.write_text(json.dumps({"tag": "single_object", "prompt": "a photo of a bench"}) + "\n")
    found = ran("eval", "geneval", "--prompts", prompts, "--out", tmp_path / "out", "--samples", "1")
    assert found["pictures"] == 1 and found["benchmark"] == "geneval"
    assert (tmp_path / "out" / "00000" / "samples" / "0000.png").exists()


FAKE = """
import sys
from lumina.cli import generate, main
from lumina.runtime.fake import FakePipeline
generate.open_pipeline = lambda model, previews=False: FakePipeline()
main.main()
"""


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_a_terminal_that_lacks_signs_shows_a_question_mark(encoding: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    asked = ["generate", "text_to_image", "--prompt", "一只猫 a cube", "--seed", "1", "--out", str(tmp_path)]
    for more, expected in ([], "does not know"), (["--json"], '"files"'):
        done = subprocess.run(
            [sys.executable, "-c", FAKE, *asked, *more], capture_output=True, env=environment
        )
        text = (done.stdout + done.stderr).decode(encoding)
        assert done.returncode == 0 and expected in text and "Traceback" not in text
    assert json.loads(done.stdout.decode(encoding))["unknown_words"][0]["word"] == "猫"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_result_that_cannot_be_printed_is_kept_and_said(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    asked = ["generate", "text_to_image", "--prompt", "a cube", "--out", str(tmp_path), "--json"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", FAKE, *asked],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
    assert done.returncode == 1 and len(list(tmp_path.glob("*.png"))) == 1
    said = "The output could not be written (No space left on device); what was drawn is kept.\n"
    assert done.stderr == said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "asked",
    [
        "--help",
        "--version",
        "generate edit --help",
        "generate --nonsense",
        "simulate --seconds 1 --visitors 5",
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_nothing_that_is_printed_ends_in_a_traceback(asked: str, unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    command = [sys.executable, "-m", "lumina", *asked.split()]
    with open("/dev/full", "wb") as full:
        said = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment)
        unheard = subprocess.run(command, stdout=subprocess.PIPE, stderr=full, text=True, env=environment)
    is_wrong, lacks_room = "nonsense" in asked, "The output could not be written (No space left on device).\n"
    assert is_wrong or said.stderr == lacks_room
    assert said.returncode == (2 if is_wrong else 1) and len(said.stderr.splitlines()) == 1
    assert unheard.returncode == (2 if is_wrong else 0)


@pytest.mark.parametrize("asked", ["--help", "models", "tasks --json", "generate --help"])
def test_a_reader_that_has_read_enough_is_no_error(asked: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "lumina", *asked.split()]
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_served_needs_no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    results = console.Results(Closed(), "utf-8", write_through=True)
    monkeypatch.setattr(sys, "stdout", results)
    with pytest.raises(typer.Exit):
        results.write("a file")
    sys.stdout.close()  # which is nowhere now
    monkeypatch.setattr(sys, "stdout", results)
    console.go_on_unread()
    assert results.write("The studio is at …") == 18


class Interrupted(FakePipeline):
    """Ctrl-C comes after this many pictures."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        with Following(super().draw(requests)) as drawing:
            for event in drawing:
                if self.after == 0:
                    raise KeyboardInterrupt
                self.after -= isinstance(event, Finished)
                yield event
            return drawing.result


@pytest.mark.parametrize("finished", [0, 1, 3])
def test_what_ctrl_c_leaves_is_listed_with_the_way_on(
    finished: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("generate", "text_to_image", "--prompt", "a cube")
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: Interrupted(finished))
    stopped = run(*asked, "--seed", "7", "--variations", "4", "--out", tmp_path / "some", "--json")
    report = json.loads(stopped.stdout)
    assert stopped.exit_code == 130 and report["stopped"] in stopped.stderr
    assert len(report["files"]) == finished and all(Path(file).exists() for file in report["files"])
    way_on = re.findall(r"--\w+ \d+", stopped.stderr)
    assert way_on == (
        ["--seed 7"] if finished == 0 else [f"--seed {7 + finished}", f"--variations {4 - finished}"]
    )
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: FakePipeline())
    every = ran(*asked, "--seed", "7", "--variations", "4", "--out", tmp_path / "all")["files"]
    options = " ".join(way_on).split() + ([] if finished else ["--variations", "4"])
    rest = ran(*asked, *options, "--out", tmp_path / "rest")["files"]
    names = [[Path(file).name for file in files] for files in (report["files"], rest, every)]
    assert names[0] + names[1] == names[2]


class Cut(FakePipeline):
    """Ctrl-C comes after this many rows."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after, self.kept = after, -1

    def draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        self.kept = len(requests[0].kept)
        with Following(super().draw(requests)) as drawing:
            for event in drawing:
                if self.after == 0:
                    raise KeyboardInterrupt
                self.after -= isinstance(event, RowDrawn)
                yield event
            return drawing.result


def test_ctrl_c_in_a_run_keeps_the_rows_and_names_the_way_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = {"task": "text_to_image", "inputs": {"prompt": "a cube", "seed": "random"}}
    file = tmp_path / "w.json"
    file.write_text(json.dumps({"lumina": 1, "nodes": {"a": node}}))
    monkeypatch.setenv("LUMINA_RESULTS", str(tmp_path / "results"))
    cut, rest = Cut(9), Cut(-1)
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: cut)
    stopped = run("run", file, "--out", tmp_path / "out")
    assert stopped.exit_code == 130 and "drawn rows are kept" in stopped.stderr
    options = shlex.split(re.findall(r"with (--set .*) to go on", stopped.stderr)[0])
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: rest)
    assert run("run", file, *options, "--out", tmp_path / "out").exit_code == 0
    assert (cut.kept, rest.kept) == (0, 9)


@pytest.mark.parametrize("error", [MemoryError(), ImportError("libtorch.so: failed to map segment")])
def test_too_little_memory_is_one_sentence(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_pipeline(model: str | None, previews: bool = False) -> None:
        raise error

    monkeypatch.setattr(generate, "open_pipeline", open_pipeline)
    result = run("generate", "text_to_image", "--prompt", "a cube", "--out", tmp_path)
    assert (result.exit_code, result.stderr) == (1, f"{SMALL_MEMORY}\n")


@pytest.mark.skipif(sys.platform != "linux", reason="limits are counted otherwise elsewhere")
def test_a_program_whose_libraries_do_not_fit_says_so(tmp_path: Path) -> None:
    asked = f"ulimit -v 300000; exec {sys.executable} -m lumina generate text_to_image --prompt cube"
    one = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}  # each takes some of it
    ended = subprocess.run(
        ["sh", "-c", f"{asked} --out {tmp_path}"], env=os.environ | one, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (1, f"{SMALL_MEMORY}\n")


def unfit(folder: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no result be kept in the folder."""
    if how == "in the way":
        folder.write_text("a file")
        return

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("lumina.workflow.cache.write_whole", refuse)


@pytest.mark.parametrize(("how", "why"), [("in the way", "cannot be written to"), ("full", "is full")])
def test_a_run_whose_results_are_not_kept_says_so_once_and_promises_nothing(
    how: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = {
        name: {"task": "text_to_image", "inputs": {"prompt": "a cube", "seed": seed}}
        for name, seed in (("a", 1), ("b", "random"))
    }
    file, results = tmp_path / "w.json", tmp_path / "results"
    file.write_text(json.dumps({"lumina": 1, "nodes": nodes}))
    monkeypatch.setenv("LUMINA_RESULTS", str(results))
    unfit(results, how, monkeypatch)
    for after, code in ((5, 130), (20, 130), (-1, 0)):
        monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False, after=after: Cut(after))
        ended = run("run", file, "--out", tmp_path / "out")
        assert ended.exit_code == code and ended.stderr.count("\n") == 1
        assert "Results are not kept" in ended.stderr and "are kept" not in ended.stderr
        assert why in ended.stderr and str(results) in ended.stderr and "(LUMINA_RESULTS)" in ended.stderr
        assert ("--set b.seed=" in ended.stderr) == (code == 130)


def test_ctrl_c_among_candidates_promises_no_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = {"task": "text_to_image", "inputs": {"prompt": "a cube", "seed": 1, "best_of": 2}}
    (tmp_path / "w.json").write_text(json.dumps({"lumina": 1, "nodes": {"a": node}}))
    monkeypatch.setenv("LUMINA_RESULTS", str(tmp_path / "results"))
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: Cut(9))
    said = run("run", tmp_path / "w.json", "--out", tmp_path / "out").stderr
    assert "finished steps are kept, candidates are drawn anew" in said and "rows" not in said


@pytest.mark.parametrize(("asked", "said"), [("models", "Stopped."), ("train tokenizer", "is kept.")])
def test_what_is_kept_is_said_where_something_is(
    asked: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lumina.cli.models.show", interrupt)
    monkeypatch.setattr("lumina.cli.training.watched", interrupt)
    stopped = run(*asked.split())
    assert stopped.exit_code == 130 and stopped.stderr.endswith(f"{said}\n")


@pytest.mark.parametrize(
    ("asked", "folder"),
    [
        ("tokenizer", "runs/tabletop"),
        ("tokenizer --world stickers", "runs/stickers"),
        ("tokenizer --world stickers --out here", "here"),
        ("prepare", "runs/tabletop"),
        ("prepare --world stickers", "runs/stickers"),
    ],
)
def test_a_run_has_the_folder_of_its_world(asked: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("train_tokenizer", "prepare"):
        monkeypatch.setattr(f"lumina.training.runs.{name}", lambda data, out, *_, **__: out)
    monkeypatch.setattr("lumina.cli.training.watched", lambda steps, *_: steps)
    assert Path(run("train", *asked.split()).stdout.strip()) == Path(folder)


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Names of things that are no files."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        names = {name: str(tmp_path / name) for name in ("pipe", "folder", "socket")}
        yield {**names, "device": "/dev/zero", "nothing": "/dev/null"}


@pytest.mark.parametrize("kind", ["pipe", "folder", "socket", "device", "nothing"])
def test_what_is_no_file_is_one_sentence_and_never_waited_for(
    kind: str, odd: dict[str, str], tmp_path: Path
) -> None:
    node = {"task": "image_file", "inputs": {"image": {"from": "inputs.i"}}}
    document = {"lumina": 1, "inputs": {"i": {"type": "image"}}, "nodes": {"a": node}}
    (tmp_path / "w.json").write_text(json.dumps(document))
    said = "is a folder; name a file in it" if kind == "folder" else "save what comes from it to a file"
    for asked in (
        ["recipe", odd[kind]],
        ["check", odd[kind]],
        ["run", odd[kind], "--dry-run"],
        ["run", str(tmp_path / "w.json"), "--set", f"i={odd[kind]}"],
        ["generate", "edit", "--instruction", "x", "--image", odd[kind]],
    ):
        assert said in refused(*asked)


EDIT = ["generate", "edit", "--instruction", "x", "--image"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--nosuch"], "No such option: --nosuch"),
        (["ui", "--port", "abc"], "--port must be a whole number."),
        (["ui", "--port", "0"], "--port must be at least 1."),
        (["eval", "tabletop", "--temperature", "x"], "--temperature must be a number."),
        ([*EDIT, ""], "The name of a file or folder is empty"),
        ([*EDIT, "https://a.example/x.png"], "nothing is fetched"),
        ([*EDIT, "x" * 5000], f"The picture '{'x' * 100}…' cannot"),
        (["recipe", "y" * 5000], f"The file '{'y' * 100}…' cannot be opened"),
        (["run", "s3://a/b.json"], "s3://a/b.json is an address, and nothing is fetched"),
    ],
)  # fmt: skip
def test_an_option_that_cannot_be_is_told_in_a_line(asked: list[str], said: str) -> None:
    text = refused(*asked)
    assert text.startswith(said) or said in text
    assert len(text.splitlines()) == 1 and "parse" not in text


def test_h_is_help_and_no_columns_are_no_reason_to_print_nothing() -> None:
    assert "Usage" in run("-h").stdout and "Usage" in run("generate", "edit", "-h").stdout
    for columns in ("0", "x"):
        done = subprocess.run(
            [sys.executable, "-m", "lumina", "--help"], cwd=ROOT, env={**os.environ, "COLUMNS": columns},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "Serve the studio in the browser" in done.stdout


def test_json_names_files_exactly_in_any_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(console._json({"file": "d\udcffir"})) == {"file": "d\udcffir"}
    assert console._json({"word": "ü"}) == '{"word": "ü"}'


def test_a_recipe_is_exact_on_an_old_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp437"))
    words = "a red cube ☃ 😀 “ok” ü"
    shown = console.escaped(json.dumps({"prompt": words}, ensure_ascii=False))
    assert json.loads(shown.encode("cp437").decode("cp437")) == {"prompt": words} and "ü" in shown


@pytest.mark.parametrize("program", [["-m", "lumina", "tasks"], [str(ROOT / "app.py")]])
def test_a_current_folder_that_is_gone_is_one_sentence(program: list[str], tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    code = "import os, sys; os.chdir(sys.argv[1]); os.rmdir(sys.argv[1]); os.execv(sys.argv[2], sys.argv[2:])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "gone"), sys.executable, *program],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "The current folder no longer exists; change to another and start again.\n"


@pytest.mark.usefixtures("fake")
def test_a_tilde_that_no_shell_has_resolved_is_the_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    report = ran("generate", "text_to_image", "--prompt", "~/a cube", "--out=~/pics")
    assert Path(report["files"][0]).parent == tmp_path / "pics" and not (tmp_path / "~").exists()
    assert '"~/a cube"' in (read_recipe(Path(report["files"][0])) or "")
    monkeypatch.setenv("LUMINA_MODEL", "~/of my own")
    assert str(tmp_path / "of my own") in refused("generate", "text_to_image", *PROMPT)


@pytest.mark.usefixtures("fake")
def test_a_batch_names_its_broken_rows_and_a_file_gives_texts(tmp_path: Path) -> None:
    workflow, table, out = tmp_path / "w.json", tmp_path / "t.jsonl", tmp_path / "out"
    inputs = {"prompt": {"from": "inputs.prompt"}, "seed": 3}
    workflow.write_text(
        json.dumps(
            {
                "lumina": 1,
                "inputs": {"prompt": {"type": "text"}},
                "nodes": {"a": {"task": "text_to_image", "inputs": inputs}},
            }
        )
    )
    table.write_text('{"prompt": "a dragon"}\n{"a.width": 7}\n{"prompt": "a cone"}\n')
    result = run("batch", workflow, "--inputs", table, "--out", out)
    assert result.exit_code == 2 and result.stdout == f"2 of 3 rows done, 1 failed; results in {out}.\n"
    assert '"dragon"' in result.stderr and "Row 2: " in result.stderr
    before = {path.name for path in out.glob("*.png")}
    assert len(before) == 2
    table.write_text('{"promt": "a dragon"}\n')
    assert 'did you mean "prompt"?' in refused("batch", workflow, "--inputs", table, "--out", out)
    table.write_text('{"prompt": "a cone"}\n\n{"promt": "a dragon"}\n')
    said = refused("batch", workflow, "--inputs", table, "--out", out)
    assert said.startswith('In row 2 of the table: There is no input "promt";')
    for row, name in (({"a": {"seed": 3}}, "a.seed"), ({"row": {"prompt": "a cone"}}, "prompt")):
        table.write_text(json.dumps(row))
        said = refused("batch", workflow, "--inputs", table, "--out", out)
        assert f'holds an object; write "{name}" in its place.' in said
    table = tmp_path / "t.csv"
    table.write_text("promt\na cone\n")
    said = refused("batch", workflow, "--inputs", table, "--out", out)
    assert "In the table, whose columns are named in its first line: There is no" in said
    table.write_text(
        'prompt;a.temperature;a.halving;a.seed\na cone;0,5;TRUE;007\na cone;"1,000";nein;1,000\n'
    )
    result = run("batch", workflow, "--inputs", table, "--out", out)
    assert (
        "Row 2: a.temperature: 1,000 may be a decimal or a thousand; write it without the comma."
        in result.stderr
    )
    table.write_text("prompt,a.seed\na cone,7\na cube,\n")
    result = run("batch", workflow, "--inputs", table, "--out", tmp_path / "set", "--set", "a.seed=9")
    seeds = [read_recipe(path) or "" for path in sorted((tmp_path / "set").glob("*.png"))]
    assert [json.loads(text)["nodes"]["a"]["inputs"]["seed"] for text in seeds] == [7, 9]
    assert "--set a.seed fills empty cells only; 1 of 2 rows have a value of their own" in result.stderr
    table.write_text("prompt;a.seed\na cone;1.000\n")
    told = run("batch", workflow, "--inputs", table, "--out", out).stderr
    assert "a.seed: 1.000 may be a decimal or a thousand; write it without the point." in told
    (picture,) = [path for path in out.glob("*.png") if path.name not in before]
    drawn = json.loads(read_recipe(picture) or "")["nodes"]["a"]["inputs"]
    assert (drawn["temperature"], drawn["halving"], drawn["seed"]) == (0.5, True, 7)
    (tmp_path / "texts.txt").write_text("a cone\n\na cube\n")
    report = ran("run", workflow, "--set", f"prompt=@{tmp_path / 'texts.txt'}", "--out", tmp_path / "several")
    assert [len(values) for values in report["outputs"].values()] == [2]
    assert "cannot be opened" in refused("run", workflow, "--set", "prompt=@nowhere.txt", "--out", out)


@pytest.mark.usefixtures("fake")
def test_a_batch_names_pictures_that_lie_there_of_other_runs(tmp_path: Path) -> None:
    inputs = {"prompt": {"from": "inputs.prompt"}, "seed": 3}
    document = {"lumina": 1, "inputs": {"prompt": {"type": "text"}}}
    nodes = {"a": {"task": "text_to_image", "inputs": inputs}}
    workflow = written(tmp_path, json.dumps({**document, "nodes": nodes}))
    table, out = tmp_path / "t.csv", tmp_path / "out"

    def told(prompts: list[str], *more: str) -> Result:
        table.write_text("\n".join(["prompt", *prompts]))
        return run("batch", workflow, "--inputs", table, "--out", out, *more)

    five = [f"a {colour} cone" for colour in ("red", "blue", "green", "yellow", "orange")]
    assert told(five[:1]).stderr == told(five).stderr == told(five).stderr == ""
    (out / "holiday.png").touch()
    before = sorted(path.name for path in out.glob("*-image-*.png"))
    result = told(["a cube", *five[1:]])
    assert result.stderr.startswith(
        f"One picture in {out} is not of this run, but of another table or an earlier run: {before[0]}.\n"
    )
    result = told(["a sphere"], "--json")
    others = json.loads(result.stdout)["others"]
    assert len(others) == 6 and {*before} < {*others}
    assert f"6 pictures in {out} are not" in result.stderr and " and 3 more, which --json" in result.stderr


def test_pictures_are_given_as_files_one_or_several_also_as_windows_writes_them(tmp_path: Path) -> None:
    document = {
        "lumina": 1,
        "inputs": {"picture": {"type": "image"}},
        "nodes": {"a": {"task": "image_file", "inputs": {"image": {"from": "inputs.picture"}}}},
    }
    workflow = written(tmp_path, json.dumps(document))
    (tmp_path / "pictures").mkdir()
    for name, colour in (("red", "red"), ("in blue", "blue")):
        Image.new("RGB", (64, 64), colour).save(tmp_path / "pictures" / f"{name}.png")
    folder = tmp_path / "pictures"
    files = json.dumps([str(folder / "red.png"), str(folder / "in blue.png")])
    report = ran("run", workflow, "--set", f"picture={files}", "--out", tmp_path / "out")
    assert len(report["outputs"]["image"]) == 2
    (tmp_path / "t.csv").write_text("picture\npictures/red.png\npictures\\in blue.png\n")
    result = run("batch", workflow, "--inputs", tmp_path / "t.csv", "--out", tmp_path / "rows")
    assert result.exit_code == 0 and result.stdout.startswith("2 of 2 rows done")


def callbacks(group: typer.Typer) -> list[Any]:
    inner = [each.typer_instance for each in group.registered_groups if each.typer_instance]
    return [each.callback for each in group.registered_commands] + [
        c for one in inner for c in callbacks(one)
    ]


def test_every_option_that_is_a_path_knows_the_tilde() -> None:
    options = [
        (command.__name__, kind)
        for command in callbacks(app)
        for kind in get_type_hints(command, include_extras=True).values()
        if get_origin(kind) is Annotated and "Path" in str(get_args(kind)[0])
    ]
    parsers = [(name, get_args(kind)[1].parser) for name, kind in options]
    assert len(options) > 25
    assert not [name for name, parser in parsers if parser not in (expanded, folder_named)]


@pytest.mark.parametrize("variable", ["HOME", "TMPDIR", "LUMINA_RESULTS"])
def test_the_doctor_examines_what_is_broken(variable: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), variable: str(tmp_path / "file" / "below")}
    done = subprocess.run(
        [sys.executable, "-m", "lumina", "doctor", "--json"], capture_output=True, text=True, env=environment
    )
    assert "Traceback" not in done.stderr and json.loads(done.stdout)["python"]["ok"]
    assert json.loads(done.stdout)["results"]["ok"] is (variable != "LUMINA_RESULTS")
    assert json.loads(done.stdout)["temporary files"]["ok"] is (variable != "TMPDIR")


@pytest.mark.usefixtures("able")
def test_a_run_and_its_plan_name_every_input_without_a_value(tmp_path: Path) -> None:
    file = tmp_path / "open.json"
    nodes = {
        "a": {"task": "edit", "inputs": {"image": {"from": "inputs.i"}, "instruction": {"from": "inputs.p"}}},
        "b": {"task": "text_to_image", "inputs": {"prompt": {"from": "inputs.q"}}},
    }
    inputs = {"p": {"type": "text"}, "i": {"type": "image"}, "q": {"type": "text"}}
    file.write_text(json.dumps({"lumina": 1, "inputs": inputs, "nodes": nodes}))
    for more in ((), ("--dry-run",)):
        assert 'The inputs "p", "i" and "q" are not filled; give each a value.' in refused("run", file, *more)
    some = ("--set", "p=x", "--set", "q=y")
    assert 'The input "i" is not filled; give it a value.' in refused("run", file, *some, "--dry-run")
    gone = refused("run", file, *some, "--set", f"i={tmp_path}/gone.png")
    assert "The picture 'gone.png' cannot be opened; check its name." in gone


@pytest.mark.usefixtures("able")
def test_a_plan_that_cannot_end_is_no_success(tmp_path: Path) -> None:
    file = tmp_path / "gone.json"
    edit = {"task": "edit", "inputs": {"image": {"image": "gone.png"}, "instruction": "make the cube red"}}
    file.write_text(json.dumps({"lumina": 1, "nodes": {"a": edit}}))
    assert run("run", file, "--dry-run").exit_code == 2
    planned = run("run", file, "--dry-run", "--json")
    assert planned.exit_code == 2
    assert "gone.png" in planned.output


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_same_by_every_way_in(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeing = FakePipeline(replace(MODELS["tabletop"], tasks=tuple(TASKS), panel_sizes=()))
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: seeing)
    file = tmp_path / name
    file.write_bytes(PICTURES[name])
    meant = ImageInput.of(open_image(PICTURES[name], keep_alpha=True))
    edited = ran(
        "generate", "edit", "--image", file, "--instruction", "make the cone blue", "--out", tmp_path / "out",
        remark="never learned to draw",
    )  # fmt: skip
    recipe = json.loads(read_recipe(Path(edited["files"][0])) or "")
    assert recipe["nodes"]["edit"]["inputs"]["image"] == {"image": meant.name}
    document = {"lumina": 1, "inputs": {"i": {"type": "image"}}, "nodes": {
        "a": {"task": "image_file", "inputs": {"image": {"image": name}}},
        "b": {"task": "image_file", "inputs": {"image": {"from": "inputs.i"}}},
    }, "outputs": {"a": {"from": "a.image"}, "b": {"from": "b.image"}}}  # fmt: skip
    (tmp_path / "w.json").write_text(json.dumps(document))
    outputs = ran("run", tmp_path / "w.json", "--set", f"i={file}", "--out", tmp_path / "out")["outputs"]
    for way in "ab":
        assert ImageInput.of(open_image(Path(outputs[way][0]), keep_alpha=True)) == meant
    assert ImageInput.of(picture_of(base64.b64encode(PICTURES[name]).decode(), "Picture")) == meant


@pytest.mark.parametrize("name", ["p3.png", "p3.jpg"])
def test_a_profile_means_the_same_colour_by_every_way_in(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    panels: list[Image.Image] = []

    class Seeing(FakePipeline):
        def draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
            panels.extend(panel for request in requests for panel in request.given)
            return super().draw(requests)

    seeing = Seeing(replace(MODELS["tabletop"], tasks=tuple(TASKS), panel_sizes=()))
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: seeing)
    file = ROOT / "tests" / "cases" / name
    read = ImageInput.of(open_image(file, keep_alpha=True)).name
    report = ran(
        "generate", "edit", "--image", file, "--instruction", "make the cone blue", "--out", tmp_path,
        remark="never learned to draw",
    )  # fmt: skip
    recipe = json.loads(read_recipe(Path(report["files"][0])) or "")
    assert recipe["nodes"]["edit"]["inputs"]["image"] == {"image": read}
    shutil.copy(file, tmp_path / name)
    document = {"lumina": 1, "nodes": {"a": {"task": "image_file", "inputs": {"image": {"image": name}}}}}
    (tmp_path / "w.json").write_text(json.dumps(document))
    beside = open_image(Path(ran("run", tmp_path / "w.json", "--out", tmp_path)["outputs"]["image"][0]))
    well = picture_of(base64.b64encode(file.read_bytes()).decode(), "Picture")
    for picture in (*panels, beside, well, open_image(file)):
        pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3).astype(int)
        seen = np.median(pixels[pixels[:, 0] > pixels[:, 1] + 100], axis=0)
        assert panels and np.abs(seen - (220, 20, 20)).max() <= 4


def test_an_edit_that_changes_nothing_says_so(
    photo: Path, tmp_path: Path, fake: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("generate", "edit", "--image", photo, "--instruction", "make it night", "--out", tmp_path)
    cut = json.loads(run(*arguments, "--json").stdout)["remark"]
    assert cut == CUT.format(width=128, height=128, ends="left and right")
    monkeypatch.setattr("lumina.tasks.panels.is_same", lambda one, other: True)
    result = run(*arguments, "--json")
    assert json.loads(result.stdout)["remark"] == f"{UNCHANGED} {cut}"
    assert UNCHANGED in result.stderr


@pytest.mark.usefixtures("fake")
def test_what_is_no_word_has_a_sentence_of_its_own(tmp_path: Path) -> None:
    prompt = "a (crimson cube:1.2) --ar 16:9"
    result = run("generate", "text_to_image", "--prompt", prompt, "--out", tmp_path, "--json")
    assert result.stderr.splitlines() == [
        'Drawn as "a red cube".',
        'Not drawn: "(crimson cube:1.2)", "--ar 16:9" (this model reads no settings of other programs).',
    ]
    assert json.loads(result.stdout)["not_drawn"][0]["note"] == NO_SETTINGS


@pytest.mark.parametrize("option", ["--best-of", "--stop-row", "--top-p", "--window", "--dtype", "--width"])
def test_an_error_names_the_option_that_was_typed(option: str) -> None:
    said = refused("generate", "text_to_image", *PROMPT, option, "-1")
    assert said.startswith(f"{option}: must be ")


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be written to; choose another" in refused("bench", "--out", tmp_path / "file")


def test_a_prompt_is_written_out_for_a_published_model_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    omni = FakePipeline(MODELS["omni"])
    monkeypatch.setattr(generate, "open_pipeline", lambda model, previews=False: omni)
    monkeypatch.setattr(Rewriter, "_answer", lambda self, prompt: f"{prompt}, asleep on a red sofa.")
    words = ["generate", "text_to_image", "--prompt", "a cat", "--rewrite", "--out", tmp_path, "--json"]
    result = run(*words, "--model", "omni")
    assert result.exit_code == 2 and "name one in LUMINA_REWRITER" in result.stderr
    monkeypatch.setenv("LUMINA_REWRITER", "http://127.0.0.1:8080/v1")
    result = run(*words, "--model", "omni")
    assert result.stderr.startswith('Drawn as "a cat, asleep on a red sofa.".')
    report = json.loads(result.stdout)
    assert report["drawn_as"] == "a cat, asleep on a red sofa."
    assert '"prompt": "a cat, asleep on a red sofa."' in (read_recipe(Path(report["files"][0])) or "")
    result = run(*words, "--model", "tabletop")
    assert result.exit_code == 2 and result.stderr.count("\n") == 1 and "leave out --rewrite" in result.stderr
