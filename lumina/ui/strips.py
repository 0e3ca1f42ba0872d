"""Pixels of a picture in the making on their way to the page."""

import base64
import io

from PIL import Image

from lumina.runtime.events import Pixels

QUALITY = 40  # of what the finished picture replaces


def webp_of(pixels: Pixels) -> str:
    """Pixels [h, w, 3] as a WebP in base64; nothing of none."""
    file = io.BytesIO()
    if len(pixels):
        Image.fromarray(pixels).save(file, "WEBP", quality=QUALITY)
    return base64.b64encode(file.getvalue()).decode()


def panel_of(pixels: Pixels, bottom: int, height: int) -> tuple[Pixels, int]:
    """Of pixels that end at row ``bottom`` of a panel, those within its ``height``, and where these end."""
    first, lower = bottom - len(pixels), min(bottom, height)
    upper = max(first, 0)
    return pixels[upper - first : max(lower, upper) - first], lower
