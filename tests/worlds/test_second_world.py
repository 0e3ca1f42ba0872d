"""A second world, in one folder: trained, drawn, judged, hinted, benchmarked, and nothing else is touched."""

import pytest

from lumina.errors import InputError
from lumina.evaluation import benchmark, best_of, speed
from lumina.evaluation.round_trip import spoils, tokenizer_report
from lumina.evaluation.strictness import strictness
from lumina.model.checkpoint import load_movqgan
from lumina.model.config import spec_of
from lumina.runtime.pipeline import Pipeline
from lumina.steps import finish
from lumina.tasks.base import read
from lumina.tasks.edit import Edit
from lumina.tasks.text_to_image import TextToImage
from lumina.training import dataset, pairs, rejection_sampling, runs
from lumina.ui.examples import examples_of
from lumina.ui.prompt_guide import guide_of
from lumina.worlds import WORLDS
from tests.worlds.squares.world import WORLD, SquaresCurriculum


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model of squares, trained for seconds by the documented commands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(WORLDS, "squares", lambda: WORLD)
        patch.setattr(dataset, "SHARD", 8)
        patch.setattr(pairs, "SHARD", 8)
        data, out = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("anything") / "x"
        finish(runs.train_tokenizer(data, out, "squares", minutes=0.05, processes=1, shards=2))
        finish(runs.train_decoder(data, out, minutes=0.02, processes=1))
        finish(runs.train_model(data, out, minutes=0.05, processes=1, batch=4))
        yield out


@pytest.fixture(scope="module")
def painter(folder):
    return Pipeline.load(str(folder))


def test_a_folder_is_known_by_what_it_says(folder):
    spec = spec_of(str(folder))
    assert (spec.name, spec.title, spec.world) == ("x", "Squares", "squares")


def test_it_draws_and_the_judge_chooses(painter):
    task = TextToImage(prompt="a red square", seed=1, best_of=2, scorer="judge")
    picture = finish(task.run(painter)).image[0]
    assert picture.image.size == (32, 32)
    assert {one.score for one in picture.candidates} <= {0.0, 1.0}
    with pytest.raises(InputError, match='needs a prompt such as "a red square"'):
        task.model_copy(update={"prompt": "two squares"}).run(painter)


def test_its_words_are_read_and_unknown_ones_are_named(painter):
    task = read(TextToImage, {"prompt": "A RED cat."})
    assert task.as_read(painter.spec).prompt == "a red cat"
    assert [word.word for word in task.unknown_words(painter.spec)] == ["cat"]
    assert guide_of(painter.spec).examples == WORLD.prompts


def test_the_page_offers_its_examples(painter):
    (example,) = examples_of(Edit, painter.spec)
    assert example.label == "make the left square blue" and set(example.values) == {"image", "instruction"}


def test_it_is_benchmarked(painter, tmp_path):
    found = finish(benchmark.run(painter, limit=2, out=tmp_path))
    assert set(found) == {"text_to_image", "predict"}
    assert found["text_to_image"]["cases"] == 2 and found["predict"]["error"] >= 0
    assert "| text_to_image | overall |" in (tmp_path / "text_to_image.md").read_text()
    assert finish(best_of.run(painter, 1, 0, rounds=1))["prompts"] == 1
    assert finish(speed.run(painter, pictures=1, windows=(4,)))["pictures"] == 1


def test_its_tokenizer_and_its_judge_are_measured(folder):
    movqgan = load_movqgan(folder / "model")
    assert finish(tokenizer_report(movqgan, WORLD.benchmark(), 2))["tokenizer"]["error"] >= 0
    found = finish(strictness(WORLD.benchmark(), 2, **spoils(movqgan)))
    assert found["accepted"] == found["wrong_rejected"] == 1


def test_what_its_judge_rejects_is_kept(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(rejection_sampling, "DRAWINGS", 2)
    assert finish(rejection_sampling.reject(folder / "model", tmp_path, 1, workers=1)) in range(3)


def test_a_run_goes_on_with_scenes_of_the_same_world_only(folder, tmp_path):
    dataset.claim_world(tmp_path, SquaresCurriculum())
    with pytest.raises(InputError, match="another tabletop world"):
        finish(runs.train_tokenizer(tmp_path, tmp_path / "out", "tabletop", minutes=0.01))
    with pytest.raises(InputError, match='no world "circles" to train on'):
        finish(runs.train_tokenizer(tmp_path, tmp_path / "out", "circles", minutes=0.01))
