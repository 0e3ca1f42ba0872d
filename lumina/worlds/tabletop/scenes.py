"""What a tabletop scene is: solids of known shape, colour, material and size on a ground under a light."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, product

import numpy as np

from lumina.worlds.pixels import STEP
from lumina.worlds.tabletop import camera, shapes

SHAPES = ("sphere", "cube", "cylinder", "cone")
COLORS = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink")
MATERIALS = ("matte", "metal")
SIZES = ("small", "large")
QUALITIES = {
    "shape": SHAPES,
    "color": COLORS,
    "size": SIZES,
    "material": MATERIALS,
}  # what words say of a solid
GROUNDS = ("white", "grey", "brown", "blue")
LIGHTS = ("daylight", "sunset", "night")
LIGHT_CHANCES = (0.7, 0.15, 0.15)
PATTERNS = ("plain", "striped", "dotted", "checkered")
FRAMES = ((128, 128), (160, 96), (96, 160))
RADIUS = {"small": 0.42, "large": 0.64}  # world units
TURNS: tuple[int, ...] = (25,)  # degrees about the vertical axis that a cube may be turned
GRID = 2 * STEP  # pixels between the places where a solid may stand, across and down

MARGIN = 2.0  # pixels between a solid and the frame
MAX_OVERLAP = 0.1  # of the smaller of two bounding boxes


@dataclass(frozen=True)
class Solid:
    """One object standing on the ground at (x, y) world units, turned by `turn` degrees."""

    shape: str
    color: str
    material: str
    size: str
    x: float = 0.0
    y: float = 0.0
    turn: int = 0
    pattern: str = "plain"

    @property
    def radius(self) -> float:
        """Scale of the unit shape in world units."""
        return RADIUS[self.size]

    @property
    def height(self) -> float:
        """Height above the ground in world units."""
        return EXTENT[self.shape][1] * self.radius


@dataclass(frozen=True)
class Scene:
    """Solids, ground and light, and the frame in pixels they are seen in."""

    solids: tuple[Solid, ...]
    ground: str = "white"
    light: str = "daylight"
    width: int = 128
    height: int = 128


def materials_of(shape: str) -> tuple[str, ...]:
    """What a solid of this shape may be of: a sphere of metal has a highlight, other shapes hardly differ."""
    return MATERIALS if shape == "sphere" else MATERIALS[:1]


def another(options: Sequence[str], but: str, rng: np.random.Generator) -> str:
    """A random option that is not this one."""
    return str(rng.choice([option for option in options if option != but]))


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def is_held_out(scene: Scene) -> bool:
    """True for the twentieth of scenes, chosen by hash, that belongs to evaluation."""
    return _digest(repr(scene)) % 20 == 0


# half width and height of each unit shape; a shape's box is an upper bound of what it covers
EXTENT = {
    "sphere": (shapes.SPHERE_RADIUS, 2 * shapes.SPHERE_RADIUS),
    "cube": (shapes.CUBE_HALF * 2**0.5, 2 * shapes.CUBE_HALF),
    "cylinder": (shapes.CYLINDER_RADIUS, shapes.CYLINDER_HEIGHT),
    "cone": (shapes.CONE_RADIUS, shapes.CONE_HEIGHT),
}


@lru_cache(maxsize=1 << 16)
def bounds(solid: Solid, width: int, height: int) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) in pixels of the box that encloses the solid's image."""
    corners = np.array(list(product((-1, 1), (-1, 1), (0, 1))), dtype=np.float32)
    wide, tall = EXTENT[solid.shape]
    corners = corners * np.array([wide, wide, tall], dtype=np.float32) * solid.radius
    pixels = camera.project(corners + np.array([solid.x, solid.y, 0], dtype=np.float32), width, height)
    left, top = pixels.min(0)
    right, bottom = pixels.max(0)
    return float(left), float(top), float(right), float(bottom)


def rise(solid: Solid) -> float:
    """Pixels from the point where a solid stands up to its top as it is seen."""
    wide, tall = (extent * solid.radius for extent in EXTENT[solid.shape])
    if solid.shape == "sphere":
        seen = tall / 2 * camera.COSINE + tall / 2
    elif solid.shape == "cone":
        seen = tall * camera.COSINE
    else:
        seen = tall * camera.COSINE + wide * camera.SINE
    return float(seen * camera.SCALE)


def _overlap(a: tuple[float, ...], b: tuple[float, ...], gap: float = 0.0) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0]) + gap
    height = min(a[3], b[3]) - max(a[1], b[1]) + gap
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / min(areas)


def fits(solids: Sequence[Solid], width: int, height: int) -> bool:
    """True if all solids lie inside the frame, stand apart and hide little of each other."""
    boxes = [bounds(s, width, height) for s in solids]
    inside = all(
        box[0] >= MARGIN and box[1] >= MARGIN and box[2] <= width - MARGIN and box[3] <= height - MARGIN
        for box in boxes
    )
    return inside and all(
        _apart(solids[i], solids[j], boxes[i], boxes[j]) for i, j in combinations(range(len(solids)), 2)
    )


def _apart(a: Solid, b: Solid, box_a: tuple[float, ...], box_b: tuple[float, ...]) -> bool:
    clear = (a.x - b.x) ** 2 + (a.y - b.y) ** 2 > (a.radius + b.radius) ** 2 * 0.9
    if a.color == b.color:  # one colour must never run from one solid into the next
        return clear and _overlap(box_a, box_b, gap=3.0) == 0
    return clear and _overlap(box_a, box_b) <= MAX_OVERLAP


def place(
    solids: Sequence[Solid], width: int, height: int, rng: np.random.Generator, beside: Sequence[Solid] = ()
) -> tuple[Solid, ...] | None:
    """Random free places for the solids, one after the other, beside others; None where no room was found.

    Places lie on a grid of `GRID` pixels, so that a solid looks alike, code for code, wherever it stands.
    """
    placed: list[Solid] = []
    for solid in solids:
        candidate = place_beside([*beside, *placed], solid, width, height, rng)
        if candidate is None:
            return None
        placed.append(candidate)
    return tuple(placed)


def place_beside(
    others: Sequence[Solid], solid: Solid, width: int, height: int, rng: np.random.Generator
) -> Solid | None:
    """The solid at a random free place of the grid beside the others; None where no room was found."""
    for _ in range(60):
        right, down = GRID * int(rng.integers(width // GRID)), GRID * int(rng.integers(height // GRID))
        turn = int(rng.choice(TURNS)) if solid.shape == "cube" else 0
        candidate = replace(standing(solid, right, down, width, height), turn=turn)
        if fits([*others, candidate], width, height):
            return candidate
    return None


@lru_cache(maxsize=1 << 16)
def standing(solid: Solid, right: float, down: float, width: int, height: int) -> Solid:
    """The solid with its foot at a pixel position."""
    x, y = camera.to_ground(right, down, width, height)
    return replace(solid, x=round(x, 3), y=round(y, 3))


def sample_solids(rng: np.random.Generator, *, patterns: bool = False) -> tuple[Solid, ...]:
    """The unplaced solids of a random scene: one, a pair, a group of equals, or a mixture."""
    kind = rng.choice(["single", "pair", "group", "mixture"], p=[0.2, 0.37, 0.28, 0.15])
    if kind == "single":
        return (_random_solid(rng, patterns),)
    if kind == "pair":
        return (_random_solid(rng, patterns), _random_solid(rng, patterns))
    first = _random_solid(rng, patterns)
    if kind == "group":
        count = int(rng.choice([2, 3, 4], p=[0.3, 0.35, 0.35]))
        if count > 2 and rng.random() < 0.75:  # many large ones seldom find room
            first = replace(first, size="small")
        return _group(first, count, rng)
    pair = _group(first, 2, rng) if rng.random() < 0.6 else (first, _random_solid(rng, patterns))
    rest = _group(_random_solid(rng, patterns), int(rng.integers(1, 3)), rng)
    return pair + rest


def _group(first: Solid, count: int, rng: np.random.Generator) -> tuple[Solid, ...]:
    """`count` solids alike; now and then only the shape is shared."""
    if rng.random() < 0.8:
        return (first,) * count
    others = [_random_solid(rng, False, shape=first.shape) for _ in range(count - 1)]
    return (first, *others)


def _random_solid(rng: np.random.Generator, patterns: bool, shape: str | None = None) -> Solid:
    shape = shape or str(rng.choice(SHAPES))
    return Solid(
        shape=shape,
        color=str(rng.choice(COLORS)),
        material=materials_of(shape)[-1] if rng.random() < 0.3 else "matte",
        size="large" if rng.random() < 0.65 else "small",
        pattern=str(rng.choice(PATTERNS)) if patterns and rng.random() < 0.5 else "plain",
    )


def sample_scene(
    rng: np.random.Generator,
    frame: tuple[int, int] | None = None,
    *,
    patterns: bool = False,
) -> Scene:
    """A random scene that fits its frame (width, height in pixels)."""
    width, height = frame or FRAMES[int(rng.choice(3, p=[0.7, 0.15, 0.15]))]
    while True:
        solids = place(sample_solids(rng, patterns=patterns), width, height, rng)
        if solids is not None:
            light = LIGHTS[int(rng.choice(3, p=LIGHT_CHANCES))]
            return Scene(solids, str(rng.choice(GROUNDS)), light, width, height)
