"""What a person types of stickers is read plainly, and every word that is none of theirs is named."""

import numpy as np
import pytest

from lumina.worlds.stickers.captions import describe, is_sayable, text_of
from lumina.worlds.stickers.scenes import sample_scene
from lumina.worlds.stickers.words import LANGUAGE, normalize, unknown_words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("A Cat!", "a cat"),
        ("please draw a photo of 2 cats and a Hot-Dog, thanks", "two cats and a hot dog"),
        ("an cat to the left of a orange", "a cat left of an orange"),
        ("a cat on top of a car", "a cat above a car"),
        ("a lineart umbrella in the night", "a line art umbrella at night"),
        ("a dog on gray background", "a dog on a grey background"),
        ("a dog on white", "a dog on a white background"),
        ("a dog on orange ground", "a dog on an orange background"),
        ("a cat, on a white background", "a cat on a white background"),
        ("a cat; a dog; at night", "a cat and a dog at night"),
    ],
)
def test_captions_are_read_plainly(typed, read):
    assert normalize(typed) == read and normalize(read) == read
    assert unknown_words(read) == ()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a zorg cat, on a meadow", "a zorg cat on a meadow"),
        ("White background, a zorg cat", "a zorg cat on a white background"),
        ("a cat, a zorg dog", "a cat and a zorg dog"),
    ],
)
def test_commas_part_things_and_nothing_else(typed: str, read: str) -> None:
    assert normalize(typed) == read and normalize(read) == read


def test_captions_of_training_stay():
    rng = np.random.default_rng(2)
    for _ in range(80):
        claim = describe(sample_scene(rng), rng)
        if is_sayable(claim):
            assert normalize(text_of(claim)) == text_of(claim)
            assert unknown_words(text_of(claim)) == ()


@pytest.mark.parametrize(
    ("typed", "word", "known"),
    [
        ("a kitten", "kitten", "cat"), ("two puppies in Paris", "Paris", None), ("a sofa", "sofa", "couch"),
        ("a giraff", "giraff", "giraffe"), ("a crimson car", "crimson", "red"),
        ("eine Katze", "Katze", "cat"),
        ("a cat on a car", "on", "above"), ("a hot cat", "hot", None), ("a spaceship", "spaceship", "rocket"),
        ("a white cat", "white", "white background"),
        ("ein roter Ballon", "roter", "red"),
        ("a cat at nigth", "nigth", "night"),
    ],
)  # fmt: skip
def test_unknown_words_are_named_with_what_may_be_meant(typed, word, known):
    found = {one.word: one.known for one in unknown_words(typed)}
    assert word in found
    assert known is None or known in found[word]


def test_keywords_lead_to_a_noun():
    (found,) = unknown_words("a jack-o'-lantern".replace("jack-o'-lantern", "halloween"))
    assert "pumpkin" in found.known
    assert LANGUAGE.replaced("a Kitten", "kitten", "cat") == "a cat"


def test_instructions_have_words_of_their_own():
    assert unknown_words("remove the cat", "instruction") == ()
    assert [one.word for one in unknown_words("remove the cat")] == ["remove"]
    (found,) = unknown_words("erase the cat", "instruction")
    assert found.known == ("remove",)


def test_a_second_change_in_one_instruction_is_named() -> None:
    assert [one.word for one in unknown_words("Make the cat red and remove the dog.", "instruction")] == [
        "and remove the dog"
    ]
    assert unknown_words("remove the dog", "instruction") == ()


@pytest.mark.parametrize(
    ("prompt", "noun", "other", "then"),
    [
        ("a cat and a pizza", "cat", "unicorn", "a unicorn and a pizza"),
        ("an owl at night", "owl", "penguin", "a penguin at night"),
        ("a flat penguin", "penguin", "owl", "a flat owl"),
        ("a dog and a hot dog", "hot dog", "taco", "a dog and a taco"),
        ("two mice", "mice", "sheep", "two sheep"),
    ],
)
def test_a_noun_may_be_exchanged_for_others_of_its_kind(prompt, noun, other, then):
    parts = LANGUAGE.parts(prompt)
    (at,) = (i for i, part in enumerate(parts) if part.text == noun)
    assert noun not in parts[at].others and len(parts[at].others) < 20
    assert LANGUAGE.exchanged(prompt, at, other) == then


def test_a_number_may_be_exchanged_too():
    assert LANGUAGE.exchanged("a red heart", 0, "three") == "three red hearts"
    assert LANGUAGE.exchanged("three red hearts", 0, "a") == "a red heart"
    assert LANGUAGE.parts("an owl")[0].others == ("two", "three", "four")
    assert LANGUAGE.parts("two owls at night")[0].others == ("a", "three", "four")
    assert "two" not in LANGUAGE.parts("cheese")[0].others
