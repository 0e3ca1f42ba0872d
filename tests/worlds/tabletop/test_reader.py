"""Free wording is read as it is meant; what is a sentence already stays, and nothing is read into nothing."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina.evaluation.free_wording import is_meant, requests, sentence_for
from lumina.worlds.language import Understood
from lumina.worlds.tabletop.captions import parse, random_prompt
from lumina.worlds.tabletop.reader import read
from lumina.worlds.tabletop.words import LANGUAGE, normalize


def test_requests_are_read_as_they_are_meant() -> None:
    """0.84 of the second half when it was first read, before anything was learned from it."""
    read_right = Counter(
        kind for text, meant, kind in requests("tabletop") if is_meant(sentence_for(LANGUAGE, text), meant)
    )
    of = Counter(kind for _, _, kind in requests("tabletop"))
    assert len(requests("tabletop")) == 300 and sum(read_right.values()) >= 0.95 * 300
    assert all(read_right[kind] >= 0.85 * count for kind, count in of.items())


@pytest.mark.parametrize(
    ("text", "sentence", "left"),
    [
        (
            "There's a crimson ball to the left of the box, and Paris",
            "a red sphere left of a cube",
            ("Paris",),
        ),
        ("to the right of 2 boxes a ball", "two cubes and a sphere", ("left of",)),
        ("a cube with a ball on its right", "a cube left of a sphere", ()),
        ("a red and a blue cube", "a red cube and a blue cube", ()),
        ("two cubes, one red and one blue", "a red cube and a blue cube", ()),
        ("I want a cube and a sphere. The cube should be green.", "a green cube and a sphere", ()),
        ("a blue cone, no, make it green", "a green cone", ()),
        ("not a red cube but a dark blue ball", "a blue sphere", ("dark", "not a red cube")),
        ("ein grüner Würfel vor einer roten Kugel", "a green cube in front of a red sphere", ()),
        ("un cube rouge à gauche d'une sphère bleue", "a red cube left of a blue sphere", ()),
        ("一个红色的球在蓝色方块左边", "a red sphere left of a blue cube", ()),
        ("a cube next to a metal cone, 8k", "a cube and a cone", ("next to", "8k", "metal")),
        ("BIG RED BALL on a wooden floor at dusk!!", "a large red sphere on a brown ground at sunset", ()),
    ],
)
def test_what_is_understood_and_what_is_left_out(text: str, sentence: str, left: tuple[str, ...]) -> None:
    found = read(text)
    assert found is not None
    assert (found.sentence, tuple(one.word for one in found.left_out)) == (sentence, left)


@pytest.mark.parametrize(
    "text", ["", "?!", "a cat", "Paris at night", "one two three", "five cubes and a cone"]
)
def test_what_names_no_solid_or_too_many_is_not_read(text: str) -> None:
    assert read(text) is None


def test_sentences_of_the_world_stay_as_they_are() -> None:
    captions = [random_prompt(seed) for seed in range(300)]
    assert [read(caption) for caption in captions] == [None] * 300
    assert read(f"{captions[0].capitalize()}.") is None


SOME = (
    "a the two one ones it both red blue large box balls cone left right of on its behind in front with "
    "and , . is make green 3 five grün würfel links von 左边 红色 球 white floor night dragon next to same"
)
WORDS = st.sampled_from(SOME.split(" "))


@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=60))
def test_whatever_is_read_is_a_sentence_that_is_read_no_further(text: str) -> None:
    found = read(text)
    if found is not None:
        assert isinstance(found, Understood)
        assert parse(found.sentence) is not None and normalize(found.sentence) == found.sentence
        assert read(found.sentence) is None
