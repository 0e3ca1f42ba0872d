"""Benchmark prompts: six even categories, under-specified, and unseen triples kept apart."""

from collections import Counter

from lumina.evaluation.prompts import CATEGORIES, UNSEEN, prompts
from lumina.tabletop.captions import parse
from lumina.tabletop.scenes import FRAMES, HELD_OUT_TRIPLES, MATERIALS


def test_every_category_gets_a_sixth():
    chosen = prompts(300, seed=1)
    assert Counter(p.category for p in chosen) == dict.fromkeys((*CATEGORIES, UNSEEN), 50)
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


def test_unseen_triples_are_asked_for_apart_only():
    for prompt in prompts(600, seed=0):
        named = [(t.color, t.shape, m) for t in prompt.claim.things for m in (t.material, *MATERIALS)]
        unseen = [triple for triple in named if triple in HELD_OUT_TRIPLES]
        assert bool(unseen) == (prompt.category == UNSEEN)


def test_nothing_is_asked_twice_before_all_was_asked_once():
    chosen = [p.text for p in prompts(90, seed=3) if p.category == "counting"]
    assert len(set(chosen)) == 12


def test_the_smallest_benchmark_has_one_prompt_of_each():
    assert len(prompts(1, seed=0)) == 7
