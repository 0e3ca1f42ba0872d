"""Scenes that no training has seen, by the hash that decides it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from lumina.tabletop.scenes import GROUNDS, LIGHTS, Scene, is_held_out, sample_scene


def held_out_scenes(count: int, seed: int, *, patterns: bool = False) -> Iterator[Scene]:
    """`count` held-out scenes in the mixture of frames that training has; seeded.

    With `patterns` every fifth is patterned, as for the training of the tokenizer.
    """
    rng = np.random.default_rng([seed, 20])
    found = 0
    while found < count:
        scene = sample_scene(rng, patterns=patterns and found % 5 == 4)
        settings = list(product(GROUNDS, LIGHTS))
        rng.shuffle(settings)  # placing solids is slow, so one placement is tried in every setting
        tried = (replace(scene, ground=ground, light=light) for ground, light in settings)
        held_out = next((one for one in tried if is_held_out(one)), None)
        if held_out is not None:
            found += 1
            yield held_out
