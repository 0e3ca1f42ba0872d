"""First contact: unknown words are named with known ones to click on, and good prompts are at hand."""

import pytest

from lumina.ui.first_words import guide_of, swapped
from lumina.worlds.tabletop.captions import KNOWN_WORDS, unknown_words

GUIDE = guide_of("tabletop")


def test_examples_and_suggestions_use_known_words_only() -> None:
    for prompt in (*GUIDE.examples, *(GUIDE.suggest() for _ in range(20))):
        assert unknown_words(prompt) == []


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a red cube", []),
        ("a shiny ball", [("shiny", ["metal"]), ("ball", ["sphere"])]),
        ("a shiny cube", [("shiny", ["matte"])]),
        ("a metal sphere on a metal cube", [("metal", ["matte"])]),  # only of spheres can it be seen
        ("a silver cube", [("silver", ["red", "orange", "yellow"])]),
        ("two dragons", [("dragons", ["spheres", "cubes", "cylinders"])]),
        ("", []),
    ],
)
def test_unknown_words_come_with_known_ones(prompt: str, expected: list[tuple[str, list[str]]]) -> None:
    found = [(item["word"], item["known"]) for item in GUIDE.unknown(prompt)]
    assert found == expected
    assert {known for _, each in found for known in each} <= KNOWN_WORDS


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("make the cube bigger", []),
        ("paint the cube purple", []),
        ("erase the red cube", [("erase", ["make", "remove", "add"])]),
        ("remove the red ball", [("ball", ["sphere"])]),
        ("add a metal cube", [("metal", ["matte"])]),
    ],
)
def test_instructions_have_words_of_their_own(
    instruction: str, expected: list[tuple[str, list[str]]]
) -> None:
    found = guide_of("tabletop", "edit").unknown(instruction)
    assert [(item["word"], item["known"]) for item in found] == expected


def test_a_clicked_word_replaces_the_unknown_one_everywhere() -> None:
    assert swapped("A Ball, balls, ball", {"word": "ball", "known": "sphere"}) == "A sphere, balls, sphere"
    assert swapped("a cube", {"word": "[a-z]+", "known": "x"}) == "a cube"


def test_a_model_that_knows_all_words_has_examples_too() -> None:
    guide = guide_of("omni")
    assert guide.unknown("a dragon") == [] and guide.suggest() in guide.examples
