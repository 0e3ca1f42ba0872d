"""The drawings of the sticker world: a sheet of sprites, their colours, and each as a sticker of any size."""

import json
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from lumina.files import shipped_files
from lumina.worlds.stickers.nouns import PAINTED

FOLDER = shipped_files() / "assets" / "worlds" / "stickers"
SHEET, NAMES = FOLDER / "sprites.webp", FOLDER / "sprites.json"
OTHER_NAMES = FOLDER / "names.json"  # of the nouns, in other languages
ART = 56  # pixels of a drawing as it is kept
COLUMNS = 32  # of the sheet
STYLES = ("flat", "line art", "cartoon", "retro")
COLORS = {
    "red": (226, 42, 48), "orange": (245, 128, 24), "yellow": (250, 202, 30), "green": (48, 168, 72),
    "blue": (40, 104, 226), "purple": (138, 64, 200), "pink": (246, 120, 178),
}  # fmt: skip
SIZES = {"small": 32, "medium": 48, "large": 64}  # pixels of a sticker's square, in whole codes
_BORDER = {"small": 1.6, "medium": 2.2, "large": 2.8}  # pixels of white around what is drawn
_ART_SHARE = 0.875  # of the square's side
_FALLS = {"small": 1, "medium": 1, "large": 2}  # pixels that the shadow lies lower
SHADOW = 0.28  # how dark the shadow is

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SceneLayer:
    """A sticker to lay over a picture: colour times opacity [h, w, 3] in levels, opacity [h, w], and its
    shape without the shadow [h, w]."""

    color: Floats
    alpha: Floats
    shape: NDArray[np.bool_]


@dataclass(frozen=True)
class Artwork:
    """What a sticker shows; `color` is "" for nouns that have no choice of it."""

    noun: str
    style: str
    color: str = ""


@cache
def styles() -> dict[str, tuple[str, ...]]:
    """The styles in which each noun is drawn, strangers too."""
    return {noun: tuple(entry["styles"]) for noun, entry in _names().items()}


@cache
def keywords() -> dict[str, tuple[str, ...]]:
    """Other words for each noun."""
    return {noun: tuple(entry["keywords"]) for noun, entry in _names().items()}


@cache
def other_names() -> dict[str, list[str]]:
    """What each noun is called in other languages."""
    names: dict[str, list[str]] = json.loads(OTHER_NAMES.read_text(encoding="utf-8"))
    return names


@cache
def _names() -> dict[str, dict[str, list[str]]]:
    names: dict[str, dict[str, list[str]]] = json.loads(NAMES.read_text(encoding="utf-8"))
    return names


def colors_of(noun: str) -> tuple[str, ...]:
    """The colours that it may have; ("",) where there is no choice."""
    return tuple(COLORS) if noun in PAINTED else ("",)


@cache
def drawings() -> tuple[Artwork, ...]:
    """Everything that a sticker may show."""
    return tuple(
        Artwork(noun, style, color)
        for noun, of_noun in styles().items()
        for style in of_noun
        for color in colors_of(noun)
    )


def tile_of(place: int) -> tuple[slice, slice]:
    """Rows and columns of a drawing on the sheet."""
    row, column = divmod(place, COLUMNS)
    return slice(row * ART, (row + 1) * ART), slice(column * ART, (column + 1) * ART)


@cache
def _sheet() -> NDArray[np.uint8]:
    with Image.open(SHEET) as image:
        return np.asarray(image.convert("RGBA"))


@cache
def _places() -> dict[tuple[str, str], int]:
    pairs = [(noun, style) for noun, of_noun in styles().items() for style in of_noun]
    return {pair: place for place, pair in enumerate(pairs)}


@lru_cache(maxsize=2048)
def art(drawing: Artwork) -> NDArray[np.uint8]:
    """A drawing as it is kept, RGBA [ART, ART, 4], in its colour."""
    tile = _sheet()[tile_of(_places()[drawing.noun, drawing.style])]
    if not drawing.color:
        return tile
    return painted(tile, COLORS[drawing.color], is_ink=drawing.style == "line art")


def painted(tile: NDArray[np.uint8], color: tuple[int, int, int], *, is_ink: bool) -> NDArray[np.uint8]:
    """A drawing whose main hue becomes a colour: dark and light parts of it stay darker and lighter."""
    rgb, target = tile[..., :3].astype(np.float32), np.array(color, np.float32)
    seen = tile[..., 3] > 127
    light = rgb @ np.array([0.299, 0.587, 0.114], np.float32)
    if is_ink:
        mixed = np.broadcast_to(target, rgb.shape)
        share = np.ones(light.shape, np.float32)
    else:
        share = _of_main_hue(rgb, seen)
        middle = float(np.median(light[seen & (share > 0.5)])) if (seen & (share > 0.5)).any() else 128.0
        dark = np.clip(light / max(middle, 1.0), 0.35, 1)[..., None]
        pale = np.clip((light - middle) / max(255 - middle, 1.0), 0, 0.8)[..., None]
        mixed = target * dark * (1 - pale) + 255 * pale
    changed = rgb + (mixed - rgb) * share[..., None]
    return np.dstack([np.clip(changed + 0.5, 0, 255).astype(np.uint8), tile[..., 3]])


HUE_BAND = 0.11  # of the circle on either side of the main hue that is painted


def _of_main_hue(rgb: Floats, seen: NDArray[np.bool_]) -> Floats:
    """How far each pixel belongs to the most frequent hue, 0 to 1 [h, w]."""
    high, low = rgb.max(-1), rgb.min(-1)
    chroma = (high - low) / 255
    hue = _hue(rgb, high, low)
    histogram = np.bincount((hue * 36).astype(int).ravel() % 36, (chroma * seen).ravel(), minlength=36)
    smooth = histogram + 0.5 * (np.roll(histogram, 1) + np.roll(histogram, -1))
    main = (int(smooth.argmax()) + 0.5) / 36
    apart = np.abs((hue - main + 0.5) % 1 - 0.5)
    near = np.clip((HUE_BAND - apart) / 0.03 + 0.5, 0, 1)
    return np.asarray(near * np.clip((chroma - 0.08) / 0.12, 0, 1), np.float32)


def _hue(rgb: Floats, high: Floats, low: Floats) -> Floats:
    red, green, blue = np.moveaxis(rgb, -1, 0)
    span = np.maximum(high - low, 1e-6)
    hue = np.where(
        high == red,
        (green - blue) / span % 6,
        np.where(high == green, (blue - red) / span + 2, (red - green) / span + 4),
    )
    return np.asarray(hue / 6 % 1, np.float32)


@lru_cache(maxsize=8192)
def layer(drawing: Artwork, size: str) -> SceneLayer:
    """A drawing as a sticker: cut out with a white border, above a soft shadow."""
    side = SIZES[size]
    inner = round(side * _ART_SHARE)
    image = Image.fromarray(art(drawing)).convert("RGBa")
    small = np.asarray(image.resize((inner, inner), Image.Resampling.LANCZOS), np.float32)
    left = (side - inner) // 2
    top = max(left - 1, 1)
    whole = np.zeros((side, side, 4), np.float32)
    whole[top : top + inner, left : left + inner] = small
    drawn: Floats = (whole[..., 3] / 255).astype(np.float32)
    paper = _grown(drawn, _BORDER[size])
    below = np.zeros_like(paper)
    below[_FALLS[size] :] = ndimage.gaussian_filter(paper, side / 64)[: -_FALLS[size]]
    shadow = below * SHADOW * (1 - paper)
    # the drawing lies on white paper, the paper on its shadow, which is black
    color = whole[..., :3] + 255 * (paper * (1 - drawn))[..., None]
    alpha = paper + shadow
    return SceneLayer(color.astype(np.float32), np.clip(alpha, 0, 1).astype(np.float32), paper > 0.5)


def _grown(alpha: Floats, by: float) -> Floats:
    """Opacity of what lies at most so many pixels from something drawn, or is enclosed by it."""
    apart = ndimage.distance_transform_edt(alpha < 0.5)
    grown = np.maximum(np.clip(by + 0.5 - apart, 0, 1), alpha)
    around = ndimage.label(np.pad(grown <= 0.5, 1, constant_values=True))[0] == 1  # what is found first
    grown[~ndimage.binary_dilation(around, np.ones((3, 3), bool))[1:-1, 1:-1]] = 1
    return np.asarray(grown, np.float32)
