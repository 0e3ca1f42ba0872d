"""Maps made from a photograph by arithmetic alone, on the processor: edges, soft edges, a scribble."""

import numpy as np
from PIL import Image

from lumina.errors import InputError

EXTRACTED = ("canny", "hed", "scribble")
MANY_COLOURS = 40  # of 4096, among the pixels of a small picture; segments and skeletons have fewer
SCRIBBLE_BLUR = 2.5  # pixels: a person draws the large outlines only


def condition_of(image: Image.Image, kind: str) -> Image.Image:
    """The map of an RGB picture, as large as it, white on black.

    Edges and soft edges are those that embedded models are trained with. Raises InputError for a kind
    that takes more than arithmetic.
    """
    check_extracted(kind)
    from scipy import ndimage  # slow to load, and most tasks do without
    from skimage.feature import canny

    from lumina.edges import edge_picture, soft_edge_picture

    pixels = np.asarray(image.convert("RGB"))
    if kind == "scribble":
        lines = canny(np.asarray(image.convert("L"), np.float32) / 255, SCRIBBLE_BLUR, 0.03, 0.08)  # type: ignore[no-untyped-call]
        strokes = ndimage.binary_dilation(lines, np.ones((3, 3), bool))
        return Image.fromarray((strokes * 255).astype(np.uint8)).convert("RGB")
    return Image.fromarray(edge_picture(pixels) if kind == "canny" else soft_edge_picture(pixels))


def is_photograph(image: Image.Image) -> bool:
    """Whether a picture is rather a photograph, or another picture of things, than one of the maps.

    Maps are grey, or flat patches and lines of few colours, or normals, each of which has the length one.
    """
    small = np.asarray(image.convert("RGB").resize((64, 64), Image.Resampling.NEAREST), np.float64)
    chroma = small.max(-1) - small.min(-1)
    if (chroma > 24).mean() < 0.05:  # grey, but for the marks of a JPEG
        return False
    if len(np.unique((small // 16).reshape(-1, 3), axis=0)) < MANY_COLOURS:
        return False
    lengths = np.linalg.norm(small / 127.5 - 1, axis=-1)
    return bool((np.abs(lengths - 1) < 0.12).mean() < 0.6)


def check_extracted(kind: str) -> None:
    """Raise InputError for a kind of map that is not made from a photograph here."""
    if kind not in EXTRACTED:
        raise InputError(
            f"A {kind} map is not made from a photograph here; give the map itself, which the task predict "
            f"draws, or choose one of: {', '.join(EXTRACTED)}."
        )
