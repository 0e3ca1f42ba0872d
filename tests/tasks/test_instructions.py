"""The model is told exactly what it was trained on."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from lumina.tasks import instructions as say

GOLDEN = Path(__file__).parents[1] / "parity" / "data" / "A" / "golden" / "prompts.json"
SUBJECT = "Bubbly and effervescent with a sparkling allure."


def written(record: dict[str, Any]) -> str:
    """What we say for a recorded prompt of the reference."""
    task, prompt, width, height = (record[name] for name in ("task", "prompt", "width", "height"))
    if task == "t2i":
        return say.text_to_image(prompt, width, height)
    if task != "i2i":
        return say.image_pair(task, prompt, width, height)
    if record["i2i_task"] == "subject":
        return say.subject(SUBJECT, prompt, width, height)
    return say.control(record["i2i_task"], prompt, width, height)


def test_the_published_sentences_are_said_byte_for_byte() -> None:
    records = json.loads(GOLDEN.read_text(encoding="utf-8"))["prompts"]
    assert [written(record) for record in records] == [record["question"] for record in records]


def test_the_paper_words_subjects_otherwise() -> None:
    assert say.subject("a red mug", "on a desk", 512, 1024, "paper") == (
        "Generate a dual-panel image of 512×1024 where the <upper half> displays: a red mug, while the "
        "<lower half> shows the image according to the object and following prompt: on a desk."
    )


def test_a_size_need_not_be_named() -> None:
    sentence = say.text_to_image_unsized("a cone")
    assert sentence == "Generate an image according to the following prompt:\na cone"


def test_a_map_is_predicted_in_the_words_of_a_pair_without_prompt() -> None:
    assert say.predict("normal", 128, 256) == say.image_pair("normal", "", 128, 256)


def test_an_edit_is_worded_like_its_published_relatives() -> None:
    assert say.edit("make the cube red", 128, 256) == (
        "Generate a dual-panel image of 128x256 where the <upper half> retains the original image, while "
        "the <lower half> shows the image according to the following edit:\nmake the cube red"
    )


@pytest.mark.parametrize("words", ["{width}", "{0}", "{", "a {b} c", "<upper half>\n"])
def test_words_are_taken_as_they_are(words: str) -> None:
    assert say.text_to_image(words, 8, 8).endswith(":\n" + words)
    assert f"<{words}>" in say.subject(words, words, 8, 8) and say.edit(words, 8, 8).endswith(words)


def test_every_kind_has_a_name_and_every_template_a_source() -> None:
    assert set(say.MAPS) == set(get_args(say.Kind))
    assert {name for name, template in say.TEMPLATES.items() if template.source == "ours"} == {
        "edit",
        "predict",
    }
