"""Shards of rendered scenes: what is in them, and that a broken-off rendering goes on."""

import dataclasses

import numpy as np
import pytest

from lumina.errors import InputError
from lumina.steps import finish
from lumina.training import dataset, pairs
from lumina.training.dataset import (
    KINDS,
    Shard,
    read_pictures,
    read_scenes,
    render_scenes,
    scene_of,
    shard_files,
)
from lumina.training.decoder_trainer import DecoderTraining
from lumina.training.pairs import PairShard, write_shard
from lumina.training.tokenizer_trainer import Batches, TokenizerTraining, to_pictures
from lumina.worlds.tabletop.scenes import FRAMES, is_held_out


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(dataset, "SHARD", 3)


def test_frames_and_patterns_come_in_fixed_shares():
    shards = [Shard(number) for number in range(40)]
    assert {shard.frame for shard in shards} == set(FRAMES)
    assert sum(shard.frame == (128, 128) for shard in shards) == 28
    assert sum(shard.patterned for shard in shards) == 8


def test_a_shard_holds_training_scenes_and_all_their_maps(few, tmp_path):
    dataset._write_shard(2, tmp_path)
    (file,) = shard_files(tmp_path)
    scenes = read_scenes(file)
    assert len(scenes) == 3
    assert not any(is_held_out(scene) for scene in scenes)
    for kind in KINDS:
        pictures = read_pictures(file, kind)
        assert pictures.shape == (3, 96, 160, 3)
        assert pictures.dtype == np.uint8
    assert scene_of(dataclasses.asdict(scenes[0])) == scenes[0]


def test_rendering_goes_on_where_it_stopped(few, tmp_path):
    assert finish(render_scenes(tmp_path, 1, workers=1)) == 1
    before = Shard(0).path(tmp_path).stat().st_mtime_ns
    assert finish(render_scenes(tmp_path, 2, workers=1)) == 2
    assert Shard(0).path(tmp_path).stat().st_mtime_ns == before
    assert len(list(shard_files(tmp_path))) == 2
    assert not list(tmp_path.glob("*.part"))


def test_scenes_of_another_world_are_not_mixed_in(few, tmp_path, monkeypatch):
    finish(render_scenes(tmp_path / "new", 1, workers=1))
    monkeypatch.setattr("lumina.worlds.tabletop.scenes.COLORS", ("red", "blue"))
    (tmp_path / "unknown").mkdir()
    dataset._write_shard(0, tmp_path / "unknown")
    for folder in ("new", "unknown"):
        with pytest.raises(InputError, match="another tabletop world"):
            finish(render_scenes(tmp_path / folder, 2, workers=1))
        with pytest.raises(InputError, match="another tabletop world"):
            finish(pairs.render_pairs(tmp_path / folder, {"edits": 1}, workers=1))


def test_the_decoder_is_refined_on_subjects_where_there_are_some(few, tmp_path, monkeypatch):
    monkeypatch.setattr(pairs, "SHARD", 2)
    dataset._write_shard(0, tmp_path)
    shard = PairShard("subjects", 0)
    settings = {"scenes": tmp_path, "out": tmp_path, "batch": 60, "processes": 1}
    assert not _subjects_in(DecoderTraining(**settings), [])  # none yet: the other kinds share it out
    write_shard(shard, tmp_path)
    subjects = list(read_pictures(shard.path(tmp_path), "picture"))
    assert _subjects_in(DecoderTraining(**settings), subjects) > 6
    assert not _subjects_in(TokenizerTraining(**settings), subjects)


def _subjects_in(settings, subjects):
    """How many of a batch's pictures are subjects."""
    batch = to_pictures(next(iter(Batches(settings, 0, 0))))
    return sum(any(np.array_equal(picture, subject) for subject in subjects) for picture in batch)
