"""Finds the patterned solid in a picture, where the judge knows plain ones only, by drawing and comparing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from lumina.worlds.tabletop import camera, render
from lumina.worlds.tabletop.captions import foot
from lumina.worlds.tabletop.masks import Floats, Mask, Picture, Table
from lumina.worlds.tabletop.scenes import (
    COLORS,
    MATERIALS,
    PATTERNS,
    SHAPES,
    SIZES,
    TURNS,
    Scene,
    Solid,
    materials_of,
)
from lumina.worlds.tabletop.shape_fit import ERROR_CAP, HIGHEST, LOWEST, Outline, foot_of, outline, surface_of

COARSE, FINE = 4, 1  # pixels between places tried
REACH = 8  # pixels that a place may lie beside the first guess
KEPT = 4  # of the coarse search's results, to be refined
LEAST_COVER = 0.5  # of the patch that an outline must cover to be looked at


@dataclass(frozen=True, eq=False)
class PlacedSolid:
    """A placed solid and how far it is from the picture (0 to ERROR_CAP)."""

    solid: Solid
    error: float


def find_patterned(picture: Picture, patch: Mask, empty: Table, color: str) -> PlacedSolid | None:
    """The solid that explains a patch of foreground best: any shape, size, place, pattern and colour.

    `color` is only where the search begins. None where the patch is empty.
    """
    if not patch.any():
        return None
    seen = np.asarray(picture / np.float32(255), dtype=np.float32)
    patterns = [{"pattern": pattern} for pattern in PATTERNS]
    places = _around(foot_of(patch), REACH, COARSE)
    first = [look for solid in _forms(color) for look in _tried(seen, patch, empty, solid, places, patterns)]
    best = sorted(first, key=lambda look: look.error)[:KEPT]
    refined = [_refine(seen, patch, empty, look.solid) for look in best]
    return min(refined, key=lambda look: look.error, default=None)


def _refine(seen: Floats, patch: Mask, empty: Table, solid: Solid) -> PlacedSolid:
    """The best place near by, then the best pattern and material, then the best colour there."""
    height, width = patch.shape
    near = _around(foot(solid, width, height), 2 * FINE, FINE)
    placed = min(_tried(seen, patch, empty, solid, near, [{}]), key=lambda look: look.error).solid
    looks = [{"pattern": p, "material": m} for p, m in product(PATTERNS, materials_of(solid.shape))]
    here = [foot(placed, width, height)]
    chosen = min(_tried(seen, patch, empty, placed, here, looks), key=lambda look: look.error).solid
    colors = [{"color": color} for color in COLORS]
    return min(_tried(seen, patch, empty, chosen, here, colors), key=lambda look: look.error)


def _forms(color: str) -> Iterator[Solid]:
    for shape, size in product(SHAPES, SIZES):
        for turn in TURNS if shape == "cube" else (0,):
            yield Solid(shape, color, MATERIALS[0], size, turn=turn)


def _around(point: tuple[float, float], reach: int, step: int) -> list[tuple[float, float]]:
    offsets = range(-reach, reach + 1, step)
    return [(point[0] + dx, point[1] + dy) for dx, dy in product(offsets, offsets)]


def _tried(
    seen: Floats,
    patch: Mask,
    empty: Table,
    solid: Solid,
    places: Iterable[tuple[float, float]],
    looks: Sequence[dict[str, str]],
) -> Iterator[PlacedSolid]:
    """The solid at each place (pixels) in each look, where it covers enough of the patch."""
    height, width = patch.shape
    total = int(patch.sum())
    for right, down in places:
        if not HIGHEST * height < down < LOWEST * height:
            continue
        x, y = camera.to_ground(right, down, width, height)
        placed = outline(replace(solid, x=x, y=y), width, height)
        covered = int(patch.ravel()[placed.pixels].sum())
        if covered < LEAST_COVER * total or covered < LEAST_COVER * len(placed.pixels):
            continue
        for look, inside in zip(looks, _errors(seen, placed, empty, looks), strict=True):
            missed = ERROR_CAP * (total - covered)
            error = (inside + missed) / (len(placed.pixels) + total - covered)
            yield PlacedSolid(replace(placed.solid, **look), error)  # type: ignore[arg-type]


def _errors(seen: Floats, placed: Outline, empty: Table, looks: Sequence[dict[str, str]]) -> Iterator[float]:
    """The summed colour error of the outline's pixels, once in each look, in full light."""
    height, width = seen.shape[:2]
    points, surface = surface_of(placed, width, height)
    lit, here = np.ones(len(points), np.float32), seen.reshape(-1, 3)[placed.pixels]
    for look in looks:
        solid = replace(placed.solid, **look)  # type: ignore[arg-type]
        scene = Scene((solid,), empty.ground, empty.light, width, height)
        linear = render.shade(scene, surface, points, lit, render.LIGHTING[empty.light])
        off = np.abs(np.clip(render.tone(linear), 0, 1) - here).max(-1)
        yield float(np.minimum(off, ERROR_CAP).sum())
