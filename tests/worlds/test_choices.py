"""Words that may be exchanged: the parts make the sentence up again, and each other word gives a good one."""

import pytest

from lumina.worlds import world_of


@pytest.mark.parametrize("name", ["tabletop", "stickers"])
@pytest.mark.parametrize("seed", range(8))
def test_each_other_word_gives_another_sentence_that_the_world_knows(name: str, seed: int) -> None:
    world = world_of(name)
    assert world is not None
    language, prompt = world.language, world.suggest(seed)
    parts = language.parts(prompt)
    assert "".join(part.text for part in parts) == prompt and any(part.others for part in parts)
    found = [language.exchanged(prompt, at, word) for at, part in enumerate(parts) for word in part.others]
    assert len({*found, prompt}) == len(found) + 1
    for other in found:
        assert other and language.normalize(other) == other and not language.unknown_words(other)
        assert world.can_judge(other)


@pytest.mark.parametrize(
    ("prompt", "offered"),
    [
        ("a large cube on a blue ground at night", {"a", "large", "cube", "blue", "at night"}),
        ("a red cone left of a blue cube", {"red", "cone", "left of", "blue", "cube"}),
        ("a metal sphere", {"a", "metal"}),  # no other shape is of metal
        ("a cat", set()),
        ("", set()),
    ],
)
def test_what_is_offered_in_a_sentence(prompt: str, offered: set[str]) -> None:
    world = world_of("tabletop")
    assert world is not None
    assert {part.text for part in world.language.parts(prompt) if part.others} == offered


def test_numbers_and_articles_stay_right() -> None:
    world = world_of("tabletop")
    assert world is not None
    exchanged = world.language.exchanged
    assert exchanged("a red cone", 0, "three") == "three red cones"
    assert exchanged("three red cones", 0, "a") == "a red cone"
    assert exchanged("a red cone", 2, "orange") == "an orange cone"
    assert exchanged("a red cone", 2, "furry") is None and exchanged("a red cone", 9, "red") is None
