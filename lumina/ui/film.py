"""A film of a picture painting itself: about five seconds of GIF, its prompt below it."""

import textwrap
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, ImageOps

from lumina.images import AI_GENERATED, FILMED

LONGEST = 512  # pixels of the longer side of the picture in it
PAINTED, HELD = 3600, 1400  # milliseconds that painting takes, and that the whole picture is shown
MOST_FRAMES = 48
PAPER, INK, ACCENT = (250, 248, 244), (30, 26, 22), (194, 65, 12)  # of the page (studio.css)
MARGIN, LETTERS = 16, 18  # pixels
LONGEST_TEXT = 300  # characters


def film_of(picture: Image.Image, rows: int, prompt: str) -> bytes:
    """A GIF in which ``rows`` rows of codes are painted one by one; many rows come several at a time."""
    scale = LONGEST / max(picture.size)
    size = (round(picture.width * scale), round(picture.height * scale))
    whole = _captioned(picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), prompt)
    frames = min(rows, MOST_FRAMES)
    bottoms = [size[1] * number // frames for number in range(frames + 1)]
    pages = [_painted(whole, size, bottom) for bottom in bottoms]
    colours = _with_accent(whole).quantize(255, Image.Quantize.MEDIANCUT)
    first, *rest = [page.quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG) for page in pages]
    durations = [PAINTED // frames] * frames + [HELD]
    file = BytesIO()
    made = FILMED + f" ({AI_GENERATED}): {prompt[:LONGEST_TEXT]}".encode()
    first.save(file, "GIF", save_all=True, append_images=rest, duration=durations, loop=0, comment=made)
    return file.getvalue()


def _painted(whole: Image.Image, size: tuple[int, int], bottom: int) -> Image.Image:
    """The film's page with the picture painted down to ``bottom``, and a line there until it is whole."""
    page, (width, height) = whole.copy(), size
    pen = ImageDraw.Draw(page)
    if bottom < height:
        pen.rectangle((0, bottom, width, height - 1), PAPER)
        pen.rectangle((0, bottom, width, bottom + 2), ACCENT)
    return page


def _with_accent(page: Image.Image) -> Image.Image:
    """All colours of the film, that of its line among them."""
    return ImageOps.expand(page, (0, 0, 0, MARGIN), ACCENT)


def _captioned(picture: Image.Image, prompt: str) -> Image.Image:
    """The picture with its prompt below it, in as many lines as that takes."""
    font = ImageFont.load_default(LETTERS)
    across = (picture.width - 2 * MARGIN) // (LETTERS // 2)  # letters of this font are half as wide as high
    text = "\n".join(textwrap.wrap(prompt[:LONGEST_TEXT], max(across, 8)))
    pen = ImageDraw.Draw(picture)
    height = round(pen.multiline_textbbox((0, 0), text, font)[3]) + 2 * MARGIN if text else 0
    page = Image.new("RGB", (picture.width, picture.height + height), PAPER)
    page.paste(picture)
    ImageDraw.Draw(page).multiline_text((MARGIN, picture.height + MARGIN), text, INK, font)
    return page
