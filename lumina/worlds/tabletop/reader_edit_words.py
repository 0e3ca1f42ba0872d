"""The words of tabletop's instructions: those of its prompts, and those of all instructions."""

from lumina.worlds.reading.edit_words import instructions
from lumina.worlds.tabletop.captions import RELATIONS
from lumina.worlds.tabletop.reader_lexicon import PROMPTS

INSTRUCTIONS = instructions(PROMPTS, RELATIONS)
