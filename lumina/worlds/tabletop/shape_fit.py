"""Which solid, standing where, explains a coloured part of a picture: fitting by drawing and comparing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from lumina.worlds.tabletop import camera, render, shapes
from lumina.worlds.tabletop.masks import Floats, Mask, Picture, Table
from lumina.worlds.tabletop.scenes import (
    COLORS,
    MATERIALS,
    SHAPES,
    SIZES,
    TURNS,
    Scene,
    Solid,
    bounds,
    materials_of,
)

BORDER = 16  # pixels around the frame, so that a solid may be tried partly outside it
REACH = 16  # pixels that one step of the search may move a solid
SCALES = (0.87, 0.93, 1.07, 1.15)
TOO_SMALL = 0.4  # of the patch: no use in moving a solid that covers less
WORTH_REFINING = 0.5  # agreement below which no turn and no scale will do
HIDDEN_PRICE = 0.15  # of a pixel of the solid that would lie under another colour
LEAST_SEEN = 0.25  # share of a solid that must not be hidden
CLOSE = 0.1  # of agreement: shapes this near the best are told apart by their shading
SHADING_WEIGHT = 3.0  # of the colour error against the outline's agreement
ERROR_CAP = 0.25  # of the full range: a pixel cannot count more than this
HIGHEST = 0.12  # of the frame's height: a foot lies below its top …
LOWEST = 1.15  # … or somewhat below its bottom


@dataclass(frozen=True)
class Scaled(Solid):
    """A solid drawn a little too large or too small; an eye does not mind."""

    scale: float = 1.0

    @property
    def radius(self) -> float:
        """Scale of the unit shape in world units."""
        return super().radius * self.scale


@dataclass(frozen=True, eq=False)
class Outline:
    """The pixels a solid alone would cover: their flat indices in the frame, and the rays' reach there."""

    solid: Solid
    pixels: NDArray[np.int64]
    reach: Floats


@dataclass(frozen=True, eq=False)
class Patch:
    """One connected patch of a colour, and what the rest of the frame counts when fitting it; all [h, w]."""

    patch: Mask
    same: Mask  # all pixels of this colour that no solid explains yet
    background: Mask

    @property
    def gain(self) -> Floats:
        """What covering a pixel is worth: +1 in the colour, -1 on the table, little less than 0 elsewhere."""
        value = np.where(self.background, -1.0, -HIDDEN_PRICE).astype(np.float32)
        value[self.same] = 1.0
        return value

    @property
    def foot(self) -> tuple[float, float]:
        """See `foot_of`."""
        return foot_of(self.patch)


def foot_of(patch: Mask) -> tuple[float, float]:
    """Pixel (x, y) where a solid that fills the patch [h, w] would stand, roughly."""
    rows, cols = np.nonzero(patch)
    return float(cols.min() + cols.max()) / 2, float(0.85 * rows.max() + 0.15 * rows.min())


def outline(solid: Solid, width: int, height: int) -> Outline:
    """Cast one ray through each pixel that the solid can cover."""
    left, top, right, bottom = bounds(solid, width, height)
    rows = np.arange(max(int(top) - 1, 0), min(int(bottom) + 2, height))
    cols = np.arange(max(int(left) - 1, 0), min(int(right) + 2, width))
    window = (rows[:, None] * width + cols).ravel()
    origins = camera.origins(width, height, 1).reshape(-1, 3)[window]
    reach = shapes.HIT[solid.shape](*render.into(solid, origins))
    hit = np.isfinite(reach)
    return Outline(solid, window[hit], reach[hit])


@dataclass(frozen=True, eq=False)
class Candidate:
    """A placed solid, how well its outline agrees with the part, and that less what its shading is off."""

    placed: Outline
    agreement: float
    score: float


def candidates(part: Patch, color: str, picture: Picture, empty: Table) -> list[Candidate]:
    """The best placed solid of each shape in this colour, best first."""
    search = _Search(part)
    best = [search.best(shape, color) for shape in SHAPES]
    top = max(agreed for agreed, _ in best)
    found = []
    for agreed, placed in best:
        error = _shading_error(placed, part, picture, empty) if agreed > top - CLOSE else ERROR_CAP
        found.append(Candidate(placed, agreed, agreed - SHADING_WEIGHT * error))
    return sorted(found, key=lambda candidate: -candidate.score)


def _shading_error(placed: Outline, part: Patch, picture: Picture, empty: Table) -> float:
    """Colour error of the better material where no other colour hides the solid."""
    seen = (part.same | part.background).ravel()[placed.pixels]
    uncovered = Outline(placed.solid, placed.pixels[seen], placed.reach[seen])
    variants = [replace(placed.solid, material=material) for material in materials_of(placed.solid.shape)]
    return min(_errors(uncovered, variants, (), picture, empty)) if seen.any() else ERROR_CAP


def agreement(placed: Outline, part: Patch) -> float:
    """Intersection over union of the outline and the patch; what other colours hide is left out."""
    inside = part.same.ravel()[placed.pixels].sum()
    on_table = part.background.ravel()[placed.pixels].sum()
    missed = part.patch.sum() - part.patch.ravel()[placed.pixels].sum()
    return float(inside / max(len(placed.pixels) * LEAST_SEEN, inside + on_table + missed))


class _Search:
    """Moves outlines over a part by cross-correlation with what each pixel is worth."""

    def __init__(self, part: Patch) -> None:
        self.part, self.area = part, int(part.patch.sum())
        self.height, self.width = part.patch.shape
        padded = np.pad(part.gain, BORDER, constant_values=-1.0)
        self.shape = padded.shape
        self.spectrum = fft.rfft2(padded)

    def best(self, shape: str, color: str) -> tuple[float, Outline]:
        """The agreement and the outline of the size, place, turn and scale that agree best."""
        sizes = [self._turned(Solid(shape, color, MATERIALS[0], size)) for size in SIZES]
        best = max(sizes, key=lambda pair: pair[0])
        if best[0] < WORTH_REFINING:
            return best
        solid = best[1].solid
        foot = camera.project(np.array([[solid.x, solid.y, 0]], np.float32), self.width, self.height)[0]
        for scale in SCALES:
            scaled = Scaled(shape, color, MATERIALS[0], solid.size, turn=solid.turn, scale=scale)
            tried, _ = self._climb(scaled, (float(foot[0]), float(foot[1])))
            best = max(best, tried, key=lambda pair: pair[0])
        return best

    def _turned(self, solid: Solid) -> tuple[float, Outline]:
        """The best place; for a cube that fits at all, the best turn among all."""
        first = replace(solid, turn=TURNS[0] if solid.shape == "cube" else 0)
        best, foot = self._climb(first, self.part.foot)
        if solid.shape != "cube" or best[0] < WORTH_REFINING:
            return best
        for turn in TURNS[1:]:
            tried, _ = self._climb(replace(solid, turn=turn), foot)
            best = max(best, tried, key=lambda pair: pair[0])
        return best

    def _climb(
        self, solid: Solid, foot: tuple[float, float]
    ) -> tuple[tuple[float, Outline], tuple[float, float]]:
        """Move the solid to where it gains most, and again from there, until it stays."""
        x, y = foot
        for _ in range(4):
            y = min(max(y, HIGHEST * self.height), LOWEST * self.height)
            x = min(max(x, 0.0), float(self.width))
            ground = camera.to_ground(x, y, self.width, self.height)
            placed = outline(replace(solid, x=ground[0], y=ground[1]), self.width, self.height)
            down, right = self._best_shift(placed)
            if (down, right) == (0, 0) or len(placed.pixels) < TOO_SMALL * self.area:
                break
            x, y = x + right, y + down
        return (agreement(placed, self.part), placed), (x, y)

    def _best_shift(self, placed: Outline) -> tuple[int, int]:
        """(down, right) in pixels that would gain most."""
        rows, cols = np.divmod(placed.pixels, self.width)
        mask = np.zeros(self.shape, dtype=np.float32)
        mask[rows + BORDER, cols + BORDER] = 1
        gains = fft.irfft2(self.spectrum * np.conj(fft.rfft2(mask)), self.shape)
        near = np.roll(gains, (REACH, REACH), (0, 1))[: 2 * REACH + 1, : 2 * REACH + 1]
        near[REACH, REACH] += 0.5  # stay where moving brings nothing
        down, right = np.unravel_index(near.argmax(), near.shape)
        return int(down) - REACH, int(right) - REACH


def best_color(placed: Outline, others: Sequence[Solid], picture: Picture, empty: Table) -> Solid:
    """The solid in the colour and material that the picture shows best, in the shadow of the others."""
    variants = [
        replace(placed.solid, color=color, material=material)
        for color, material in product(COLORS, materials_of(placed.solid.shape))
    ]
    return variants[int(np.argmin(_errors(placed, variants, others, picture, empty)))]


def _errors(
    placed: Outline, variants: Sequence[Solid], others: Sequence[Solid], picture: Picture, empty: Table
) -> list[float]:
    """Colour error of each variant of one solid; they share geometry and shadow."""
    height, width = picture.shape[:2]
    light = render.LIGHTING[empty.light]
    points, surface = surface_of(placed, width, height)
    around = Scene(tuple(others), empty.ground, empty.light, width, height)
    lamp = np.array(light.direction, dtype=np.float32)
    foreign = replace(surface, instance=np.full(len(points), 255, np.uint8))  # the others alone cast shadows
    lit = render.shadows(around, points, foreign, lamp)
    seen = picture.reshape(-1, 3)[placed.pixels].astype(np.float32) / 255
    errors = []
    for variant in variants:
        alone = Scene((variant,), empty.ground, empty.light, width, height)
        shade = np.clip(render.tone(render.shade(alone, surface, points, lit, light)), 0, 1)
        errors.append(float(np.minimum(np.abs(shade - seen).max(-1), ERROR_CAP).mean()))
    return errors


def surface_of(placed: Outline, width: int, height: int) -> tuple[Floats, render.Surface]:
    """The world points [n, 3] that the outline's rays hit, and what is there, in the renderer's terms."""
    solid = placed.solid
    origins = camera.origins(width, height, 1).reshape(-1, 3)[placed.pixels]
    points = origins + placed.reach[:, None] * camera.FORWARD
    local, _ = render.into(solid, points)
    ones = np.ones(len(points), np.uint8)
    return points, render.Surface(placed.reach, render.normals_at(solid, local), ones, local)
