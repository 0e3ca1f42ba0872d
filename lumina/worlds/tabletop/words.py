"""What a person types and what the tabletop model reads: plain words, unknown ones, what to say instead."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from lumina.worlds.choices import Alike, Part, exchanged, parts_of
from lumina.worlds.commas import PLACES, listed, stops_as_commas
from lumina.worlds.courtesies import COURTESY, without_asking, without_lead
from lumina.worlds.language import (
    Kind,
    Language,
    Understood,
    UnknownWord,
    besides,
    latin,
    of_other_programs,
    plain,
    replaced,
    second_wish,
    sounds_like,
    tokens,
    typed_wrong,
    with_more,
    without_joining,
)
from lumina.worlds.reading.figures import with_sums
from lumina.worlds.tabletop.captions import (
    GLUE,
    KNOWN_WORDS,
    LIGHT_PHRASES,
    NUMBERS,
    PLURALS,
    RELATIONS,
    Claim,
    parse,
    text_of,
)
from lumina.worlds.tabletop.instructing import EDIT_WORDS, TEMPLATES
from lumina.worlds.tabletop.real_words import REAL_WORDS
from lumina.worlds.tabletop.said_of import (
    GROUND_WORDS,
    NO_GROUND,
    NO_SOLID,
    ground_said,
    is_of_ground,
    is_of_solid,
)
from lumina.worlds.tabletop.scenes import (
    COLORS,
    GROUNDS,
    LIGHTS,
    MATERIALS,
    PATTERNS,
    SHAPES,
    SIZES,
    materials_of,
)

MEANINGS: dict[str, str] = {  # what the world has, and other words for it or for what is like it
    "red": "crimson scarlet ruby maroon burgundy vermilion cherry rot rouge rojo rosso",
    "orange": "amber tangerine apricot peach copper naranja arancione",
    "yellow": "gold golden lemon mustard blond gelb jaune amarillo giallo",
    "green": "emerald lime olive jade mint khaki grün vert verde",
    "cyan": "turquoise teal aqua aquamarine türkis",
    "blue": "navy azure sapphire cobalt indigo ultramarine blau bleu azul",
    "purple": "violet lavender lilac plum mauve lila",
    "pink": "magenta rose fuchsia salmon coral rosa",
    "sphere": "ball orb globe marble bubble kugel esfera palla",
    "cube": "box block dice die brick crate cuboid square würfel cubo kubus",
    "cylinder": "can tube barrel pillar column drum pipe tin zylinder cilindro",
    "cone": "pyramid funnel spike kegel cono",
    "large": "big huge giant enormous gigantic massive tall groß",
    "small": "little tiny mini miniature short klein",
    "metal": "metallic shiny chrome steel iron glossy reflective mirrored",
    "matte": "mat dull flat rough plastic rubber",
    "striped": "stripy stripes striped",
    "dotted": "dots polka spotted",
    "checkered": "checked chequered checkerboard plaid",
    "ground": " ".join(sorted(GROUND_WORDS)),
    "grey": "gray silver",
    "white": "snow ivory",
    "brown": "wooden wood beige tan",
    "daylight": "day daytime noon morning sunny",
    "sunset": "evening dusk dawn sunrise",
    "night": "midnight dark nighttime",
    "behind": "beyond",
    "bigger": "larger",
    "a": "one single",
    "two": "couple pair both",
    "three": "trio",
    "four": "5 6 7 8 9 10 five six seven eight nine ten several many",
}
INSTEAD = {other: word for word, others in MEANINGS.items() for other in others.split() if other != word}
VERBS = {  # of instructions
    "make": "colour color recolour recolor dye tint",
    "remove": "erase eliminate drop hide clear",
    "add": "insert place include create draw",
    "swap": "switch exchange",
    "change": "alter convert transform",
    "move": "shift slide push drag",
}
INSTEAD_OF_VERBS = {other: verb for verb, others in VERBS.items() for other in others.split()}
READ_AS = {"gray": "grey"}
_OTHER_COLORS = frozenset({"black"})  # that nothing of this world has
_LONG = 8  # letters, of a word whose slips are no other words
_LEET = str.maketrans("01345", "oleas")  # digits for letters
_ENDINGS = ("es", "s", "er", "en", "em", "e")  # plurals, and adjectives of German
_SAYABLE = "|".join(sorted(KNOWN_WORDS - GLUE))
_ONE = re.compile(rf"\bone(?= (?:{_SAYABLE})\b)")
_COUNTS = frozenset(NUMBERS.values()) - {"a", "an"}
DIGITS = {str(count): word for count, word in NUMBERS.items()}


VERBS_OF_CHANGES = frozenset(text.split(" ")[0] for texts in TEMPLATES.values() for text in texts)
QUALITIES = frozenset([*COLORS, *MATERIALS, *SIZES])
_QUALITY = "|".join(sorted(QUALITIES, key=len, reverse=True))
_SAID_OF = QUALITIES | {*SHAPES, *PLURALS, *GROUNDS, "ground"}  # what a quality may stand before
_AFTER = re.compile(  # what is said of a solid after it, and nothing else that it could be said of
    rf"(?P<before>\b(?:(?:{_QUALITY}),? )*)(?P<noun>\b(?:{'|'.join([*SHAPES, *PLURALS])})\b),? "
    rf"(?P<after>(?:{_QUALITY})(?:,? (?:{_QUALITY}))*)"
    r"(?=$|, (?:an?|the|two|three|four) | and (?:an?|the|two|three|four) |,? (?:on|in|at|left|right|behind)\b"
    rf"|, (?:{'|'.join(GROUNDS)}) ground\b|, (?:{'|'.join(LIGHTS)})\b)"
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
    if kind == "instruction":
        text = re.sub(r"\s(?:&|\+|&amp;)\s", " and ", text)
    elif kind == "prompt":
        text = stops_as_commas(without_asking(with_sums(text)))
    text = re.sub(r"\bto the (left|right) of\b", r"\1 of", _plain_words(without_asking(text)))
    if kind == "description":
        return re.sub(r"^(?:an?|the) (?=\S)", "", text)
    if kind == "instruction":
        return _WITHIN_A_WISH.sub(r"\1", text)
    caption = _as_caption(_qualities_first(_ONE.sub("a", without_lead(text))))
    return listed(caption, _has_solid, _setting)


_SHADE = "|".join([*GROUNDS, *COLORS])
_SURFACE = "|".join(sorted(GROUND_WORDS))
_BARE_GROUND = re.compile(rf"(?:an? |the )?(?:({_SHADE}) (?:{_SURFACE})|(?:{_SURFACE}) ({_SHADE}))")
_PLACE = "|".join(sorted(PLACES))
_WITHIN_A_WISH = re.compile(  # commas that part no two wishes
    rf"\b({_QUALITY}),(?= (?:{_QUALITY})\b)|,(?= (?:{_PLACE})\b)"
)


def _has_solid(part: str) -> bool:
    """Whether something is named that stands there, in whatever words."""
    return any(_named(word) in SHAPES for word in part.split(" "))


def _named(word: str) -> str:
    one = PLURALS.get(word, word)
    return INSTEAD.get(one, INSTEAD.get(one.removesuffix("s"), one))


def _setting(part: str) -> str:
    """What captions say for a bare ``white ground`` or ``night``; "" for anything else."""
    found = _BARE_GROUND.fullmatch(part)
    if found is not None:
        return re.sub(r"\ba(?= [aeiou])", "an", f"on a {found[1] or found[2]} ground")
    return LIGHT_PHRASES.get(part, "")


def _qualities_first(text: str) -> str:
    """With what is said of a solid before it: ``a red cube`` for ``a cube (red)`` and ``cube, red``."""

    def turned(found: re.Match[str]) -> str:
        before, noun, after = found["before"], found["noun"], found["after"].replace(",", "")
        said = [*before.replace(",", "").split(), *after.split()]
        twice = any(len(set(said) & set(kind)) > 1 for kind in (COLORS, MATERIALS, SIZES))
        return found[0] if twice else f"{before}{after} {noun}"

    is_caption = all(word.rstrip(",") in KNOWN_WORDS for word in text.split(" "))
    return _AFTER.sub(turned, text) if is_caption else text


def _as_caption(text: str) -> str:
    """A caption in the grammar of training, where nothing but articles, plurals and order has to change."""
    claim = parse(text)
    if claim is None:
        return text
    caption = text_of(claim)
    ours, theirs = _said(caption), _said(text)
    is_same = sorted(ours) == sorted(theirs)
    if is_same and claim.relation is not None:  # which stands where depends on the order
        is_same = [word for word in ours if word not in QUALITIES] == [
            word for word in theirs if word not in QUALITIES
        ]
    return caption if is_same else text


def _said(text: str) -> list[str]:
    """What is said, however it is joined: ``white ground`` says what ``on a white ground`` does."""
    text = re.sub(rf"\bin (?={'|'.join(LIGHTS)})", "", text)
    words = (PLURALS.get(word, word) for word in tokens(text))
    return [word for word in words if word not in ("a", "an", "the", "and", "on", "at")]


def _plain_words(text: str) -> str:
    words = plain(text, EDIT_WORDS.__contains__).split(" ")
    words = [_read(word) for word in words if word.rstrip(",") not in COURTESY]
    text = " ".join(_counted(words)).strip(" ,")
    text = re.sub(r"\ban?(?= [aeiou])", "an", text)
    return re.sub(r"\ban(?= [^aeiou\W])", "a", text)


def _read(word: str) -> str:
    bare = word.rstrip(",")
    digit = str(int(bare)) if bare.isdecimal() and len(bare) < 3 else bare  # of any script
    return READ_AS.get(bare, digit) + word[len(bare) :]


def _counted(words: Sequence[str]) -> list[str]:
    """Words with figures as words where they say how many: before a word, and not beside another number."""
    found = []
    for i, word in enumerate(words):
        around = (words[i - 1] if i else "", words[i + 1] if i + 1 < len(words) else "1")
        is_count = not any(each.rstrip(",").isdecimal() or each in _COUNTS for each in around)
        found.append(DIGITS.get(word, word) if is_count else word)
    return found


def unknown_words(text: str, kind: Kind = "prompt") -> tuple[UnknownWord, ...]:
    """Every word, once each and in order, that tabletop has never seen, or never of such a shape."""
    text = without_asking(with_sums(text) if kind == "prompt" else text)
    typed = tokens(without_lead(text) if kind == "prompt" else text)
    read = _counted([_plain_words(word) for word in typed])
    found: dict[str, UnknownWord] = {}
    for i, (word, words) in enumerate(zip(typed, read, strict=True)):
        then = read[i + 1 :]
        misplaced = _misplaced(typed, read, i, kind)
        if misplaced is not None:
            is_told = any(misplaced.word in each.word for each in found.values())
            found.setdefault(words, misplaced) if not is_told else None
        elif word.lower() not in COURTESY and not all(_is_known(one, then, kind) for one in words.split(" ")):
            near = _meant_at(typed, read, i, kind)
            found.setdefault(words or word, UnknownWord(word, near))
    read_as = normalize(text, kind)
    more = _contradictions(read_as) if found else _unread(read_as, kind)
    wish = second_wish(_with_commas(text, kind), VERBS_OF_CHANGES) if kind == "instruction" else ()
    return (*without_joining(found.values()), *map(UnknownWord, more), *wish, *of_other_programs(text))


def _misplaced(typed: Sequence[str], read: Sequence[str], at: int, kind: Kind) -> UnknownWord | None:
    """A quality that no ground has said of the ground, or a colour of the ground said of a solid."""
    if read[at] in NO_GROUND and is_of_ground(read, at, kind):
        part, instead = ground_said(read, at, kind)
        return UnknownWord(" ".join(typed[part]), instead)
    return UnknownWord(typed[at]) if read[at] in NO_SOLID and is_of_solid(read, at, kind) else None


def _meant_at(typed: Sequence[str], read: Sequence[str], at: int, kind: Kind) -> tuple[str, ...]:
    """What may be meant by an unknown word where it stands."""
    if typed[at].isdecimal() and not _is_count(typed, read, at, kind):
        return ()
    near = _near(typed[at], read[at], read[at + 1 :], kind)
    is_verb = at == 0 or read[at - 1] in ("and", "then")
    near = tuple(known for known in near if is_verb or known not in VERBS)
    if NO_SOLID.intersection(near) and is_of_solid(read, at, kind):
        return ()
    is_color = read[at] in _OTHER_COLORS or bool(NO_GROUND.intersection(COLORS, near))
    return GROUNDS if is_color and is_of_ground(read, at, kind) else near


def _is_count(typed: Sequence[str], read: Sequence[str], at: int, kind: Kind) -> bool:
    """Whether what comes after a figure may be counted, and is not as the "cm" of "10 cm"."""
    after = at + 1
    if after == len(read):
        return False
    is_known = all(_is_known(word, read[after + 1 :], kind) for word in read[after].split(" "))
    return is_known or bool(_near(typed[after], read[after], read[after + 1 :], kind))


def _contradictions(text: str) -> Iterator[str]:
    """Two qualities of a kind side by side: ``red blue``, as ``red/blue`` is read."""
    for one, other in pairwise(text.split(" ")):
        if one != other and any({one, other} <= set(kind) for kind in (COLORS, MATERIALS, SIZES)):
            yield f"{one} {other}"


def _unread(text: str, kind: Kind) -> Iterator[str]:
    """Of a plain text of known words, the parts that stand where nothing is said by them."""
    if kind != "prompt":
        return (yield from _contradictions(text))
    words = text.split(" ")
    for i, word in enumerate(words):
        after = words[i + 1] if i + 1 < len(words) else ""
        if any({word, after} <= set(kind) for kind in (COLORS, MATERIALS, SIZES)):
            yield f"{word} {after}"
        elif word.rstrip(",") in QUALITIES and (word[-1] == "," or after.rstrip(",") not in _SAID_OF):
            yield f"{words[i - 1]} {word}".rstrip(",") if i else f"{word} {after}".strip()


def _is_known(word: str, then: Sequence[str], kind: Kind) -> bool:
    if word in MATERIALS:  # said of a shape that may have one only
        shape = _shape_after(then)
        return shape is None or word in materials_of(shape)
    if word == "one" and kind == "prompt":
        return bool(then) and then[0] in KNOWN_WORDS - GLUE
    return word in _vocabulary(kind)


def _vocabulary(kind: Kind) -> frozenset[str]:
    if kind == "instruction":
        return EDIT_WORDS
    return KNOWN_WORDS | frozenset(PATTERNS) if kind == "description" else KNOWN_WORDS


def _shape_after(words: Sequence[str]) -> str | None:
    return next((PLURALS.get(word, word) for word in words if PLURALS.get(word, word) in SHAPES), None)


def _near(typed: str, read: str, then: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """What may be meant by a word as it is read, else as its signs may be meant: ``cub3``, ``bIue``."""
    forms = (read, latin(typed), latin(typed.replace("I", "l")), typed.lower().translate(_LEET))
    found = (_instead_of(_read(form), then, kind) for form in forms if form)
    return next((known for known in found if known), ()) if read else ()


def _instead_of(word: str, then: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """Known words that mean the same, else those of which it is a slip; none rather than a guess."""
    if word in MATERIALS:
        return (MATERIALS[0],)
    if word in GROUNDS and word not in COLORS:
        return ()
    word = word.removesuffix("'s")
    if _is_known(word, then, kind):
        return (word,)
    found = _meant(word, kind)
    if found is None:
        stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
        found = next(filter(None, (_meant(stem, kind) for stem in stems)), None)
        found = f"{found}s" if found in SHAPES and word.endswith("s") else found
    if found in MATERIALS and not _is_known(found, then, kind):
        return ()  # nothing of such a shape looks like it
    if found in LIGHTS and then and then[0] in COLORS:
        return ()  # "dark red" is no night
    if found in GROUNDS and found not in COLORS and "ground" not in then:
        return ()  # nothing but the ground has this colour
    if found == "a" and (not then or then[0] in GLUE):
        return ()  # "a green one" is no article
    if found is not None or word in REAL_WORDS:
        return (found,) if found else ()
    sayable = sorted(_vocabulary(kind) - GLUE - {"plain"})
    near = tuple(known for known in sayable if typed_wrong(word, known))[:2]
    others = (known for other, known in INSTEAD.items() if _is_slip(word, other))
    return near or tuple(known for known in others if known in sayable)[:1]


def _is_slip(word: str, other: str) -> bool:
    """Of a word that is not known itself: only where it can hardly be yet another one."""
    is_long = len(other) >= _LONG or (len(other) == _LONG - 1 and sorted(word) == sorted(other))
    return sounds_like(word, other) or (is_long and typed_wrong(word, other))


def _meant(word: str, kind: Kind) -> str | None:
    if kind == "instruction" and word in INSTEAD_OF_VERBS:
        return INSTEAD_OF_VERBS[word]
    known = INSTEAD.get(word)
    return known if known in _vocabulary(kind) else None


_MANY = tuple(word for count, word in NUMBERS.items() if count > 1)
_ALIKE = (
    Alike(GROUNDS, before=" ground"),
    Alike(tuple(LIGHT_PHRASES.values())),
    Alike(RELATIONS),
    *(Alike(tuple(words)) for words in (COLORS, SHAPES, PLURALS, SIZES, MATERIALS)),
    Alike(("a", "an", *_MANY)),
)
_ONE_OF_MANY = re.compile(rf"\b(an?(?: (?:{_QUALITY}))* (?:{'|'.join(SHAPES)}))s\b")


@lru_cache(maxsize=256)
def parts(text: str) -> tuple[Part, ...]:
    """See Language."""
    return parts_of(text, _ALIKE, _meaning)


def with_exchanged(text: str, at: int, word: str) -> str | None:
    """See Language."""
    found = exchanged(parts(text), at, word)
    return None if found is None else normalize(_ONE_OF_MANY.sub(r"\1", found))


def _meaning(text: str) -> Claim | None:
    """What a caption claims, if training has such captions: only one solid stands beside another one."""
    claim = parse(_ONE_OF_MANY.sub(r"\1", text))
    return None if claim is None or (claim.relation is not None and claim.count != 2) else claim


class _Tabletop:
    """The words of this world; see Language."""

    normalize = staticmethod(normalize)
    replaced = staticmethod(replaced)

    def unknown_words(self, text: str, kind: Kind = "prompt") -> tuple[UnknownWord, ...]:
        """See Language; also what is known, and is not drawn, and what of an edit is not clear."""
        from lumina.worlds.tabletop import reader
        from lumina.worlds.tabletop.reader_edits import why_not

        reading = self.reading(text, kind)
        if reading is None and (whole := reader.unread_text(text, kind)):
            return (whole,)
        found = unknown_words(text, kind)
        if reading is None and kind == "instruction":
            reasons = why_not(text)
            return (*besides(found, reasons), *reasons)
        noted = tuple(one for one in reading.left_out if one.note) if reading else ()
        more = reader.beyond(text) if kind == "prompt" and reading is None else ()
        return with_more((*found, *besides(noted, found)), more)

    def reading(self, text: str, kind: Kind = "prompt") -> Understood | None:
        """See Language."""
        from lumina.worlds.tabletop import reader, reader_edits  # which rest on the words here

        if kind == "instruction":
            return reader_edits.read_instruction(text)
        return reader.read(text) if kind == "prompt" else reader.read_description(text)

    parts = staticmethod(parts)
    exchanged = staticmethod(with_exchanged)


LANGUAGE: Language = _Tabletop()
