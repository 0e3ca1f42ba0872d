"""The English of edits: which sticker is meant, without doubt, and what shall become of it."""

import re
from functools import cache

import numpy as np

from lumina.worlds.stickers.captions import GROUND_PHRASES, Thing, phrase, vocabulary, words_of
from lumina.worlds.stickers.edits import Instruction, SceneEdit, places_said
from lumina.worlds.stickers.scenes import PLAIN, Scene, Sticker
from lumina.worlds.stickers.sprites import SIZES

FULLY = 0.35  # share of stickers that are called by more than their noun

# Most alterations name what comes out as a caption would, so that words mean the same in every task.
# {it} is the sticker that is meant, {new} what it becomes or what is added, {place} where.
_INTO = ("replace {it} with {new}", "swap {it} for {new}", "turn {it} into {new}", "change {it} into {new}")
TEMPLATES = {
    "recolour": ("make {it} {color}", "paint {it} {color}", *_INTO),
    "restyle": ("make {it} {style}", "draw {it} as {style}", "show {it} in {style} style", *_INTO),
    "resize": ("make {it} {bigger}", "make {it} {size}", *_INTO),
    "remove": ("remove {it}", "delete {it}", "take {it} away", "take away {it}"),
    "add": ("add {new}", "put {new} in the picture"),
    "add at": ("add {new} {place}", "put {new} {place}"),
    "replace": _INTO,
    "move": ("move {it} {way}", "put {it} further {way}"),
    "move to": ("move {it} {place}", "put {it} {place}"),
    "reground": ("change the background to {ground}", "make the background {ground}", "put everything {on}"),
}
WAYS = {"left of": "to the left", "right of": "to the right", "above": "up", "below": "down"}
BACKDROP_NAMES = {"meadow": "a meadow", "night": "night", "table": "a table"}
_BIGGER = {True: "bigger", False: "smaller"}
_TEXTS = [text for group in TEMPLATES.values() for text in group] + [*WAYS.values(), *_BIGGER.values()]


@cache
def words_of_templates() -> frozenset[str]:
    """The words of instructions that may stand anywhere in them."""
    texts = [re.sub(r"{\w+}", "", text) for text in _TEXTS]
    return frozenset(word for text in (*texts, *PLAIN, *BACKDROP_NAMES.values()) for word in words_of(text))


@cache
def edit_words() -> frozenset[str]:
    """Every word of instructions."""
    return vocabulary() | words_of_templates()


def instruct(edit: SceneEdit, rng: np.random.Generator) -> Instruction | None:
    """A random way to ask for the edit; None where no words lead to the place."""
    has_it = edit.sticker is not None and edit.operation != "add"
    it = refer(edit.before, edit.sticker, rng) if has_it and edit.sticker is not None else ""
    if edit.operation == "reground":
        ground = edit.after.ground
        name = ground if ground in PLAIN else BACKDROP_NAMES[ground]
        return Instruction(_choose("reground", rng).format(ground=name, on=GROUND_PHRASES[ground]))
    if edit.operation == "remove":
        return Instruction(_choose("remove", rng).format(it=it))
    if edit.operation in ("add", "move"):
        return _place(edit, it, rng)
    return _alter(edit, it, rng)


def _alter(edit: SceneEdit, it: str, rng: np.random.Generator) -> Instruction:
    """Recolour, restyle, resize or replace."""
    sticker = edit.changed
    assert sticker is not None and edit.sticker is not None
    thing = Thing(
        1,
        sticker.noun,
        sticker.style if edit.operation == "restyle" or _says_style(edit, sticker, rng) else None,
        sticker.color or None,
        sticker.size if edit.operation == "resize" else None,
    )
    grew = sticker.side > edit.before.stickers[edit.sticker].side
    text = _choose(edit.operation, rng).format(
        it=it,
        new=phrase(thing),
        color=sticker.color,
        size=sticker.size,
        style=sticker.style,
        bigger=_BIGGER[grew],
    )
    if "bigger" in text or "smaller" in text:  # by how much is not said
        thing = Thing(1, thing.noun, thing.style, thing.color)
    return Instruction(text, thing)


def _says_style(edit: SceneEdit, sticker: Sticker, rng: np.random.Generator) -> bool:
    """Whether the style of a new sticker is said: always where it is another one."""
    assert edit.sticker is not None
    changed = sticker.style != edit.before.stickers[edit.sticker].style
    return edit.operation == "replace" and (changed or bool(rng.random() < 0.3))


def _place(edit: SceneEdit, it: str, rng: np.random.Generator) -> Instruction | None:
    """Add or move, to a place beside another sticker, that way, or without a word about it."""
    sticker = edit.changed
    assert sticker is not None
    moves = edit.operation == "move"
    thing = Thing(1, sticker.noun, None, sticker.color or None) if moves else _said_of(edit, sticker, rng)
    places = list(places_said(edit))
    if not places:
        return None
    way, i = places[int(rng.integers(len(places)))]
    if way is None or i is None:
        return Instruction(_choose("add", rng).format(new=phrase(thing)), thing)
    anchor = edit.before.stickers[i]
    if moves and i == edit.sticker:
        return Instruction(_choose("move", rng).format(it=it, way=WAYS[way]), thing, way, anchor)
    place = f"{way} {refer(edit.before, i, rng)}"
    words = _choose("move to" if moves else "add at", rng).format(it=it, new=phrase(thing), place=place)
    return Instruction(words, thing, way, anchor)


def refer(scene: Scene, index: int, rng: np.random.Generator) -> str:
    """Words that only this sticker of an editable scene answers to: its noun, and now and then more."""
    sticker = scene.stickers[index]
    if rng.random() >= FULLY:
        return f"the {sticker.noun}"
    quality = str(rng.choice([q for q in (sticker.color, sticker.style, sticker.size) if q]))
    return f"the {quality} {sticker.noun}"


def _said_of(edit: SceneEdit, sticker: Sticker, rng: np.random.Generator) -> Thing:
    """What is said of one that is added: its style where it is another one than all others have."""
    alike = any(other.style == sticker.style for other in edit.before.stickers)
    return Thing(
        1,
        sticker.noun,
        sticker.style if not alike or rng.random() < 0.3 else None,
        sticker.color or None,
        sticker.size if sticker.size != "medium" or rng.random() < 0.3 else None,
    )


def _choose(name: str, rng: np.random.Generator) -> str:
    return str(rng.choice(TEMPLATES[name]))


assert tuple(SIZES) == ("small", "medium", "large")  # in this order one is bigger than another
