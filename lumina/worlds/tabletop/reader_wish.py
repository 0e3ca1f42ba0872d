"""What can be changed in a picture of tabletop, and why not more, as free wording of instructions is read."""

from lumina.worlds.reading.edit_grammar import EditGrammar, EditReasons
from lumina.worlds.tabletop.instructing import TEMPLATES
from lumina.worlds.tabletop.reader_grammar import GRAMMAR
from lumina.worlds.tabletop.wishes import SENTENCES

WHICH = 'say which solid is meant, as "the red cube": the words are read without the picture'
TOLD_BY = "a solid is told by its size, colour and shape"
ONE_SOLID = "one solid at a time is changed"
NO_EXCHANGE = "two solids cannot change places or looks in one edit"
SAY_WHAT = 'say what is to be done with it, as "add …", "remove …" or "make … red"'
REASONS = EditReasons(
    which=WHICH,
    told_by=TOLD_BY,
    beside='where it is to stand is said beside another solid only, as "left of the red cube"',
    one_thing=ONE_SOLID,
    no_exchange=NO_EXCHANGE,
    say_what=SAY_WHAT,
    say_where='say where to, as "to the left" or "left of the red cube"',
    no_removal="there is always a ground",
)
TURNS = REASONS.turns
_BIGGER, _SIZE = TEMPLATES["resize"][:2]
EDITS = EditGrammar(
    GRAMMAR,
    SENTENCES,
    REASONS,
    said={
        "recolour": {"=paint": TEMPLATES["recolour"][1]},
        "resize": {"=bigger": _BIGGER, "=smaller": _BIGGER, "": _SIZE},
        "reground": {"=change": TEMPLATES["reground"][1], "=turn": TEMPLATES["reground"][2]},
        "relight": {"=change": TEMPLATES["relight"][1]},
    },
    compared={"=bigger": "large", "=smaller": "small"},
    shades={"=brighter": "daylight", "=darker": "night"},
    unchanged={"material": "no edit changes what a solid is made of"},
)
