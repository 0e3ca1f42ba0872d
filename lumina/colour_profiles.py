"""Colour profiles: the pixels of a picture in sRGB, as the profile that it carries means them."""

import io
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageCms

_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # by the colour space of a profile
_GREY = frozenset({"1", "L", "LA", "La"})
_NEAR = 1  # of 255: a profile that changes no colour by more says what sRGB says, and changes nothing


def in_srgb(image: Image.Image) -> Image.Image:
    """``image`` as its profile means it, RGB or RGBA; itself if it has none, or a broken or unfit one."""
    profile = _profile_of(image)
    mode = _MODES.get(profile.profile.xcolor_space.strip()) if profile else None
    is_fit = (mode == "RGB" and image.mode != "CMYK") or (mode == "L" and image.mode in _GREY)
    if profile is None or mode is None or not (is_fit or mode == image.mode == "CMYK"):
        return image
    try:
        if mode == "RGB" and _says_srgb(profile):
            return image
        return _converted(image, profile, mode)
    except (ImageCms.PyCMSError, OSError, ValueError):  # such a profile is no reason to refuse the picture
        return image


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile, mode: str) -> Image.Image:
    is_clear = image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info
    rgba = image.convert("RGBA") if is_clear else image
    changed = _through(rgba.convert(mode), profile)
    if is_clear:
        changed.putalpha(rgba.getchannel("A"))
    return changed


def _through(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    """Perceptually where the profile has a table for that, else by its matrix; black stays black."""
    found = ImageCms.profileToProfile(
        image,
        profile,
        _srgb(),
        renderingIntent=ImageCms.Intent.PERCEPTUAL,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if found is None:
        raise ValueError("nothing was converted")
    return found


def _profile_of(image: Image.Image) -> ImageCms.ImageCmsProfile | None:
    data = image.info.get("icc_profile")
    if not isinstance(data, bytes) or not data:
        return None
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(data))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _says_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    steps = np.arange(0, 256, 51, dtype=np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    there: Any = np.asarray(_through(Image.fromarray(colours), profile), dtype=np.int16)
    return bool(np.abs(there - colours.astype(np.int16)).max() <= _NEAR)


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
