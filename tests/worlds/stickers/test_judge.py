"""The judge reads rendered stickers exactly, and turns down wrong claims and spoiled pictures."""

import numpy as np
import pytest

from lumina.evaluation.strictness import shuffle_blocks
from lumina.worlds.stickers.benchmark import BENCHMARK
from lumina.worlds.stickers.benchmark.specimens import specimens
from lumina.worlds.stickers.captions import parse
from lumina.worlds.stickers.judge import full_claim, judge, obeys, read
from lumina.worlds.stickers.render import ground_picture, render
from lumina.worlds.stickers.scenes import GROUNDS, Scene, Sticker, strangers
from lumina.worlds.stickers.world import WORLD

CAT = Sticker("cat", "flat", "", "large", 0, 32)
CAR = Sticker("car", "line art", "red", "small", 80, 48)
PICTURE = render(Scene((CAT, CAR), "pink")).picture


@pytest.mark.parametrize("ground", GROUNDS)
def test_empty_grounds_are_read(ground):
    reading = read(ground_picture(ground))
    assert (reading.scene, reading.problems) == (Scene((), ground), ())


def test_scenes_are_read_exactly_and_the_judge_is_strict():
    rng = np.random.default_rng(0)
    accepted, wrong, shuffled = [], [], []
    for specimen in specimens(25, 3, False):
        judgement = specimen.judge(specimen.images["picture"])
        accepted.append(judgement.accepted)
        wrong += judgement.rejected(rng)
        shuffled.append(not specimen.judge(shuffle_blocks(specimen.images["picture"], rng)).accepted)
        assert specimen.figures(specimen.images)["recognised"] == 1
    assert np.mean(accepted) >= 0.97 and np.mean(wrong) >= 0.98 and np.mean(shuffled) >= 0.95


def test_a_stranger_is_known_again():
    sticker = Sticker(strangers()[3].noun, strangers()[3].style, "", "medium", 16, 16)
    assert read(render(Scene((sticker,), "table")).picture).scene.stickers == (sticker,)


def test_something_else_in_the_picture_is_left_over():
    spoiled = PICTURE.copy()
    spoiled[4:20, 100:116] = (0, 90, 0)
    accepted, reasons = obeys(spoiled, parse("a cat and a car"))
    assert not accepted and "something is left over that is no sticker" in reasons


def test_half_of_one_and_half_of_another_is_neither():
    halves = [
        render(Scene((Sticker(noun, "flat", "", "large", 32, 32),), "blue")).picture
        for noun in ("cat", "pizza")
    ]
    mixed = np.concatenate([halves[0][:64], halves[1][64:]])
    assert read(mixed).problems


def test_what_it_shows_is_said():
    accepted, reasons = obeys(PICTURE, parse("a dog"))
    assert not accepted
    assert reasons[0] == ("it shows a large flat cat left of a small red line art car on a pink background")
    assert judge(read(PICTURE), full_claim(Scene((CAT, CAR), "pink"))) == (True, ())


def test_the_world_scores_and_compares():
    assert WORLD.score(PICTURE, "a cat and a car") > 1.9 > WORLD.score(PICTURE, "a dog and a car")
    assert read(PICTURE[:96]).problems


def test_cases_are_passed_by_the_truth():
    """What is asked for is drawn by rendering, and the verdict is good."""
    benchmark = BENCHMARK
    for name in ("text_to_image", "unseen_style", "subject", "unseen_subject"):
        for case in benchmark.cases(name, 1, 7):
            verdict = _answered(case)
            assert verdict.passed, verdict.caption
    for name in ("predict", "control", "image_pair", "edit"):
        verdicts = [_answered(case) for case in benchmark.cases(name, 1, 7)]
        assert all(verdict.passed in (True, None) for verdict in verdicts), [v.caption for v in verdicts]
    (turns,) = benchmark.cases("multi_turn", 1, 7)
    assert _answered(turns).values == {"1_right": False, "2_right": False, "all_right": False}


def _answered(case):
    """The verdict where every drawing is the truth that the case knows."""
    turns = case.turns()
    ask = next(turns)
    while True:
        try:
            ask = turns.send(_truth(case, ask))
        except StopIteration as done:
            return done.value


def _truth(case, ask):
    if ask.task == "text_to_image":
        return {"image": WORLD.scene(ask.values["prompt"], 1, 128, 128).picture}
    if ask.task == "subject":
        return {"image": render(case.pair.after).picture}
    if ask.task == "control":
        return {"image": render(case.scene).picture}
    if ask.task in ("predict", "image_pair"):
        from lumina.worlds.stickers.maps import map_of

        truth = render(case.scene)
        shown = map_of(truth, case.kind)
        return {"image": shown} if ask.task == "predict" else {"image": truth.picture, "map": shown}
    if hasattr(case, "edit"):
        return {"image": render(case.edit.after).picture}
    return {"image": ask.values["image"]}  # of several turns: nothing is done
