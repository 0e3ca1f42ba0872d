"""Free wording becomes a sentence of stickers: "a kitty beside 2 pizzas", "drei rote Herzen", for two.

Words are looked up, in several languages and with slips (reading/signs.py), and what they say is put together
(reading/scene.py), as for tabletop.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby

from lumina.worlds.language import Understood, UnknownWord
from lumina.worlds.reading import descriptions
from lumina.worlds.reading.clauses import is_boundary
from lumina.worlds.reading.grammar import Grammar, Reasons, SceneMeant
from lumina.worlds.reading.prompts import read_scene, too_many
from lumina.worlds.reading.signs import Lexicon, Sign
from lumina.worlds.reading.unread import unread
from lumina.worlds.reading.words import FLUFF
from lumina.worlds.stickers.captions import GROUND_PHRASES, OPPOSITE, Claim, is_sayable, parse, text_of
from lumina.worlds.stickers.nouns import ANY, BARE
from lumina.worlds.stickers.reader_words import (
    FRUIT,
    LIKE,
    MAKES_NO_PICTURE,
    PLACES,
    REAL_WORDS,
    english,
    lookup,
    names,
    phrases,
    plural_sign,
    scripts,
    sign_of,
    signs,
    slips_of,
    style_signs,
)
from lumina.worlds.stickers.scenes import BACKDROPS, PLAIN, nouns
from lumina.worlds.stickers.sprites import COLORS, SIZES
from lumina.worlds.stickers.wishes import can_be, thing_of
from lumina.worlds.stickers.words import near, normalize, unknown_words

LANGUAGES = "English, German, French, Spanish, Chinese or Japanese"
TOLD_BY = "a sticker is told by what it is, a style, and a colour where there are several of it"
REASONS = Reasons(
    no_place="only where two things are named",
    one_place="only one such place in a picture",
    not_there="only left of, right of, above and below",
    on_thing="it is drawn above",
    of_nothing="it can be said of none of the things",
    of_ground='no thing is {0}; the ground can be: write "on a {0} background"',
    one_quality="something else is said of the same thing",
    no_such="there is no such drawing of it",
    no_ground="there is no such background",
    one_of_each="one ground in a picture",
    too_many="at most four things in a picture",
    uncounted="it is drawn as one",
)


def read(text: str) -> Understood | None:
    """The sentence that is meant by a prompt; None if it is one already, or if it names no thing."""
    found = read_scene(text, lexicon(), grammar(), _told_apart)
    if found is None:
        return None
    meant, left = found
    claim, unsaid = _claim(meant)
    left = (*(with_near(word) for word in left), *unsaid)
    plainly = normalize(text)
    caption = parse(plainly)
    is_said = caption is not None and text_of(caption) == plainly and not left and not unknown_words(text)
    if is_said and (caption == claim or plainly == text.strip()):
        return None
    return Understood(text_of(claim), left)


def unread_text(text: str, words: Lexicon | None = None) -> UnknownWord | None:
    """A text in a language that is not read; see unread."""
    return unread(text, words or lexicon(), LANGUAGES)


def beyond(text: str) -> tuple[UnknownWord, ...]:
    """What of a prompt is more than there is in a picture; see too_many."""
    return too_many(text, lexicon(), grammar(), _told_apart)


def read_description(text: str) -> Understood | None:
    """What a sticker is, in the words that it is told by; None if it says that.

    One that has no name here is a sticker and nothing else, as training calls some of those that it shows.
    """
    told_by = {color: color for color in COLORS}, style_signs(), grammar().noun_of
    found = descriptions.read_description(text, lexicon(), grammar(), told_by, TOLD_BY, ANY, _told_apart)
    is_said = found is not None and not found.left_out and found.sentence == normalize(text, "description")
    return None if is_said else found


@cache
def grammar() -> Grammar:
    """What there is to say of stickers."""
    plurals = {plural_sign(noun): noun for noun in nouns() if plural_sign(noun) != sign_of(noun)}
    return Grammar(
        noun_of={**{sign_of(noun): noun for noun in nouns()}, **plurals},
        plurals=frozenset(plurals),
        kinds={"color": tuple(COLORS), "style": tuple(style_signs()), "size": tuple(SIZES)},
        grounds=PLAIN,
        lights=BACKDROPS,
        opposite=OPPOSITE,
        reasons=REASONS,
        can_be=can_be,
        uncounted=BARE,
        on="above",
        relates_several=True,
        of_all=frozenset(style_signs()),
    )


@cache
def lexicon() -> Lexicon:
    """The words that are looked up."""
    of_grammar = grammar()
    return Lexicon(
        lookup(),
        phrases(),
        FLUFF | MAKES_NO_PICTURE | LIKE,
        scripts(),
        slips_of(),
        REAL_WORDS,
        signs_known=signs(),
        singular=frozenset(map(sign_of, nouns())),
        nouns=frozenset([*of_grammar.noun_of, "ground"]),
        noun_of=of_grammar.noun_of,
        qualities=of_grammar.qualities,
        colors=frozenset([*COLORS, *PLAIN]),
        places=PLACES,
        two_wrong=9,
        names=names(),
        names_slips_of=[name for name in english() if " " in name],
        likenesses=LIKE,
    )


def _told_apart(read: Sequence[Sign]) -> list[Sign]:
    """With an orange that is a fruit, and "rose" or "naranja" that is a colour: "un ballon rose"."""
    noun_of, found = grammar().noun_of, list[Sign]()
    for _, between in groupby(read, is_boundary):
        part = [*between]
        nouns = sum(sign in noun_of for sign in part)
        is_named = "ground" in part or found[-1:] == ["on"]
        for before, sign in zip(["", *part], part, strict=False):
            if sign == "orange" and nouns == (sign in noun_of) and not is_named:
                sign = Sign(FRUIT, sign.start, sign.end)
            elif sign in ("rose", "roses") and (before in noun_of or before == "ground"):
                sign = Sign("pink", sign.start, sign.end)
            elif sign == FRUIT and (before in noun_of or before == "ground"):
                sign = Sign("orange", sign.start, sign.end)
            found.append(sign)
    return found


def _claim(meant: SceneMeant) -> tuple[Claim, tuple[UnknownWord, ...]]:
    """What a caption can say of a scene, and what it cannot."""
    things = tuple(map(thing_of, meant.things))
    ground = meant.light or meant.ground
    unsaid: list[UnknownWord] = []
    if meant.light and meant.ground:
        unsaid.append(UnknownWord(GROUND_PHRASES[meant.ground], note=REASONS.one_of_each))
    claim = Claim(things, meant.relation, ground)
    if meant.relation and not is_sayable(claim):  # of two that are alike
        unsaid.append(UnknownWord(meant.relation, note="only between two that differ"))
        claim = Claim((replace(things[0], count=claim.count),), None, ground)
    return claim, tuple(unsaid)


def with_near(word: UnknownWord) -> UnknownWord:
    """With the nearest that there is to say."""
    if word.note or " " in word.word:
        return word
    return replace(word, known=near(word.word, normalize(word.word), "prompt"))
