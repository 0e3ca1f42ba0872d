"""Free wording becomes an instruction of stickers: "get rid of the kitty", "mach das Herz blau"."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from lumina.worlds.language import Understood, UnknownWord
from lumina.worlds.reading.edit_grammar import EditGrammar, EditReasons
from lumina.worlds.reading.edits import EditReader
from lumina.worlds.reading.signs import Sign
from lumina.worlds.stickers.instructing import TEMPLATES
from lumina.worlds.stickers.reader import REASONS, grammar, with_near
from lumina.worlds.stickers.reader_edit_words import edit_lexicon
from lumina.worlds.stickers.reader_words import FRUIT, style_signs
from lumina.worlds.stickers.wishes import parse_wish, sentences
from lumina.worlds.stickers.words import normalize

WHICH = 'say which sticker is meant, as "the cat": the words are read without the picture'
TOLD_BY = "a sticker is told by what it shows, its size, colour and style"
ONE_STICKER = "one sticker at a time is changed"
SAY_WHAT = 'say what is to be done with it, as "add …", "remove …" or "make … bigger"'
NO_EXCHANGE = "two stickers cannot change places or looks in one edit"
NOT_TURNED = "no sticker is turned or mirrored"
ONE_LOOK = "it has the colours of its drawing: a heart, a car and some others can be painted"
_WHY = EditReasons(
    which=WHICH,
    told_by=TOLD_BY,
    beside='where it is to lie is said beside another sticker only, as "left of the cat"',
    one_thing=ONE_STICKER,
    no_exchange=NO_EXCHANGE,
    say_what=SAY_WHAT,
    say_where='say where to, as "to the left", "up" or "left of the cat"',
    no_removal="there is always a background",
    not_turned=NOT_TURNED,
    no_color=REASONS.no_such,
)
TURNS = _WHY.turns
_BIGGER, _SIZE = TEMPLATES["resize"][:2]
_CHANGED, _MADE, _ALL = TEMPLATES["reground"]


def read_instruction(text: str) -> Understood | None:
    """See EditReader.read; with the nearest that there is to say for what is not known."""
    found = _reader().read(text)
    return found and replace(found, left_out=tuple(map(with_near, found.left_out)))


def why_not(text: str) -> tuple[UnknownWord, ...]:
    """See EditReader.why_not."""
    return _reader().why_not(text)


def is_sentence(text: str) -> bool:
    """Whether it is a sentence that ``instruct`` says, once it is read plainly."""
    return parse_wish(normalize(text, "instruction")) is not None


@cache
def edit_grammar() -> EditGrammar:
    """What there is to change in pictures of stickers."""
    return EditGrammar(
        grammar(),
        sentences(),
        _WHY,
        said={
            "recolour": {"=paint": TEMPLATES["recolour"][1]},
            "resize": {"=bigger": _BIGGER, "=smaller": _BIGGER, "": _SIZE},
            "restyle": {"=add": TEMPLATES["restyle"][1]},
            "reground": {"=change": _CHANGED, "": _MADE},
            "relight": {"=change": _CHANGED, "": _ALL},
        },
        compared={"=bigger": "bigger", "=smaller": "smaller"},
        one_look={"color": ONE_LOOK, "style": REASONS.no_such},
        drawn=frozenset(style_signs()),
        lights_are_grounds=True,
    )


@cache
def _reader() -> EditReader:
    return EditReader(
        edit_lexicon(), edit_grammar(), lambda text: normalize(text, "instruction"), _told_apart
    )


def _told_apart(read: Sequence[Sign]) -> list[Sign]:
    """With an orange that is a fruit, after an article, and "rose" or "naranja" that is a colour."""
    of, found = edit_grammar(), list[Sign]()
    for at, sign in enumerate(read):
        before, after = found[-1] if found else "", read[at + 1] if at + 1 < len(read) else ""
        if sign == "orange" and _is_named(found, of) and not _goes_on(after, of):
            sign = Sign(FRUIT, sign.start, sign.end)
        elif sign in ("rose", "roses") and (before in of.scene.noun_of or _is_of_ground(found)):
            sign = Sign("pink", sign.start, sign.end)
        elif sign == FRUIT and (before in of.scene.noun_of or before == "it" or _is_of_ground(found)):
            sign = Sign("orange", sign.start, sign.end)
        found.append(sign)
    return found


def _is_of_ground(before: Sequence[Sign]) -> bool:
    """Whether what comes next is said of the ground: "le fond rose", "le fond en rose"."""
    return [*before[-2:]] == ["ground", "=into"] or [*before[-1:]] == ["ground"]


def _is_named(before: Sequence[Sign], of: EditGrammar) -> bool:
    """Whether an article begins what comes next, with nothing but qualities between."""
    said = next((sign for sign in reversed(before) if sign not in of.scene.qualities), "")
    return said in ("a", "the", "another", "two", "three", "four")


def _goes_on(after: str, of: EditGrammar) -> bool:
    """Whether something is named after a colour."""
    return of.is_noun(after) or after in of.scene.qualities or after == "same!"
