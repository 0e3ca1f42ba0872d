"""Colours: what a profile says is what is seen."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from lumina.images import open_image
from lumina.tasks.image_input import ImageInput
from tests.odd_pictures import PICTURES

CASES = Path(__file__).parent / "cases"
RED = (220, 20, 20)


def colour(image: Image.Image) -> tuple[int, ...]:
    """The colour of the red part."""
    pixels = np.asarray(image.convert("RGB")).reshape(-1, 3).astype(int)
    return tuple(np.median(pixels[pixels[:, 0] > pixels[:, 1] + 100], axis=0).astype(int))


def saved(image: Image.Image, profile: bytes | None, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind, icc_profile=profile)
    return file.getvalue()


def p3() -> bytes:
    with Image.open(CASES / "p3.png") as image:
        return bytes(image.info["icc_profile"])


@pytest.mark.parametrize("file", ["p3.png", "p3.jpg"])
def test_display_p3_is_the_colour_that_was_meant(file: str) -> None:
    assert np.abs(np.subtract(colour(open_image(CASES / file)), RED)).max() <= 4
    with Image.open(CASES / file) as image:
        assert np.abs(np.subtract(colour(ImageInput.of(image).image), RED)).max() <= 4


def test_a_profile_holds_for_palettes_and_transparency_too() -> None:
    with Image.open(CASES / "p3.png") as image:
        stored = image.convert("RGB")
    for changed in (stored.quantize(8), stored.convert("RGBA")):
        assert np.abs(np.subtract(colour(open_image(saved(changed, p3()))), RED)).max() <= 4
    half = stored.copy()
    half.putalpha(128)
    found = open_image(saved(half, p3()), keep_alpha=True)
    assert found.mode == "RGBA" and found.getchannel("A").getextrema() == (128, 128)
    assert np.abs(np.subtract(colour(found), RED)).max() <= 4


@pytest.mark.parametrize("profile", [b"broken", b"\0" * 128, None])
def test_a_broken_profile_is_ignored(profile: bytes | None) -> None:
    image = Image.new("RGB", (32, 32), RED)
    assert colour(open_image(saved(image, profile))) == RED


def turned(image: Image.Image, kind: str, orientation: int, profile: bytes | None) -> bytes:
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    image.save(file, kind, exif=exif, icc_profile=profile)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_with_a_profile_is_upright_in_its_colours(kind: str, orientation: int) -> None:
    stored = Image.new("RGB", (48, 32), (255, 255, 255))
    stored.paste((202, 49, 38), (0, 0, 24, 16))  # upper left, as it is stored
    data = turned(stored, kind, orientation, p3())
    with Image.open(io.BytesIO(data)) as opened:
        given = ImageInput.of(opened)
    upright = open_image(data)
    assert given == ImageInput.of(upright) and upright.size == ((48, 32) if orientation < 5 else (32, 48))
    expected = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}
    places = [(x, y) for x in (0, 1) for y in (0, 1) if is_red(upright, x, y)]
    assert places == [expected[orientation]]


def is_red(image: Image.Image, x: int, y: int) -> bool:
    """Whether a quarter of the picture is red."""
    pixel = image.getpixel((image.width * (1 + 2 * x) // 4, image.height * (1 + 2 * y) // 4))
    return bool(np.abs(np.subtract(pixel, RED)).max() <= 12)  # type: ignore[arg-type]


def test_a_profile_that_says_srgb_changes_nothing_and_an_unfit_one_is_ignored() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ramp = np.arange(32 * 32 * 3, dtype=np.uint32).reshape(32, 32, 3).astype(np.uint8)
    image = Image.fromarray(ramp)
    assert (np.asarray(open_image(saved(image, srgb))) == ramp).all()
    cmyk = Image.new("CMYK", (32, 32), (0, 200, 200, 20))
    assert colour(open_image(saved(cmyk, srgb, "JPEG"))) == colour(open_image(saved(cmyk, None, "JPEG")))


def test_ink_means_what_its_profile_says() -> None:
    plain, meant = (
        open_image(PICTURES[name]).getpixel((9, 9)) for name in ("ink.jpg", "ink-with-profile.jpg")
    )
    assert max(meant) - min(meant) <= 3 and 110 <= meant[0] <= 170  # type: ignore
    assert plain[0] - plain[1] > 80  # type: ignore[index]


@pytest.mark.parametrize("name", PICTURES)
def test_an_open_picture_is_the_one_in_its_file(name: str) -> None:
    expected = ImageInput.of(open_image(PICTURES[name], keep_alpha=True))
    with Image.open(io.BytesIO(PICTURES[name])) as image:
        assert ImageInput.of(image) == expected
    assert ImageInput.of(expected.image) == expected
    if name.startswith("moving"):
        assert np.abs(np.subtract(expected.image.getpixel((9, 9)), (250, 20, 10))).max() <= 6  # type: ignore[arg-type]
    if name.startswith("palette"):
        assert expected.image.mode == "RGBA"
