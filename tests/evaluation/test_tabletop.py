"""The benchmark draws, judges, counts and reports; a pipeline that renders the truth gets full marks."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lumina.errors import InputError
from lumina.evaluation import tabletop
from lumina.evaluation.prompts import CATEGORIES
from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.worlds.tabletop.captions import parse, stands
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import COLORS, Scene, Solid, place


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
    steps = tabletop.run(PerfectPipeline(), task="text_to_image", limit=12, out=out)
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
    assert scores["window"] == 16
    assert scores["pictures"] == 12
    assert scores["intervals_95"]["overall"] == [0.7575, 1.0]
    assert scores["tokens_per_forward"] > 1


def test_the_report_is_written(perfect):
    scores, _, out = perfect
    written = json.loads((out / "text_to_image.json").read_text())
    assert written["overall"] == scores["overall"]
    assert [row["category"] for row in written["judged"]][::2] == list(CATEGORIES)
    assert (out / written["judged"][3]["picture"]).exists()
    assert "| counting | 1.000 | " in (out / "text_to_image.md").read_text()
    with Image.open(out / "text_to_image.png") as sheet:
        assert sheet.width > 1000


def test_coloured_noise_scores_nothing(tmp_path):
    steps = tabletop.run(FakePipeline(), task="text_to_image", limit=6, out=tmp_path)
    scores = finish(steps)["text_to_image"]
    assert scores["overall"] == 0
    row = json.loads((tmp_path / "text_to_image.json").read_text())["judged"][0]
    assert not row["accepted"] and row["reasons"]


def test_a_stopped_run_is_the_mean_of_what_was_begun(tmp_path):
    steps = tabletop.run(PerfectPipeline(), task="text_to_image", limit=12, out=tmp_path)
    for _ in range(3):
        next(steps)
    steps.close()
    written = json.loads((tmp_path / "text_to_image.json").read_text())
    assert written["overall"] == written["single_object"] == written["two_objects"] == 1
    assert "counting" not in written and "counting" not in (tmp_path / "text_to_image.md").read_text()


@pytest.mark.parametrize("wrong", [{"task": "sculpture"}, {"limit": 0}, {"options": {"guidance_scale": 40}}])
def test_wrong_input_is_named(tmp_path, wrong):
    with pytest.raises(InputError, match=r"sculpture|limit|guidance_scale"):
        tabletop.run(FakePipeline(), out=tmp_path, **wrong)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InputError, match="cannot be written to"):
        tabletop.run(FakePipeline(), out=tmp_path / "file")
