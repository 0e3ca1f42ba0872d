"""What stickers are learned from: rows that are read back, words that are true, maps, cases."""

import json

import numpy as np

from lumina.worlds.curriculum import NO_ANSWER
from lumina.worlds.stickers.auxiliary_targets import answers_ahead, answers_of_edit, targets
from lumina.worlds.stickers.curriculum import Shown, StickersCurriculum
from lumina.worlds.stickers.edits import SceneEdit
from lumina.worlds.stickers.examples import CAT, MEAL, ROAD, SKY
from lumina.worlds.stickers.scenes import FRAME, MOST, Scene, Sticker, is_seen, nouns
from lumina.worlds.stickers.sprites import STYLES
from lumina.worlds.stickers.world import WORLD

CURRICULUM = StickersCurriculum()


def test_rows_are_read_back():
    rng = np.random.default_rng(0)
    scene = CURRICULUM.scene(rng, FRAME)
    assert CURRICULUM.read_scene(json.loads(json.dumps(scene.row()))) == scene
    for task in CURRICULUM.pairs:
        for pair in CURRICULUM.chain(task, rng):
            row = json.loads(json.dumps(pair.row()))
            assert CURRICULUM.read_pair(task, pair.before, pair.after, row) == pair


def test_lessons_say_what_is_true_and_answer_every_code():
    rng = np.random.default_rng(1)
    codes = FRAME[0] * FRAME[1] // 64
    lessons = [CURRICULUM.scene(rng, FRAME) for _ in range(20)]
    lessons += [
        pair for task in ("edit", "subject") for _ in range(5) for pair in CURRICULUM.chain(task, rng)
    ]
    for lesson in lessons:
        said = lesson.say(rng)
        if said is None:
            continue
        assert said.untrue is None or said.untrue != said.true
        assert said.answers.shape == (codes, len(CURRICULUM.targets))
        assert (said.answers < list(CURRICULUM.targets.values())).all() and lesson.weight > 0


def test_no_picture_is_drawn_from_words_that_cannot_tell_of_all_of_it():
    rng = np.random.default_rng(0)
    lessons = [CURRICULUM.scene(rng, FRAME, varied=True) for _ in range(40)]
    assert {lesson.weight > 0 for lesson in lessons} == {True, False}
    assert all((lesson.weight > 0) == (len(lesson.scene.stickers) <= MOST) for lesson in lessons)
    assert all(lesson.say(rng) is not None for lesson in lessons if lesson.weight)


def test_answers_tell_what_comes_next():
    cat, dog = Sticker("cat", "flat", "", "small", 0, 0), Sticker("dog", "flat", "", "small", 0, 96)
    told = answers_ahead(Scene((dog, cat)))
    to_come = list(targets()).index("to come")
    assert told[0, 0] == nouns().index("cat") and told[0, to_come] == 2
    assert told[100, 0] == nouns().index("dog") and told[100, to_come] == 1
    assert told[-1, to_come] == 0 and told[-1, 0] == NO_ANSWER


def test_answers_tell_which_part_of_which_sticker_a_place_is():
    cat, dog = Sticker("cat", "flat", "", "small", 0, 0), Sticker("dog", "retro", "", "large", 64, 64)
    scene = Scene((dog, cat))
    for told in (answers_ahead(scene), answers_of_edit(SceneEdit("reground", Scene(()), scene))):
        here = dict(zip(targets(), told[9 * 16 + 8 + 3], strict=True))  # the second row of the dog
        assert (here["noun here"], here["row here"], here["column here"]) == (nouns().index("dog"), 1, 3)
        assert here["style here"] == STYLES.index("retro")
        names = list(targets())
        assert (told[:, names.index("noun here")] != NO_ANSWER).sum() <= 64 + 16 - 2
        assert told[0, names.index("noun here")] == NO_ANSWER  # nothing tells that it begins here


def test_maps_that_are_not_stored_are_derived():
    images = Shown(Scene((Sticker("cat", "flat"),))).images()
    assert set(images) == {"picture", "segmentation", "canny"} == set(CURRICULUM.images)
    for kind in set(CURRICULUM.maps) - set(images):
        assert CURRICULUM.derived(kind, images).shape == images["picture"].shape


def test_what_is_judged_are_cases():
    rng = np.random.default_rng(0)
    for kind in CURRICULUM.judged:
        assert next(CURRICULUM.case(kind, rng).turns()).values["seed"] >= 0


def test_the_page_has_examples_of_every_task_that_is_given_a_picture():
    for task in ("edit", "subject", "control", "predict"):
        for example in WORLD.examples(task):
            words = {k: v for k, v in example.values.items() if k in ("instruction", "subject", "prompt")}
            for field, text in words.items():
                kind = {"instruction": "instruction", "subject": "description"}.get(field, "prompt")
                assert WORLD.language.unknown_words(text, kind) == ()
    assert all(is_seen(sticker) for scene in (ROAD, SKY, MEAL, Scene((CAT,))) for sticker in scene.stickers)
    picture = WORLD.examples("predict")[0].values["image"]
    assert WORLD.compare("segmentation", WORLD.examples("control")[1].values["condition"], picture)
    assert WORLD.compare("segmentation", picture, np.zeros_like(picture)) is None
