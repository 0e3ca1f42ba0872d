"""A scene rendered as a sentence describes it, or at random."""

import numpy as np

from lumina.errors import InputError
from lumina.worlds.base import RenderedScene
from lumina.worlds.tabletop import scenes
from lumina.worlds.tabletop.captions import Claim, describe, is_true, parse, text_of
from lumina.worlds.tabletop.maps import map_pictures
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.words import normalize

TRIES = 400  # places for the solids, before a description is given up


def rendered(prompt: str, seed: int, width: int, height: int) -> RenderedScene:
    """See World.scene."""
    rng = np.random.default_rng(seed)
    scene = _scene(prompt, (width, height), rng)
    rendering = render(scene)
    caption = prompt.strip() or text_of(describe(scene, rng))
    return RenderedScene(rendering.picture, map_pictures(rendering), caption)


def _scene(prompt: str, frame: tuple[int, int], rng: np.random.Generator) -> scenes.Scene:
    if not prompt.strip():
        return scenes.sample_scene(rng, frame)
    claim = parse(normalize(prompt))
    if claim is None:
        raise InputError(
            'The scene cannot show this; write for example "two red cubes left of a blue sphere".'
        )
    for _ in range(TRIES):
        scene = _placed(claim, frame, rng)
        if scene is not None and is_true(claim, scene):
            return scene
    raise InputError("There is no room for all of this; name fewer things, or make the scene larger.")


def _placed(claim: Claim, frame: tuple[int, int], rng: np.random.Generator) -> scenes.Scene | None:
    """The things of a claim at random places, with everything it leaves open chosen at random."""
    solids = [
        scenes.Solid(
            shape=thing.shape,
            color=thing.color or str(rng.choice(scenes.COLORS)),
            material=thing.material or "matte",
            size=thing.size or str(rng.choice(scenes.SIZES)),
        )
        for thing in claim.things
        for _ in range(thing.count)
    ]
    placed = scenes.place(solids, *frame, rng)
    if placed is None:
        return None
    ground = claim.ground or str(rng.choice(scenes.GROUNDS))
    return scenes.Scene(placed, ground, claim.light or "daylight", *frame)
