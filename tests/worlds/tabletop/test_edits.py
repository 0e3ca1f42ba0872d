"""Edits: they change one thing, can be undone, are asked for without doubt, and are recognised when done."""

from dataclasses import replace

import numpy as np
import pytest

from lumina.worlds.tabletop.captions import Thing, foot, unknown_words, words_of
from lumina.worlds.tabletop.edit_checks import change_mask, is_done
from lumina.worlds.tabletop.edits import (
    OPERATIONS,
    WHOLE_PICTURE,
    Instruction,
    SceneEdit,
    is_editable,
    place_in_line,
    place_near_middle,
    sample_edit,
)
from lumina.worlds.tabletop.instructing import EDIT_WORDS, TEMPLATES, instruct, refer
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import GRID, Scene, Solid, fits, materials_of, sample_scene

LEFT = Solid("cube", "red", "matte", "large", x=-0.7, y=0.0, turn=20)
RIGHT = Solid("sphere", "blue", "metal", "small", x=0.7, y=0.0)


def edits(operation, count=12, seed=0):
    rng = np.random.default_rng([seed, OPERATIONS.index(operation)])
    found = []
    while len(found) < count:
        edit = sample_edit(sample_scene(rng, (128, 128)), operation, rng)
        if edit is not None:
            found.append(edit)
    return found


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_edit_changes_one_thing_and_leads_back(operation):
    for edit in edits(operation):
        assert edit.operation == operation and edit.before != edit.after
        assert set(edit.kept) <= set(edit.before.solids) & set(edit.after.solids)
        assert len(edit.kept) >= len(edit.before.solids) - 1
        assert fits(edit.after.solids, 128, 128)
        assert all(s.material in materials_of(s.shape) for s in edit.after.solids)
        assert edit.undone().undone() == edit
        assert edit.undone().after == edit.before


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_true_result_is_recognised_and_the_unedited_scene_is_not(operation):
    rng = np.random.default_rng(1)
    for one in edits(operation):
        for edit in (one, one.undone()):
            said = instruct(edit, rng)
            if said is not None:
                assert is_done(edit, said, edit.after), said.text
                assert not is_done(edit, said, edit.before), said.text


@pytest.mark.parametrize("operation", OPERATIONS)
def test_several_phrasings_of_known_words(operation):
    rng = np.random.default_rng(2)
    texts = [said.text for edit in edits(operation, 20) if (said := instruct(edit, rng))]
    assert len({words_of(text)[0] for text in texts}) >= 2
    assert {word for text in texts for word in words_of(text)} <= EDIT_WORDS
    assert len(TEMPLATES[operation]) >= 2
    assert not any("{" in text for text in texts)


def test_words_single_out_the_solid_that_is_meant():
    rng = np.random.default_rng(0)
    scene = Scene((LEFT, RIGHT, replace(LEFT, x=0.0, y=-1.2, color="green")))
    said = {index: {refer(scene, index, rng) for _ in range(80)} for index in range(3)}
    assert "the sphere" in said[1] and "the red cube" in said[0] and "the cube" not in said[0] | said[2]


def test_solids_are_mostly_called_by_colour_and_shape():
    rng = np.random.default_rng(0)
    said = [refer(Scene((LEFT, RIGHT)), 0, rng) for _ in range(60)]
    assert 0.5 < said.count("the red cube") / len(said) < 0.9


def test_an_edit_that_moves_or_spoils_something_else_is_not_done():
    rng = np.random.default_rng(3)
    before = Scene((LEFT, RIGHT))
    edit = SceneEdit("recolour", before, Scene((replace(LEFT, color="green"), RIGHT)), 0)
    said = instruct(edit, rng)
    assert is_done(edit, said, edit.after)
    wrong = [
        replace(edit.after, ground="brown"),
        replace(edit.after, light="night"),
        replace(edit.after, solids=edit.after.solids[:1]),
        replace(edit.after, solids=(*edit.after.solids, replace(RIGHT, y=1.0))),
        replace(edit.after, solids=(edit.after.solids[0], replace(RIGHT, x=0.2))),
        replace(edit.after, solids=(replace(LEFT, color="green", x=-0.1), RIGHT)),
        replace(edit.after, solids=(replace(LEFT, color="pink"), RIGHT)),
        replace(edit.after, solids=(replace(LEFT, color="green", size="small"), RIGHT)),
        replace(edit.after, solids=(replace(LEFT, color="green", material="metal"), RIGHT)),
        replace(edit.after, solids=(edit.after.solids[0], replace(RIGHT, size="large"))),
        replace(edit.after, solids=(edit.after.solids[0], replace(RIGHT, material="matte"))),
    ]
    assert not any(is_done(edit, said, scene) for scene in wrong)


def test_what_is_not_said_of_a_new_solid_is_free():
    before, added = Scene((LEFT,)), Solid("cone", "yellow", "matte", "large", x=0.9, y=-0.9)
    add = SceneEdit("add", before, Scene((LEFT, added)), 1)
    said = Instruction("add a yellow cone", Thing(1, "cone", "yellow"))
    metal = replace(before, solids=(LEFT, replace(added, material="metal")))
    assert is_done(add, said, add.after) and is_done(add, said, metal)
    swap = SceneEdit("replace", before, Scene((replace(LEFT, shape="cone", turn=0),)), 0)
    said = Instruction("replace the cube with a cone", Thing(1, "cone"))
    pink = replace(before, solids=(replace(LEFT, shape="cone", turn=0, color="pink"),))
    assert is_done(swap, said, pink)
    assert not is_done(swap, said, replace(pink, solids=(replace(pink.solids[0], size="small"),)))


@pytest.mark.parametrize("operation", ["recolour", "remove", "relight"])
def test_the_true_change_holds_the_shadow_and_nothing_far_away(operation):
    edit = edits(operation, 1)[0]
    before, after = render(edit.before), render(edit.after)
    mask = change_mask(before.picture, after.picture)
    assert (mask.mean() > 0.9) == (operation in WHOLE_PICTURE)
    off = np.abs(before.picture.astype(int) - after.picture).max(-1)
    assert off[~mask].max(initial=0) <= 4
    if operation == "remove":
        solid = before.instances == edit.solid + 1
        assert mask[solid].mean() > 0.97 and mask.sum() > 1.05 * solid.sum()


def test_scenes_of_many_or_like_solids_are_not_edited():
    rng = np.random.default_rng(8)
    assert is_editable(Scene((LEFT, RIGHT)))
    for solids in ((), (LEFT, replace(LEFT, size="small", x=0.7)), (LEFT, RIGHT) * 2):
        scene = Scene(solids)
        assert not is_editable(scene)
        assert all(sample_edit(scene, operation, rng) is None for operation in OPERATIONS)


def test_a_small_solid_is_never_added_without_saying_so():
    rng = np.random.default_rng(9)
    said = []
    while len(said) < 30:
        edit = sample_edit(sample_scene(rng, (128, 128)), "add", rng)
        asked = instruct(edit, rng) if edit else None
        if asked is not None and edit.changed.size == "small":
            said.append("small" in asked.text)
    assert all(said)


def test_places_lie_on_the_grid():
    for edit in edits("move") + edits("add"):
        x, y = foot(edit.changed, 128, 128)
        assert abs(x / GRID - round(x / GRID)) < 0.05 and abs(y / GRID - round(y / GRID)) < 0.05


def test_words_decide_where_a_solid_comes_to_stand():
    corner = replace(LEFT, size="small", x=-0.8, y=-1.6)
    scene = Scene((corner,))
    cone = Solid("cone", "green", "matte", "small")
    assert foot(place_near_middle(scene, cone, scene.solids), 128, 128) == (64, 64)
    beside = place_in_line(scene, cone, scene.solids, corner, "right of")
    assert foot(beside, 128, 128) == pytest.approx((32 + 2 * GRID, 96), abs=0.1)
    assert place_in_line(scene, cone, scene.solids, corner, "left of") is None  # outside the picture
    farther = place_in_line(scene, cone, [corner, beside], corner, "right of")
    assert foot(farther, 128, 128)[0] > foot(beside, 128, 128)[0]
    moved = place_in_line(scene, corner, [], corner, "behind")
    assert foot(moved, 128, 128) == pytest.approx((32, 96 - 2 * GRID), abs=0.1)


@pytest.mark.parametrize("operation", ["add", "move"])
def test_what_is_said_of_a_place_leads_there_and_nowhere_else(operation):
    rng = np.random.default_rng(4)
    said_nothing = 0
    for edit in edits(operation, 30):
        said = instruct(edit, rng)
        if said is None:
            continue
        if said.relation is None:
            said_nothing += 1
            assert operation == "add"
            assert place_near_middle(edit.before, edit.changed, edit.kept) == edit.changed
        else:
            placed = place_in_line(edit.before, edit.changed, edit.kept, said.anchor, said.relation)
            assert placed == edit.changed
    assert said_nothing >= (5 if operation == "add" else 0)


def test_an_undone_removal_is_asked_for_only_where_words_lead_to_the_place():
    green = replace(LEFT, color="green")
    edit = SceneEdit("remove", Scene((LEFT, RIGHT, replace(green, x=0.0, y=-1.0))), Scene((LEFT, RIGHT)), 2)
    assert instruct(edit.undone(), np.random.default_rng(0)) is None
    corner, middle = replace(LEFT, size="small", x=-0.8, y=-1.6), replace(RIGHT, x=0.0, y=0.0)
    edit = SceneEdit("remove", Scene((corner, middle)), Scene((corner,)), 1)
    assert instruct(edit.undone(), np.random.default_rng(0)) is not None


def test_captions_call_the_new_words_unknown_but_edits_do_not():
    assert unknown_words("remove the cube") == ["remove"]
    assert "remove" in EDIT_WORDS and "cube" in EDIT_WORDS and "dog" not in EDIT_WORDS
