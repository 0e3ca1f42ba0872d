"""The words that are looked up in prompts and descriptions of tabletop."""

from dataclasses import replace

from lumina.worlds.reading.signs import Lexicon
from lumina.worlds.reading.words import FLUFF, PLACES
from lumina.worlds.tabletop.captions import PLURALS
from lumina.worlds.tabletop.reader_words import LOOKUP, NOUNS, PHRASES, SCRIPTS, SIGNS, SLIPS_OF, STUFFS
from lumina.worlds.tabletop.real_words import REAL_WORDS
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, MATERIALS, PATTERNS, SHAPES, SIZES
from lumina.worlds.tabletop.words import MEANINGS

QUALITIES = frozenset([*COLORS, *MATERIALS, *SIZES])
PROMPTS = Lexicon(
    LOOKUP,
    PHRASES,
    FLUFF,
    SCRIPTS,
    SLIPS_OF,
    REAL_WORDS,
    signs_known=SIGNS,
    singular=frozenset(SHAPES),
    nouns=NOUNS,
    noun_of={**{shape: shape for shape in SHAPES}, **PLURALS},
    qualities=QUALITIES,
    colors=frozenset([*COLORS, *GROUNDS]),
    places=PLACES,
    stuffs=STUFFS,
)
_OTHER_PATTERNS = {other: name for name in PATTERNS[1:] for other in [name, *MEANINGS[name].split()]}
DESCRIPTIONS = replace(
    PROMPTS,
    lookup={**LOOKUP, **_OTHER_PATTERNS},
    slips_of=(*SLIPS_OF, *_OTHER_PATTERNS),
    fluff=FLUFF | {PATTERNS[0], "pattern", "patterned"},
)
