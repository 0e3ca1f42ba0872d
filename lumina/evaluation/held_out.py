"""Scenes that no training has seen, by the hash that decides it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from lumina.tabletop.scenes import FRAMES, GROUNDS, LIGHTS, Scene, is_held_out, sample_scene


def held_out_squares(count: int, seed: int) -> Iterator[Scene]:
    """`count` held-out square scenes, the shape of the panels; seeded."""
    rng = np.random.default_rng([seed, 21])
    for _ in range(count):
        found = None
        while found is None:
            found = _held_out(sample_scene(rng, FRAMES[0]), rng)
        yield found


def held_out_scenes(count: int, seed: int, *, patterns: bool = False) -> Iterator[Scene]:
    """`count` held-out scenes in the mixture of frames that training has; seeded.

    With `patterns` every fifth is patterned, as for the training of the tokenizer.
    """
    rng = np.random.default_rng([seed, 20])
    found = 0
    while found < count:
        scene = sample_scene(rng, patterns=patterns and found % 5 == 4)
        held_out = _held_out(scene, rng)
        if held_out is not None:
            found += 1
            yield held_out


def _held_out(scene: Scene, rng: np.random.Generator) -> Scene | None:
    """The scene on a random ground under a random light with which it is held out; None if there is none.

    Placing solids is slow, so one placement is tried in every setting.
    """
    settings = list(product(GROUNDS, LIGHTS))
    rng.shuffle(settings)
    tried = (replace(scene, ground=ground, light=light) for ground, light in settings)
    return next((one for one in tried if is_held_out(one)), None)
