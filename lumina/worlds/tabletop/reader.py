"""Free wording becomes a sentence of tabletop: "there's a crimson ball to the left of 2 boxes", for one.

No language model: words are looked up, in several languages and with slips (reading/signs.py), and what they
say is put together (reading/scene.py).
"""

from lumina.worlds.language import Kind, Understood, UnknownWord
from lumina.worlds.reading.corrections import corrected
from lumina.worlds.reading.prompts import read_scene, too_many
from lumina.worlds.reading.signs import UNKNOWN, Sign, typed
from lumina.worlds.reading.unread import unread
from lumina.worlds.reading.uses import HARMLESS
from lumina.worlds.tabletop.captions import PLURALS, Claim, parse, text_of
from lumina.worlds.tabletop.reader_edit_words import INSTRUCTIONS
from lumina.worlds.tabletop.reader_grammar import GRAMMAR
from lumina.worlds.tabletop.reader_lexicon import DESCRIPTIONS, PROMPTS
from lumina.worlds.tabletop.scenes import COLORS, PATTERNS, SHAPES
from lumina.worlds.tabletop.wishes import thing_of
from lumina.worlds.tabletop.words import normalize, unknown_words

LANGUAGES = "English, German, French, Spanish, Italian, Dutch, Portuguese, Chinese or Japanese"
TOLD_BY = "a subject is told by its pattern, colour and shape"


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
    words = DESCRIPTIONS.words(text)
    signs = [
        Sign(PLURALS.get(sign, str(sign)), sign.start, sign.end)
        for sign in corrected(DESCRIPTIONS.signs(words), GRAMMAR)[0]
    ]
    said = [next((sign for sign in signs if sign in kind), None) for kind in (PATTERNS, COLORS, SHAPES)]
    if said[-1] is None:
        return None
    left = {
        typed(text, words[sign.start : sign.end]): "" if sign == UNKNOWN else TOLD_BY
        for sign in signs
        if (sign not in said and sign not in HARMLESS | {UNKNOWN}) or sign == UNKNOWN
    }
    sentence = " ".join(filter(None, said))
    if sentence == normalize(text, "description") and not left:
        return None
    return Understood(sentence, tuple(UnknownWord(word, note=note) for word, note in left.items()))
