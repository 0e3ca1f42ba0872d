"""Opening hostile and unusual pictures, and PNG files that carry a recipe."""

import io
import os
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lumina import images
from lumina.errors import InvalidImage
from lumina.images import (
    AI_GENERATED,
    CAPTION,
    contact_sheet,
    cover,
    open_image,
    pixels_in,
    png_bytes,
    read_recipe,
    usable,
    write_png,
)

ROUNDS = int(os.environ.get("LUMINA_ROUNDS", "1"))
RECIPE = '{"lumina": 1, "nodes": {}, "title": "Zürich 🌄"}'


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format=form, **options)
    return file.getvalue()


def gradient(mode: str = "RGB", size: tuple[int, int] = (8, 6)) -> Image.Image:
    values = np.linspace(0, 255, size[0] * size[1] * 3).reshape(size[1], size[0], 3).astype(np.uint8)
    return Image.fromarray(values).convert(mode)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes) -> bytes:
    whole = png_bytes(gradient())
    header, rest = whole[:33], whole[33:]  # signature and IHDR
    return header + b"".join(chunks) + rest


def empty_png(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF", "BMP", "JPEG"])
def test_every_common_format_opens_as_rgb(form: str) -> None:
    opened = open_image(encoded(gradient(), form))
    assert (opened.mode, opened.size) == ("RGB", (8, 6))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    if mode == "I;16":
        source = Image.fromarray((np.arange(48, dtype=np.uint16) * 1365).reshape(6, 8))
    else:
        source = gradient(mode)
    opened = open_image(encoded(source, "JPEG" if mode == "CMYK" else "PNG"))
    assert (opened.mode, opened.size) == ("RGB", (8, 6))


def test_sixteen_bits_keep_their_brightness() -> None:
    source = Image.fromarray(np.array([[0, 32768, 65535]], dtype=np.uint16))
    assert [opened[0] for opened in open_image(encoded(source)).get_flattened_data()] == [0, 128, 255]


def test_transparency_lies_on_white() -> None:
    assert open_image(encoded(Image.new("RGBA", (2, 2), (255, 0, 0, 0)))).getpixel((0, 0)) == (255, 255, 255)
    palette = Image.new("P", (2, 2), 0)
    palette.putpalette([10, 20, 30])
    assert open_image(encoded(palette, transparency=0)).getpixel((0, 0)) == (255, 255, 255)


def test_orientation_is_applied_and_metadata_removed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter to the right
    exif[0x010F] = "camera of a private person"
    opened = open_image(encoded(gradient(), "JPEG", exif=exif, comment=b"secret"))
    assert opened.size == (6, 8)
    assert not opened.info and not dict(opened.getexif())


def test_a_screenshot_of_windows_is_not_taken_for_a_transparent_picture() -> None:
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"BGRs" + bytes(48)
    rows = struct.pack("BBBB", 40, 30, 200, 0) * 32 * 32
    head = struct.pack("<IiiHHIIiiII", 108, 32, 32, 1, 32, 3, len(rows), 0, 0, 0, 0) + masks
    data = b"BM" + struct.pack("<IHHI", 14 + len(head) + len(rows), 0, 0, 14 + len(head)) + head + rows
    assert open_image(data).getpixel((5, 5)) == (200, 30, 40)


def test_only_the_first_frame_of_an_animation_counts() -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert open_image(data).getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_animations_give_their_first_frame(form: str) -> None:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:])
    red, green, blue = open_image(data).getpixel((8, 8))  # type: ignore[misc]
    assert red > 240 and green < 15 and blue < 15


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_orientation_counts_and_metadata_does_not_in_every_format(form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (1.0, 2.0, 3.0)}  # where it was taken
    for keep_alpha in (False, True):
        opened = open_image(encoded(gradient(), form, exif=exif), keep_alpha=keep_alpha)
        assert opened.size == (6, 8) and not opened.info and not dict(opened.getexif())


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("RGBA", "WEBP"),
        ("L", "JPEG"),
        ("L", "WEBP"),
        ("P", "GIF"),
        ("CMYK", "JPEG"),
        ("1", "PNG"),
        ("P", "PNG"),
    ],
)
def test_every_mode_of_every_format_opens(mode: str, form: str) -> None:
    assert open_image(encoded(gradient(mode, (32, 24)), form)).mode == "RGB"


def test_transparency_can_be_kept() -> None:
    clear = encoded(Image.new("RGBA", (2, 2), (255, 0, 0, 0)))
    assert open_image(clear, keep_alpha=True).getpixel((0, 0)) == (255, 0, 0, 0)
    assert open_image(encoded(gradient("RGBA")), keep_alpha=True).mode == "RGB"
    palette = Image.new("P", (2, 2), 0)
    palette.putpalette([10, 20, 30])
    assert open_image(encoded(palette, transparency=0), keep_alpha=True).getpixel((0, 0)) == (10, 20, 30, 0)


@pytest.mark.parametrize("size", [(1, 1), (20_000, 3), (3, 20_000), (15, 100), (170, 16), (1, 20_000_000)])
def test_pictures_too_small_or_narrow_to_work_with_are_refused_in_a_sentence(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidImage, match=f"has {size[0]}x{size[1]} pixels; use one whose sides") as caught:
        usable(Image.new("1", size))
    assert str(caught.value).endswith(".") and len(str(caught.value)) < 200


def test_usable_pictures_become_plain() -> None:
    noted = gradient("L", (160, 16))
    noted.info["comment"] = "secret"
    assert usable(noted).mode == "RGB" and not usable(noted).info


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (64, 64), (17, 150), (1000, 130)])
def test_covering_keeps_the_middle(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2 - 4, size[1] // 2 - 4, size[0] // 2 + 4, size[1] // 2 + 4))
    panel = cover(picture, 64, 64)
    assert panel.size == (64, 64) and panel.getpixel((32, 32))[2] > panel.getpixel((32, 32))[0]  # type: ignore[index]


def test_content_counts_and_not_the_file_name(tmp_path: Path) -> None:
    honest = tmp_path / "really_a_jpeg.png"
    honest.write_bytes(encoded(gradient(), "JPEG"))
    assert open_image(honest).size == (8, 6)
    (tmp_path / "words.png").write_text("these are words")
    with pytest.raises(InvalidImage, match="not a picture"):
        open_image(tmp_path / "words.png")


@pytest.mark.parametrize("form", ["TIFF", "ICO", "PPM"])
def test_rare_formats_are_refused(form: str) -> None:
    with pytest.raises(InvalidImage, match="save it as JPEG or PNG"):
        open_image(encoded(gradient().resize((64, 48)), form))  # an icon smaller than 16 pixels is empty


@pytest.mark.parametrize("size", [(5001, 5000), (60_000, 60_000), (1, 2_000_000_000)])
def test_too_many_pixels_are_refused_before_decoding(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidImage, match="at most 25 million"):
        open_image(empty_png(*size))


def test_too_many_bytes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(b"\0" * (images.MAX_BYTES + 1))
    with pytest.raises(InvalidImage, match="too large"):
        open_image(tmp_path / "large.png")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_truncated_picture_is_refused(form: str) -> None:
    data = encoded(gradient(size=(64, 64)), form)
    with pytest.raises(InvalidImage):
        open_image(data[: len(data) // 2])


def test_a_missing_file_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidImage, match="cannot be opened"):
        open_image(tmp_path / "gone.png")
    with pytest.raises(InvalidImage, match="This file is empty"):
        open_image(b"")


@pytest.mark.parametrize(
    "note",
    [(b"zTXt", b"Comment\0\0"), (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0"), (b"iCCP", b"A scanner\0\0")],
)
@pytest.mark.parametrize("size", [2_000_000, 50_000_000])
def test_a_large_text_or_profile_keeps_no_picture_from_opening(note: tuple[bytes, bytes], size: int) -> None:
    """Other programs show it, too; it is never unpacked whole."""
    kind, head = note
    data = png_with(chunk(kind, head + zlib.compress(b"\0" * size)))
    assert open_image(data).tobytes() == open_image(png_with(b"")).tobytes()
    assert pixels_in(data) > 0


def test_thousands_of_text_bombs_are_refused() -> None:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 2_000_000))
    with pytest.raises(InvalidImage):
        open_image(png_with(bomb * 2000))


@settings(max_examples=150 * ROUNDS)
@given(
    form=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP"]),
    changes=st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_changed_bytes_open_or_are_refused(form: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(encoded(gradient(size=(16, 16)), form))
    for place, value in changes:
        data[place % len(data)] = value
    try:
        assert open_image(bytes(data)).mode == "RGB"
    except InvalidImage as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize("recipe", [RECIPE, "x" * images.MAX_RECIPE_BYTES])
def test_a_png_carries_its_recipe_and_the_mark(tmp_path: Path, recipe: str) -> None:
    path = write_png(tmp_path / "new" / "picture.png", gradient(), recipe)
    assert read_recipe(path) == recipe
    with Image.open(path) as image:
        image.load()
        assert image.text["lumina-workflow"] == recipe
        description = ElementTree.fromstring(image.text["XML:com.adobe.xmp"])[0][0]
    assert AI_GENERATED in description.attrib.values()
    assert sorted(file.name for file in path.parent.iterdir()) == ["picture.png"]


def test_the_mark_stays_without_a_recipe() -> None:
    data = png_bytes(gradient())
    assert read_recipe(data) is None
    assert AI_GENERATED.encode() in data


def test_writing_twice_gives_the_same_bytes() -> None:
    assert png_bytes(gradient(), RECIPE) == png_bytes(gradient(), RECIPE)


def test_a_compressed_recipe_is_read() -> None:
    body = b"lumina-workflow\0\1\0en\0Rezept\0" + zlib.compress(RECIPE.encode())
    assert read_recipe(png_with(chunk(b"iTXt", body))) == RECIPE


def test_other_pictures_carry_no_recipe() -> None:
    assert read_recipe(encoded(gradient(), "JPEG")) is None
    assert read_recipe(b"\x89PNG\r\n\x1a\n\0\0") is None


@pytest.mark.parametrize(
    "body",
    [
        b"lumina-workflow\0\1\0\0\0" + zlib.compress(b"{" * 50_000_000),
        b"lumina-workflow\0\0\0\0\0" + b"x" * (images.MAX_RECIPE_BYTES + 1),
        b"lumina-workflow\0\0\0\0\0\xff\xfe",
        b"lumina-workflow\0\1\0\0\0not compressed",
        b"lumina-workflow\0",
    ],
    ids=["bomb", "long", "not text", "not zlib", "cut"],
)
def test_a_bad_recipe_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidImage, match="recipe"):
        read_recipe(png_with(chunk(b"iTXt", body)))


def test_a_recipe_with_a_wrong_checksum_is_refused() -> None:
    broken = chunk(b"iTXt", b"lumina-workflow\0\0\0\0\0{}")[:-1] + b"\0"
    with pytest.raises(InvalidImage, match="damaged"):
        read_recipe(png_with(broken))


def test_a_sheet_places_pictures_row_by_row() -> None:
    colours = ["red", "lime", "blue"]
    page = contact_sheet([Image.new("RGB", (10, 8), colour) for colour in colours], columns=2, gap=2)
    assert page.size == (22, 18)
    assert [page.getpixel(place) for place in [(0, 0), (12, 0), (0, 10), (12, 10)]] == [
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
        (255, 255, 255),
    ]


def test_a_caption_stands_below_its_picture() -> None:
    black = Image.new("RGB", (40, 8), "black")
    page = contact_sheet([black] * 2, columns=1, gap=0, captions=["1", ""])
    assert page.size == (40, 2 * (8 + CAPTION))
    first, second = (page.crop((0, top, 40, top + CAPTION)) for top in (8, 16 + CAPTION))
    assert first.getextrema() != second.getextrema() == ((255, 255),) * 3
