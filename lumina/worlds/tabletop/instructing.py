"""The English of edits: which solid is meant, without doubt, and what shall become of it."""

import re
from itertools import combinations

import numpy as np

from lumina.worlds.tabletop.captions import (
    KNOWN_WORDS,
    LIGHT_PHRASES,
    Thing,
    phrase,
    words_of,
)
from lumina.worlds.tabletop.edits import Instruction, SceneEdit, places_said
from lumina.worlds.tabletop.scenes import Scene, Solid

BY_COLOR_AND_SHAPE = 0.7  # share of solids that are called so where that singles them out

# Most alterations name what comes out as a caption would, so that words mean the same in every task.
# {it} is the solid that is meant, {new} what it becomes or what is added, {place} where.
_INTO = ("replace {it} with {new}", "swap {it} for {new}", "turn {it} into {new}", "change {it} into {new}")
TEMPLATES = {
    "recolour": ("make {it} {color}", "paint {it} {color}", *_INTO),
    "resize": ("make {it} {bigger}", "make {it} {size}", *_INTO),
    "remove": ("remove {it}", "delete {it}", "take {it} away", "take away {it}"),
    "add": ("add {new}", "put {new} in the picture"),
    "add at": ("add {new} {place}", "put {new} {place}"),
    "replace": _INTO,
    "move": ("move {it} {way}", "put {it} further {way}"),
    "move to": ("move {it} {place}", "put {it} {place}"),
    "reground": (
        "make the ground {ground}", "change the ground to {ground}", "turn the ground {ground}",
        "put it on a {ground} ground",
    ),
    "relight": ("make it {light}", "change the light to {light}", "turn it into {light}", "show it {when}"),
}  # fmt: skip
WAYS = {
    "left of": "to the left", "right of": "to the right", "in front of": "to the front",
    "behind": "to the back",
}  # fmt: skip
BIGGER = {"large": "bigger", "small": "smaller"}
_TEXTS = [text for group in TEMPLATES.values() for text in group] + [*WAYS.values(), *BIGGER.values()]
EDIT_WORDS = KNOWN_WORDS.union(*(words_of(re.sub(r"{\w+}", "", text)) for text in _TEXTS))


def instruct(edit: SceneEdit, rng: np.random.Generator) -> Instruction | None:
    """A random way to ask for the edit; None where no words lead to the place."""
    it = refer(edit.before, edit.solid, rng) if edit.solid is not None and edit.operation != "add" else ""
    if edit.operation in ("reground", "relight"):
        after = edit.after
        text = _choose(edit.operation, rng).format(
            ground=after.ground, light=after.light, when=LIGHT_PHRASES[after.light]
        )
        return Instruction(text)
    if edit.operation == "remove":
        return Instruction(_choose("remove", rng).format(it=it))
    if edit.operation in ("add", "move"):
        return _place(edit, it, rng)
    return _alter(edit, it, rng)


def _alter(edit: SceneEdit, it: str, rng: np.random.Generator) -> Instruction:
    """Recolour, resize or replace."""
    solid = edit.changed
    assert solid is not None
    if edit.operation == "replace":
        thing = _said_of(solid, rng)
    else:
        thing = Thing(1, solid.shape, solid.color, None, solid.size if edit.operation == "resize" else None)
    text = _choose(edit.operation, rng).format(
        it=it, new=phrase(thing), color=solid.color, size=solid.size, bigger=BIGGER[solid.size]
    )
    return Instruction(text, thing)


def _place(edit: SceneEdit, it: str, rng: np.random.Generator) -> Instruction | None:
    """Add or move, to a place beside another solid, that way, or without a word about it."""
    solid = edit.changed
    assert solid is not None
    moves = edit.operation == "move"
    thing = Thing(1, solid.shape, solid.color) if moves else _said_of(solid, rng, new=True)
    names = [refer(edit.before, i, rng) for i in range(len(edit.before.solids))]
    places = list(places_said(edit))
    if not places:
        return None
    way, i = places[int(rng.integers(len(places)))]
    if way is None or i is None:
        return Instruction(_choose("add", rng).format(new=phrase(thing)), thing)
    anchor = edit.before.solids[i]
    if moves and i == edit.solid:
        return Instruction(_choose("move", rng).format(it=it, way=WAYS[way]), thing, way, anchor)
    words = _choose("move to" if moves else "add at", rng).format(
        it=it, new=phrase(thing), place=f"{way} {names[i]}"
    )
    return Instruction(words, thing, way, anchor)


def refer(scene: Scene, index: int, rng: np.random.Generator) -> str:
    """Words that only this solid of an editable scene answers to, mostly its colour and shape."""
    solid = scene.solids[index]
    found = [
        "the " + " ".join([*[getattr(solid, quality) for quality in said], solid.shape])
        for said in _subsets()
        if all(_differs(other, solid, said) for other in scene.solids if other is not solid)
    ]
    usual = f"the {solid.color} {solid.shape}"
    return usual if usual in found and rng.random() < BY_COLOR_AND_SHAPE else str(rng.choice(found))


def _subsets() -> list[tuple[str, ...]]:
    """Qualities to name, in the order people say them, the fewest first."""
    qualities = ("size", "color", "material")
    return [said for count in range(4) for said in combinations(qualities, count)]


def _differs(other: Solid, solid: Solid, said: tuple[str, ...]) -> bool:
    return other.shape != solid.shape or any(getattr(other, q) != getattr(solid, q) for q in said)


def _said_of(solid: Solid, rng: np.random.Generator, new: bool = False) -> Thing:
    """Shape and colour, and now and then more; of what is new always what is not usual."""
    return Thing(
        1,
        solid.shape,
        solid.color,
        solid.material if solid.material == "metal" or rng.random() < 0.2 else None,
        solid.size if (new and solid.size == "small") or rng.random() < 0.4 else None,
    )


def _choose(name: str, rng: np.random.Generator) -> str:
    return str(rng.choice(TEMPLATES[name]))
