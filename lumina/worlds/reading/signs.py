"""Free wording as signs: words looked up in several languages and with slips, each knows where it stands."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import takewhile

from lumina.worlds.colour_codes import with_names
from lumina.worlds.language import (
    UnknownWord,
    distance,
    latin,
    plain,
    typed_wrong,
    without_markup,
)
from lumina.worlds.reading.emoji import in_words, unknown
from lumina.worlds.reading.figures import MARK, MARKS, spelled, without_figures
from lumina.worlds.reading.other_languages import OF_OTHERS
from lumina.worlds.reading.typos import LONG, is_exchanged, is_slip, is_slip_of_name
from lumina.worlds.reading.words import ELF, MANY_EAST, MAY_COUNT

UNKNOWN = "?"  # the sign of a word that the world does not have
STUFF = "stuff!"  # before a noun: "a marble ball"
OR = "or!"  # between two, of which one is to be chosen
PRONOUN, PRONOUNS = "pronounmark", "pronounsmark"  # "it" and "them" as words, joined to a verb: "rends-le"
PILE = "pile!"  # of several: "a tower of cubes"
SHADE = "shade!"  # of a colour, which no world has; "!" is what nothing can be made of
NEVER = "never!"  # a colour that nothing of a world has
_NUMBERS = ("a", "two", "three", "four")
_MORE = 4  # letters that a slip may have more or less
_LONGEST = 40  # letters of two words that were written as one
_STOPS = re.compile(r"[.;!?…:|/()\[\]{}\n\r+&、。，；：！？「」（）【】•*]+(?!\d)|\s[-–—]+\s|->|=>")
_SENTENCES = re.compile(r"[.;!?…\n\r。；！？]+(?=\s|$)|\n")
_TIMES = re.compile(r"(?<![\w.])(\d{1,2})\s?[x×](?=\s)|(?<![\w.])(?<!\d\s)[x×]\s?(\d{1,2})(?![\w.])")
_AGAIN = re.compile(r"\b(\w+)\s*\(\s*(\d{1,2})\s*\)")  # "four (4)"
_INITIALS = re.compile(r"(?<![\w.])(?:[A-Za-z]\.){2,}")  # "U.F.O."
_INITIAL = re.compile(r"(?<![\w.])([A-Za-z])\.\s?(\w+)")  # "T. rex"
_LETTER = re.compile(r"(?<![\w.])([lr])(?=\s?[:=)])", re.IGNORECASE)  # "L: a cube", "a cube (l)"
_LETTERS = {"l": "left", "r": "right"}
_LABEL = re.compile(r"(?<!to )(?<!from )\b(left|right)(?:[- ]hand)?(?: side)?\s*[:=]", re.IGNORECASE)
_HEADED = re.compile(r"(^|[;,.\n/|]\s*)(\w+)(?: colou?r)?\s?:(?:\s+(?:an?|the))?(?=\s)", re.IGNORECASE)
_NUMBERED = re.compile(r"(?<!\w)(?:\d{1,2}|[a-h])\)\s")
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
_BLUE = "青色"  # in Chinese, that is cyan
_JAPANESE = re.compile("[\u3040-\u30ff円緑鉄竜気]")  # of a text: Chinese has none of these
_KATAKANA = re.compile(r"[\u30a1-\u30fc]+")
_IS = re.compile(r"(?<![\w'’])[éèÉÈ](?!\w)")  # and not the "e" that is "and"
_MINUS = re.compile(r"(?<=\s)[-–—](?=\s)")  # in a sum: "a cube + a ball - a cone"
_WORD = re.compile(r"[^\W\d_]{4,}")
_STRETCHED = re.compile(r"([^\W\d_])\1+")
_LONG_DRAWN = re.compile(r"([^\W\d_])\1{2}")
_ELIDED = re.compile(r"(?<!\w)([cdjlmnst]|qu)'(\w{2,})")  # "d'éléphant"
_UNELIDED = {"d": "de", "l": "the"}
_PAIR = re.compile(r"(?<!\w)([^\W\d_]{3,}) (?=([^\W\d_]{3,})(?!\w))")
_JOINING = ("the", "and", "with")  # words of which two letters are often exchanged
_APART = (",", "and", "a", "an", "the", "with", "on", "in", "of")  # between two things
_OF = ("of", "de", "di", "d'", "von", "van")
_SAME = {"one": "same!", "ones": "sames!"}  # after a quality or a side: "and a pink one"


class Sign(str):
    """A sign, and where the words stand that it was read from."""

    start: int
    end: int

    def __new__(cls, text: str, start: int = 0, end: int = 0) -> "Sign":
        """Of the words from ``start`` up to ``end``."""
        sign = super().__new__(cls, text)
        sign.start, sign.end = start, end
        return sign


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words that are looked up in one kind of text: each is a sign, or counts for nothing."""

    lookup: Mapping[str, str]
    phrases: Sequence[tuple[re.Pattern[str], str]]
    fluff: frozenset[str]
    scripts: Mapping[str, str]  # the longest first
    slips_of: Sequence[str]
    never_slips: frozenset[str]
    signs_known: frozenset[str]
    singular: frozenset[str]  # the signs of one thing
    nouns: frozenset[str]  # of one or several, and the ground
    qualities: frozenset[str]
    colors: frozenset[str]  # of things or of the ground
    places: Sequence[str]  # slips of which are read before
    shades: frozenset[str] = frozenset(["dark", "light"])  # before a colour
    stuffs: frozenset[str] = frozenset()  # before a noun
    two_wrong: int = LONG  # letters of a sign, two of which may be wrong
    names: Mapping[str, str] = field(default_factory=dict)  # of several words, and their signs
    names_slips_of: Sequence[str] = ()  # those of them whose slips are read
    noun_of: Mapping[str, str] = field(default_factory=dict)  # of each sign of one or several
    likenesses: frozenset[str] = frozenset()  # after a noun that tells what the next one is like

    def words(self, text: str) -> list[str]:
        """The words of a text in their plain form, and its commas; a stop is one, between sentences two."""
        text = spelled(with_names(in_words(text, self._meaning, self._noun)))
        text = text.replace(_BLUE, "青") if _JAPANESE.search(text) else text
        text = _LETTER.sub(lambda side: _LETTERS[side[0].lower()], text)
        text = _LABEL.sub(r" \1ward ", text)
        text = _IS.sub(" est ", text)
        text = _MINUS.sub("minus", text) if " + " in text else text
        text = _HEADED.sub(self._without_colon, text)
        text = _AGAIN.sub(self._once, text)
        text = _INITIALS.sub(lambda initials: initials[0].replace(".", ""), text)
        text = _INITIAL.sub(self._with_initial, text)
        text = _NUMBERED.sub(", ", text)
        text = _TIMES.sub(lambda times: f" {times[1] or times[2]} ", text)
        found = list[str]()
        for sentence in _SENTENCES.split(_EAST.sub(self._parted_script, without_markup(text))):
            said = plain(_STOPS.sub(", ", sentence), self.lookup.__contains__).replace(",", " , ").split()
            found += [",", ",", *said] if found and said else said
        return found

    def unknown_emoji(self, text: str) -> tuple[UnknownWord, ...]:
        """The emoji of a text that the world does not have, once each."""
        return tuple(UnknownWord(sign) for sign in dict.fromkeys(unknown(text, self._meaning)))

    def _meaning(self, word: str) -> str:
        sign = self.lookup.get(word, "")
        return "noun" if sign in self.nouns and sign != "ground" else "color" if sign in self.colors else ""

    def _noun(self, word: str) -> str:
        """The noun that a word names one or several of; "" of any other word."""
        sign = self.lookup.get(word.lower(), "")
        return self.noun_of.get(sign, "")

    def _without_colon(self, head: re.Match[str]) -> str:
        """What stands before a colon; said of what comes next where it is a quality, or the ground: "red: a
        cube", "background: white"."""
        sign = self.lookup.get(head[2].lower())
        return head[1] + head[2] if sign in self.qualities or sign == "ground" else head[0]

    def _once(self, number: re.Match[str]) -> str:
        """A number that is said twice: "four (4)"."""
        signs = {_looked_up(self, each.lower()) for each in number.groups()}
        return number[1] if len(signs) == 1 else number[0]

    def _with_initial(self, name: re.Match[str]) -> str:
        """A letter that is part of a name without its stop."""
        said = f"{name[1]} {name[2]}"
        return said if said.lower() in self.names else name[0]

    def signs(self, words: Sequence[str]) -> list[Sign]:
        """What is said, in signs, each of which knows the words that it is read from."""
        found: list[Sign] = []
        parts = without_figures(self._traced(words).words(), self._kind_of, UNKNOWN)
        for i, (word, start, end) in enumerate(parts):
            after = parts[i + 1][0] if i + 1 < len(parts) else ""
            signs = ("many",) if self._is_counted(parts, i) else _looked_up(self, word)
            meant = self.lookup.get(after)
            if word in _SAME and found and self._is_of_same(found[-1]):
                is_next = parts[max(i - 2, 0)][0] == word == "one" and meant in self.qualities
                signs = ("a",) if is_next else (_SAME[word],)  # "one red one blue"
            elif word in self.shades and (meant in self.qualities or meant in self.nouns):  # and no night
                signs = (SHADE,)
            elif word == "can" and found and found[-1] in self.nouns:  # no can, but a verb
                signs = ()
            elif word in self.stuffs and meant in self.nouns:
                signs = (STUFF,)
            elif after in self.likenesses and self._tells_of_next(word, parts[i + 1 :]):
                signs = ("!",)
            elif word == "0" and (meant in self.qualities or meant in self.nouns):
                signs = ("not",)
            elif word == "other" and meant in self.singular:  # "the other cube" is one more
                signs = ("another",)
            elif word == "other" and meant in self.qualities and found[-1:] == ["the"]:
                found[-1] = Sign("a", start, end)  # "one red, the other blue"
            found += [Sign(sign, start, end) for sign in signs]
        return found

    def _kind_of(self, word: str) -> str:
        """What a word is, beside a number; see without_figures."""
        signs = _looked_up(self, word)
        sign = signs[0] if len(signs) == 1 else ""
        if sign in self.nouns:
            return "one" if sign in self.singular else "several"
        return "quality" if sign in self.qualities else "unknown" if sign == UNKNOWN else ""

    def _is_counted(self, parts: Sequence[tuple[str, int, int]], at: int) -> bool:
        """Whether a word is a number there: of several things after it, and their qualities."""
        number, before = parts[at][0], parts[at - 1][0] if at else ""
        if number not in MAY_COUNT or self.lookup.get(before) == "a":
            return False
        kinds = (self._kind_of(word) for word, _, _ in parts[at + 1 :] if word not in _OF)
        noun = next((kind for kind in kinds if kind != "quality"), "")
        return noun == "several" or (noun == "one" and number == ELF)

    def _is_of_same(self, sign: str) -> bool:
        """Whether a "one" after it stands for a noun: "a red one", "the left one"."""
        return sign in self.qualities or sign in self.colors or sign.startswith("~at")

    def _tells_of_next(self, word: str, after: Sequence[tuple[str, int, int]]) -> bool:
        """Whether a noun stands before another one that is like it: "a star-shaped red balloon"."""
        told = [each for each, _, _ in takewhile(lambda part: part[0] not in _APART, after)]
        nouns = (each for each in told[1:4] if self.lookup.get(each) in self.nouns)
        return self.lookup.get(word) in self.nouns and any(nouns)

    def _traced(self, words: Sequence[str]) -> "_Traced":
        """With signs in place of what is said in several words."""
        traced = _Traced(" ".join(words), [i for i, word in enumerate(words) for _ in f"{word} "])
        traced.replace(_PAIR, self._pair_joined)
        if self.names:
            traced.replace(self._name, lambda found: f" {self.names[found[0]]} ")
            for slip, sign in self._slips_of_names(traced.text):
                traced.replace(re.compile(rf"(?<!\w){slip}(?!\w)"), _expanded(sign))
        traced.replace(_ELIDED, self._unelided)
        traced.replace(_WORD, self._place_meant)
        for phrase, sign in self.phrases:
            traced.replace(phrase, _expanded(sign))
        return traced

    @cached_property
    def _name(self) -> re.Pattern[str]:
        names = map(re.escape, sorted(self.names, key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)")

    def _pair_joined(self, pair: re.Match[str]) -> str:
        """A word that is one with the next: "sun flower"."""
        is_noun = (
            self.lookup.get(pair[1] + pair[2]) in self.nouns and f"{pair[1]} {pair[2]}" not in self.names
        )
        return pair[1] if is_noun else pair[0]

    def _slips_of_names(self, text: str) -> Iterator[tuple[str, str]]:
        """Two words of which one is a slip, and the sign that is meant: "traffic lihgt"."""
        for pair in _PAIR.finditer(text):
            if all(map(self._is_known, pair.groups())):
                continue
            slip = " ".join(pair.groups())
            near = [
                (distance(slip, name), name) for name in self.names_slips_of if is_slip_of_name(slip, name)
            ]
            nearest = {self.names[name] for far, name in near if far == min(near)[0]}
            if sign := self._only(nearest, slip):
                yield slip, sign

    def _is_known(self, word: str) -> bool:
        """Whether a word is no slip."""
        return word in self.lookup or word in self.fluff or word in self.never_slips or word in OF_OTHERS

    def _unelided(self, word: re.Match[str]) -> str:
        """A French or Italian word without what is joined to it."""
        if word[0] in self.lookup or word[0] in self.fluff:
            return word[0]
        return f"{_UNELIDED.get(word[1], '')} {word[2]}"

    def meant(self, word: str) -> str | None:
        """The sign of a word, or of the one it is a slip of: the nearest, where no other is as near."""
        if self._is_known(word):
            return self.lookup.get(word)
        if joining := next((each for each in _JOINING if is_exchanged(word, each)), None):
            return self.lookup.get(joining, joining)
        near = [
            (distance(word, known), known)
            for known in self.slips_of
            if abs(len(word) - len(known)) <= _MORE
            and is_slip(word, known, two_wrong=self.two_wrong if known in self.signs_known else 0)
        ]
        return self._only({self.lookup[known] for far, known in near if far == min(near)[0]}, word)

    def _only(self, nearest: Collection[str], word: str) -> str | None:
        """The one that is meant of those that are as near; of one noun, one or several."""
        one, *others = sorted(nearest, key=len) or [""]
        is_of_one_noun = one in self.nouns and all(other.startswith(one) for other in others if one)
        if others and is_of_one_noun:  # "pizzaa": of one or several, as it ends in "s" or not
            return others[-1] if word.endswith("s") else one
        return None if others else one or None

    def parted(self, word: str) -> str:
        """The signs of two words that were written as one."""
        if word in self.never_slips or word in OF_OTHERS:
            return ""
        after = self.lookup.get(word[1:], "") if word[0] == "a" else ""
        if len(word) > 3 and (after in self.nouns or after in self.qualities):
            return f"a {after}"
        for at in range(3, min(len(word), _LONGEST) - 2):
            one, other = self.meant(word[:at]), self.meant(word[at:])
            if one in self.nouns and other in self.nouns:  # a compound, which is neither: "birdhouse"
                return ""
            exact = self.lookup.get(word[:at]), self.lookup.get(word[at:])
            is_joint = exact[1] in self.nouns or exact[0] in self.colors or self.qualities.issuperset(exact)
            if one and other and is_joint:
                return f"{one} {other}"
        return ""

    def _place_meant(self, word: re.Match[str]) -> str:
        """A slip of a word that says where."""
        if self._is_known(word[0]):
            return word[0]
        return next((each for each in self.places if typed_wrong(word[0], each)), word[0])

    def _parted_script(self, run: re.Match[str]) -> str:
        """A run of Chinese or Japanese signs in words, the longest that are known first."""
        text, found, is_known = run[0], "", True
        while text:
            many = MANY_EAST.match(text)
            word = many[0] if many else next((each for each in self.scripts if text.startswith(each)), "")
            part = word or (_KATAKANA.match(text) or [text[0]])[0]
            found += f" {part}" if word or is_known else part  # what is not known stays together
            is_known, text = bool(word), text[len(part) :]
        return f"{found} "


def typed(text: str, words: Sequence[str]) -> str:
    """Words in their plain form as they were typed."""
    said = r"[\W_]*".join(
        _WRITTEN.get(word, re.escape(_folded(word)).replace(r"\.", "[.,]")) for word in words if word != ","
    )
    found = re.search(rf"(?<!\w){said}(?!\w)", _folded(text)) or re.search(said, _folded(text))
    return text[slice(*found.span())] if found else " ".join(words).removesuffix("ward")


_WRITTEN = {
    "minus": "(?:minus|[-–—])",
    MARK: MARKS,
    PRONOUN: "l[aeo]",
    PRONOUNS: "l(?:[aeo]s|i)",
}  # as it may be in a text


def _folded(text: str) -> str:
    """As many letters, without case and accents."""
    return "".join(latin(sign)[:1] or sign for sign in text)


def _expanded(sign: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f" {found.expand(sign)} "


class _Traced:
    """A text of words in which parts are replaced, and of which word each of its signs was."""

    def __init__(self, text: str, at: list[int]) -> None:
        self.text, self._spans = text, [(i, i + 1) for i in at[: len(text)]]

    def replace(self, pattern: re.Pattern[str], told: Callable[[re.Match[str]], str]) -> None:
        """Put what is told of each part that is found in its place."""
        text, spans, end = "", list[tuple[int, int]](), 0
        for found in pattern.finditer(self.text):
            new = told(found)
            text += self.text[end : found.start()] + new
            spans += [*self._spans[end : found.start()], *[self._span(*found.span())] * len(new)]
            end = found.end()
        self.text, self._spans = text + self.text[end:], spans + self._spans[end:]

    def words(self) -> list[tuple[str, int, int]]:
        """Each word, and from which to which of the first ones it was read."""
        return [(found[0], *self._span(*found.span())) for found in re.finditer(r"\S+", self.text)]

    def _span(self, start: int, end: int) -> tuple[int, int]:
        spans = self._spans[start : len(self.text[:end].rstrip())]
        return min(first for first, _ in spans), max(last for _, last in spans)


@lru_cache(maxsize=4096)
def _looked_up(lexicon: Lexicon, word: str) -> tuple[str, ...]:
    """The signs of a word; none where it counts for nothing."""
    if (word in lexicon.signs_known and word != "many") or word.startswith(("=", "~")):
        return (word,)
    if word.isdecimal():
        return (_NUMBERS[int(word) - 1] if 0 < int(word) <= len(_NUMBERS) else "many",)
    if MANY_EAST.fullmatch(word):
        return ("many",)
    if word in lexicon.scripts:
        return tuple(lexicon.scripts[word].split())
    if word in lexicon.fluff and word not in lexicon.lookup:
        return ()
    meant = lexicon.meant(word) or lexicon.parted(word)
    meant = meant or _unstretched(lexicon, word)
    return tuple(meant.split()) if meant else (UNKNOWN,)


def _unstretched(lexicon: Lexicon, word: str) -> str:
    """The sign of a word some letters of which were repeated: "huuuge", "baaall", "catt"; else ""."""
    for found in _STRETCHED.finditer(word):
        for times in (1, 2):
            sign = lexicon.lookup.get(f"{word[: found.start()]}{found[1] * times}{word[found.end() :]}", "")
            is_long = len(found[0]) > 2
            is_doubled = word not in lexicon.never_slips and (
                sign in lexicon.nouns or sign in lexicon.qualities
            )
            if sign and (is_long or is_doubled):
                return sign
    return lexicon.lookup.get(_STRETCHED.sub(r"\1", word), "") if _LONG_DRAWN.search(word) else ""
