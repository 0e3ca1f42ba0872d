"""What a person types and what the sticker model reads: plain words, unknown ones, what to say instead."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from lumina.worlds.choices import Alike, Part, exchanged, parts_of
from lumina.worlds.commas import PLACES, listed, stops_as_commas
from lumina.worlds.courtesies import COURTESY, without_asking, without_lead
from lumina.worlds.language import (
    Kind,
    Language,
    Understood,
    UnknownWord,
    besides,
    distance,
    latin,
    of_other_programs,
    plain,
    replaced,
    second_wish,
    tokens,
    typed_wrong,
    with_more,
    without_joining,
)
from lumina.worlds.reading.edit_words import verb_of
from lumina.worlds.reading.figures import with_sums
from lumina.worlds.reading.words import TASTES
from lumina.worlds.stickers.captions import (
    GROUND_PHRASES,
    LONGEST,
    NUMBERS,
    RELATIONS,
    parse,
    phrases,
    text_of,
)
from lumina.worlds.stickers.captions import parts_of as phrases_of
from lumina.worlds.stickers.instructing import TEMPLATES, edit_words, words_of_templates
from lumina.worlds.stickers.nouns import kinds, plural
from lumina.worlds.stickers.reader_words import REAL_WORDS, lookup, plural_sign, scripts, sign_of, style_signs
from lumina.worlds.stickers.scenes import BACKDROPS, PLAIN, nouns
from lumina.worlds.stickers.sprites import COLORS, SIZES, STYLES, keywords

LIKE: dict[str, str] = {  # what the world has, and words for what is like it, besides other words for it
    "pink": "rose", "left": "beside", "above": "over atop on", "below": "under beneath underneath",
    "and": "with plus", "medium": "middle normal", "night": "dark", "background": "ground",
    "retro": "old", "flat": "simple", "two": "couple pair both", "three": "trio",
    "four": "5 6 7 8 9 five six seven eight nine ten dozen hundred thousand many",
    "rocket": "shuttle", "ufo": "alien", "ship": "liner", "cup": "tea", "heart": "love",
    "football": "rugby", "star": "stern étoile",
}  # fmt: skip
INSTEAD = {other: word for word, others in LIKE.items() for other in others.split()}
_ENDINGS = ("es", "s", "er", "en", "em", "e")  # plurals, and adjectives of German
_VERBS_OF_CHANGES = frozenset(text.split(" ")[0] for texts in TEMPLATES.values() for text in texts)
READ_AS = {"gray": "grey"}
DIGITS = {str(count): word for count, word in NUMBERS.items()}
_ON = re.compile(rf"\bon (?:an? )?({'|'.join(PLAIN)})(?: ground)?$")
_FORMS = (  # other ways to say what captions say
    (re.compile(r"\bto the (left|right) of\b"), r"\1 of"),
    (re.compile(r"\bon (?:top of|the top of)\b"), "above"),
    (re.compile(r"\bin the night\b"), "at night"),
    (re.compile(r"\bline ?art\b"), "line art"),
    (_ON, r"on a \1 background"),
)


def normalize(text: str, kind: Kind = "prompt") -> str:
    """What the model reads: plain, without a "please", digits as words, a caption with its articles.

    Captions, instructions and descriptions as training has them stay as they are; twice is the same as once.
    """
    text = _with_commas(text, kind)
    if kind != "prompt" and "," in text:  # there is none in an instruction or a description
        text = _with_commas(text.replace(",", ""), kind)
    return text


def _with_commas(text: str, kind: Kind) -> str:
    for _ in range(8):  # what one round leaves out may bring together what the next one reads
        text, before = _once(text, kind), text
        if text == before:
            break
    return text


def _once(text: str, kind: Kind) -> str:
    if kind == "prompt":
        text = stops_as_commas(without_asking(with_sums(text)))
    text = _plain_words(without_asking(text))
    for form, said in _FORMS:
        text = form.sub(said, text)
    if kind == "description":
        return re.sub(r"^(?:an?|the) (?=\S)", "", text)
    if kind == "instruction":
        return _BEFORE_PLACE.sub("", text)
    return listed(_as_caption(without_lead(text)), _has_noun, _setting)


_BEFORE_PLACE = re.compile(rf",(?= (?:{'|'.join(sorted(PLACES))})\b)")


def _has_noun(part: str) -> bool:
    """Whether something is named that there are stickers of."""
    return any(kind in ("noun", "plural") for kind, _ in phrases_of(part.split(" ")))


def _setting(part: str) -> str:
    """What captions say for a bare ``white background`` or ``a meadow``; "" for anything else."""
    bare = re.sub(r"^(?:an?|the) ", "", part)
    name = bare.removesuffix(" background")
    return GROUND_PHRASES.get(name, "") if name != bare or not _has_noun(bare) else ""


def _as_caption(text: str) -> str:
    """A caption in the grammar of training, where nothing but articles and plurals has to change."""
    claim = parse(text)
    caption = text if claim is None else text_of(claim)
    return caption if _said(caption) == _said(text) else text


def _said(text: str) -> list[tuple[str, str]]:
    words = [word for word in tokens(text.lower()) if word not in ("the", "to")]
    parts = [
        ("noun", meaning) if kind == "plural" else (kind, meaning) for kind, meaning in phrases_of(words)
    ]
    return [part for part in parts if part[0] != "glue"]


def _plain_words(text: str) -> str:
    words = plain(text, edit_words().__contains__).split(" ")
    text = " ".join(_read(word) for word in words if word.rstrip(",") not in COURTESY).strip(" ,")
    text = re.sub(r"\ban?(?= (?:[aeio]|um))", "an", text)
    return re.sub(r"\ban(?= (?:[^aeiou\W]|u(?!m)))", "a", text)


def _read(word: str) -> str:
    bare = word.rstrip(",")
    digit = str(int(bare)) if bare.isdecimal() and len(bare) < 3 else bare  # of any script
    return READ_AS.get(bare, DIGITS.get(digit, digit)) + word[len(bare) :]


def unknown_words(text: str, kind: Kind = "prompt") -> tuple[UnknownWord, ...]:
    """Every word, once each and in order, that stickers has never seen, or never without those beside it."""
    text = without_asking(with_sums(text) if kind == "prompt" else text)
    typed = tokens(without_lead(text) if kind == "prompt" else text)
    read = [_plain_words(word) for word in typed]
    known = _known_at([word.split(" ")[0] if word else "" for word in read], kind)
    found: dict[str, UnknownWord] = {}
    for word, plain_word, is_known in zip(typed, read, known, strict=True):
        if word.lower() not in COURTESY and not is_known:
            found.setdefault(plain_word or word, UnknownWord(word, near(word, plain_word, kind)))
    wish = second_wish(_with_commas(text, kind), _VERBS_OF_CHANGES) if kind == "instruction" else ()
    return (*without_joining(found.values()), *wish, *of_other_programs(text))


def _known_at(words: Sequence[str], kind: Kind) -> Iterator[bool]:
    """For each word whether it is known where it stands: ``hot`` is, before ``dog``."""
    allowed = words_of_templates() if kind == "instruction" else frozenset()
    relations = frozenset({"left", "right", "top"})  # half of a phrase that something else may finish
    at = 0
    while at < len(words):
        lengths = range(min(LONGEST, len(words) - at), 0, -1)
        length = next((n for n in lengths if tuple(words[at : at + n]) in phrases()), 0)
        if length:
            yield from [True] * length
        else:
            yield words[at] in allowed or words[at] in relations or words[at] in _STYLE_WORDS
        at += max(length, 1)


_STYLE_WORDS = frozenset({"style"})


def near(typed: str, read: str, kind: Kind) -> tuple[str, ...]:
    """What may be meant by a word: what it is another word for, a slip of, or a keyword of."""
    if read in TASTES:
        return ()
    if read in PLAIN and read not in COLORS:
        return (f"{read} background",)
    forms = list(dict.fromkeys(form for form in (read, latin(typed)) if form))
    singular = [form.removesuffix(end) for form in forms for end in _ENDINGS if form.endswith(end)]
    for form in [*forms, *singular]:
        if kind == "instruction" and (verb := verb_of(form)) in _VERBS_OF_CHANGES:
            return (verb,)
        sign = lookup().get(form) or scripts().get(form, "")
        if word := INSTEAD.get(form) or _words_of_signs().get(sign):
            return (word,)
    if any(form in nouns() for form in singular):
        return tuple(form for form in singular if form in nouns())
    for form in (form for form in forms if form not in REAL_WORDS):
        slips = sorted((distance(form, known), known) for known in _sayable() if typed_wrong(form, known))
        if slips:
            return tuple(known for apart, known in slips if apart == slips[0][0])[:2]
    return next((found for form in [*forms, *singular] if (found := by_keyword().get(form, ())[:3])), ())


@cache
def _words_of_signs() -> dict[str, str]:
    """What is said for a sign of the reader."""
    return {
        **{plural_sign(noun): plural(noun) for noun in nouns()},
        **{sign_of(noun): noun for noun in nouns()},
        **{word: word for word in (*COLORS, *SIZES, *PLAIN, *BACKDROPS)},
        **style_signs(),
        "ground": "background",
    }


@cache
def _sayable() -> tuple[str, ...]:
    singles = {" ".join(words) for words, (kind, _) in phrases().items() if kind not in ("glue", "ground")}
    return tuple(sorted(singles | {plural(noun) for noun in nouns()} | {"background", "meadow", "night"}))


@cache
def by_keyword() -> dict[str, tuple[str, ...]]:
    """The nouns that a word is a keyword of; those with the fewest keywords first, as they mean it most."""
    found: dict[str, list[str]] = {}
    for noun in sorted(nouns(), key=lambda noun: len(keywords()[noun])):
        for words in keywords()[noun]:
            found.setdefault(words, []).append(noun)
    return {word: tuple(of_word) for word, of_word in found.items()}


_COUNTS = ("a", "an", *(word for count, word in NUMBERS.items() if count > 1))
_OF_A_KIND = [each for kind in kinds() for each in (kind, tuple(map(plural, kind)))]
_ALIKE = tuple(
    Alike(tuple(words))
    for words in (GROUND_PHRASES.values(), RELATIONS, SIZES, STYLES, COLORS, *_OF_A_KIND, _COUNTS)
)


def parts(text: str) -> tuple[Part, ...]:
    """See Language."""
    return parts_of(text, _ALIKE, lambda each: parse(normalize(each)))


def with_exchanged(text: str, at: int, word: str) -> str | None:
    """See Language."""
    found = exchanged(parts(text), at, word)
    return None if found is None else normalize(found)


class _Stickers:
    """The words of this world; see Language."""

    normalize = staticmethod(normalize)
    replaced = staticmethod(replaced)

    def unknown_words(self, text: str, kind: Kind = "prompt") -> tuple[UnknownWord, ...]:
        """See Language; also what is known, and is more than there is in a picture."""
        from lumina.worlds.stickers import reader  # which rests on the words here

        if kind == "instruction":
            return self._unknown_of_instruction(text)
        if whole := reader.unread_text(text):
            return (whole,)
        more = reader.beyond(text) if kind == "prompt" else ()
        return with_more(unknown_words(text, kind), more)

    def _unknown_of_instruction(self, text: str) -> tuple[UnknownWord, ...]:
        """See unknown_words; what is not in the sentence that is read, or why there is none."""
        from lumina.worlds.stickers import reader, reader_edit_words, reader_edits  # which rest on the words

        if reader_edits.is_sentence(text):
            return of_other_programs(text)
        found, reading = unknown_words(text, "instruction"), reader_edits.read_instruction(text)
        if reading is not None:
            return (*found, *besides((one for one in reading.left_out if one.note), found))
        if whole := reader.unread_text(text, reader_edit_words.edit_lexicon()):
            return (whole,)
        reasons = reader_edits.why_not(text)
        return (*besides(found, reasons), *reasons)

    def reading(self, text: str, kind: Kind = "prompt") -> Understood | None:
        """See Language."""
        from lumina.worlds.stickers import reader, reader_edits  # which rest on the words here

        if kind == "instruction":
            return reader_edits.read_instruction(text)
        return reader.read(text) if kind == "prompt" else reader.read_description(text)

    parts = staticmethod(parts)
    exchanged = staticmethod(with_exchanged)


LANGUAGE: Language = _Stickers()
