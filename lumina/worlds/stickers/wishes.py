"""The sentences of stickers' instructions, each as the one wish that it asks for."""

from collections.abc import Iterable
from functools import cache

from lumina.worlds.reading.grammar import ThingSaid
from lumina.worlds.reading.wishes import EditWish, Sentences
from lumina.worlds.stickers.captions import GROUND_PHRASES, RELATIONS, Thing, phrase
from lumina.worlds.stickers.instructing import BACKDROP_NAMES, TEMPLATES, WAYS
from lumina.worlds.stickers.nouns import PAINTED
from lumina.worlds.stickers.reader_words import style_signs
from lumina.worlds.stickers.scenes import PLAIN, nouns, styles_of
from lumina.worlds.stickers.sprites import COLORS, SIZES

BIGGER = ("bigger", "smaller")


def thing_of(said: ThingSaid) -> Thing:
    """Stickers as words have them."""
    style = said.of("style")
    return Thing(said.count, said.noun, style and style_signs()[style], said.of("color"), said.of("size"))


@cache
def sentences() -> Sentences:
    """What ``instruct`` says; qualities and styles are signs of the reader."""
    kinds = {"size": _same(SIZES), "color": _same(COLORS), "style": style_signs()}
    return Sentences(
        templates=TEMPLATES,
        nouns=nouns(),
        kinds=kinds,
        values={
            **kinds,
            "bigger": _same(BIGGER),
            "ground": {**_same(PLAIN), **BACKDROP_NAMES},
            "on": GROUND_PHRASES,
        },
        ways=WAYS,
        relations=RELATIONS,
        changes={"style": "restyle", "size": "resize", "color": "recolour"},
        phrase=lambda said: phrase(thing_of(said)),
        can_be=can_be,
    )


def can_be(noun: str, kind: str, quality: str) -> bool:
    """Whether there are drawings of a noun with a quality, which is a sign of the reader."""
    if kind == "style":
        return style_signs()[quality] in styles_of(noun)
    return kind != "color" or noun in PAINTED


def _same(words: Iterable[str]) -> dict[str, str]:
    return {word: word for word in words}


def parse_wish(text: str) -> EditWish | None:
    """The wish of a sentence in the grammar of ``instruct``; None of any other text."""
    return sentences().parse(text)
