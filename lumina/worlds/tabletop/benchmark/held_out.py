"""Scenes that no training has seen, by the hash that decides it, and cases of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from lumina.worlds.benchmark import Case
from lumina.worlds.tabletop.scenes import (
    FRAMES,
    GROUNDS,
    LIGHT_CHANCES,
    LIGHTS,
    Scene,
    is_held_out,
    sample_scene,
)


def held_out_squares(
    count: int, seed: int, wanted: Callable[[Scene], bool] = lambda scene: True
) -> Iterator[Scene]:
    """`count` held-out square scenes that are wanted, the shape of the panels; seeded."""
    rng = np.random.default_rng([seed, 21])
    for _ in range(count):
        found = None
        while found is None or not wanted(found):
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
    """The scene on a random ground under a light as frequent as in all scenes, if so it is held out, or None.

    Placing solids is slow, so one placement is tried on every ground.
    """
    light = LIGHTS[int(rng.choice(len(LIGHTS), p=LIGHT_CHANCES))]
    tried = (replace(scene, ground=str(ground), light=light) for ground in rng.permutation(GROUNDS))
    return next((one for one in tried if is_held_out(one)), None)


def of_kinds(
    make: Callable[[str, Scene, int], Case], kinds: Sequence[str], count: int, seed: int, stream: int
) -> Iterator[Case]:
    """`count` cases of held-out square scenes, the kinds in turn; another `stream`, other scenes."""
    chosen = spread(count, kinds)
    scenes = held_out_squares(len(chosen), seed + stream)
    for i, (kind, scene) in enumerate(zip(chosen, scenes, strict=True)):
        yield make(kind, scene, seed + i)


def spread(count: int, rows: Sequence[str]) -> list[str]:
    """`count` cases over the rows in turn, at least one for each."""
    return [rows[i % len(rows)] for i in range(max(count, len(rows)))]
