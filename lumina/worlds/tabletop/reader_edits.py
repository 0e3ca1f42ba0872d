"""Free wording becomes an instruction of tabletop: "get rid of the pyramid", "mach die Kugel blau"."""

from lumina.worlds.language import Understood, UnknownWord
from lumina.worlds.reading.edits import EditReader
from lumina.worlds.tabletop.reader_edit_words import INSTRUCTIONS
from lumina.worlds.tabletop.reader_wish import EDITS
from lumina.worlds.tabletop.words import normalize

_READER = EditReader(INSTRUCTIONS, EDITS, lambda text: normalize(text, "instruction"))


def read_instruction(text: str) -> Understood | None:
    """See EditReader.read."""
    return _READER.read(text)


def why_not(text: str) -> tuple[UnknownWord, ...]:
    """See EditReader.why_not."""
    return _READER.why_not(text)
