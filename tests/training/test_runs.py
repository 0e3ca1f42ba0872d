"""Whole training runs in seconds: they learn, resume, refine, and write a folder the pipeline can load."""

import dataclasses

import numpy as np
import pytest
import torch

from lumina.errors import InputError
from lumina.files import shipped_files
from lumina.model.checkpoint import load_movqgan, load_transformer, save_movqgan
from lumina.model.config import MODELS, spec_of
from lumina.model.draft_table import load_tables
from lumina.model.movqgan import MoVQGAN
from lumina.steps import finish
from lumina.training import curricula, dataset, pairs, runs, tokenizer_trainer, vocabulary
from lumina.training.codes import encode_shards, maker_of
from lumina.training.record import Record
from lumina.training.rejected_drawings import Rejected, save_rejected
from lumina.training.tokenizer_trainer import TokenizerTraining
from tests.training.tiny import CURRICULUM, TINY_MOVQ, TINY_TRANSFORMER


@pytest.fixture
def small(monkeypatch):
    """A world of six scenes, and networks of a few thousand weights."""
    monkeypatch.setattr(dataset, "SHARD", 6)
    monkeypatch.setattr(vocabulary, "_corpus", lambda _: ["a red cube left of a blue sphere"])
    monkeypatch.setattr(curricula, "TRANSFORMER", TINY_TRANSFORMER)
    monkeypatch.setattr(curricula, "TOKENIZER", dataclasses.asdict(TINY_MOVQ))
    small_settings = dataclasses.make_dataclass(
        "Small", [("batch", int, 4)], bases=(TokenizerTraining,), frozen=True
    )
    monkeypatch.setattr(runs, "TokenizerTraining", small_settings)


@pytest.mark.slow
def test_the_documented_commands_train_a_model_from_nothing(small, tmp_path, monkeypatch):
    data, out = tmp_path / "scenes", tmp_path / "run"
    with pytest.raises(InputError, match="There is no folder"):
        finish(runs.train_model(data, out))
    data.mkdir()
    with pytest.raises(InputError, match="train tokenizer"):
        finish(runs.train_model(data, out))
    dataset.claim_world(data, CURRICULUM)
    dataset.write_shard(0, data, CURRICULUM)
    folder = finish(runs.train_tokenizer(data, out, "tabletop", minutes=0.03, processes=1, shards=1))
    assert (out / "tokenizer" / "samples.png").exists()
    codes = load_movqgan(folder).encode(torch.zeros(1, 3, 128, 128))
    finish(runs.train_decoder(data, out, minutes=0.02, processes=1))
    assert torch.equal(load_movqgan(folder).encode(torch.zeros(1, 3, 128, 128)), codes)
    assert finish(runs.train_model(data, out, minutes=0.03, processes=1, tasks=["text_to_image"])) == folder
    first = load_transformer(folder)
    assert (out / "transformer" / "curves.png").exists()
    assert len(load_tables(folder, TINY_MOVQ.n_embed)) == 1  # of pictures alone, for there are no maps
    made = spec_of(str(out))
    assert (made.name, made.world, made.of_task) == ("run", "tabletop", MODELS["tabletop"].of_task)
    assert made.tasks == ("text_to_image",)  # it has learned nothing else
    # the same command again has nothing left to do and writes the same weights
    finish(runs.train_model(data, out, minutes=0.03, processes=1, tasks=["text_to_image"]))
    again = load_transformer(folder)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    # a later release goes on from the finished weights with a fresh optimiser
    monkeypatch.setattr(pairs, "SHARD", 12)
    monkeypatch.setattr(type(CURRICULUM), "pairs", {"edit": 1, "subject": 1})
    later, rejected = tmp_path / "later", tmp_path / "rejected"
    rejected.mkdir()
    save_rejected(
        rejected / "captions-00000.npz", [Rejected("a red cube", np.zeros((16, 16), np.int64), 900.0)]
    )
    finish(runs.train_model(data, later, minutes=0.05, processes=1, start_from=folder, rejected=rejected))
    assert {row for row in Record(later / "transformer").rows()[-1]} >= {
        f"held_back_{t}" for t in CURRICULUM.tasks
    }
    assert set(spec_of(str(later)).tasks) == set(CURRICULUM.tasks)
    moved = load_transformer(later / "model")
    assert any(not torch.equal(a, b) for a, b in zip(first.parameters(), moved.parameters(), strict=True))


def test_a_run_resumes_from_its_checkpoint(small, tmp_path):
    data = tmp_path / "scenes"
    data.mkdir()
    dataset.claim_world(data, CURRICULUM)
    dataset.write_shard(0, data, CURRICULUM)
    settings = TokenizerTraining(
        data, tmp_path / "run", TINY_MOVQ, CURRICULUM.images, minutes=0.02, batch=4, processes=1
    )
    model = finish(tokenizer_trainer.train(settings))
    state = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert state["trained"] >= 1.2 and state["step"] > 0
    resumed = finish(tokenizer_trainer.train(settings))
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), resumed.parameters(), strict=True))
    # the clock stops a longer one after a step, which is kept
    longer = dataclasses.replace(settings, minutes=10.0, deadline=0.0)
    finish(tokenizer_trainer.train(longer))
    later = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert later["step"] == state["step"] + 1
    # and it goes on with nothing else than it was begun with
    (tmp_path / "others").mkdir()
    for other in ({"scenes": tmp_path / "others"}, {"start_from": tmp_path / "others"}):
        with pytest.raises(InputError, match="begun with other data or another model"):
            finish(tokenizer_trainer.train(dataclasses.replace(settings, **other)))


def test_codes_of_another_picture_tokenizer_are_refused(small, tmp_path):
    data, model = tmp_path / "scenes", tmp_path / "model"
    data.mkdir()
    dataset.claim_world(data, CURRICULUM)
    dataset.write_shard(0, data, CURRICULUM)

    def build(seed):
        torch.manual_seed(seed)
        made = MoVQGAN(TINY_MOVQ)
        save_movqgan(made, model)
        return made

    made = build(1)
    finish(encode_shards(data, model, tmp_path / "codes", CURRICULUM, map_shards=0, workers=1))
    with torch.no_grad():
        made.decoder.conv_out.bias += 1
    save_movqgan(made, model)  # a refined decoder leaves codes as they are
    finish(encode_shards(data, model, tmp_path / "codes", CURRICULUM, map_shards=0, workers=1))
    build(2)
    with pytest.raises(InputError, match="give --codes another folder"):
        finish(encode_shards(data, model, tmp_path / "codes", CURRICULUM, map_shards=0, workers=1))
    source = tmp_path / "source"
    save_movqgan(made, source)
    (source / "config.json").write_text("{}")
    with pytest.raises(InputError, match="give --out another folder"):
        finish(runs.prepare(data, tmp_path, start_from=source))
    assert maker_of(model) != maker_of(source)


def test_a_world_is_prepared_with_the_tokenizers_shipped_for_it(monkeypatch, tmp_path):
    monkeypatch.setattr(dataset, "SHARD", 6)
    data, out = tmp_path / "scenes", tmp_path / "run"
    asked = {"tasks": ["text_to_image"], "world": "tabletop", "shards": 1, "workers": 1}
    codes = finish(runs.prepare(data, out, **asked))
    shipped = shipped_files() / "assets" / "models" / "tabletop"
    assert maker_of(out / "model") == maker_of(shipped) and any(codes.iterdir())
    assert not (out / "model" / "config.json").exists()  # its transformer is still to be trained
    assert finish(runs.prepare(data, out, **asked)) == codes
    monkeypatch.setattr(runs, "shipped_files", lambda: tmp_path)
    with pytest.raises(InputError, match="run `lumina train tokenizer --world tabletop` first"):
        finish(runs.prepare(tmp_path / "other", tmp_path / "new", **asked))
    assert not (tmp_path / "other").exists()
    nothing = tmp_path / "nothing"
    with pytest.raises(InputError, match="There is no model in"):  # before anything is rendered
        finish(runs.prepare(tmp_path / "other", tmp_path / "new", start_from=nothing, world="tabletop"))
    with pytest.raises(InputError, match="There is no picture tokenizer in"):
        finish(runs.train_tokenizer(tmp_path / "other", tmp_path / "new", "tabletop", start_from=nothing))
    assert not (tmp_path / "other").exists()
    with pytest.raises(InputError, match='no world "nowhere"'):
        finish(runs.prepare(data, out, world="nowhere"))
