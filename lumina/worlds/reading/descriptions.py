"""What a thing is, in free wording, in the few words that a world tells things by: "the stripy ball"."""

from collections.abc import Callable, Mapping, Sequence
from itertools import dropwhile, takewhile

from lumina.worlds.language import Understood, UnknownWord
from lumina.worlds.reading.corrections import corrected
from lumina.worlds.reading.grammar import Grammar
from lumina.worlds.reading.signs import UNKNOWN, Lexicon, Sign, typed
from lumina.worlds.reading.uses import HARMLESS


def read_description(
    text: str,
    lexicon: Lexicon,
    grammar: Grammar,
    told_by: Sequence[Mapping[str, str]],
    note: str,
    unnamed: str = "",
    told_apart: Callable[[Sequence[Sign]], Sequence[Sign]] = list,
) -> Understood | None:
    """The words that are meant, one of each kind that there are any of; None if no thing is named.

    ``told_by`` has the word of each sign, by kind and in order; things come last. ``note`` says what a thing
    is told by, for whatever else is said of it; ``unnamed`` is what a thing may be called without its name.
    For ``told_apart`` see read_scene.
    """
    *qualities, things = told_by
    words = lexicon.words(text)
    signs = corrected(told_apart(lexicon.signs(words)), grammar)[0]
    said = [next((sign for sign in signs if sign in kind), "") for kind in qualities]
    thing = _thing(signs, things)
    name = things.get(thing, unnamed)
    if not name or not words:
        return None
    left = {
        typed(text, words[sign.start : sign.end]): "" if sign == UNKNOWN else note
        for sign in signs
        if sign == UNKNOWN or (sign not in HARMLESS and sign not in (*said, thing))
    }
    qualities_said = [kind[sign] for kind, sign in zip(qualities, said, strict=True) if sign]
    return Understood(
        " ".join([*qualities_said, name]), tuple(UnknownWord(word, note=why) for word, why in left.items())
    )


def _thing(signs: Sequence[Sign], things: Mapping[str, str]) -> str:
    """The first thing that is named, of several in a row the last: a zebra cup is a cup."""
    named = takewhile(things.__contains__, dropwhile(lambda sign: sign not in things, signs))
    return next(reversed([*named]), "")
