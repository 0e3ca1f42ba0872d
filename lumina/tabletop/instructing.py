"""The English of edits: which solid is meant, without doubt, and what shall become of it."""

import re
from itertools import combinations

import numpy as np

from lumina.tabletop.captions import (
    KNOWN_WORDS,
    LIGHT_PHRASES,
    Thing,
    foot,
    phrase,
    words_of,
)
from lumina.tabletop.edits import Edit, Instruction, places_said
from lumina.tabletop.scenes import Scene, Solid

APART = 14.0  # pixels by which a solid must lie outermost to be called the one on the left
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
SIDES = {"left": (0, -1), "right": (0, 1), "front": (1, 1)}  # axis of the foot, and its sign
_TEXTS = [text for group in TEMPLATES.values() for text in group] + [*WAYS.values(), *BIGGER.values()]
EDIT_WORDS = KNOWN_WORDS.union(*(words_of(re.sub(r"{\w+}", "", text)) for text in _TEXTS))


def instruct(edit: Edit, rng: np.random.Generator) -> Instruction | None:
    """A random way to ask for the edit; None where no words single out the solid that is meant."""
    it = refer(edit.before, edit.solid, rng) if edit.solid is not None and edit.operation != "add" else ""
    if it is None:
        return None
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


def _alter(edit: Edit, it: str, rng: np.random.Generator) -> Instruction:
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


def _place(edit: Edit, it: str, rng: np.random.Generator) -> Instruction | None:
    """Add or move, to a place beside another solid, that way, or without a word about it."""
    solid = edit.changed
    assert solid is not None
    moves = edit.operation == "move"
    thing = Thing(1, solid.shape, solid.color) if moves else _said_of(solid, rng, new=True)
    names = {i: refer(edit.before, i, rng) for i in range(len(edit.before.solids))}
    places = [(way, i) for way, i in places_said(edit) if i is None or names[i] is not None]
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


def refer(scene: Scene, index: int, rng: np.random.Generator) -> str | None:
    """Words that only this solid answers to, mostly its colour and shape; None where there are none."""
    solid = scene.solids[index]
    found = [
        "the " + " ".join([*[getattr(solid, quality) for quality in said], solid.shape])
        for said in _subsets()
        if all(_differs(other, solid, said) for other in scene.solids if other is not solid)
    ]
    if found:
        usual = f"the {solid.color} {solid.shape}"
        return usual if usual in found and rng.random() < BY_COLOR_AND_SHAPE else str(rng.choice(found))
    return _by_side(scene, solid)


def _subsets() -> list[tuple[str, ...]]:
    """Qualities to name, in the order people say them, the fewest first."""
    qualities = ("size", "color", "material")
    return [said for count in range(4) for said in combinations(qualities, count)]


def _differs(other: Solid, solid: Solid, said: tuple[str, ...]) -> bool:
    return other.shape != solid.shape or any(getattr(other, q) != getattr(solid, q) for q in said)


def _by_side(scene: Scene, solid: Solid) -> str | None:
    """Among solids alike: the one on the left, on the right, or in front."""
    alike = [s for s in scene.solids if not _differs(s, solid, ("color",))]
    mine = foot(solid, scene.width, scene.height)
    others = [foot(s, scene.width, scene.height) for s in alike if s is not solid]
    for side, (axis, sign) in SIDES.items():
        if all((mine[axis] - other[axis]) * sign > APART for other in others):
            where = "in front" if side == "front" else f"on the {side}"
            return f"the {solid.color} {solid.shape} {where}"
    return None


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
