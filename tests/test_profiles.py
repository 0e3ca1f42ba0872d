"""Colours: what a profile says is what is seen."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from lumina.images import open_image
from lumina.tasks.image_input import ImageInput

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


def test_a_profile_that_says_srgb_changes_nothing_and_an_unfit_one_is_ignored() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ramp = np.arange(32 * 32 * 3, dtype=np.uint32).reshape(32, 32, 3).astype(np.uint8)
    image = Image.fromarray(ramp)
    assert (np.asarray(open_image(saved(image, srgb))) == ramp).all()
    cmyk = Image.new("CMYK", (32, 32), (0, 200, 200, 20))
    assert colour(open_image(saved(cmyk, srgb, "JPEG"))) == colour(open_image(saved(cmyk, None, "JPEG")))
