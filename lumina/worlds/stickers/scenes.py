"""What a scene of stickers is: drawings of three sizes on a plain ground, on a grid of codes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lumina.worlds.pixels import STEP
from lumina.worlds.stickers.nouns import BARE, NOUNS, PAINTED, STRANGERS, entries
from lumina.worlds.stickers.sprites import COLORS, SIZES, STYLES, Artwork, colors_of, layer, styles

FRAME = (128, 128)
GRID = 2 * STEP  # pixels between the places where a sticker may lie, across and down
PLAIN = ("white", "grey", "pink", "yellow", "green", "blue", "purple", "orange")
BACKDROPS = ("meadow", "night", "table")
GROUNDS = (*PLAIN, *BACKDROPS)
GROUND_CHANCES = (0.13,) + (0.09,) * 7 + (0.08,) * 3
MOST = 4  # stickers in a scene
_SIZE_CHANCES = {  # small, medium, large by how many there are
    1: (0.06, 0.29, 0.65), 2: (0.1, 0.4, 0.5), 3: (0.15, 0.65, 0.2), 4: (0.25, 0.68, 0.07),
}  # fmt: skip
_PAINTED_CHANCE = 3.0  # how much more often such a noun is drawn, which is many drawings
_ONE_STYLE = 0.7  # share of scenes in which all stickers have one style, if all can
_SPREAD = 40.0  # pixels from the middle at which places are drawn e times less often
_ALIKE = 0.85  # share of groups whose stickers are all the same


@dataclass(frozen=True)
class Sticker:
    """A drawing and the square it lies on: size by name, and pixel (x, y) of its upper left corner."""

    noun: str
    style: str
    color: str = ""
    size: str = "medium"
    x: int = 0
    y: int = 0

    @property
    def drawing(self) -> Artwork:
        """What it shows."""
        return Artwork(self.noun, self.style, self.color)

    @property
    def side(self) -> int:
        """Pixels of its square."""
        return SIZES[self.size]

    @property
    def middle(self) -> tuple[float, float]:
        """Pixel (x, y) of its middle."""
        return self.x + self.side / 2, self.y + self.side / 2


@dataclass(frozen=True)
class Scene:
    """Stickers on a ground."""

    stickers: tuple[Sticker, ...]
    ground: str = "white"


@cache
def nouns() -> tuple[str, ...]:
    """What may be asked for in words."""
    return tuple(entries(NOUNS))


@cache
def strangers() -> tuple[Artwork, ...]:
    """Drawings that no training sees, one of each."""
    return tuple(
        Artwork(noun, styles()[noun][_digest(noun) % len(styles()[noun])]) for noun in entries(STRANGERS)
    )


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


@cache
def unseen_styles(noun: str) -> tuple[str, ...]:
    """The styles in which no training shows a noun: of all pairs a tenth, and never all but one of a noun."""
    found = [style for style in styles()[noun] if _digest(f"{noun}/{style}") % 10 == 0]
    return tuple(found[: max(len(styles()[noun]) - 2, 0)])


@cache
def seen_styles(noun: str) -> tuple[str, ...]:
    """The styles in which training shows a noun."""
    return tuple(style for style in styles()[noun] if style not in unseen_styles(noun))


def styles_of(noun: str) -> tuple[str, ...]:
    """Every style in which a noun is drawn; of an unnamed sticker any."""
    return styles().get(noun, STYLES)


def is_seen(sticker: Sticker) -> bool:
    """Whether training may show the drawing."""
    return sticker.noun in nouns() and sticker.style in seen_styles(sticker.noun)


def is_held_out(scene: Scene) -> bool:
    """True for what belongs to evaluation: a twentieth of scenes, by hash, and all with an unseen drawing."""
    return not all(map(is_seen, scene.stickers)) or _digest(repr(scene)) % 20 == 0


def another(options: Sequence[str], but: str, rng: np.random.Generator) -> str:
    """A random option that is not this one."""
    return str(rng.choice([option for option in options if option != but]))


def fits(stickers: Sequence[Sticker]) -> bool:
    """True if all lie inside the frame and no two squares overlap."""
    width, height = FRAME
    inside = all(0 <= s.x <= width - s.side and 0 <= s.y <= height - s.side for s in stickers)
    return inside and not any(_overlap(a, b) for a, b in combinations(stickers, 2))


def _overlap(a: Sticker, b: Sticker) -> bool:
    return a.x < b.x + b.side and b.x < a.x + a.side and a.y < b.y + b.side and b.y < a.y + a.side


def places(size: str) -> list[tuple[int, int]]:
    """Where a sticker of a size may lie, (x, y)."""
    width, height = FRAME
    side = SIZES[size]
    return [(x, y) for y in range(0, height - side + 1, GRID) for x in range(0, width - side + 1, GRID)]


def free_places(sticker: Sticker, others: Sequence[Sticker]) -> list[Sticker]:
    """The sticker at each place beside others, row by row."""
    placed = (replace(sticker, x=x, y=y) for x, y in places(sticker.size))
    return [one for one in placed if not any(_overlap(one, other) for other in others)]


def place(
    stickers: Sequence[Sticker], rng: np.random.Generator, beside: Sequence[Sticker] = ()
) -> tuple[Sticker, ...] | None:
    """Random free places, the largest first, beside others; None where no room was found."""
    placed: dict[int, Sticker] = {}
    for i in sorted(range(len(stickers)), key=lambda i: -stickers[i].side):
        free = free_places(stickers[i], [*beside, *placed.values()])
        if not free:
            return None
        placed[i] = free[int(rng.choice(len(free), p=_chances(free)))]
    return tuple(placed[i] for i in range(len(stickers)))


def _chances(free: Sequence[Sticker]) -> NDArray[np.float64]:
    """How likely each place is: the nearer to the middle, the likelier."""
    apart = np.array([[one.middle[0] - FRAME[0] / 2, one.middle[1] - FRAME[1] / 2] for one in free])
    weights = np.exp(-(apart**2).sum(1) / _SPREAD**2)
    return np.asarray(weights / weights.sum())


def begins(sticker: Sticker) -> tuple[int, int]:
    """(row of codes, pixel across) where drawing row by row comes to what can be seen of it."""
    shape = layer(sticker.drawing, sticker.size).shape
    top = int(shape.any(1).argmax())
    row = (sticker.y + top) // STEP
    rows = shape[max(row * STEP - sticker.y, 0) : (row + 1) * STEP - sticker.y]
    return row, sticker.x + int(rows.any(0).argmax())


def drawing_order(scene: Scene) -> list[Sticker]:
    """The stickers as drawing comes to them: by the row of codes where they begin, then across."""
    return sorted(scene.stickers, key=begins)


def sample_noun(rng: np.random.Generator) -> str:
    """A random noun."""
    chances = np.where(np.isin(nouns(), PAINTED), _PAINTED_CHANCE, 1.0)
    return str(rng.choice(nouns(), p=chances / chances.sum()))


def random_sticker(rng: np.random.Generator, size: str, style: str | None = None, noun: str = "") -> Sticker:
    """An unplaced sticker that training may show, in a style where the noun has it."""
    noun = noun or sample_noun(rng)
    seen = seen_styles(noun)
    chosen = style if style in seen else str(rng.choice(seen))
    return Sticker(noun, chosen, str(rng.choice(colors_of(noun))), size)


def sample_stickers(rng: np.random.Generator) -> tuple[Sticker, ...]:
    """The unplaced stickers of a random scene: one, a pair, a group of equals, or a mixture."""
    kind = rng.choice(["single", "pair", "group", "mixture"], p=[0.25, 0.4, 0.22, 0.13])
    style = str(rng.choice(STYLES)) if rng.random() < _ONE_STYLE else None
    if kind == "single":
        return (random_sticker(rng, sample_size(1, rng), style),)
    if kind == "pair":
        return tuple(random_sticker(rng, sample_size(2, rng), style) for _ in range(2))
    if kind == "group":
        return _group(int(rng.choice([2, 3, 4], p=[0.3, 0.35, 0.35])), rng, style)
    first = _group(2, rng, style, of=3) if rng.random() < 0.5 else ()
    count = int(rng.integers(3, MOST + 1)) - len(first)
    return (*first, *(random_sticker(rng, sample_size(3, rng), style) for _ in range(count)))


def sample_size(count: int, rng: np.random.Generator) -> str:
    """A random size of one of so many."""
    return str(rng.choice(list(SIZES), p=_SIZE_CHANCES[count]))


def _group(count: int, rng: np.random.Generator, style: str | None, of: int = 0) -> tuple[Sticker, ...]:
    """So many of a noun, mostly all the same."""
    size = sample_size(max(count, of), rng)
    first = random_sticker(rng, size, style)
    while first.noun in BARE:
        first = random_sticker(rng, size, style)
    if rng.random() < _ALIKE:
        return (first,) * count
    return (first, *(random_sticker(rng, first.size, style, first.noun) for _ in range(count - 1)))


def sample_scene(rng: np.random.Generator) -> Scene:
    """A random scene of what training may show."""
    while True:
        placed = place(sample_stickers(rng), rng)
        if placed is not None:
            return Scene(placed, sample_ground(rng))


def crowded_scene(rng: np.random.Generator) -> Scene:
    """Stickers of one size side by side, as many as there is room for."""
    size = str(rng.choice(list(SIZES)))
    side = SIZES[size]
    left, top = (int(rng.choice(range(0, length % side + 1, GRID))) for length in FRAME)
    corners = [(x, y) for x, y in places(size) if (x - left) % side == (y - top) % side == 0]
    stickers = (replace(random_sticker(rng, size), x=x, y=y) for x, y in corners)
    return Scene(tuple(stickers), sample_ground(rng))


def sample_ground(rng: np.random.Generator) -> str:
    """A random ground."""
    return str(rng.choice(GROUNDS, p=GROUND_CHANCES))


QUALITIES = {"style": STYLES, "color": ("", *COLORS), "size": tuple(SIZES)}
"""What words say of a sticker beside its noun."""
