"""Scenes: sampled ones keep their promises, and what is held out stays out."""

from itertools import combinations

import numpy as np
import pytest

from lumina.worlds.tabletop import scenes
from lumina.worlds.tabletop.captions import foot
from lumina.worlds.tabletop.scenes import FRAMES, Scene, Solid


@pytest.mark.parametrize("frame", FRAMES)
def test_sampled_scenes_fit_their_frame(frame):
    rng = np.random.default_rng(0)
    for _ in range(15):
        scene = scenes.sample_scene(rng, frame)
        assert (scene.width, scene.height) == frame
        assert 1 <= len(scene.solids) <= 4
        for solid in scene.solids:
            left, top, right, bottom = scenes.bounds(solid, *frame)
            assert min(left, top) >= scenes.MARGIN
            assert right <= frame[0] - scenes.MARGIN
            assert bottom <= frame[1] - scenes.MARGIN


@pytest.mark.parametrize("frame", FRAMES)
def test_solids_stand_on_the_grid(frame):
    rng = np.random.default_rng(3)
    for solid in (solid for _ in range(5) for solid in scenes.sample_scene(rng, frame).solids):
        assert all(abs(side / scenes.GRID - round(side / scenes.GRID)) < 0.03 for side in foot(solid, *frame))


def test_solids_of_one_colour_never_touch():
    rng = np.random.default_rng(1)
    for _ in range(20):
        scene = scenes.sample_scene(rng)
        for a, b in combinations(scene.solids, 2):
            if a.color == b.color:
                boxes = [scenes.bounds(s, scene.width, scene.height) for s in (a, b)]
                apart_x = max(boxes[0][0], boxes[1][0]) - min(boxes[0][2], boxes[1][2])
                apart_y = max(boxes[0][1], boxes[1][1]) - min(boxes[0][3], boxes[1][3])
                assert max(apart_x, apart_y) >= 3


def test_only_spheres_are_of_metal():
    rng = np.random.default_rng(2)
    for _ in range(60):
        solids = scenes.sample_solids(rng)
        assert all(s.material in scenes.materials_of(s.shape) for s in solids)


def test_a_twentieth_of_scenes_is_held_out():
    found = [Scene((Solid("cube", "red", "matte", "small", x=i / 1000),)) for i in range(1000)]
    assert 25 < sum(map(scenes.is_held_out, found)) < 80


def test_sampling_depends_on_the_seed_alone():
    first, second = (scenes.sample_scene(np.random.default_rng(7)) for _ in range(2))
    assert first == second


def test_crowded_frames_are_refused():
    large = [Solid("cube", "red", "matte", "large")] * 9
    assert scenes.place(large, 96, 96, np.random.default_rng(0)) is None
