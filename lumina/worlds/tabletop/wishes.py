"""The sentences of tabletop's instructions, each as the one wish that it asks for."""

from lumina.worlds.reading.grammar import ThingSaid
from lumina.worlds.reading.wishes import EditWish, Sentences
from lumina.worlds.tabletop.captions import LIGHT_PHRASES, RELATIONS, Thing, phrase
from lumina.worlds.tabletop.instructing import BIGGER, TEMPLATES, WAYS
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, LIGHTS, MATERIALS, SHAPES, SIZES

_KINDS = {"size": SIZES, "color": COLORS, "material": MATERIALS}
_VALUES = {"color": COLORS, "size": SIZES, "ground": GROUNDS, "light": LIGHTS}


def thing_of(said: ThingSaid) -> Thing:
    """Solids as words have them."""
    return Thing(said.count, said.noun, said.of("color"), said.of("material"), said.of("size"))


SENTENCES = Sentences(
    templates=TEMPLATES,
    nouns=SHAPES,
    kinds={kind: {each: each for each in options} for kind, options in _KINDS.items()},
    values={
        **{place: {each: each for each in options} for place, options in _VALUES.items()},
        "bigger": BIGGER,
        "when": LIGHT_PHRASES,
    },
    ways=WAYS,
    relations=RELATIONS,
    changes={"size": "resize", "color": "recolour"},
    phrase=lambda said: phrase(thing_of(said)),
)


def parse_wish(text: str) -> EditWish | None:
    """The wish of a sentence in the grammar of ``instruct``; None of any other text."""
    return SENTENCES.parse(text)
