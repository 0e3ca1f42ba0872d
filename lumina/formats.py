"""Formats of pictures, told by a file's first bytes: which are read here, and what to do about the others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

HEAD = 4096  # bytes that are looked at
ACCEPTED = ("PNG", "JPEG", "WebP", "GIF", "BMP")
USE = "use a PNG, JPEG, WebP, GIF or BMP file"


@dataclass(frozen=True)
class ImageFormat:
    """A kind of file: its ``pattern`` (of the head, one character a byte) and the sentence of its refusal."""

    name: str
    pattern: str
    refusal: str = ""


def with_article(name: str) -> str:
    """``an AVIF picture``, ``a JPEG``: as the name is spoken."""
    is_vowel = re.match(r"[AEIOaeio]|S[A-Z]", name)
    return f"{'an' if is_vowel else 'a'} {name}"


def _picture(name: str, pattern: str) -> ImageFormat:
    return ImageFormat(name, pattern, f"This is {with_article(name)}; save it as JPEG or PNG first.")


def _other(name: str, pattern: str, advice: str = USE) -> ImageFormat:
    return ImageFormat(name, pattern, f"This is {name}, not a picture; {advice}.")


FORMATS = (
    ImageFormat("PNG", r"^\x89PNG\r\n\x1a\n"),
    ImageFormat("JPEG", r"^\xff\xd8\xff"),
    ImageFormat("WebP", r"^RIFF....WEBP"),
    ImageFormat("GIF", r"^GIF8[79]a"),
    ImageFormat("BMP", r"^BM.{4}\x00\x00\x00\x00"),
    _picture("AVIF picture", r"^....ftyp(?:avi[fs]|mi[fa]1.{4}(?:.{4}){0,8}avi[fs])"),
    _picture("HEIC photograph", r"^....ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)"),
    _picture("camera's raw file", r"^(?:....ftypcrx |II\*\x00.{4}CR|FUJIFILMCCD-RAW|II(?:R[OS]|U\x00))"),
    _picture("camera's raw file", r"^(?:II\*\x00|MM\x00\*).*(?:NIKON|SONY|PENTAX|\x12\xc6\x01\x00\x04)"),
    _picture("TIFF picture", r"^(?:II[*+]\x00|MM\x00[*+])"),
    _picture("JPEG XL picture", r"^(?:\xff\x0a|\x00\x00\x00\x0cJXL )"),
    _picture("JPEG 2000 picture", r"^(?:\xff\x4f\xff\x51|\x00\x00\x00\x0cjP  )"),
    _picture("Photoshop document", r"^8BPS"),
    _picture("GIMP document", r"^gimp xcf"),
    _picture("OpenEXR picture", r"^v/1\x01"),
    _picture("Radiance picture", r"^#\?RADIANCE"),
    _picture("QOI picture", r"^qoif"),
    _picture("DDS texture", r"^DDS "),
    _picture("Windows icon", r"^\x00\x00[\x01\x02]\x00[^\x00]\x00"),
    _picture("Apple icon", r"^icns\x00"),
    _picture("Windows metafile picture", r"^(?:\xd7\xcd\xc6\x9a|\x01\x00\x00\x00.{36} EMF)"),
    _picture("PCX picture", r"^\x0a[\x00-\x05]\x01[\x01\x02\x04\x08]"),
    _picture("Targa picture", r"^.\x00[\x02\x03\x0a\x0b]\x00{5}.{4}[^\x00].[^\x00].[\x08\x10\x18\x20]"),
    _picture("PNM picture", r"^P[1-7]\s"),
    _picture("PostScript drawing", r"^(?:%!PS|\xc5\xd0\xd3\xc6)"),
    _other("a PDF document", r"^\s*%PDF", "save its page as JPEG or PNG first"),
    _other(
        "a video",
        r"^(?:....(?:ftyp|moov|mdat|wide)|\x1a\x45\xdf\xa3|RIFF....AVI )",
        "save one of its frames as PNG first",
    ),
    _other("a sound", r"^(?:ID3|OggS|fLaC|RIFF....WAVE)"),
    _other(
        "an office document",
        r"^PK\x03\x04.{26}(?:\[Content_Types\]|_rels/|docProps/|word/|ppt/|mimetypeapplication/(?:vnd|epub))",
        "save its picture as PNG first",
    ),
    _picture("document of Krita or OpenRaster", r"^PK\x03\x04.{26}mimetype(?:image/|application/x-krita)"),
    _other("a ZIP archive", r"^PK(?:\x03\x04|\x05\x06)", "unpack it first"),
    _other("an archive", r"^(?:\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f)", "unpack it first"),
    _picture("SVG drawing", r"^(?:\xef\xbb\xbf)?\s*<(?!!doctype html|html)(?:.*<)?svg[\s>:/]"),
    _other("a web page", r"^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head)", "save the picture itself"),
    _other("a pointer of Git LFS", r"^version https://git-lfs", "run `git lfs pull` to fetch the file"),
    ImageFormat("empty file", r"^$", f"This file is empty; {USE}."),
    _other("text", r"^(?:\xff\xfe|\xfe\xff|[\t\n\f\r\x20-\x7e\x80-\xff]+$)"),
)  # fmt: skip
UNKNOWN = f"This file is not a picture; {USE}."


def format_of(data: bytes) -> ImageFormat | None:
    """The kind of a file by its content, whatever its name; None if it is of no kind that is known here."""
    head = data[:HEAD].decode("latin-1")
    found = (each for each in FORMATS if re.search(each.pattern, head, re.DOTALL | re.IGNORECASE))
    return next(found, None)


def is_accepted(data: bytes) -> bool:
    """Whether this is the beginning of a picture that can be read here."""
    found = format_of(data)
    return found is not None and found.name in ACCEPTED


def refusal_of(data: bytes) -> str | None:
    """Why a file is no picture that can be read here, and what to do; None if it is one."""
    if is_accepted(data):
        return None
    found = format_of(data)
    return found.refusal if found else UNKNOWN


def table() -> list[Mapping[str, str]]:
    """The same for a page: patterns for JavaScript (flags s, i), each with a refusal; the last fits all."""
    rows = [{"pattern": each.pattern, "refusal": each.refusal} for each in FORMATS]
    return [*rows, {"pattern": "", "refusal": UNKNOWN}]
