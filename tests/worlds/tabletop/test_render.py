"""Rendering: deterministic, with maps that agree with the scene and with each other."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from lumina.worlds.tabletop import camera
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import GROUNDS, LIGHTS, SHAPES, Scene, Solid, bounds

CUBE = Solid("cube", "red", "matte", "large", x=-0.5, y=0.2, turn=30)
BALL = Solid("sphere", "blue", "metal", "small", x=0.5, y=-0.9)
SCENE = Scene((CUBE, BALL), "grey", "daylight", 128, 128)


def test_shapes_of_the_arrays():
    rendering = render(replace(SCENE, width=160, height=96))
    assert rendering.picture.shape == (96, 160, 3)
    assert rendering.picture.dtype == np.uint8
    assert rendering.depth.shape == rendering.instances.shape == (96, 160)
    assert rendering.normals.shape == (96, 160, 3)


def test_the_same_scene_gives_the_same_bytes():
    digests = {hashlib.sha256(render(SCENE).picture.tobytes()).hexdigest() for _ in range(2)}
    assert len(digests) == 1


@pytest.mark.parametrize("shape", SHAPES)
def test_solids_stay_inside_their_bounds(shape):
    solid = replace(BALL, shape=shape, x=0.3, y=0.4)
    instances = render(Scene((solid,))).instances
    rows, cols = np.nonzero(instances)
    left, top, right, bottom = bounds(solid, 128, 128)
    assert left - 1 <= cols.min() and cols.max() <= right + 1
    assert top - 1 <= rows.min() and rows.max() <= bottom + 1


def test_the_nearer_solid_hides_the_farther_one():
    behind = replace(CUBE, x=0.0, y=1.2)
    before = replace(BALL, x=0.0, y=-0.2, size="large")
    for solids in [(behind, before), (before, behind)]:
        rendering = render(Scene(solids))
        middle = camera.project(np.array([[0, -0.2, 0.5]], dtype=np.float32), 128, 128)[0].astype(int)
        assert solids[rendering.instances[middle[1], middle[0]] - 1] is before


def test_depth_of_the_ground_is_the_distance_to_it():
    rendering = render(Scene(()))
    origins = camera.origins(128, 128, 1)
    assert np.allclose(rendering.depth, -origins[..., 2] / camera.FORWARD[2], rtol=1e-3)
    assert (rendering.instances == 0).all()


def test_normals_are_nearly_unit_and_face_the_viewer():
    normals = render(SCENE).normals
    assert np.median(np.linalg.norm(normals, axis=-1)) == pytest.approx(1, abs=1e-3)
    assert (normals[..., 2] > -0.05).all()


def test_lamp_and_ground_change_the_colours_but_not_the_geometry():
    renderings = [
        render(replace(SCENE, ground=ground, light=light)) for ground in GROUNDS[:2] for light in LIGHTS
    ]
    assert len({r.picture.tobytes() for r in renderings}) == len(renderings)
    assert len({r.depth.tobytes() for r in renderings}) == 1


def test_a_solid_throws_a_shadow_away_from_the_lamp():
    lone = render(Scene((replace(BALL, x=0.0, y=0.0),))).picture.astype(int)
    shade = (render(Scene(())).picture.astype(int) - lone).max(-1) > 40
    shade &= render(Scene((replace(BALL, x=0.0, y=0.0),))).instances == 0
    assert shade.any()
    assert np.nonzero(shade)[1].mean() > 64  # daylight comes from the left


def test_a_solid_looks_alike_wherever_it_stands_on_the_grid():
    here, there = (replace(BALL, x=round(0.2 * i, 3), y=round(0.4 * j, 3)) for i, j in [(-2, -1), (3, 1)])
    first, second = (render(Scene((solid,))).picture.astype(int) for solid in (here, there))
    moved = np.roll(first, (-2 * 8, 5 * 8), (0, 1))
    assert np.abs(moved - second).max() <= 1


@pytest.mark.parametrize("pattern", ["striped", "dotted", "checkered"])
def test_patterns_show(pattern):
    plain = render(Scene((BALL,))).picture
    assert (render(Scene((replace(BALL, pattern=pattern),))).picture != plain).any()
