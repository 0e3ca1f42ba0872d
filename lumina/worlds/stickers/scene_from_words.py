"""A scene rendered as a sentence describes it, or at random."""

from dataclasses import replace

import numpy as np

from lumina.errors import InputError
from lumina.worlds.base import RenderedScene
from lumina.worlds.stickers.captions import Claim, Thing, describe, is_true, parse, text_of
from lumina.worlds.stickers.maps import map_pictures
from lumina.worlds.stickers.render import render
from lumina.worlds.stickers.scenes import (
    FRAME,
    Scene,
    Sticker,
    place,
    random_sticker,
    sample_ground,
    sample_scene,
    sample_size,
    styles_of,
)
from lumina.worlds.stickers.words import normalize

TRIES = 400  # places for the stickers, before a description is given up


def rendered(prompt: str, seed: int, width: int, height: int) -> RenderedScene:
    """See World.scene."""
    if (width, height) != FRAME:
        raise InputError(f"Scenes of stickers have {FRAME[0]}x{FRAME[1]} pixels; choose that size.")
    rng = np.random.default_rng(seed)
    scene = _scene(prompt, rng)
    rendering = render(scene)
    caption = prompt.strip() or text_of(describe(scene, rng))
    return RenderedScene(rendering.picture, map_pictures(rendering), caption)


def _scene(prompt: str, rng: np.random.Generator) -> Scene:
    if not prompt.strip():
        return sample_scene(rng)
    claim = parse(normalize(prompt))
    if claim is None:
        raise InputError('The scene cannot show this; write for example "two cats left of a red car".')
    for thing in claim.things:
        if thing.style not in (None, *styles_of(thing.noun)):
            raise InputError(f'There is no {thing.style} drawing of "{thing.noun}"; choose another style.')
    for _ in range(TRIES):
        placed = place([each for thing in claim.things for each in _of(thing, claim, rng)], rng)
        scene = Scene(placed or (), claim.ground or sample_ground(rng))
        if is_true(claim, scene):
            return scene
    raise InputError("There is no room for all of this; name fewer things, or make some of them small.")


def _of(thing: Thing, claim: Claim, rng: np.random.Generator) -> tuple[Sticker, ...]:
    """The stickers of a thing, all the same, with everything it leaves open chosen at random."""
    size = thing.size or sample_size(min(claim.count, 4), rng)
    chosen = random_sticker(rng, size, thing.style, thing.noun)
    said = replace(chosen, style=thing.style or chosen.style, color=thing.color or chosen.color)
    return (said,) * thing.count
