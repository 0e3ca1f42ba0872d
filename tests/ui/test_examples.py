"""Examples with pictures: what is asked for fits the picture, in words that the embedded model knows."""

from lumina.model.config import MODELS
from lumina.tasks import TASKS
from lumina.ui.examples import examples_of
from lumina.worlds.tabletop.captions import parse, words_of
from lumina.worlds.tabletop.examples import EDITS, SUBJECTS
from lumina.worlds.tabletop.instructing import EDIT_WORDS


def test_edits_are_of_several_kinds_and_in_known_words() -> None:
    found = examples_of(TASKS["edit"], MODELS["tabletop"])
    assert len({example.values["image"] for example in found}) == len(EDITS)
    assert all(set(words_of(example.values["instruction"])) <= EDIT_WORDS for example in found)


def test_subjects_are_named_with_their_pattern_and_appear_in_the_prompt() -> None:
    found = examples_of(TASKS["subject"], MODELS["tabletop"])
    assert len(found) == SUBJECTS
    for example in found:
        _, color, shape = example.values["subject"].split()
        claim = parse(example.values["prompt"])
        assert claim is not None and (claim.things[0].color, claim.things[0].shape) == (color, shape)


def test_maps_of_control_are_not_made_from_a_photograph() -> None:
    assert {example.values["extract"] for example in examples_of(TASKS["control"], MODELS["tabletop"])} == {
        False
    }
