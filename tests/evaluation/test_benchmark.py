"""The benchmark draws, judges, counts and reports; a pipeline that renders the truth gets full marks."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lumina.errors import InputError
from lumina.evaluation import benchmark
from lumina.evaluation.measuring import interval
from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.settings import Settings
from lumina.steps import finish
from lumina.worlds.tabletop.benchmark.prompts import CATEGORIES
from lumina.worlds.tabletop.captions import parse, stands
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import COLORS, Scene, Solid, place
from tests.evaluation.oracle import ALL, Oracle


class PerfectPipeline(FakePipeline):
    """Renders what the instruction asks for."""

    def draw(self, requests):
        drawings = yield from super().draw(requests)
        return tuple(self._shown(*pair) for pair in zip(requests, drawings, strict=True))

    def _shown(self, request, drawing):
        claim = parse(request.instruction.split("\n")[1])
        picture = render(_scene(claim, request.width, request.height, request.seed)).picture
        return replace(drawing, image=Image.fromarray(picture))


def _scene(claim, width, height, seed):
    rng = np.random.default_rng(seed)
    colors = iter(rng.permutation(COLORS))
    wanted = [
        Solid(thing.shape, thing.color or next(colors), thing.material or "matte", "small")
        for thing in claim.things
        for _ in range(thing.count)
    ]
    while True:
        solids = place(wanted, width, height, rng)
        if solids and (claim.relation is None or stands(claim.relation, *solids, width, height)):
            return Scene(solids, "grey", "daylight", width, height)


@pytest.fixture(scope="module")
def perfect(tmp_path_factory):
    out = tmp_path_factory.mktemp("eval")
    steps = benchmark.run(PerfectPipeline(), task="text_to_image", limit=12, out=out)
    shown = []
    while True:
        try:
            shown.append(next(steps))
        except StopIteration as stop:
            return stop.value["text_to_image"], shown, out


def test_true_pictures_score_full_marks(perfect):
    scores, shown, _ = perfect
    assert {name: scores[name] for name in ("overall", *CATEGORIES)} == dict.fromkeys(
        ("overall", *CATEGORIES), 1.0
    )
    assert [(step.done, step.total) for step in shown] == [(i, 12) for i in range(1, 13)]


def test_settings_stand_beside_the_scores(perfect):
    scores, _, _ = perfect
    spec = MODELS["tabletop"]
    assert (scores["temperature"], scores["guidance_scale"]) == (spec.temperature, spec.guidance_scale)
    assert scores["guidance_scale"] == MODELS["tabletop"].guidance_scale
    assert scores["window"] == Settings().window
    assert scores["cases"] == 12
    assert scores["intervals_95"]["overall"] == [0.7575, 1.0]
    assert scores["tokens_per_forward"] > 1


def test_the_report_is_written(perfect):
    scores, _, out = perfect
    written = json.loads((out / "text_to_image.json").read_text())
    assert written["rows"]["text_to_image"]["overall"] == scores["overall"]
    assert [next(n for n in CATEGORIES if n in row) for row in written["cases"]][::2] == list(CATEGORIES)
    assert (out / written["cases"][3]["pictures"][0]).exists()
    assert "| text_to_image | counting | 1 | " in (out / "text_to_image.md").read_text()
    with Image.open(out / "text_to_image.png") as sheet:
        assert sheet.width > 1000


def test_coloured_noise_scores_nothing(tmp_path):
    steps = benchmark.run(FakePipeline(), task="text_to_image", limit=6, out=tmp_path)
    scores = finish(steps)["text_to_image"]
    assert scores["overall"] == 0
    row = json.loads((tmp_path / "text_to_image.json").read_text())["cases"][0]
    assert not row["overall"] and row["reasons"]


def test_a_stopped_run_is_the_mean_of_what_was_begun(tmp_path):
    steps = benchmark.run(PerfectPipeline(), task="text_to_image", limit=12, out=tmp_path)
    for _ in range(3):
        next(steps)
    steps.close()
    written = json.loads((tmp_path / "text_to_image.json").read_text())["rows"]["text_to_image"]
    assert written["overall"] == written["single_object"] == written["two_objects"] == 1
    assert "counting" not in written and "counting" not in (tmp_path / "text_to_image.md").read_text()


@pytest.mark.parametrize("wrong", [{"task": "sculpture"}, {"limit": 0}, {"options": {"guidance_scale": 40}}])
def test_wrong_input_is_named(tmp_path, wrong):
    with pytest.raises(InputError, match=r"sculpture|limit|guidance_scale"):
        benchmark.run(FakePipeline(), out=tmp_path, **wrong)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InputError, match="cannot be written to"):
        benchmark.run(FakePipeline(), out=tmp_path / "file")


def test_the_report_has_targets_and_pictures(tmp_path):
    steps = benchmark.run(Oracle(lambda *_: None), task="predict", limit=4, out=tmp_path)
    found = finish(steps)
    assert set(found) == {"depth", "normal", "segmentation", "canny"}
    assert found["depth"]["cases"] == 1 and found["depth"]["model"] == "tabletop@fake"
    table = (tmp_path / "predict.md").read_text()
    assert "| depth | abs_rel |" in table and "| ≤ 0.04 | missed |" in table
    written = json.loads((tmp_path / "predict.json").read_text())
    assert (tmp_path / written["cases"][0]["pictures"][0]).exists()
    assert (tmp_path / "predict.png").stat().st_size > 1000


def test_options_are_used_and_written_down(tmp_path):
    steps = benchmark.run(
        Oracle(lambda *_: None), task="subject", limit=1, out=tmp_path, options={"temperature": 0.5}
    )
    assert finish(steps)["subject"]["temperature"] == 0.5


def test_what_is_measured_when_it_is_stopped_is_written(tmp_path):
    for task in ("predict", "text_to_image"):
        steps = benchmark.run(FakePipeline(spec=Oracle(None).spec), task=task, limit=8, out=tmp_path)
        next(steps)
        next(steps)
        steps.close()
        report = json.loads((tmp_path / f"{task}.json").read_text())
        assert len(report["cases"]) == 2


def test_a_task_that_the_model_cannot_do_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot do multi_turn; it can do: text_to_image"):
        benchmark.run(
            FakePipeline(spec=replace(Oracle(None).spec, tasks=ALL[:1])), task="multi_turn", out=tmp_path
        )


def test_intervals_of_shares_and_means():
    assert interval([True] * 10) == pytest.approx((0.7225, 1), abs=1e-3)
    low, high = interval([1.0, 2.0, 3.0])
    assert interval([1.0]) is None
    assert low < 2 < high and high - low == pytest.approx(2 * 1.96 / 3**0.5, abs=1e-2)


def test_a_model_without_a_world_cannot_be_measured(tmp_path):
    with pytest.raises(InputError, match="draws no world whose truth is known; choose a model of tabletop"):
        benchmark.run(FakePipeline(spec=MODELS["omni"]), out=tmp_path)
