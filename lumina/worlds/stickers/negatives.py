"""Words that are not true of a scene: its caption, or what was asked for, with one fault."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from lumina.worlds.stickers.captions import OPPOSITE, Claim, Thing, is_sayable, is_true
from lumina.worlds.stickers.edit_checks import is_done
from lumina.worlds.stickers.edits import OPERATIONS, Instruction, SceneEdit, sample_edit
from lumina.worlds.stickers.instructing import instruct
from lumina.worlds.stickers.nouns import ANY, PAINTED
from lumina.worlds.stickers.scenes import GROUNDS, Scene, another, sample_noun, seen_styles
from lumina.worlds.stickers.sprites import COLORS, SIZES

SAME_OPERATION = 0.85  # share of false edits that do the same with another sticker, noun, place …
TRIES = 6


def wrong_claims(claim: Claim, scene: Scene, rng: np.random.Generator) -> Iterator[tuple[str, Claim]]:
    """(kind, claim): the claim with one fault in what it says, once for each kind that makes it false."""
    i = int(rng.integers(len(claim.things)))
    for kind, fault in _faulty(claim.things[i], rng):
        yield from _false(kind, replace(claim, things=_with(claim.things, i, fault)), scene)
    if len(claim.things) > 1:
        for kind, things in _swapped(claim.things, i, (i + 1) % len(claim.things)):
            yield from _false(kind, replace(claim, things=things), scene)
    if claim.relation is not None:
        yield from _false("relation", replace(claim, relation=OPPOSITE[claim.relation]), scene)
    if claim.ground is not None:
        yield from _false("ground", replace(claim, ground=another(GROUNDS, claim.ground, rng)), scene)


def _faulty(thing: Thing, rng: np.random.Generator) -> Iterator[tuple[str, Thing]]:
    if thing.noun != ANY:
        noun = sample_noun(rng)
        yield "noun", replace(thing, noun=noun, color=thing.color if noun in PAINTED else None)
    counts = [count for count in (thing.count - 1, thing.count + 1) if count >= 1]
    yield "count", replace(thing, count=int(rng.choice(counts)))
    if thing.color is not None:
        yield "color", replace(thing, color=another(tuple(COLORS), thing.color, rng))
    if thing.style is not None and len(seen_styles(thing.noun)) > 1:
        yield "style", replace(thing, style=another(seen_styles(thing.noun), thing.style, rng))
    if thing.size is not None:
        yield "size", replace(thing, size=another(tuple(SIZES), thing.size, rng))


def _swapped(things: tuple[Thing, ...], i: int, j: int) -> Iterator[tuple[str, tuple[Thing, ...]]]:
    """Two of the things with each other's colour, style or number."""
    for quality in ("color", "style", "count"):
        values = getattr(things[i], quality), getattr(things[j], quality)
        if None not in values and values[0] != values[1]:
            a, b = replace(things[i], **{quality: values[1]}), replace(things[j], **{quality: values[0]})
            yield "swap", _with(_with(things, i, a), j, b)


def _with(things: tuple[Thing, ...], i: int, thing: Thing) -> tuple[Thing, ...]:
    return (*things[:i], thing, *things[i + 1 :])


def _false(kind: str, claim: Claim, scene: Scene) -> Iterator[tuple[str, Claim]]:
    """The claim, if it could be said and is false."""
    if is_sayable(claim) and not is_true(claim, scene):
        yield kind, claim


def wrong_edit(edit: SceneEdit, said: Instruction, rng: np.random.Generator) -> Instruction | None:
    """What asks for another edit of the same scene, mostly one of the same kind, and in much the same words;
    None if none was found."""
    operation = edit.operation if rng.random() < SAME_OPERATION else str(rng.choice(OPERATIONS))
    found: list[Instruction] = []
    for _ in range(TRIES):
        other = sample_edit(edit.before, operation, rng)
        asked = instruct(other, rng) if other is not None else None
        if other is not None and asked is not None and not is_done(other, asked, edit.after):
            found.append(asked)
    words = set(said.text.split())
    return min(found, key=lambda asked: len(words ^ set(asked.text.split())), default=None)
