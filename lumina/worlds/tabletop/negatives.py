"""Words that are not true of a scene: its caption, or what was asked for, with one fault."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lumina.worlds.tabletop.captions import NUMBERS, OPPOSITE, Claim, Thing, is_true, text_of, unknown_words
from lumina.worlds.tabletop.edit_checks import is_done
from lumina.worlds.tabletop.edits import OPERATIONS, Instruction, SceneEdit, is_sound, sample_edit
from lumina.worlds.tabletop.instructing import instruct
from lumina.worlds.tabletop.scenes import (
    COLORS,
    GROUNDS,
    LIGHTS,
    MATERIALS,
    QUALITIES,
    SHAPES,
    SIZES,
    Scene,
    another,
    materials_of,
)

SAME_OPERATION = 0.85  # share of false edits that do the same with another solid, colour, place …
SLIP_SHARE = 0.5  # share of false additions and replacements that have one word wrong of what is new
TRIES = 6


def wrong_claims(claim: Claim, scene: Scene, rng: np.random.Generator) -> Iterator[tuple[str, Claim]]:
    """(kind, claim): the claim with one fault in what it says, once for each kind that makes it false."""
    i = int(rng.integers(len(claim.things)))
    for kind, fault in _faulty(claim.things[i], rng):
        yield from _false(kind, replace(claim, things=_with(claim.things, i, fault)), scene)
    if len(claim.things) > 1:
        j = (i + 1) % len(claim.things)
        yield from _false("swap", replace(claim, things=_swapped(claim.things, i, j, rng)), scene)
    if claim.relation is not None:
        yield from _false("relation", replace(claim, relation=OPPOSITE[claim.relation]), scene)
    if claim.ground is not None:
        yield from _false("ground", replace(claim, ground=another(GROUNDS, claim.ground, rng)), scene)
    if claim.light is not None:
        yield from _false("light", replace(claim, light=another(LIGHTS, claim.light, rng)), scene)


def _faulty(thing: Thing, rng: np.random.Generator) -> Iterator[tuple[str, Thing]]:
    shape = another(SHAPES, thing.shape, rng)
    yield "shape", replace(thing, shape=shape, material=_material(thing.material, shape))
    counts = [count for count in (thing.count - 1, thing.count + 1) if count >= 1]
    yield "count", replace(thing, count=int(rng.choice(counts)))
    if thing.color is not None:
        yield "color", replace(thing, color=another(COLORS, thing.color, rng))
    if thing.material is not None and len(materials_of(thing.shape)) > 1:
        yield "material", replace(thing, material=another(MATERIALS, thing.material, rng))
    if thing.size is not None:
        yield "size", replace(thing, size=another(SIZES, thing.size, rng))


def _material(said: str | None, shape: str) -> str | None:
    """What was said of another shape, where it can be said of this one."""
    return said if said in materials_of(shape) else None


def _swapped(things: tuple[Thing, ...], i: int, j: int, rng: np.random.Generator) -> tuple[Thing, ...]:
    """Two of the things with each other's colour or shape."""
    quality = str(rng.choice(["color", "shape"] if things[i].color is not None else ["shape"]))
    a, b = (replace(things[x], **{quality: getattr(things[y], quality)}) for x, y in ((i, j), (j, i)))
    return _with(_with(things, i, a), j, b)


def _with(things: tuple[Thing, ...], i: int, thing: Thing) -> tuple[Thing, ...]:
    return (*things[:i], thing, *things[i + 1 :])


def _false(kind: str, claim: Claim, scene: Scene) -> Iterator[tuple[str, Claim]]:
    """The claim, if it could be said and is false."""
    sayable = claim.count <= max(NUMBERS) and len(set(claim.things)) == len(claim.things)
    if sayable and not unknown_words(text_of(claim)) and not is_true(claim, scene):
        yield kind, claim


def wrong_edit(edit: SceneEdit, said: Instruction, rng: np.random.Generator) -> Instruction | None:
    """What asks for another edit of the same scene, mostly one of the same kind, and in much the same words;
    None if none was found."""
    is_slip = edit.operation in ("add", "replace") and rng.random() < SLIP_SHARE
    operation = edit.operation if rng.random() < SAME_OPERATION else str(rng.choice(OPERATIONS))
    found: list[Instruction] = []
    for _ in range(TRIES):
        other = _slip(edit, rng) if is_slip else sample_edit(edit.before, operation, rng)
        asked = instruct(other, rng) if other is not None else None
        if other is None or asked is None or is_done(other, asked, edit.after):
            continue
        if not is_slip or _says_other(asked, edit):
            found.append(asked)
    words = set(said.text.split())
    return min(found, key=lambda asked: len(words ^ set(asked.text.split())), default=None)


def _slip(edit: SceneEdit, rng: np.random.Generator) -> SceneEdit | None:
    """The same edit, but for one quality of the solid that is new; None where that is of no sound scene."""
    solid = edit.changed
    assert solid is not None and edit.solid is not None
    quality = str(rng.choice(list(QUALITIES)))
    said: Mapping[str, Any] = {quality: another(QUALITIES[quality], getattr(solid, quality), rng)}
    other = replace(solid, turn=0, **said)
    if quality == "shape":
        other = replace(
            other, material=_material(other.material, other.shape) or materials_of(other.shape)[0]
        )
    solids = edit.after.solids
    slipped = (*solids[: edit.solid], other, *solids[edit.solid + 1 :])
    after = replace(edit.after, solids=slipped)
    return replace(edit, after=after) if is_sound(after) else None


def _says_other(asked: Instruction, edit: SceneEdit) -> bool:
    """Whether what is said of the new solid is not true of the one that came."""
    return asked.thing is not None and edit.changed is not None and not asked.thing.fits(edit.changed)
