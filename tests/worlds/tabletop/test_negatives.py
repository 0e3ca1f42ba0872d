"""Words with one fault: false of their scene, of every kind, and still words that training knows."""

from dataclasses import replace

import numpy as np
import pytest

from lumina.worlds.tabletop.benchmark.specimens import full_claim
from lumina.worlds.tabletop.captions import KNOWN_WORDS, Claim, Thing, describe, is_true, text_of, words_of
from lumina.worlds.tabletop.edits import OPERATIONS, sample_edit
from lumina.worlds.tabletop.instructing import EDIT_WORDS, instruct
from lumina.worlds.tabletop.negatives import wrong_claims, wrong_edit
from lumina.worlds.tabletop.scenes import Scene, Solid, sample_scene

LEFT = Solid("cube", "red", "matte", "large", x=-0.8)
RIGHT = Solid("sphere", "blue", "metal", "small", x=0.8)


def test_faulty_claims_are_false_in_one_kind_each():
    rng = np.random.default_rng(0)
    for _ in range(30):
        scene = sample_scene(rng)
        for claim in (full_claim(scene), describe(scene, rng)):
            assert is_true(claim, scene)
            kinds, wrong = zip(*wrong_claims(claim, scene, rng), strict=True)
            assert len(set(kinds)) == len(kinds)
            assert not any(is_true(one, scene) for one in wrong)
            assert all(one.count <= 4 and set(words_of(text_of(one))) <= KNOWN_WORDS for one in wrong)


def test_what_is_said_can_be_faulty_and_nothing_else():
    scene = Scene((LEFT, RIGHT))
    found = {}
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found |= {(kind, text_of(one)): one for kind, one in wrong_claims(full_claim(scene), scene, rng)}
    assert {kind for kind, _ in found} == {
        "shape", "count", "color", "material", "size", "swap", "relation", "ground", "light",
    }  # fmt: skip
    assert not any("metal cube" in text for _, text in found)  # no such thing can be shown
    rng = np.random.default_rng(1)
    short = Claim((Thing(1, "cube"), Thing(1, "sphere")))
    kinds = {kind for kind, _ in wrong_claims(short, scene, rng)}
    assert kinds == {"shape", "count"}  # with its shapes swapped it stays true


def test_swapped_colours_are_a_fault():
    scene = Scene((LEFT, RIGHT))
    claim = Claim((Thing(1, "cube", "red"), Thing(1, "sphere", "blue")))
    said = {
        text_of(one)
        for seed in range(20)
        for kind, one in wrong_claims(claim, scene, np.random.default_rng(seed))
        if kind == "swap"
    }
    assert said == {"a blue cube and a red sphere", "a red sphere and a blue cube"} - {text_of(claim)}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_another_edit_is_not_what_was_done(operation):
    rng = np.random.default_rng([2, OPERATIONS.index(operation)])
    found = same = 0
    while found < 12:
        edit = sample_edit(sample_scene(rng, (128, 128)), operation, rng)
        asked = instruct(edit, rng) if edit is not None else None
        said = wrong_edit(edit, asked, rng) if asked is not None else None
        if said is None:
            continue
        found += 1
        true = {right.text for _ in range(40) if (right := instruct(edit, rng))}
        assert said.text not in true
        assert set(words_of(said.text)) <= EDIT_WORDS
        same += said.text.split()[0] in ("turn", "make", "replace", "swap", "change", "paint")
    if operation in ("recolour", "replace", "resize"):
        assert same >= 4


def test_a_scene_of_one_solid_has_other_edits_too():
    rng = np.random.default_rng(3)
    edit = sample_edit(replace(Scene((LEFT,)), ground="brown"), "recolour", rng)
    asked = instruct(edit, rng)
    texts = {said.text for _ in range(30) if (said := wrong_edit(edit, asked, rng))}
    assert len(texts) > 8


def test_another_edit_is_asked_for_in_much_the_same_words():
    rng = np.random.default_rng(4)
    edit = sample_edit(Scene((LEFT, RIGHT)), "recolour", rng)
    asked = instruct(edit, rng)
    others = [sample_edit(edit.before, "recolour", rng) for _ in range(60)]
    drawn = [said for other in others if other and (said := instruct(other, rng))]
    chosen = [said for _ in range(30) if (said := wrong_edit(edit, asked, rng))]
    assert _apart(asked, chosen) < 0.8 * _apart(asked, drawn)


@pytest.mark.parametrize("operation", ["add", "replace"])
def test_many_false_edits_have_one_word_wrong_of_what_is_new(operation):
    rng = np.random.default_rng(5)
    found = slipped = 0
    while found < 40:
        edit = sample_edit(sample_scene(rng, (128, 128)), operation, rng)
        asked = instruct(edit, rng) if edit is not None else None
        said = wrong_edit(edit, asked, rng) if asked is not None else None
        if said is not None and said.thing is not None:
            found += 1
            slipped += _faults(said.thing, edit.changed) == 1
    assert slipped >= 10


def _faults(thing, solid):
    said = {name: getattr(thing, name) for name in ("shape", "color", "size", "material")}
    return sum(value not in (None, getattr(solid, name)) for name, value in said.items())


def _apart(asked, others):
    words = set(asked.text.split())
    return np.mean([len(words ^ set(said.text.split())) for said in others])
