"""Shards of rendered scenes: what is in them, and that a broken-off rendering goes on."""

import numpy as np
import pytest

from lumina.errors import InputError
from lumina.steps import finish
from lumina.training import dataset, pairs
from lumina.training.dataset import (
    Shard,
    read_pictures,
    read_scenes,
    render_scenes,
    shard_files,
    stored_kinds,
    write_shard,
)
from lumina.training.decoder_trainer import DecoderTraining
from lumina.training.pairs import PairShard
from lumina.training.tokenizer_trainer import Batches, TokenizerTraining, to_pictures
from lumina.worlds.tabletop.scenes import FRAMES
from tests.training.tiny import CURRICULUM, TINY_MOVQ


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(dataset, "SHARD", 3)


def test_frames_and_patterns_come_in_fixed_shares():
    shards = [Shard(number) for number in range(40)]
    assert {shard.frame(FRAMES) for shard in shards} == set(FRAMES)
    assert sum(shard.frame(FRAMES) == (128, 128) for shard in shards) == 28
    assert sum(shard.is_varied(CURRICULUM) for shard in shards) == 8


def test_a_shard_holds_training_scenes_and_all_their_maps(few, tmp_path):
    write_shard(2, tmp_path, CURRICULUM)
    (file,) = shard_files(tmp_path)
    scenes = read_scenes(file, CURRICULUM)
    assert len(scenes) == 3
    assert not any(scene.is_held_out for scene in scenes)
    assert set(stored_kinds(file)) == set(CURRICULUM.images)
    for kind in CURRICULUM.images:
        pictures = read_pictures(file, kind)
        assert pictures.shape == (3, 96, 160, 3)
        assert pictures.dtype == np.uint8
    assert CURRICULUM.read_scene(scenes[0].row()) == scenes[0]
    assert (read_pictures(file, "depth")[1] == scenes[1].images()["depth"]).all()


def test_rendering_goes_on_where_it_stopped(few, tmp_path):
    assert finish(render_scenes(tmp_path, 1, CURRICULUM, workers=1)) == 1
    before = Shard(0).path(tmp_path).stat().st_mtime_ns
    assert finish(render_scenes(tmp_path, 2, CURRICULUM, workers=1)) == 2
    assert Shard(0).path(tmp_path).stat().st_mtime_ns == before
    assert len(list(shard_files(tmp_path))) == 2
    assert not list(tmp_path.glob("*.part"))


def test_scenes_of_another_world_are_not_mixed_in(few, tmp_path, monkeypatch):
    finish(render_scenes(tmp_path / "new", 1, CURRICULUM, workers=1))
    monkeypatch.setattr("lumina.worlds.tabletop.scenes.COLORS", ("red", "blue"))
    other = type(CURRICULUM)()
    (tmp_path / "unknown").mkdir()
    write_shard(0, tmp_path / "unknown", other)
    for folder in ("new", "unknown"):
        with pytest.raises(InputError, match="another tabletop world"):
            finish(render_scenes(tmp_path / folder, 2, other, workers=1))
        with pytest.raises(InputError, match="another tabletop world"):
            finish(pairs.render_pairs(tmp_path / folder, {"edit": 1}, other, workers=1))


def test_the_decoder_is_refined_on_subjects_where_there_are_some(few, tmp_path, monkeypatch):
    monkeypatch.setattr(pairs, "SHARD", 2)
    write_shard(0, tmp_path, CURRICULUM)
    shard = PairShard("subject", 0)
    settings = {"scenes": tmp_path, "out": tmp_path, "config": TINY_MOVQ, "batch": 60, "processes": 1}
    refined = DecoderTraining(shares=CURRICULUM.refined, **settings)
    assert not _subjects_in(refined, [])  # none yet: the other kinds share it out
    pairs.write_shard(shard, tmp_path, CURRICULUM)
    subjects = list(read_pictures(shard.path(tmp_path), "picture"))
    assert _subjects_in(refined, subjects) > 6
    assert not _subjects_in(TokenizerTraining(shares=CURRICULUM.images, **settings), subjects)


def _subjects_in(settings, subjects):
    """How many of a batch's pictures are subjects."""
    batch = to_pictures(next(iter(Batches(settings, 0, 0))))
    return sum(any(np.array_equal(picture, subject) for subject in subjects) for picture in batch)
