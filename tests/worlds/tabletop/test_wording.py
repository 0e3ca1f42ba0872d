"""Words as people type them become the words of training, and those stay as they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina.worlds.tabletop.captions import describe, text_of
from lumina.worlds.tabletop.edits import OPERATIONS, sample_edit
from lumina.worlds.tabletop.instructing import instruct
from lumina.worlds.tabletop.scenes import sample_scene
from lumina.worlds.tabletop.wording import normalize, normalize_name

GREEN = [
    "Make the cube green",
    "make the cube green.",
    "Make the Cube Green!",
    "MAKE THE CUBE GREEN!!!",
    "“Make the cube green”",
    "‘make the cube green.’",
    "make the\ncube\tgreen\n",
    "make the\u00a0cube green",
    "make the\u200b cube green",
    "make\u200bthe\u200bcube green",
    "make the cu\u200bbe green",
    "\ufeffmake the cube green",
    "\u202amake the cube green\u202c",
    "make the cube green\ufe0f",
    "  make   the cube green… ",
    "ｍａｋｅ the cube green",
    "make the cube green ✨",
    "Please, make the cube green!",
    "make the cube green, please",
    "**make the cube green**",
]


@pytest.mark.parametrize("typed", GREEN)
def test_an_instruction_is_the_plain_one_however_it_is_typed(typed: str) -> None:
    assert normalize(typed) == "make the cube green"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("A red cube, please!", "a red cube"),
        ("Red Cube left of Blue Sphere", "a red cube left of a blue sphere"),
        ("the red cube.", "a red cube"),
        ("A photo of an red cube", "a red cube"),
        ("1 red cube", "a red cube"),
        ("2 red cone", "two red cones"),
        ("A red cube left-of a blue sphere", "a red cube left of a blue sphere"),
        ("a red cube to the left of a blue sphere", "a red cube left of a blue sphere"),
        ("a red cube, a blue cone, and a gray sphere", "a red cube, a blue cone and a grey sphere"),
        ("Grüner Würfel", "grüner würfel"),
        ("!?", ""),
        ("\u200b", ""),
    ],
)
def test_a_caption_is_brought_to_the_spelling_of_training(typed: str, plain: str) -> None:
    assert normalize(typed) == plain


def test_a_named_thing_has_no_article() -> None:
    assert normalize_name("The Dotted Yellow Cone.") == "dotted yellow cone"
    assert normalize_name("Yellow cone") == "yellow cone"


def test_words_of_training_stay_as_they_are() -> None:
    rng = np.random.default_rng(0)
    texts = []
    for number in range(300):
        scene = sample_scene(rng)
        texts.append(text_of(describe(scene, rng)))
        edit = sample_edit(scene, OPERATIONS[number % len(OPERATIONS)], rng)
        said = instruct(edit, rng) if edit is not None else None
        texts += [said.text] if said else []
    assert [normalize(text) for text in texts] == texts


PIECES = [*GREEN, ",", "a", "red", "please", "\u200b", "&", "1"]


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_the_normal_form_is_its_own(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
