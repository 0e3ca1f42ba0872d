"""Captions: true claims, English that reads back, and words that are known or not."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumina.worlds.tabletop import captions
from lumina.worlds.tabletop.captions import Claim, Thing
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import (
    COLORS,
    GROUNDS,
    LIGHTS,
    MATERIALS,
    SHAPES,
    SIZES,
    TURNS,
    Scene,
    Solid,
    materials_of,
    rise,
    sample_scene,
)

LEFT = Solid("cube", "red", "matte", "large", x=-0.7, y=0.0)
RIGHT = Solid("sphere", "blue", "metal", "small", x=0.7, y=0.0)
SCENE = Scene((LEFT, RIGHT), "white", "night")


def maybe(options):
    return st.one_of(st.none(), st.sampled_from(options))


things = st.builds(
    Thing, st.integers(1, 2), st.sampled_from(SHAPES), maybe(COLORS), maybe(MATERIALS), maybe(SIZES)
).filter(lambda thing: thing.material is None or thing.material in materials_of(thing.shape))


@given(st.lists(things, min_size=1, max_size=2), maybe(captions.RELATIONS), maybe(GROUNDS), maybe(LIGHTS))
@settings(max_examples=80, deadline=None)
def test_every_caption_reads_back(listed, relation, ground, light):
    claim = Claim(tuple(listed), relation if len(listed) == 2 else None, ground, light)
    assert captions.parse(captions.text_of(claim)) == claim
    assert captions.unknown_words(captions.text_of(claim)) == []


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (Claim((Thing(1, "cube"),)), "a cube"),
        (Claim((Thing(3, "cone", "orange"),), None, "blue"), "three orange cones on a blue ground"),
        (Claim((Thing(1, "cone", "orange"),), None, None, "night"), "an orange cone at night"),
        (Claim((Thing(1, "cone"), Thing(1, "sphere")), "left of"), "a cone left of a sphere"),
        (Claim((Thing(1, "sphere", "red", "metal", "small"),)), "a small red metal sphere"),
    ],
)
def test_wording(claim, text):
    assert captions.text_of(claim) == text


def test_what_is_not_in_the_grammar_is_not_read():
    assert captions.parse("a castle in the fog") is None
    for text in ("six red cubes", "no cubes", "cubes", "red cubes", "a red teapot and a cube"):
        assert captions.parse(text) is None, text
    assert captions.parse("four cubes and three cones") is None


def test_descriptions_are_true():
    rng = np.random.default_rng(3)
    for _ in range(60):
        scene = sample_scene(rng)
        assert captions.is_true(captions.describe(scene, rng), scene)


def test_solids_are_named_as_rows_of_codes_come_to_them():
    low, high = replace(LEFT, x=-0.1, y=-1.0), replace(RIGHT, x=0.1, y=1.0)
    rng = np.random.default_rng(3)
    claims = [captions.describe(Scene((low, high)), rng) for _ in range(100)]
    orders = {tuple(thing.shape for thing in claim.things): claim.relation for claim in claims}
    assert orders.pop(("cube", "sphere")) == "in front of"  # no other reason to name the nearer one first
    assert set(orders) == {("sphere", "cube")}
    assert captions.drawing_order(SCENE) == [LEFT, RIGHT]  # the large one's top comes first


@pytest.mark.parametrize(("shape", "size"), list(product(SHAPES, SIZES)))
def test_the_top_of_a_solid_is_where_its_picture_begins(shape, size):
    solid = Solid(shape, "red", "matte", size, turn=TURNS[0] if shape == "cube" else 0)
    rows = np.flatnonzero(render(Scene((solid,))).instances.any(axis=1))
    assert captions.foot(solid, 128, 128)[1] - rise(solid) == pytest.approx(rows[0], abs=2)


@pytest.mark.parametrize(
    "text",
    [
        "a red cube and a sphere",
        "a sphere and a cube on a white ground",
        "a cube left of a sphere",
        "a large cube and a small metal sphere at night",
    ],
)
def test_true_claims(text):
    assert captions.is_true(captions.parse(text), SCENE)


@pytest.mark.parametrize(
    "text",
    [
        "a red cube",
        "two cubes",
        "a blue cube and a red sphere",
        "a cube right of a sphere",
        "a cube behind a sphere",
        "a red cube and a sphere in daylight",
        "a red cube and a sphere on a grey ground",
        "a small cube and a sphere",
    ],
)
def test_false_claims(text):
    assert not captions.is_true(captions.parse(text), SCENE)


def test_relations_are_as_the_viewer_sees_them():
    near, far = replace(LEFT, x=0.0, y=-1.0), replace(RIGHT, x=0.0, y=1.0)
    assert captions.relation_of(near, far, 128, 128) == "in front of"
    assert captions.relation_of(far, near, 128, 128) == "behind"
    assert captions.relation_of(LEFT, RIGHT, 128, 128) == "left of"
    assert captions.relation_of(LEFT, replace(RIGHT, x=-0.6), 128, 128) is None


def test_assignment_tries_all_ways():
    solids = (replace(LEFT, x=-0.8), replace(LEFT, x=0.8, color="green"), replace(RIGHT, x=0.0))
    claim = Claim((Thing(1, "cube"), Thing(1, "cube", "red"), Thing(1, "sphere")))
    assert captions.is_true(claim, Scene(solids))


def test_random_prompts_are_known_and_repeatable():
    for seed in range(20):
        text = captions.random_prompt(seed)
        assert text == captions.random_prompt(seed)
        assert captions.parse(text) is not None
        assert not captions.unknown_words(text)


def test_unknown_words_find_a_known_neighbour():
    assert captions.unknown_words("A dragon beside a red cube, a dragon") == ["dragon", "beside"]
