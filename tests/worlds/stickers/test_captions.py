"""Captions of stickers are true of their scene, are read back as they were meant, and nothing else is."""

import numpy as np
import pytest

from lumina.worlds.stickers.captions import (
    GROUND_PHRASES,
    Claim,
    Thing,
    describe,
    is_sayable,
    is_true,
    parse,
    random_prompt,
    text_of,
)
from lumina.worlds.stickers.negatives import wrong_claims
from lumina.worlds.stickers.nouns import plural
from lumina.worlds.stickers.scenes import Scene, Sticker, begins, nouns, sample_scene

CAT = Sticker("cat", "flat", "", "large", 0, 32)
CAR = Sticker("car", "line art", "red", "small", 80, 48)
SCENE = Scene((CAT, CAR), "pink")


def scenes(count, seed=0):
    rng = np.random.default_rng(seed)
    return [(sample_scene(rng), rng) for _ in range(count)]


def test_captions_are_true_and_read_back():
    for scene, rng in scenes(150):
        claim = describe(scene, rng)
        assert is_true(claim, scene)
        if is_sayable(claim):
            assert parse(text_of(claim)) == claim


def test_captions_name_stickers_as_they_are_drawn():
    first_below = [Sticker("cat", "flat", "", "small", 0, 64), Sticker("dog", "flat", "", "small", 64, 0)]
    claim = describe(Scene(tuple(first_below)), np.random.default_rng(0))
    assert [thing.noun for thing in claim.things] == ["dog", "cat"]
    assert begins(first_below[1]) < begins(first_below[0])


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("an orange", (Thing(1, "orange"),)),
        ("an orange car", (Thing(1, "car", color="orange"),)),
        ("two orange line art birds", (Thing(2, "bird", "line art", "orange"),)),
        ("three oranges and a hot dog", (Thing(3, "orange"), Thing(1, "hot dog"))),
        ("a teddy bear, a bear and four mice", (Thing(1, "teddy bear"), Thing(1, "bear"), Thing(4, "mouse"))),
        ("scissors", (Thing(1, "scissors"),)),
    ],
)
def test_nouns_of_several_words_and_an_orange(text, things):
    if sum(thing.count for thing in things) <= 4:
        assert parse(text) == Claim(things)
    else:
        assert parse(text) is None


@pytest.mark.parametrize("ground", GROUND_PHRASES)
def test_every_ground_is_said(ground):
    claim = Claim((Thing(1, "cat"),), None, ground)
    assert parse(text_of(claim)) == claim


@pytest.mark.parametrize(
    "text",
    ["", "cats", "a unicycle", "a red cat", "five cats", "a red blue car", "a cat left of",
     "a cat above a dog a car",     "two scissors", "a cat on a brown background"],
)  # fmt: skip
def test_what_is_no_caption_is_none(text):
    assert parse(text) is None


def test_every_noun_is_read_back_alone_and_of_several():
    for noun in nouns():
        for count in (1, 2):
            claim = Claim((Thing(count, noun),))
            if is_sayable(claim):
                assert parse(text_of(claim)) == claim, text_of(claim)
    assert len({plural(noun) for noun in nouns()}) == len(nouns())


@pytest.mark.parametrize(
    "text", ["a cat left of a car", "a large flat cat and a red car on a pink background", "a cat and a car"]
)
def test_true(text):
    assert is_true(parse(text), SCENE)


@pytest.mark.parametrize(
    "text",
    ["a cat", "a cat and a dog", "a cat right of a car", "a cat and a blue car", "a small cat and a car",
     "a retro cat and a car", "two cats", "a cat and a car at night", "a cat, a car and a dog"],
)  # fmt: skip
def test_untrue(text):
    assert not is_true(parse(text), SCENE)


def test_a_fault_makes_a_caption_untrue():
    for scene, rng in scenes(60, seed=1):
        claim = describe(scene, rng)
        for _, wrong in wrong_claims(claim, scene, rng):
            assert not is_true(wrong, scene) and parse(text_of(wrong)) == wrong


def test_prompts_are_captions():
    assert all(parse(random_prompt(seed)) is not None for seed in range(20))
