"""The English of the sticker world: what a caption claims about a scene, its words, and reading it back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from lumina.worlds.language import tokens
from lumina.worlds.stickers.nouns import ANY, BARE, PAINTED, plural
from lumina.worlds.stickers.scenes import (
    GROUNDS,
    MOST,
    PLAIN,
    Scene,
    Sticker,
    drawing_order,
    nouns,
    sample_scene,
)
from lumina.worlds.stickers.sprites import COLORS, SIZES, STYLES

NUMBERS = {1: "a", 2: "two", 3: "three", 4: "four"}
RELATIONS = ("left of", "right of", "above", "below")
OPPOSITE = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
GROUND_PHRASES = {
    **{ground: f"on a {ground} background" for ground in PLAIN},
    "meadow": "on a meadow", "night": "at night", "table": "on a table", "orange": "on an orange background",
}  # fmt: skip
GLUE = frozenset(("a", "an", "and", "the", "photo", "picture"))


@dataclass(frozen=True)
class Thing:
    """`count` stickers of one noun; None means not said."""

    count: int
    noun: str
    style: str | None = None
    color: str | None = None
    size: str | None = None

    def fits(self, sticker: Sticker) -> bool:
        """True if the sticker is one of these."""
        return (
            self.noun in (ANY, sticker.noun)
            and self.style in (None, sticker.style)
            and self.color in (None, sticker.color)
            and self.size in (None, sticker.size)
        )


@dataclass(frozen=True)
class Claim:
    """What a caption says: exactly these things, the first one's relation to the second, and the ground."""

    things: tuple[Thing, ...]
    relation: str | None = None
    ground: str | None = None

    @property
    def count(self) -> int:
        """Stickers in all."""
        return sum(thing.count for thing in self.things)


def relation_of(a: Sticker, b: Sticker) -> str | None:
    """The clear relation of a to b, or None if neither direction dominates."""
    (ax, ay), (bx, by) = a.middle, b.middle
    dx, dy = bx - ax, by - ay
    if abs(dx) > 18 and abs(dx) > 1.3 * abs(dy):
        return "left of" if dx > 0 else "right of"
    if abs(dy) > 18 and abs(dy) > 1.3 * abs(dx):
        return "above" if dy > 0 else "below"
    return None


def stands(relation: str, a: Sticker, b: Sticker) -> bool:
    """True if a lies in the relation to b, also where it is not the most striking one."""
    (ax, ay), (bx, by) = a.middle, b.middle
    return {"left of": bx - ax, "right of": ax - bx, "above": by - ay, "below": ay - by}[relation] > 8


def text_of(claim: Claim) -> str:
    """The caption of a claim in plain English."""
    phrases = [phrase(thing) for thing in claim.things]
    if claim.relation is not None and len(phrases) == 2:
        text = f"{phrases[0]} {claim.relation} {phrases[1]}"
    else:
        text = phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"
    return text if claim.ground is None else f"{text} {GROUND_PHRASES[claim.ground]}"


def phrase(thing: Thing) -> str:
    """The words for a thing: ``two small red cartoon cars``."""
    noun = thing.noun if thing.count == 1 else plural(thing.noun)
    words = [word for word in (thing.size, thing.color, thing.style, noun) if word]
    number = NUMBERS.get(thing.count, "more than four")
    if number == "a":
        return " ".join(words if thing.noun in BARE else [article(words[0]), *words])
    return " ".join([number, *words])


def article(word: str) -> str:
    """The article before a word."""
    return "an" if word[0] in "aeio" or word[:2] == "um" else "a"


def describe(scene: Scene, rng: np.random.Generator) -> Claim:
    """A random true claim about all stickers of the scene, leaving some of their qualities unsaid.

    They are named in the order in which they are drawn, save that now and then the lower one of two is said
    to be below the other.
    """
    say_style, say_color, say_size = rng.random() < 0.5, rng.random() < 0.75, rng.random() < 0.25
    groups: dict[tuple[str, ...], list[Sticker]] = {}
    for sticker in drawing_order(scene):
        key = (sticker.noun, sticker.style if say_style else "", sticker.color if say_color else "")
        groups.setdefault(key, []).append(sticker)
    things = tuple(_thing(group, say_style, say_color, say_size) for group in groups.values())
    relation = None
    if len(scene.stickers) == 2 and len(things) == 2 and rng.random() < 0.75:
        a, b = (group[0] for group in groups.values())
        relation = relation_of(a, b)
        if relation == "above" and rng.random() < 0.5:
            things, relation = things[::-1], OPPOSITE[relation]
    return Claim(things, relation, scene.ground if rng.random() < 0.5 else None)


def _thing(group: Sequence[Sticker], say_style: bool, say_color: bool, say_size: bool) -> Thing:
    first = group[0]
    same_size = len({sticker.size for sticker in group}) == 1
    return Thing(
        len(group),
        first.noun,
        first.style if say_style else None,
        (first.color or None) if say_color else None,
        first.size if say_size and same_size else None,
    )


def is_sayable(claim: Claim) -> bool:
    """Whether it is a caption of this world: few things, no two alike, none counted that cannot be."""
    countable = all(thing.count == 1 or thing.noun not in BARE for thing in claim.things)
    painted = all(thing.color is None or thing.noun in PAINTED for thing in claim.things)
    return claim.count <= MOST and len(set(claim.things)) == len(claim.things) and countable and painted


def random_prompt(seed: int) -> str:
    """A good prompt: the caption of a random scene with its ground."""
    rng = np.random.default_rng(seed)
    while True:
        scene = sample_scene(rng)
        claim = replace(describe(scene, rng), ground=scene.ground)
        if len(scene.stickers) < MOST and is_sayable(claim):
            return text_of(claim)


def words_of(text: str) -> list[str]:
    """The lower-case words of a text, in any script."""
    return [word.lower() for word in tokens(text)]


@cache
def phrases() -> Mapping[tuple[str, ...], tuple[str, str]]:
    """What captions are made of, by their words: (kind, meaning), a kind being noun, style … or glue."""
    found: dict[tuple[str, ...], tuple[str, str]] = {(word,): ("glue", word) for word in GLUE}
    for kind, options in (("style", STYLES), ("color", COLORS), ("size", SIZES), ("relation", RELATIONS)):
        found |= {tuple(option.split()): (kind, option) for option in options}
    found |= {(word,): ("number", str(count)) for count, word in NUMBERS.items() if count > 1}
    for ground, said in GROUND_PHRASES.items():
        words = said.split()
        bare = [word for word in words if word not in ("a", "an")]
        for article_ in ((), ("a",), ("an",)):
            found[(bare[0], *article_, *bare[1:])] = ("ground", ground)
    for noun in (*nouns(), ANY):
        found[tuple(plural(noun).split())] = ("plural", noun)
        found[tuple(noun.split())] = ("noun", noun)
    return found


@cache
def vocabulary() -> frozenset[str]:
    """Every word of captions."""
    return frozenset(word for words in phrases() for word in words)


LONGEST = 4  # words of a phrase


def parts_of(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(kind, meaning) of one phrase after the other, the longest that is known; ("", word) of other words."""
    at = 0
    while at < len(words):
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            found = phrases().get(tuple(words[at : at + length]))
            if found is not None:
                yield found if found[1] != "orange" or found[0] == "ground" else _orange(words, at)
                at += length
                break
        else:
            yield "", words[at]
            at += 1


def _orange(words: Sequence[str], at: int) -> tuple[str, str]:
    """A colour where a noun follows, maybe after a style, else the fruit."""
    following = next(parts_of(words[at + 1 :]), ("", ""))
    return ("color" if following[0] in ("noun", "plural", "style", "color") else "noun"), "orange"


def parse(text: str) -> Claim | None:
    """The claim a caption makes, or None where it is not in the grammar of `text_of`."""
    words = [word for word in words_of(text) if word not in ("the", "to", "photo", "picture")]
    things: list[Thing] = []
    said: dict[str, str] = {}
    whole: dict[str, str] = {}
    is_one = False  # "a cats" is a slip
    for kind, meaning in parts_of(words):
        if not kind or (kind in said and kind not in ("glue",)):
            return None
        if kind in ("relation", "ground"):
            if kind in whole or (kind == "relation" and len(things) != 1):
                return None
            whole[kind] = meaning
        elif kind in ("noun", "plural"):
            things.append(_read(said, meaning))
            if (kind == "plural" and plural(meaning) != meaning) and things[-1].count == 1 and not is_one:
                return None  # how many is not said
            said, is_one = {}, False
        elif kind == "glue":
            is_one = meaning in ("a", "an")
        else:
            said[kind] = meaning
    claim = Claim(tuple(things), whole.get("relation"), whole.get("ground"))
    well_formed = things and not said and (claim.relation is None or len(things) == 2)
    return claim if well_formed and is_sayable(claim) else None


def _read(said: Mapping[str, str], noun: str) -> Thing:
    return Thing(int(said.get("number", 1)), noun, said.get("style"), said.get("color"), said.get("size"))


def is_true(claim: Claim, scene: Scene) -> bool:
    """True if the scene shows exactly what is claimed: every sticker accounted for, relation and ground."""
    if claim.ground not in (None, scene.ground) or claim.count != len(scene.stickers):
        return False
    return _assign(claim, [t for t in claim.things for _ in range(t.count)], list(scene.stickers), [])


def _assign(claim: Claim, wanted: Sequence[Thing], free: list[Sticker], chosen: list[Sticker]) -> bool:
    """Depth-first search for a one-to-one assignment of stickers to things that satisfies the relation."""
    if not wanted:
        if claim.relation is None or len(claim.things) != 2:
            return True
        split = claim.things[0].count
        return all(stands(claim.relation, a, b) for a in chosen[:split] for b in chosen[split:])
    return any(
        _assign(claim, wanted[1:], free[:i] + free[i + 1 :], [*chosen, sticker])
        for i, sticker in enumerate(free)
        if wanted[0].fits(sticker)
    )


assert set(GROUND_PHRASES) == set(GROUNDS)
