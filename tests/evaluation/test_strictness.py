"""The judge's strictness in small, the round trip's figures, and what is held out."""

import numpy as np
import pytest
import torch

from lumina.evaluation import round_trip, strictness
from lumina.evaluation.round_trip import tokenizer_report
from lumina.model.config import MoVQConfig
from lumina.model.movqgan import MoVQGAN
from lumina.steps import finish
from lumina.worlds import world_of
from lumina.worlds.tabletop.benchmark.held_out import held_out_scenes, held_out_squares
from lumina.worlds.tabletop.scenes import is_held_out

BENCHMARK = world_of("tabletop").benchmark()


@pytest.fixture(scope="module")
def movqgan():
    torch.manual_seed(0)
    config = MoVQConfig(
        ch=32, ch_mult=(1,), num_res_blocks=1, n_embed=16, embed_dim=4, z_channels=4,
        attn_resolutions=(), patch=8,
    )  # fmt: skip
    return MoVQGAN(config)


def test_the_judge_is_strict():
    found = finish(strictness.strictness(BENCHMARK, 8, seed=1))
    assert found["accepted"] == found["wrong_rejected"] == found["shuffled_rejected"] == 1
    assert found["accepted_soft"] >= 7 / 8
    assert found["seconds_per_picture"] > 0


def test_scenes_for_evaluation_are_held_out():
    scenes = list(held_out_scenes(20, seed=3, patterns=True))
    assert all(is_held_out(scene) for scene in scenes)
    assert scenes == list(held_out_scenes(20, seed=3, patterns=True))
    assert any(s.pattern != "plain" for scene in scenes[4::5] for s in scene.solids)


def test_lights_are_as_frequent_as_in_training():
    lights = [scene.light for scene in held_out_squares(120, seed=4)]
    assert 0.55 < lights.count("daylight") / len(lights) < 0.85


def test_shuffling_keeps_half():
    values = np.arange(100)
    shuffled = strictness.shuffle_half(values, np.random.default_rng(0))
    assert sorted(shuffled) == list(values)
    assert 40 <= (shuffled != values).sum() <= 50


def test_the_tokenizer_report_has_every_figure(movqgan):
    steps = tokenizer_report(movqgan, BENCHMARK, count=2)
    found = finish(steps)["tokenizer"]
    assert found["scenes"] == 2 and found["codebook"] == 16
    assert 0 < found["psnr"] < 20
    for share in ("edge_f1", "segmentation_miou", "codes_used", "perplexity_share", "depth_delta1"):
        assert 0 <= found[share] <= 1
    assert 1 <= found["perplexity"] <= 16
    assert 0 < found["normal_angle"] < 180


def test_a_random_tokenizer_convinces_nobody(movqgan):
    found = finish(strictness.strictness(BENCHMARK, 1, seed=4, **round_trip.spoils(movqgan)))
    assert found["accepted_round_trip"] == 0
    assert found["shuffled_codes_rejected"] == 1
