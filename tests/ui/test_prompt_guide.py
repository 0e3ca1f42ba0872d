"""First contact: unknown words are named with known ones to click on, and good prompts are at hand."""

import pytest

from lumina.model.config import MODELS
from lumina.ui.prompt_guide import better_informed, guide_of, swapped
from lumina.worlds.tabletop.captions import unknown_words

GUIDE = guide_of(MODELS["tabletop"])


def test_examples_and_suggestions_use_known_words_only() -> None:
    for prompt in (*GUIDE.examples, *(GUIDE.suggest() for _ in range(20))):
        assert unknown_words(prompt) == []


def test_of_an_immense_text_as_much_is_read_as_a_prompt_may_hold() -> None:
    immense = " ".join(f"zq{chr(97 + n % 26) * 3}{chr(97 + n // 26 % 26) * 3}" for n in range(100_000))
    assert 0 < len(GUIDE.unknown(immense)) < 2000 / 8
    assert swapped(immense, {"word": "zqaaaaaa", "known": "sphere"}, GUIDE) == immense


def test_instructions_have_a_guide_of_their_own() -> None:
    assert [one.word for one in GUIDE.unknown("paint the cube purple")] == ["paint"]
    guide = guide_of(MODELS["tabletop"], "instruction")
    assert guide.unknown("paint the cube purple") == () and guide.reading("paint the cube purple") is None
    reading = guide.reading("paint the box purple")
    assert reading is not None and reading.sentence == "paint the cube purple"


def test_a_click_exchanges_a_word_and_a_forged_one_changes_nothing() -> None:
    assert swapped("A Ball.", {"word": "Ball", "known": "sphere"}, GUIDE) == "A sphere."
    for forged in (None, "x", {}, {"word": "x" * 300, "known": "y"}, {"word": "Ball", "known": "y" * 10_000}):
        assert swapped("A Ball.", forged, GUIDE) == "A Ball."


def test_a_model_that_knows_all_words_has_examples_too() -> None:
    guide = guide_of(MODELS["omni"])
    assert guide.unknown("a dragon") == () and guide.suggest() in guide.examples


TABLETOP = MODELS["tabletop"]
STICKERS = MODELS["stickers"]


@pytest.mark.parametrize(
    ("words", "here", "other"),
    [
        ("a cat", TABLETOP, STICKERS),
        ("Two KITTIES, please!", TABLETOP, STICKERS),
        ("ein Hund links von einer Katze", TABLETOP, STICKERS),
        ("a cat in Paris", TABLETOP, STICKERS),  # where one word less is unknown
        ("a shiny red cylinder", STICKERS, TABLETOP),
        ("a red cube", TABLETOP, None),
        ("a ball", TABLETOP, None),  # free wording that is understood here
        ("a cat", STICKERS, None),
        ("Paris", TABLETOP, None),  # nobody draws it
        ("", TABLETOP, None),
    ],
)
def test_words_are_offered_to_the_model_that_knows_more_of_them(words, here, other) -> None:
    others = [spec for spec in (TABLETOP, STICKERS, MODELS["omni"]) if spec != here]
    assert better_informed(words, here, others) == other
    assert better_informed(words, here, []) is None
