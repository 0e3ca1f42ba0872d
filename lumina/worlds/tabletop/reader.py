"""Free wording becomes a sentence of tabletop: "there's a crimson ball to the left of 2 boxes", for one.

No language model: words are looked up, in several languages and with slips (reading/signs.py), and what they
say is put together (reading/scene.py).
"""

from lumina.worlds.language import Kind, Understood, UnknownWord
from lumina.worlds.reading import descriptions
from lumina.worlds.reading.prompts import read_scene, too_many
from lumina.worlds.reading.unread import unread
from lumina.worlds.tabletop.captions import PLURALS, Claim, parse, text_of
from lumina.worlds.tabletop.reader_edit_words import INSTRUCTIONS
from lumina.worlds.tabletop.reader_grammar import GRAMMAR
from lumina.worlds.tabletop.reader_lexicon import DESCRIPTIONS, PROMPTS
from lumina.worlds.tabletop.scenes import COLORS, PATTERNS, SHAPES
from lumina.worlds.tabletop.wishes import thing_of
from lumina.worlds.tabletop.words import normalize, unknown_words

LANGUAGES = "English, German, French, Spanish, Italian, Dutch, Portuguese, Chinese or Japanese"
TOLD_BY = "a subject is told by its pattern, colour and shape"
_SAID_BY = (
    {pattern: pattern for pattern in PATTERNS},
    {color: color for color in COLORS},
    {**{shape: shape for shape in SHAPES}, **PLURALS},
)


def read(text: str) -> Understood | None:
    """The sentence that is meant by a prompt; None if it is one already, or if it names no solid.

    Every word is in the sentence, or harmless (FLUFF), or named: with a note where it is known.
    """
    found = read_scene(text, PROMPTS, GRAMMAR)
    if found is None:
        return None
    meant, left = found
    plainly = normalize(text)
    caption = parse(plainly)
    if caption is not None and text_of(caption) == plainly and not left and not unknown_words(text):
        return None
    claim = Claim(tuple(map(thing_of, meant.things)), meant.relation, meant.ground, meant.light)
    return Understood(text_of(claim), left)


def unread_text(text: str, kind: Kind) -> UnknownWord | None:
    """A text in a language that is not read; see unread."""
    return unread(text, INSTRUCTIONS if kind == "instruction" else PROMPTS, LANGUAGES)


def beyond(text: str) -> tuple[UnknownWord, ...]:
    """What of a prompt is more than there is in a picture; see too_many."""
    return too_many(text, PROMPTS, GRAMMAR)


def read_description(text: str) -> Understood | None:
    """What a subject is, in the words that a subject is told by; None if it says that, or names no solid."""
    found = descriptions.read_description(text, DESCRIPTIONS, GRAMMAR, _SAID_BY, TOLD_BY)
    is_said = found is not None and not found.left_out and found.sentence == normalize(text, "description")
    return None if is_said else found
