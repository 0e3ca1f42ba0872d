"""What in a picture is not the empty table: its ground and light, what stands out, and in which colour."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from einops import rearrange
from numpy.typing import NDArray
from scipy import ndimage, spatial

from lumina.worlds.tabletop import camera, render
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, LIGHTS, MATERIALS, Scene, Solid

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Picture = NDArray[np.uint8]

MISMATCH_CAP = 0.12  # a pixel further off than this is simply not table
STANDS_OUT = 0.075  # of the full range: the least difference of a foreground pixel from any shade of table
SOFT_EDGE = 3  # pixels that an edge may take to fade
EDGE_SHARE = 0.4  # of the difference inside
DARKEST_CONTACT = 0.4  # share of light that reaches the ground at the foot of several solids
SMALLEST_BLOB = 24  # pixels


@dataclass(frozen=True, eq=False)
class Table:
    """An empty table in linear colour [height, width, 3], in the lamp's light and without it."""

    ground: str
    light: str
    lit: Floats
    shaded: Floats


@lru_cache(maxsize=60)
def table(ground: str, light: str, width: int, height: int) -> Table:
    """The empty table on this ground under this light."""
    scene = Scene((), ground, light, width, height)
    origins = rearrange(camera.origins(width, height, 1), "h w xyz -> (h w) xyz")
    surface = render.trace(scene, origins, 1)
    points = origins + surface.reach[:, None] * camera.FORWARD
    lit, shaded = (
        render.shade(scene, surface, points, np.full(len(points), lamp, np.float32), render.LIGHTING[light])
        for lamp in (1, 0)
    )
    shape = (height, width, 3)
    return Table(ground, light, lit.reshape(shape), shaded.reshape(shape))


def linear_of(picture: Picture) -> Floats:
    """Linear colour [h, w, 3] of a picture: the inverse of `render.tone`."""
    linear = (picture.astype(np.float32) / 255) ** np.float32(2.2)
    over = np.maximum(linear - 0.8, 0)
    return np.asarray(np.minimum(linear, 0.8) + over / (1 - 2.5 * over), dtype=np.float32)


def find_table(picture: Picture) -> tuple[Table, float]:
    """The table whose empty picture agrees best, and the mean disagreement (0 to MISMATCH_CAP)."""
    height, width = picture.shape[:2]
    seen = picture.astype(np.float32) / 255
    best: tuple[float, Table] | None = None
    for ground in GROUNDS:
        for light in LIGHTS:
            candidate = table(ground, light, width, height)
            off = np.abs(seen - render.tone(candidate.lit)).max(-1)
            mismatch = float(np.minimum(off, MISMATCH_CAP).mean())
            if best is None or mismatch < best[0]:
                best = (mismatch, candidate)
    assert best is not None
    return best[1], best[0]


def difference(picture: Picture, empty: Table) -> Floats:
    """How far each pixel [h, w] is from the nearest shade of the table, lit, shadowed or in between."""
    seen, linear = picture.astype(np.float32) / 255, linear_of(picture)
    nearest = np.full(picture.shape[:2], np.inf, dtype=np.float32)
    for lamp in (0.0, 0.5, 1.0):
        base = empty.shaded + np.float32(lamp) * (empty.lit - empty.shaded)
        share = (linear * base).sum(-1) / (base * base).sum(-1)
        shade = np.clip(share, DARKEST_CONTACT, 1.04)[..., None] * base
        nearest = np.minimum(nearest, np.abs(seen - render.tone(shade)).max(-1))
    return nearest


def foreground(apart: Floats) -> Mask:
    """Pixels [h, w] whose `difference` no shadow on the table explains, without specks and pinholes.

    Where a soft edge fades into the table, the outline runs at a share of the difference inside it.
    """
    mask = apart > STANDS_OUT
    edge = mask & ndimage.binary_dilation(~mask, iterations=SOFT_EDGE)
    faded = apart < EDGE_SHARE * ndimage.maximum_filter(apart, 2 * SOFT_EDGE + 1)
    return _without_small(~_without_small(~(mask & ~(edge & faded)), 8), SMALLEST_BLOB)


def _without_small(mask: Mask, least: int) -> Mask:
    labels, count = ndimage.label(mask)
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    areas[0] = 0
    return np.asarray((areas >= least)[labels])


def color_classes(picture: Picture, mask: Mask, empty: Table) -> NDArray[np.int8]:
    """For each foreground pixel the most likely colour of the solid there, as an index of COLORS; else -1."""
    classes = np.full(mask.shape, -1, dtype=np.int8)
    if not mask.any():
        return classes
    samples, names = _palette(empty.ground, empty.light)
    nearest = names[samples.query(picture[mask].astype(np.float32) / 255)[1]]
    raw = np.full(mask.shape, -1, dtype=np.int8)
    raw[mask] = nearest
    # neighbours vote, so that a highlight or a fringe takes the colour of what is around it
    votes = np.stack([ndimage.uniform_filter((raw == i).astype(np.float32), 5) for i in range(len(COLORS))])
    classes[mask] = votes.argmax(0)[mask]
    return classes


@lru_cache(maxsize=15)
def _palette(ground: str, light: str) -> tuple[spatial.cKDTree, NDArray[np.int8]]:
    """Picture colours that solids can show here, to be searched by nearness, and the colour index of each."""
    normals = _normals_seen(240)
    points = np.zeros((len(normals), 3), dtype=np.float32)
    colors, names = [], []
    for name, color in enumerate(COLORS):
        for material in MATERIALS:
            scene = Scene((Solid("sphere", color, material, "large"),), ground, light)
            surface = render.Surface(
                np.ones(len(points), np.float32), normals, np.ones(len(points), np.uint8), points
            )
            for lamp in (1, 0):
                shadow = np.full(len(points), lamp, dtype=np.float32)
                linear = render.shade(scene, surface, points, shadow, render.LIGHTING[light])
                colors.append(np.clip(render.tone(linear), 0, 1))
                names.append(np.full(len(points), name, dtype=np.int8))
    return spatial.cKDTree(np.concatenate(colors)), np.concatenate(names)


def _normals_seen(count: int) -> Floats:
    """Unit vectors [≤ count, 3] spread evenly (Fibonacci lattice) over what the camera can see."""
    i = np.arange(count) + 0.5
    z = 1 - 2 * i / count
    angle = np.pi * (1 + 5**0.5) * i
    flat = np.sqrt(1 - z * z)
    normals = np.stack([flat * np.cos(angle), flat * np.sin(angle), z], axis=-1).astype(np.float32)
    return np.ascontiguousarray(normals[normals @ camera.FORWARD < 0])
