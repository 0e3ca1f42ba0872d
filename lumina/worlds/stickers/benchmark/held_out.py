"""Scenes that no training has seen, by the hash that decides it, and cases of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from lumina.worlds.benchmark import Case
from lumina.worlds.stickers.scenes import GROUNDS, Scene, is_held_out, sample_scene


def held_out_scenes(
    count: int, seed: int, wanted: Callable[[Scene], bool] = lambda scene: True
) -> Iterator[Scene]:
    """`count` held-out scenes that are wanted; seeded. Each placement is tried on every ground."""
    rng = np.random.default_rng([seed, 20])
    found = 0
    while found < count:
        scene = sample_scene(rng)
        tried = (replace(scene, ground=str(ground)) for ground in rng.permutation(GROUNDS))
        held_out = next((one for one in tried if is_held_out(one)), None)
        if held_out is not None and wanted(held_out):
            found += 1
            yield held_out


def of_kinds(
    make: Callable[[str, Scene, int], Case], kinds: Sequence[str], count: int, seed: int, stream: int
) -> Iterator[Case]:
    """`count` cases of held-out scenes, the kinds in turn; another `stream`, other scenes."""
    chosen = spread(count, kinds)
    scenes = held_out_scenes(len(chosen), seed + stream)
    for i, (kind, scene) in enumerate(zip(chosen, scenes, strict=True)):
        yield make(kind, scene, seed + i)


def spread(count: int, rows: Sequence[str]) -> list[str]:
    """`count` cases over the rows in turn, at least one for each."""
    return [rows[i % len(rows)] for i in range(max(count, len(rows)))]
