"""The benchmarks of all tasks: a painter that renders the truth scores full marks, a wrong one does not."""

from dataclasses import replace

import numpy as np
import pytest

from lumina.evaluation.measuring import figures, measure
from lumina.worlds.tabletop import maps
from lumina.worlds.tabletop.benchmark import control, editing, prediction
from lumina.worlds.tabletop.benchmark import subject as subjects
from lumina.worlds.tabletop.benchmark.thresholds import THRESHOLDS
from lumina.worlds.tabletop.captions import Thing
from lumina.worlds.tabletop.edits import OPERATIONS, WHOLE_PICTURE, Instruction, SceneEdit, is_sound
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import Scene, Solid, is_held_out, standing
from lumina.worlds.tabletop.shape_fit import Scaled
from tests.evaluation.oracle import Oracle


def outcomes_of(cases, answer):
    """Each case measured with a painter of its own."""
    return [measure(case, Oracle(answer(case)), {}) for case in cases]


def target_of(row, figure):
    return next(target for target in THRESHOLDS[row] if target.figure == figure)


def true_map(case):
    return lambda instruction, given: maps.map_of(render(case.scene), case.kind)


def test_true_maps_are_exact():
    rows = figures(outcomes_of(prediction.predict_cases(4, 1), true_map))
    assert rows["depth"]["abs_rel"] < 0.01 and rows["depth"]["delta1"] == 1
    assert rows["normal"]["mean_angle"] < 2
    assert rows["segmentation"]["instance_miou"] == 1 and rows["canny"]["f1"] == 1
    assert all(target.met(rows[row][target.figure]) for row in rows for target in THRESHOLDS[row])


def test_maps_of_other_pictures_miss_every_target():
    scenes = [case.scene for case in prediction.predict_cases(8, 2)]

    def other(case):
        scene = scenes[(scenes.index(case.scene) + 1) % len(scenes)]
        return true_map(replace(case, scene=scene))

    rows = figures(outcomes_of(prediction.predict_cases(8, 2), other))
    for row, figure in (("segmentation", "instance_miou"), ("canny", "f1"), ("normal", "mean_angle")):
        assert not target_of(row, figure).met(rows[row][figure])
    for figure in ("abs_rel", "delta1"):  # over the solids: most of a picture is the table
        assert not target_of("depth", figure).met(rows["depth"][f"{figure}_solids"])


def test_a_pair_is_measured_by_the_picture_above():
    def answer(case, wrong=False):
        def drawn(instruction, given):
            rendering = render(case.scene)
            shown = maps.map_of(rendering, case.kind)
            return np.concatenate([rendering.picture, shown[:, ::-1] if wrong else shown])

        return drawn

    right = figures(outcomes_of(prediction.pair_cases(4, 3), answer))
    assert all(row["prompt_obeyed"] == row["sound"] == 1 for row in right.values())
    assert all(target.met(right[row][target.figure]) for row in right for target in THRESHOLDS[row])
    wrong = figures(outcomes_of(prediction.pair_cases(4, 3), lambda case: answer(case, wrong=True)))
    assert wrong["pair_canny"]["f1"] < 0.6 and wrong["pair_segmentation"]["instance_miou"] < 0.6


@pytest.fixture(scope="module")
def controlled():
    cases = list(control.control_cases(6, 4))
    return figures(outcomes_of(cases, lambda case: lambda *_: render(case.scene).picture))


def test_true_pictures_follow_their_condition(controlled):
    assert set(controlled) == {f"control_{kind}" for kind in control.KINDS}
    for row, found in controlled.items():
        assert found["prompt_obeyed"] == 1
        assert all(target.met(found[target.figure]) for target in THRESHOLDS[row])
        figure = next(iter(found))
        assert found[figure] == found[f"{figure}_of_truth"]
    assert controlled["control_canny"]["f1"] == 1 and controlled["control_hed"]["rmse"] == 0


def test_pictures_of_other_scenes_do_not():
    cases = list(control.control_cases(6, 4))
    other = render(cases[0].scene).picture[:, ::-1]
    rows = figures(outcomes_of(cases[1:], lambda case: lambda *_: other))
    assert rows["control_canny"]["f1"] < 0.6 and rows["control_hed"]["rmse"] > 12
    assert rows["control_segmentation"]["instance_miou"] < 0.6


@pytest.fixture(scope="module")
def edit_cases():
    return list(editing.edit_cases(8, 5))


def test_edits_of_held_out_scenes_one_of_each_kind(edit_cases):
    assert [case.edit.operation for case in edit_cases] == list(OPERATIONS)
    assert all(is_held_out(case.edit.before) for case in edit_cases)


def test_true_edits_are_right_and_change_nothing_else(edit_cases):
    for outcome in outcomes_of(edit_cases, lambda case: lambda *_: render(case.edit.after).picture):
        assert outcome.verdict.values["right"], (outcome.verdict.caption, outcome.verdict.reasons)
        if outcome.verdict.row.removeprefix("edit_") not in WHOLE_PICTURE:
            assert outcome.verdict.values["unchanged"] and outcome.verdict.values["psnr_outside"] > 40
        assert outcome.verdict.passed


def test_doing_nothing_is_no_edit_and_a_new_ground_is_a_change(edit_cases):
    for outcome in outcomes_of(edit_cases, lambda case: lambda instruction, given: given):
        assert not outcome.verdict.values["right"] and outcome.verdict.reasons
    local = [case for case in edit_cases if case.edit.operation not in WHOLE_PICTURE]

    def spoiled(case):
        after = case.edit.after
        return lambda *_: (
            render(replace(after, ground="brown" if after.ground == "white" else "white")).picture
        )

    for outcome in outcomes_of(local, spoiled):
        assert not outcome.verdict.values["right"] and not outcome.verdict.values["unchanged"]


def test_a_place_left_free_is_taken_as_drawn_whatever_is_read_of_others():
    def at(shape, color, right, down, material="matte"):
        return standing(Solid(shape, color, material, "large"), right, down, 128, 128)

    kept, true, drawn = at("sphere", "red", 32, 96), at("cone", "blue", 64, 64), at("cone", "blue", 96, 48)
    before = Scene((kept,), "grey")
    edit = SceneEdit("add", before, replace(before, solids=(kept, true)), 1)
    said = Instruction("add a blue cone", Thing(1, "cone", "blue"))
    misread = replace(before, solids=(replace(kept, material="metal"), drawn))
    assert editing.made(edit, said, misread).solids == (kept, drawn)
    assert editing.made(edit, said, before) == edit.after  # nothing was added
    wrong = replace(before, solids=(kept, replace(drawn, color="green")))
    assert editing.made(edit, said, wrong) == edit.after


def test_three_turns_in_a_row_follow_what_was_drawn(monkeypatch):
    edits = []
    usual = editing._next_edit
    monkeypatch.setattr(editing, "_next_edit", lambda *given: edits.append(usual(*given)) or edits[-1])

    def answer(case):
        return lambda *_: render(edits[-1][0].after).picture

    (right,) = outcomes_of(editing.turn_cases(1, 6), answer)
    assert right.verdict.values == {"1_right": True, "2_right": True, "all_right": True}, (
        right.verdict.reasons
    )
    assert len(right.verdict.images) == 4 and len(edits) == 3
    (wrong,) = outcomes_of(editing.turn_cases(1, 6), lambda case: lambda instruction, given: given)
    assert wrong.verdict.values["all_right"] is False and len(wrong.verdict.images) == 2


def test_turns_go_on_from_a_scene_of_the_world_whatever_was_drawn():
    def at(solid, right, down):
        return standing(solid, right, down, 128, 128)

    cube = at(Solid("cube", "red", "matte", "small", turn=25), 32, 80)
    cone = Solid("cone", "blue", "matte", "small")
    before = Scene((cube,))
    edit = SceneEdit("add", before, replace(before, solids=(cube, at(cone, 96, 80))), 1)
    drawn = at(Scaled("cone", "blue", "matte", "small", scale=1.07), 93, 66)
    going_on = editing.gone_on_from(edit, replace(before, solids=(cube, drawn)))
    assert is_sound(going_on) and going_on.solids == (cube, at(cone, 96, 64))
    crowded = at(drawn, 34, 82)  # where no solid of the world has room
    assert editing.gone_on_from(edit, replace(before, solids=(cube, crowded))) == edit.after


def test_true_subjects_are_the_same_in_the_scene_asked_for():
    cases = list(subjects.subject_cases(2, 5))
    rows = figures(outcomes_of(cases, lambda case: lambda *_: render(case.pair.after).picture))["subject"]
    assert rows["same"] == rows["scene_obeyed"] == rows["same_of_truth"] == 1


@pytest.mark.parametrize(
    ("change", "figure"),
    [({"pattern": "plain"}, "pattern"), ({"color": "purple"}, "color"), ({"shape": "sphere"}, "shape")],
)
def test_another_look_is_another_subject(change, figure):
    case = next(
        case
        for case in subjects.subject_cases(30, 8)
        if case.pair.after.solids[0].color == "green" and case.pair.after.solids[0].shape == "cylinder"
    )
    first, *others = case.pair.after.solids
    scene = replace(case.pair.after, solids=(replace(first, **change), *others))
    found = case.verdicts(render(scene).picture)
    assert not found[figure] and not found["same"]


def test_an_empty_table_shows_no_subject():
    (case,) = subjects.subject_cases(1, 9)
    found = case.verdicts(render(replace(case.pair.after, solids=())).picture)
    assert not any(found.values())
