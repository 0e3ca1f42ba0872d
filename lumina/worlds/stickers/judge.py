"""What a picture shows: analysis by synthesis over all that a sticker may be, and what is left over."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lumina.worlds.pixels import STEP, Pixels
from lumina.worlds.stickers.captions import Claim, Thing, is_true, relation_of, text_of
from lumina.worlds.stickers.render import ground_picture, render
from lumina.worlds.stickers.scenes import FRAME, GROUNDS, MOST, Scene, Sticker
from lumina.worlds.stickers.sprites import SIZES, Artwork, drawings, layer

Floats = NDArray[np.float32]

COARSE = 4  # pixels, across and down, that the first comparison takes for one
STRICT = 2.0  # how much more an unexplained error counts than what a sticker explains
LEAST_GAIN = 5000.0  # squared levels over coarse pixels that a sticker has to explain
LOOKED_AT = 12  # of those that look alike when coarse, compared in full
MOST_OFF = 58.0  # levels of 255 that the pixels of a sticker may be off, root mean square
FRINGE = 3  # pixels around a sticker that belong to it
LEFT_OVER = 44.0  # levels, averaged over 3×3 pixels, from which on a pixel elsewhere is unexplained
MOST_LEFT = 60  # such pixels that may lie together
MOST_LEFT_IN_ALL = 200


@dataclass(frozen=True)
class Reading:
    """The scene that explains a picture best, what is wrong with the picture, and its mean error, 0 to 1."""

    scene: Scene
    problems: tuple[str, ...]
    error: float


@cache
def _gallery(size: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What a product with a window has to know of each drawing as a sticker of a size, [features, drawings],
    and the sum of its squared colours [drawings]."""
    features, squares = [], []
    for drawing in drawings():
        part = layer(drawing, size)
        alpha, color = _coarse(part.alpha[..., None])[..., 0], _coarse(part.color)
        rows = (alpha**2, alpha, color, color * alpha[..., None])
        features.append(np.concatenate([row.ravel() for row in rows]))
        squares.append(float((color**2).sum()))
    return np.stack(features, axis=1).astype(np.float32), np.array(squares, np.float32)


def _coarse(pixels: Floats) -> Floats:
    """Means over squares of COARSE pixels."""
    height, width, channels = pixels.shape
    blocks = pixels.reshape(height // COARSE, COARSE, width // COARSE, COARSE, channels)
    return np.asarray(blocks.mean((1, 3)), np.float32)


def read(picture: Pixels) -> Reading:
    """Find the scene that a picture [h, w, 3] shows."""
    if picture.shape[:2] != FRAME[::-1]:
        return Reading(Scene(()), ("it has another size than this world's pictures",), 1.0)
    pixels = picture.astype(np.float32)
    ground = _ground_of(pixels)
    found = _stickers_of(pixels, ground_picture(ground).astype(np.float32))
    scene = Scene(tuple(found), ground)
    return Reading(scene, *_problems(pixels, scene))


def _ground_of(pixels: Floats) -> str:
    """The ground that most pixels have."""
    near = [(np.abs(pixels - ground_picture(ground)).max(-1) < 22).sum() for ground in GROUNDS]
    return GROUNDS[int(np.argmax(near))]


def _stickers_of(pixels: Floats, ground: Floats) -> list[Sticker]:
    """One sticker after the other, the one that explains most first, until none explains anything."""
    scores = {size: _scores(_coarse(pixels), _coarse(ground), size) for size in SIZES}
    found: list[Sticker] = []
    while len(found) <= MOST:
        free = {
            size: np.where(_is_free(size, found)[:, None], table, -np.inf) for size, table in scores.items()
        }
        size = max(free, key=lambda size: float(free[size].max()))
        if free[size].max() < LEAST_GAIN:
            break
        place, _ = np.unravel_index(int(free[size].argmax()), free[size].shape)
        x, y = _places(size)[int(place)]
        likely = np.argsort(-free[size][int(place)])[:LOOKED_AT]
        found.append(_best(pixels, ground, [drawings()[i] for i in likely], size, x, y))
    return found


def _places(size: str) -> list[tuple[int, int]]:
    """Where drawn stickers are looked for: at every code, (x, y)."""
    width, height = (side - SIZES[size] + 1 for side in FRAME)
    return [(x, y) for y in range(0, height, STEP) for x in range(0, width, STEP)]


def _is_free(size: str, found: list[Sticker]) -> NDArray[np.bool_]:
    """Which places [places] are of no sticker that was found already; a code of overlap is none."""
    side, free = SIZES[size] - STEP, np.ones(len(_places(size)), bool)
    for i, (x, y) in enumerate(_places(size)):
        free[i] = not any(
            x < s.x + s.side - STEP // 2
            and s.x < x + side + STEP // 2
            and y < s.y + s.side - STEP // 2
            and s.y < y + side + STEP // 2
            for s in found
        )
    return free


def _scores(pixels: Floats, ground: Floats, size: str) -> Floats:
    """How much each drawing explains at each place [places, drawings], in squared levels over coarse pixels.

    With d the picture less the ground, g the ground, c and a a sticker's colour and opacity, its error is
    |d + g a - c|², and what it explains |d|² less that.
    """
    features, squares = _gallery(size)
    windows, base = [], []
    for x, y in _places(size):
        part = np.s_[y // COARSE : (y + SIZES[size]) // COARSE, x // COARSE : (x + SIZES[size]) // COARSE]
        below = ground[part]
        off = pixels[part] - below
        rows = ((below**2).sum(-1), 2 * (off * below).sum(-1), -2 * off, -2 * below)
        windows.append(np.concatenate([row.ravel() for row in rows]))
        base.append(float((off**2).sum()))
    explained = np.array(base, np.float32)[:, None]
    error = explained + np.stack(windows).astype(np.float32) @ features + squares
    return np.asarray(explained - (1 + STRICT) * np.maximum(error, 0), np.float32)


def _best(pixels: Floats, ground: Floats, likely: list[Artwork], size: str, x: int, y: int) -> Sticker:
    """The drawing with the smallest error, pixel for pixel."""
    part = np.s_[y : y + SIZES[size], x : x + SIZES[size]]

    def error(drawing: Artwork) -> float:
        over = layer(drawing, size)
        made = ground[part] * (1 - over.alpha[..., None]) + over.color
        return float(((pixels[part] - made) ** 2).sum())

    best = min(likely, key=error)
    return Sticker(best.noun, best.style, best.color, size, x, y)


def _problems(pixels: Floats, scene: Scene) -> tuple[tuple[str, ...], float]:
    """What the scene does not explain, in words, and the mean error of all pixels."""
    made = render(scene)
    off = np.abs(pixels - made.picture).mean(-1)
    problems = [
        f"the {sticker.noun} is not clear"
        for number, sticker in enumerate(scene.stickers, start=1)
        if np.sqrt(((pixels - made.picture)[made.instances == number] ** 2).mean()) > MOST_OFF
    ]
    if len(scene.stickers) > MOST:
        problems.append("there are more than four stickers")
    elsewhere = ~ndimage.binary_dilation(made.instances > 0, iterations=FRINGE)
    left = (ndimage.uniform_filter(np.abs(pixels - made.picture).max(-1), 3) > LEFT_OVER) & elsewhere
    labels, _ = ndimage.label(left)
    sizes = np.bincount(labels.ravel())[1:]
    if sizes.max(initial=0) > MOST_LEFT or sizes.sum() > MOST_LEFT_IN_ALL:
        problems.append("something is left over that is no sticker")
    return tuple(problems), float(off.mean() / 255)


def judge(reading: Reading, claim: Claim) -> tuple[bool, tuple[str, ...]]:
    """Whether what was read is sound and what a claim says; and if not, why not."""
    reasons = reading.problems
    if not is_true(claim, reading.scene):
        reasons = (f"it shows {words(reading.scene)}", *reasons)
    return not reasons, reasons


def obeys(picture: Pixels, claim: Claim) -> tuple[bool, tuple[str, ...]]:
    """As `judge`, of a picture."""
    return judge(read(picture), claim)


def words(scene: Scene) -> str:
    """Everything there is to say about a scene."""
    return text_of(full_claim(scene)) if scene.stickers else "nothing"


def full_claim(scene: Scene) -> Claim:
    """Everything there is to say about a scene, as a claim."""
    each = [Thing(1, s.noun, s.style, s.color or None, s.size) for s in scene.stickers]
    counts = {thing: each.count(thing) for thing in each}
    things = tuple(Thing(n, t.noun, t.style, t.color, t.size) for t, n in counts.items())
    relation = relation_of(*scene.stickers) if len(scene.stickers) == 2 == len(things) else None
    return Claim(things, relation, scene.ground)
