"""Benchmark prompts: six even categories, under-specified."""

from collections import Counter

from lumina.worlds.tabletop.benchmark.prompts import CATEGORIES, prompts
from lumina.worlds.tabletop.captions import parse
from lumina.worlds.tabletop.scenes import COLORS, FRAMES, SHAPES


def test_every_category_gets_a_sixth():
    chosen = prompts(300, seed=1)
    assert Counter(p.category for p in chosen) == dict.fromkeys(CATEGORIES, 50)
    for category in CATEGORIES:
        frames = {(p.width, p.height) for p in chosen if p.category == category}
        assert frames == set(FRAMES)
    assert len({p.seed for p in chosen}) == len(chosen)


def test_prompts_depend_on_the_seed():
    assert prompts(60, seed=1) == prompts(60, seed=1)
    assert prompts(60, seed=1) != prompts(60, seed=2)


def test_prompts_read_back():
    for prompt in prompts(300, seed=0):
        assert parse(prompt.text) == prompt.claim


def test_every_shape_is_asked_for_in_every_colour():
    asked = {t for p in prompts(600, seed=0) if p.category == "colors" for t in p.claim.things}
    assert {(thing.color, thing.shape) for thing in asked} == {(c, s) for c in COLORS for s in SHAPES}


def test_nothing_is_asked_twice_before_all_was_asked_once():
    chosen = [p.text for p in prompts(90, seed=3) if p.category == "counting"]
    assert len(set(chosen)) == 12


def test_the_smallest_benchmark_has_one_prompt_of_each():
    assert len(prompts(1, seed=0)) == 6
