"""What there is to say of tabletop, as free wording is read, and why something is not drawn."""

from lumina.worlds.reading.grammar import Grammar, Reasons
from lumina.worlds.tabletop.captions import OPPOSITE, PLURALS
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, LIGHTS, MATERIALS, SHAPES, SIZES, materials_of

NOT_THERE = "only left of, right of, in front of and behind"
ON_SOLID = "everything stands on the ground"
OF_NOTHING = "it is said of none of the solids"
OF_GROUND = 'no solid is {0}; the ground can be: write "on a {0} ground"'
ONE_QUALITY = "something else is said of the same solid"
ONE_OF_EACH = "one ground and one light in a picture"
NO_SUCH = "no such solid is made of it"


def _can_be(shape: str, kind: str, quality: str) -> bool:
    return kind != "material" or quality in materials_of(shape)


GRAMMAR = Grammar(
    noun_of={**{shape: shape for shape in SHAPES}, **PLURALS},
    plurals=frozenset(PLURALS),
    kinds={"color": COLORS, "material": MATERIALS, "size": SIZES},
    grounds=GROUNDS,
    lights=LIGHTS,
    opposite=OPPOSITE,
    reasons=Reasons(
        no_place="only in a picture of two single solids",
        one_place="only one such place in a picture",
        not_there=NOT_THERE,
        on_thing=ON_SOLID,
        of_nothing=OF_NOTHING,
        of_ground=OF_GROUND,
        one_quality=ONE_QUALITY,
        no_such=NO_SUCH,
        one_of_each=ONE_OF_EACH,
        too_many="at most four solids in a picture",
    ),
    can_be=_can_be,
)
