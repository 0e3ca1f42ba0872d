"""Pictures as cameras, scanners and printers write them: turned, with profiles, of many bits, in motion."""

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

CASES = Path(__file__).parent / "cases"
SIZE = (48, 32)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The file of an image."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def display_p3() -> bytes:
    """The profile of a telephone's camera."""
    with Image.open(CASES / "p3.png") as image:
        return bytes(image.info["icc_profile"])


def cmyk_profile() -> bytes:
    """A profile of ink: grey by black ink alone, from L* 90 to 10, whatever the other inks are."""
    head = struct.pack(">4sIBBBB9i", b"mft1", 0, 4, 3, 2, 0, *[65536 * (i % 4 == 0) for i in range(9)])
    straight = bytes(range(256))
    corners = b"".join(bytes([230 if at % 2 == 0 else 26, 128, 128]) for at in range(16))  # black is last
    table = head + straight * 4 + corners + straight * 3
    table += b"\0" * (-len(table) % 4)
    start = 128 + 4 + 12
    header = struct.pack(
        ">I4sI4s4s4s12x4s", start + len(table), b"none", 0x02100000, b"prtr", b"CMYK", b"Lab ", b"acsp"
    )
    header += b"\0" * 28 + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + struct.pack(">I4sII", 1, b"A2B0", start, len(table)) + table


def gradient(mode: str = "RGB") -> Image.Image:
    """A picture whose quarters are all different."""
    values = np.linspace(0, 255, SIZE[0] * SIZE[1] * 3).reshape(SIZE[1], SIZE[0], 3).astype(np.uint8)
    return Image.fromarray(values).convert(mode)


def _turned(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(gradient(), kind, exif=exif, icc_profile=display_p3())


def _palette() -> Image.Image:
    image = gradient().quantize(8)
    image.info["transparency"] = 0
    return image


def _moving(kind: str) -> bytes:
    frames = [
        Image.new("RGBA", SIZE, colour) for colour in ((250, 20, 10, 255), (0, 0, 255, 255), (0, 0, 0, 0))
    ]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=40)


def _deep(mode: str = "I;16") -> Image.Image:
    return Image.fromarray(np.linspace(0, 65535, SIZE[0] * SIZE[1]).reshape(SIZE[::-1]).astype(np.uint16))


PICTURES = {
    "turned.jpg": _turned("JPEG"),
    "turned.png": _turned("PNG"),
    "turned.webp": _turned("WEBP"),
    "ink.jpg": saved(Image.new("CMYK", SIZE, (0, 200, 0, 100)), "JPEG"),
    "ink-with-profile.jpg": saved(
        Image.new("CMYK", SIZE, (0, 200, 0, 100)), "JPEG", icc_profile=cmyk_profile()
    ),
    "deep.png": saved(_deep(), "PNG"),
    "palette.png": saved(_palette(), "PNG"),
    "palette.gif": saved(_palette(), "GIF"),
    "moving.gif": _moving("GIF"),
    "moving.webp": _moving("WEBP"),
    "moving.png": _moving("PNG"),
    "bits.bmp": saved(gradient("1"), "BMP"),
    "grey-with-alpha.png": saved(gradient("LA"), "PNG"),
}
